use std::collections::BTreeMap;

use diesel::prelude::*;
use protocol::kit::seal_part_b;
use protocol::records::ServerPsk;
use protocol::roll::RollState;
use store::dialect::Prepare as _;
use store::schema::{action, amendment, attachment, concern, kit, school_psk, status_change};
use store::{Error, Event, Result, Tx};
use vault::{Purpose, ServerSecret};

use super::kits;
use crate::generation::Generation;
use crate::sealed_tables::sealed_tables;

/// The generation that a school begins with: derived from the server's secret, and in no row.
const FIRST: u32 = 1;

/// The server's half of the school's keys, in each generation with which anything may be sealed.
///
/// A school has no rows until its server's secret is changed or lost. Then it has one a generation: derived
/// from a secret that is no more, or from this one, and sealed under this one.
#[derive(Debug)]
pub(crate) struct ServerHalf {
    newest: (u32, ServerPsk),
    older: BTreeMap<u32, ServerPsk>,
}

impl ServerHalf {
    /// With what everything new is sealed.
    pub(crate) const fn newest(&self) -> (u32, &ServerPsk) {
        (self.newest.0, &self.newest.1)
    }

    /// Each generation, in order.
    pub(crate) fn all(&self) -> Vec<(u32, ServerPsk)> {
        let older = self
            .older
            .iter()
            .map(|(number, psk)| (*number, psk.clone()));
        older.chain([self.newest.clone()]).collect()
    }
}

/// The server's half of the school's keys. `None` while any of it is lost: then nothing can be sealed that
/// anybody could open again, so nothing may be taken in.
pub(crate) fn server_half(tx: &mut Tx<'_>, secret: &ServerSecret) -> Result<Option<ServerHalf>> {
    let school = tx.school();
    let rows: Vec<(i32, Option<Vec<u8>>)> = school_psk::table
        .filter(school_psk::school_id.eq(school))
        .select((school_psk::generation, school_psk::sealed))
        .prepared()
        .load(tx.connection())?;
    if rows.is_empty() {
        return Ok(Some(ServerHalf {
            newest: (FIRST, secret.psk(school, FIRST)),
            older: BTreeMap::new(),
        }));
    }
    let mut older = BTreeMap::new();
    for (number, sealed) in rows {
        let Some(sealed) = sealed else {
            return Ok(None);
        };
        let number =
            u32::try_from(number).map_err(|_| Error::Unreadable("school_psk.generation"))?;
        let psk = secret
            .open(Purpose::SchoolPsk, &place(tx, number), &sealed)
            .ok()
            .and_then(|psk| ServerPsk::try_from(psk.as_slice()).ok())
            .ok_or(Error::Unreadable("school_psk.sealed"))?;
        older.insert(number, psk);
    }
    Ok(older.pop_last().map(|newest| ServerHalf { newest, older }))
}

/// The generations with which anything may be sealed, without opening any.
pub(super) fn generations(tx: &mut Tx<'_>) -> Result<Vec<u32>> {
    let rows: Vec<i32> = school_psk::table
        .filter(school_psk::school_id.eq(tx.school()))
        .select(school_psk::generation)
        .order_by(school_psk::generation)
        .load(tx.connection())?;
    match rows.is_empty() {
        true => Ok(vec![FIRST]),
        false => rows
            .into_iter()
            .map(|row| u32::try_from(row).map_err(|_| Error::Unreadable("school_psk.generation")))
            .collect(),
    }
}

/// Whether records may still be sealed with a half that derives from a secret which is no more.
pub(crate) fn has_old_half(tx: &mut Tx<'_>) -> Result<bool> {
    Ok(generations(tx)?.len() > 1)
}

/// Takes a psk that the recovery kit has brought back, if this one is lost; whether it was.
pub(super) fn bring_back(
    tx: &mut Tx<'_>,
    secret: &ServerSecret,
    generation: u32,
    psk: &ServerPsk,
) -> Result<bool> {
    let school = tx.school();
    let sealed = seal(tx, secret, generation, psk);
    let brought = diesel::update(
        school_psk::table
            .find((school, number(generation)?))
            .filter(school_psk::sealed.is_null()),
    )
    .set(school_psk::sealed.eq(sealed))
    .execute(tx.connection())?;
    Ok(brought == 1)
}

/// Notes that what derives from the secret is lost, with whatever was kept under it.
pub(crate) fn lose(tx: &mut Tx<'_>) -> Result<()> {
    let (school, now) = (tx.school(), tx.now());
    for generation in generations(tx)? {
        let generation = number(generation)?;
        diesel::delete(school_psk::table.find((school, generation))).execute(tx.connection())?;
        diesel::insert_into(school_psk::table)
            .values((
                school_psk::school_id.eq(school),
                school_psk::generation.eq(generation),
                school_psk::lost_at.eq(Some(now)),
            ))
            .execute(tx.connection())?;
    }
    Ok(())
}

/// Begins a generation that derives from a new secret, and keeps those of the old one under it. The recovery
/// kit is given the new one too: its sheets stay as they are. `false` if the server waits for its sheets.
pub(crate) fn renew(
    tx: &mut Tx<'_>,
    old: &ServerSecret,
    new: &ServerSecret,
    roll: &RollState,
) -> Result<bool> {
    let Some(half) = server_half(tx, old)? else {
        return Ok(false);
    };
    let school = tx.school();
    let mut psks = half.all();
    let next = half.newest().0 + 1;
    psks.push((next, new.psk(school, next)));
    diesel::delete(school_psk::table.filter(school_psk::school_id.eq(school)))
        .execute(tx.connection())?;
    for (generation, psk) in &psks {
        let sealed = seal(tx, new, *generation, psk);
        diesel::insert_into(school_psk::table)
            .values((
                school_psk::school_id.eq(school),
                school_psk::generation.eq(number(*generation)?),
                school_psk::sealed.eq(Some(sealed)),
            ))
            .execute(tx.connection())?;
    }
    // One that is being made has not the new half in it, and is begun anew.
    kits::forget_unconfirmed(tx)?;
    let present = kits::present(tx, roll)?;
    let part_b = seal_part_b(school, &roll.kit().kem, &psks, tx.entropy())
        .map_err(|_| Error::Unreadable("the recovery kit's key"))?;
    diesel::update(kit::table.find((school, present.id)))
        .set(kit::part_b.eq(part_b))
        .execute(tx.connection())?;
    Ok(true)
}

/// How many records are sealed with each half that is not the newest.
pub(crate) fn left_with_old_halves(tx: &mut Tx<'_>) -> Result<Vec<(u32, i64)>> {
    let mut old = generations(tx)?;
    old.pop();
    old.into_iter()
        .map(|generation| Ok((generation, left(tx, generation)?)))
        .collect()
}

/// Destroys the halves with which nothing is sealed any more, once there is a newer one.
pub(crate) fn retire_unused(tx: &mut Tx<'_>) -> Result<()> {
    for (generation, left) in left_with_old_halves(tx)? {
        if left == 0 {
            let school = tx.school();
            diesel::delete(school_psk::table.find((school, number(generation)?)))
                .execute(tx.connection())?;
            tx.record(Event::named("retire_server_half").detail(generation));
        }
    }
    Ok(())
}

fn left(tx: &mut Tx<'_>, generation: u32) -> Result<i64> {
    let school = tx.school();
    let (from, until) = Generation::rows_of_half(generation)?;
    let mut left = 0;
    macro_rules! count {
        ($table:ident, $id:ty) => {{
            let rows: i64 = $table::table
                .filter($table::school_id.eq(school))
                .filter($table::generation.between(from, until))
                .filter($table::sealed_key.is_not_null())
                .count()
                .get_result(tx.connection())?;
            left += rows;
        }};
    }
    sealed_tables!(with_inbox: count);
    sealed_tables!(always_filed: count);
    Ok(left)
}

fn seal(tx: &Tx<'_>, secret: &ServerSecret, generation: u32, psk: &ServerPsk) -> Vec<u8> {
    secret.seal(
        Purpose::SchoolPsk,
        &place(tx, generation),
        psk.expose(),
        tx.entropy(),
    )
}

fn number(generation: u32) -> Result<i32> {
    i32::try_from(generation).map_err(|_| Error::Unreadable("school_psk.generation"))
}

/// A sealed psk is bound to its row.
fn place(tx: &Tx<'_>, generation: u32) -> Vec<u8> {
    [tx.school().as_bytes().as_slice(), &generation.to_be_bytes()].concat()
}
