use std::collections::BTreeSet;

use actix_web::post;
use actix_web::web::Data;
use diesel::prelude::*;
use domain::{DeviceId, MemberId, Timestamp};
use policy::Action;
use protocol::compartments::Compartment;
use protocol::pin::PinTag;
use protocol::roll::{Author, Body, Entry, RollState, SignedEntry};
use rest::{Created, Problem, Problems};
use serde::Deserialize;
use store::dialect::Prepare as _;
use store::schema::device;
use store::{Event, Tx};

use super::browsers;
use super::bytes::Bytes;
use super::device_call::DeviceCall;
use super::devices::{self, REGISTERED, REVOKED};
use super::lose_device;
use super::pins::{self, Pin};
use super::restores;
use super::roll_entries::{RollExtended, append, check_time, refused};
use super::rotations;
use super::slots;
use super::unlocks::{lock_all_of_device, lock_waiting_of_member};
use super::wraps::{self, Wrap};
use crate::App;
use crate::mail::{KeyEvent, Mail};

/// A signed entry, and what goes with a grant.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct AppendRollEntry {
    /// The entry.
    entry: Bytes,
    /// By this device.
    signature: Bytes,
    /// Of its PIN.
    pin_tag: Bytes,
    /// With a grant: the key of each compartment, sealed to the device that is granted it. With a rotation:
    /// the new key, sealed to each device that holds the compartment.
    wraps: Vec<WrapFor>,
    /// With a rotation: the new key, sealed to the recovery kit.
    kit_part: Option<Bytes>,
}

/// A compartment's key, sealed to another device.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct WrapFor {
    pub(super) device: DeviceId,
    pub(super) compartment: String,
    pub(super) generation: u32,
    pub(super) wrap: Bytes,
}

/// Grant, narrow, endorse or take away a device's keys, or make a compartment a new one, by an entry that
/// this device has signed.
///
/// The whole roll is replayed with it before it is written. What a revoked device had opened is closed and
/// its wraps are destroyed in the same transaction.
#[utoipa::path(
    tag = "devices",
    security(("device" = [])),
    request_body = AppendRollEntry,
    responses((status = 201, body = RollExtended), Problems),
)]
#[post("/device/roll")]
pub(super) async fn append_roll_entry(
    app: Data<App>,
    call: DeviceCall,
) -> Result<Created<RollExtended>, Problem> {
    let form: AppendRollEntry = call.json()?;
    let tag = PinTag::from_bytes(form.pin_tag.array("/pin_tag")?);
    let signed = SignedEntry {
        bytes: form.entry.0,
        signature: form.signature.array("/signature")?,
        second: None,
    };
    let entry = Entry::decode(&signed.bytes).map_err(refused)?;
    let with = With {
        wraps: form.wraps,
        kit_part: form.kit_part,
    };
    let extended = call
        .run(&app, "append_roll_entry", move |tx, asking| {
            asking.require(tx, Action::AppendRollEntry)?;
            let pin = pins::check(tx, asking, &tag, Action::AppendRollEntry)?;
            if pin != Pin::Right {
                return Ok(Err(pin));
            }
            let before = asking.roll.as_deref().ok_or_else(Problem::not_found)?;
            if entry.author != Author::Device(asking.device.id) {
                return Err(Problem::new("roll-entry-refused")
                    .detail("A device signs what it sends itself."));
            }
            check_time(entry.at, asking.at)?;
            let mut after = before.clone();
            after.append(&signed).map_err(refused)?;
            lose_device::check_grant(tx, asking, &entry.body)?;
            let about = apply(tx, before, &after, &entry.body, &with)?;
            let extended = append(tx, &signed, after.head(), asking.roll_length)?;
            tx.record(
                Event::of(Action::AppendRollEntry)
                    .to(about.map_or_else(|| entry.body.kind().to_owned(), |id| id.to_string()))
                    .detail(entry.body.kind())
                    .content(after.head().head),
            );
            Ok(Ok(extended))
        })
        .await?;
    match extended {
        Ok(extended) => Ok(Created::unseen(extended)),
        Err(pin) => pin.accept().and(Err(Problem::new("pin-refused"))),
    }
}

/// What comes with an entry and is not part of it.
pub(super) struct With {
    pub(super) wraps: Vec<WrapFor>,
    pub(super) kit_part: Option<Bytes>,
}

/// Does in the tables what the entry says, and tells whom it concerns; which device it is about.
fn apply(
    tx: &mut Tx<'_>,
    before: &RollState,
    after: &RollState,
    body: &Body,
    with: &With,
) -> Result<Option<DeviceId>, Problem> {
    if !matches!(body, Body::Grant(_) | Body::Rotate(..)) && !with.wraps.is_empty() {
        return Err(Problem::field(
            "/wraps",
            "only a grant or a rotation brings wraps",
        ));
    }
    match body {
        Body::Grant(grant) => {
            let row = devices::find(tx, grant.device)?.ok_or_else(unknown_device)?;
            let same = row.member_id == grant.member
                && row.keys() == Some(grant.keys)
                && row.store_kind == grant.store_kind.name()
                && row.state != REVOKED;
            if !same {
                return Err(unknown_device());
            }
            take_wraps(
                tx,
                after,
                grant.device,
                &grant.rights.compartments,
                &with.wraps,
            )?;
            // A suspended device that is granted anew begins afresh, with the PIN that it has.
            set_state(tx, grant.device, REGISTERED)?;
            tell(tx, before, after, grant.member, KeyEvent::Granted);
            Ok(Some(grant.device))
        }
        Body::Restrict(device, rights) => {
            wraps::destroy_except(tx, *device, &rights.compartments)?;
            tell_owner(tx, before, after, *device, KeyEvent::Granted);
            Ok(Some(*device))
        }
        Body::Revoke(device) => {
            set_state(tx, *device, REVOKED)?;
            wraps::destroy_except(tx, *device, &BTreeSet::new())?;
            lock_all_of_device(tx, *device)?;
            // What waits for an answer may be waiting for this very device: it is asked for again.
            if let Some(holder) = before.device(*device) {
                lock_waiting_of_member(tx, holder.grant.member)?;
            }
            tell_owner(tx, before, after, *device, KeyEvent::Revoked);
            Ok(Some(*device))
        }
        Body::Endorse(seq, _) => {
            let endorsed = before
                .devices()
                .find(|holder| {
                    holder
                        .pending
                        .as_ref()
                        .is_some_and(|waits| waits.seq == *seq)
                })
                .map(|holder| holder.grant.device);
            if let Some(device) = endorsed {
                tell_owner(tx, before, after, device, KeyEvent::Granted);
            }
            Ok(endorsed)
        }
        Body::RestoreAccept(lost, now) => {
            restores::check(tx, lost, now)?;
            // A backup brings back codes that were used since.
            slots::forget_all(tx)?;
            tell_all(tx, before, after, KeyEvent::RestoreAccepted);
            Ok(None)
        }
        Body::Rotate(compartment, generation, _) => {
            rotations::rotate(tx, after, compartment, *generation, with)?;
            tell_all(tx, before, after, KeyEvent::Rotated);
            Ok(None)
        }
        Body::Retire(compartment, generation) => {
            rotations::retire(tx, after, compartment, *generation)?;
            Ok(None)
        }
        Body::Policy(name, value) => {
            browsers::check_policy(name, value)?;
            tell_all(tx, before, after, KeyEvent::RulesChanged);
            Ok(None)
        }
        _ => Err(Problem::new("roll-entry-refused")
            .detail("This server does not take this kind of entry yet.")),
    }
}

fn unknown_device() -> Problem {
    Problem::new("roll-entry-refused").detail("It grants a device that is not enrolled so.")
}

/// A grant brings every key it grants, in every generation that anything is sealed to.
fn take_wraps(
    tx: &mut Tx<'_>,
    roll: &RollState,
    device: DeviceId,
    granted: &BTreeSet<Compartment>,
    wraps: &[WrapFor],
) -> Result<(), Problem> {
    let mut brought = BTreeSet::new();
    for wrap in wraps {
        let new = Wrap {
            compartment: wrap.compartment.clone(),
            generation: wrap.generation,
            wrap: wrap.wrap.clone(),
        };
        let compartment = wraps::check(&new)?;
        if wrap.device != device || !granted.contains(&compartment) {
            return Err(Problem::field("/wraps", "this is not what is granted"));
        }
        brought.insert((compartment, wrap.generation));
        wraps::keep(tx, device, &new)?;
    }
    let complete = granted.iter().all(|name| {
        roll.compartment(name).is_some_and(|keys| {
            keys.generations
                .keys()
                .filter(|generation| !keys.retired.contains(generation))
                .all(|generation| brought.contains(&(name.clone(), *generation)))
        })
    });
    match complete {
        true => {
            wraps::destroy_except(tx, device, granted)?;
            Ok(())
        }
        false => Err(Problem::field(
            "/wraps",
            "one for each compartment granted, in each generation that is in use",
        )),
    }
}

pub(super) fn set_state(tx: &mut Tx<'_>, id: DeviceId, state: &str) -> store::Result<()> {
    let school = tx.school();
    diesel::update(device::table.find((school, id)))
        .set((
            device::state.eq(state),
            device::pin_failures.eq(0),
            device::pin_wait_until.eq(None::<Timestamp>),
            device::lost_at.eq(None::<Timestamp>),
        ))
        .prepared()
        .execute(tx.connection())?;
    Ok(())
}

fn tell_owner(
    tx: &mut Tx<'_>,
    before: &RollState,
    after: &RollState,
    device: DeviceId,
    event: KeyEvent,
) {
    if let Some(holder) = after.device(device) {
        tell(tx, before, after, holder.grant.member, event);
    }
}

/// Tells everybody who holds keys the same.
fn tell_all(tx: &mut Tx<'_>, before: &RollState, after: &RollState, event: KeyEvent) {
    let at = devices::seconds(tx);
    let holders: BTreeSet<MemberId> = before
        .active_grants(at)
        .chain(after.active_grants(at))
        .map(|grant| grant.member)
        .collect();
    for member in holders {
        tx.enqueue(Mail::Key { member, event }.job());
    }
}

/// Tells everybody who holds keys, and whoever it happened to.
pub(super) fn tell(
    tx: &mut Tx<'_>,
    before: &RollState,
    after: &RollState,
    about: MemberId,
    event: KeyEvent,
) {
    let at = devices::seconds(tx);
    let holders: BTreeSet<MemberId> = before
        .active_grants(at)
        .chain(after.active_grants(at))
        .map(|grant| grant.member)
        .chain([about])
        .collect();
    for member in holders {
        let event = match member == about {
            true => event,
            false => KeyEvent::HoldersChanged,
        };
        tx.enqueue(Mail::Key { member, event }.job());
    }
}
