//! A compartment's new key, and the end of its old one.
//!
//! ```text
//! rotate ──► new records are sealed to the new key, old ones are re-wrapped in batches ──► retire
//! ```
//! A rotation closes what is open to the compartment: a session that has only the old key could neither
//! read what arrives now nor write what others can read. Codes on paper go for the same reason. Old wraps are
//! destroyed when nothing needs them.

use std::collections::BTreeSet;

use diesel::prelude::*;
use domain::{DeviceId, KitId, Timestamp};
use protocol::compartments::Compartment;
use protocol::kit::add_part_a;
use protocol::roll::{Body, Entry, RollState};
use rest::Problem;
use store::dialect::Prepare as _;
use store::schema::{
    action, amendment, attachment, concern, device, kit, roll_entry, status_change, wrap,
};
use store::{Error, Result, Tx};

use super::append_roll_entry::With;
use super::devices::{SUSPENDED, seconds};
use super::kits;
use super::psks;
use super::slots;
use super::unlocks::lock_all_of_device;
use super::wraps::{self, Wrap};
use crate::generation::Generation;
use crate::sealed_tables::sealed_tables;

/// The most bytes of one sealed key for the kit.
const KIT_PART_BYTES: usize = 512;
/// Seconds after a rotation before the old key may go: no request that began before it is still under way.
const GRACE_SECONDS: i64 = 300;

/// Takes the wraps of a new generation, for every device that holds the compartment or will once it is
/// endorsed, and closes what those devices have open.
///
/// A suspended device is passed over: it gets its keys with the grant that lets it in again.
pub(super) fn rotate(
    tx: &mut Tx<'_>,
    after: &RollState,
    compartment: &Compartment,
    generation: u32,
    with: &With,
) -> std::result::Result<(), Problem> {
    if generation > Generation::LAST_KEY {
        return Err(Problem::new("roll-entry-refused").detail("There are no more generations."));
    }
    let part = with
        .kit_part
        .as_ref()
        .filter(|part| !part.0.is_empty() && part.0.len() <= KIT_PART_BYTES)
        .ok_or_else(|| Problem::field("/kit_part", "seal the new key to the recovery kit too"))?;
    let mut holders = holders(after, compartment, seconds(tx));
    for suspended in suspended(tx)? {
        holders.remove(&suspended);
    }
    let mut brought = BTreeSet::new();
    for wrapped in &with.wraps {
        let new = Wrap {
            compartment: wrapped.compartment.clone(),
            generation: wrapped.generation,
            wrap: wrapped.wrap.clone(),
        };
        if wraps::check(&new)? != *compartment || new.generation != generation {
            return Err(Problem::field("/wraps", "this is not what is rotated"));
        }
        if holders.contains(&wrapped.device) {
            wraps::keep(tx, wrapped.device, &new)?;
            brought.insert(wrapped.device);
        }
    }
    if brought != holders {
        return Err(Problem::field(
            "/wraps",
            "one for each device that holds the compartment",
        ));
    }
    add_to_kit(tx, after, &part.0)?;
    for holder in holders {
        lock_all_of_device(tx, holder)?;
        // What is on paper has the old key only.
        slots::forget_of_device(tx, holder)?;
    }
    Ok(())
}

/// The devices that hold a compartment, or will when their grant is endorsed.
fn holders(roll: &RollState, compartment: &Compartment, at: u64) -> BTreeSet<DeviceId> {
    roll.devices()
        .filter(|holder| !holder.revoked && !holder.grant.rights.has_expired(at))
        .filter(|holder| {
            holder.grant.rights.compartments.contains(compartment)
                || holder
                    .pending
                    .as_ref()
                    .is_some_and(|pending| pending.compartments.contains(compartment))
        })
        .map(|holder| holder.grant.device)
        .collect()
}

fn suspended(tx: &mut Tx<'_>) -> Result<Vec<DeviceId>> {
    Ok(device::table
        .filter(device::school_id.eq(tx.school()))
        .filter(device::state.eq(SUSPENDED))
        .select(device::id)
        .load(tx.connection())?)
}

fn add_to_kit(tx: &mut Tx<'_>, roll: &RollState, part: &[u8]) -> Result<()> {
    let school = tx.school();
    // A kit that is being made on a device has not this key, and could not open everything: it is begun anew.
    kits::forget_unconfirmed(tx)?;
    let (id, before): (KitId, Vec<u8>) = kit::table
        .filter(kit::school_id.eq(school))
        .filter(kit::kem_key.eq(roll.kit().kem.as_bytes().to_vec()))
        .select((kit::id, kit::part_a))
        .prepared()
        .get_result(tx.connection())?;
    diesel::update(kit::table.find((school, id)))
        .set(kit::part_a.eq(add_part_a(&before, part)))
        .prepared()
        .execute(tx.connection())?;
    Ok(())
}

/// Destroys an old generation's wraps, if no record needs them.
pub(super) fn retire(
    tx: &mut Tx<'_>,
    after: &RollState,
    compartment: &Compartment,
    generation: u32,
) -> std::result::Result<(), Problem> {
    let old = Rotation {
        compartment: compartment.clone(),
        generation,
    };
    if old.may_retire_at(tx, after)? > tx.now() {
        return Err(Problem::new("roll-entry-refused").detail(
            "The new key is only just in use. Wait five minutes, so that nothing under way is lost.",
        ));
    }
    match old.records_left(tx)? {
        0 => {}
        left => {
            return Err(Problem::new("roll-entry-refused")
                .detail("Records are still sealed to the old key.")
                .with("records_left", left));
        }
    }
    let school = tx.school();
    diesel::delete(
        wrap::table
            .filter(wrap::school_id.eq(school))
            .filter(wrap::compartment.eq(compartment.name()))
            .filter(wrap::generation.eq(i32::try_from(generation).unwrap_or(i32::MAX))),
    )
    .prepared()
    .execute(tx.connection())
    .map_err(Error::from)?;
    Ok(())
}

/// A generation that a newer one has replaced and that is not retired.
#[derive(Clone, Debug)]
pub(super) struct Rotation {
    pub(super) compartment: Compartment,
    pub(super) generation: u32,
}

/// Every old generation that is still in use.
pub(super) fn under_way(roll: &RollState) -> Vec<Rotation> {
    roll.compartments()
        .iter()
        .flat_map(|(name, keys)| {
            keys.generations
                .keys()
                .filter(|generation| {
                    **generation < keys.generation && !keys.retired.contains(generation)
                })
                .map(|generation| Rotation {
                    compartment: name.clone(),
                    generation: *generation,
                })
        })
        .collect()
}

/// Whether one of these compartments has an old generation that is still in use.
pub(crate) fn has_old_keys(roll: &RollState, compartments: &BTreeSet<Compartment>) -> bool {
    under_way(roll)
        .iter()
        .any(|old| compartments.contains(&old.compartment))
}

/// How many records of a compartment are sealed to one of these generations, or to any.
fn count_sealed(
    tx: &mut Tx<'_>,
    compartment: &Compartment,
    generations: Option<&[i32]>,
) -> Result<i64> {
    let school = tx.school();
    let name = compartment.name();
    let mut sealed = 0;
    macro_rules! count {
        ($table:ident, $id:ty) => {{
            let mut rows = $table::table
                .filter($table::school_id.eq(school))
                .filter($table::compartment.eq(name))
                .filter($table::sealed_key.is_not_null())
                .into_boxed();
            if let Some(generations) = generations {
                rows = rows.filter($table::generation.eq_any(generations));
            }
            let rows: i64 = rows.count().get_result(tx.connection())?;
            sealed += rows;
        }};
    }
    sealed_tables!(with_inbox: count);
    sealed_tables!(always_filed: count);
    Ok(sealed)
}

impl Rotation {
    /// How many records are still sealed to it.
    pub(super) fn records_left(&self, tx: &mut Tx<'_>) -> Result<i64> {
        // Whatever the server's half is that they are sealed with as well.
        let generations = psks::generations(tx)?
            .into_iter()
            .map(|half| {
                let key = self.generation;
                Generation { key, half }.row().map(u32::cast_signed)
            })
            .collect::<Result<Vec<i32>>>()?;
        count_sealed(tx, &self.compartment, Some(&generations))
    }

    /// How many records its compartment has, under whichever key.
    pub(super) fn records(&self, tx: &mut Tx<'_>) -> Result<i64> {
        count_sealed(tx, &self.compartment, None)
    }

    /// From when on it may be retired: some minutes after the next generation was announced.
    pub(super) fn may_retire_at(&self, tx: &mut Tx<'_>, roll: &RollState) -> Result<Timestamp> {
        let rows: Vec<(Vec<u8>, Timestamp)> = roll_entry::table
            .filter(roll_entry::school_id.eq(tx.school()))
            .filter(roll_entry::seq.le(i64::try_from(roll.head().length).unwrap_or(i64::MAX)))
            .order_by(roll_entry::seq.desc())
            .select((roll_entry::entry, roll_entry::recorded_at))
            .load(tx.connection())?;
        let replaced = rows.into_iter().find_map(|(bytes, at)| {
            match Entry::decode(&bytes).map(|entry| entry.body) {
                Ok(Body::Rotate(name, generation, _))
                    if name == self.compartment
                        && generation == self.generation.saturating_add(1) =>
                {
                    Some(at)
                }
                _ => None,
            }
        });
        Ok(replaced
            .ok_or(Error::Unreadable("roll_entry: no such rotation"))?
            .plus_seconds(GRACE_SECONDS))
    }
}
