//! A server whose secret somebody else may know, given another one.
//!
//! ```text
//! stop ──► server renew-secret ──► serve ──► records move to the new half as they are opened
//! ```
//! With the old secret at hand nothing is void that need not be: what was sealed for the server alone is sealed
//! for the new secret, and each school gets a new half of its keys, which the recovery kit is given too (its
//! sheets stay as they are). What is recorded from then on does not open with the old secret; what was recorded
//! before moves in batches, as after a rotation. Everybody signs in again. See docs/adr/0063.

use diesel::prelude::*;
use domain::{DeviceId, SchoolId};
use policy::Caller;
use store::schema::{
    account, device, idempotency, membership, server_secret, session, sign_in_failure,
};
use store::{Db, Error, Event, Result, Tx};
use vault::{Pepper, Purpose, ServerSecret};

use crate::concerns::reseal_replies;
use crate::keys::{Rolls, lock_all_of_school, renew_half};
use crate::mail::reseal_links;

/// Why a server's secret is not changed.
#[derive(Debug, thiserror::Error)]
pub enum NotRenewed {
    /// The secret that is there does not open the server's keys.
    #[error("the secret does not open the server's keys: is it another server's?")]
    SecretIsWrong,
    /// A school waits for its recovery sheets: its half would be lost for good.
    #[error("{0} waits for two recovery sheets: let somebody recover first")]
    SchoolWaits(SchoolId),
    /// What the database says.
    #[error(transparent)]
    Store(#[from] Error),
}

/// What becomes of the passwords, whose hashes have the old secret's pepper.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OldPasswords {
    /// They stay good, with that pepper.
    Keep,
    /// They are void, for whoever knows the old secret may have the hashes too.
    Void,
}

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Renewal {
    /// These schools have a new half of their keys.
    Done(Vec<SchoolId>),
    /// The new secret is the database's already: an earlier attempt came so far.
    DoneBefore,
}

/// Gives the database over to another secret, whole or not at all.
///
/// # Errors
/// [`NotRenewed`].
pub fn renew(
    db: &Db,
    old: &ServerSecret,
    new: &ServerSecret,
    passwords: OldPasswords,
) -> std::result::Result<Renewal, NotRenewed> {
    let (old, new) = (old.clone(), new.clone());
    db.write_blocking(Caller::nobody(), move |tx| {
        let Some(sealed) = own(tx, "identity")? else {
            return Err(NotRenewed::SecretIsWrong);
        };
        if new.open(Purpose::Identity, b"identity", &sealed).is_ok() {
            return Ok(Renewal::DoneBefore);
        }
        let identity = old
            .open(Purpose::Identity, b"identity", &sealed)
            .map_err(|_| NotRenewed::SecretIsWrong)?;
        // Every app has pinned it.
        let sealed = new.seal(Purpose::Identity, b"identity", &identity, tx.entropy());
        put_own(tx, "identity", sealed)?;
        renew_passwords(tx, &old, &new, passwords)?;
        sign_everybody_out(tx)?;
        reseal_links(tx, &old, &new)?;
        let schools: Vec<SchoolId> = membership::table
            .select(membership::school_id)
            .distinct()
            .order_by(membership::school_id)
            .load(tx.connection())
            .map_err(Error::from)?;
        for school in &schools {
            tx.enter(*school)?;
            renew_in_school(tx, &old, &new)?;
        }
        Ok(Renewal::Done(schools))
    })
}

fn own(tx: &mut Tx<'_>, name: &'static str) -> Result<Option<Vec<u8>>> {
    Ok(server_secret::table
        .find(name)
        .select(server_secret::sealed)
        .first(tx.connection())
        .optional()?)
}

fn put_own(tx: &mut Tx<'_>, name: &'static str, sealed: Vec<u8>) -> Result<()> {
    diesel::delete(server_secret::table.find(name)).execute(tx.connection())?;
    diesel::insert_into(server_secret::table)
        .values((
            server_secret::name.eq(name),
            server_secret::sealed.eq(sealed),
        ))
        .execute(tx.connection())?;
    Ok(())
}

fn renew_passwords(
    tx: &mut Tx<'_>,
    old: &ServerSecret,
    new: &ServerSecret,
    passwords: OldPasswords,
) -> Result<()> {
    match passwords {
        OldPasswords::Keep => {
            let pepper = match own(tx, Pepper::FORMER)? {
                Some(sealed) => Pepper::open(old, &sealed)
                    .map_err(|_| Error::Unreadable("server_secret: wrapped by another secret"))?,
                None => Pepper::of(old),
            };
            let sealed = pepper.seal(new, tx.entropy());
            put_own(tx, Pepper::FORMER, sealed)
        }
        OldPasswords::Void => {
            diesel::delete(server_secret::table.find(Pepper::FORMER)).execute(tx.connection())?;
            diesel::update(account::table)
                .set(account::password_hash.eq(None::<String>))
                .execute(tx.connection())?;
            Ok(())
        }
    }
}

/// Whoever had the old secret and the database could have signed tokens: there is another key for them.
fn sign_everybody_out(tx: &mut Tx<'_>) -> Result<()> {
    let connection = tx.connection();
    diesel::delete(server_secret::table.find("access-tokens")).execute(connection)?;
    diesel::delete(session::table).execute(connection)?;
    // Named by a digest that is made with the secret.
    diesel::delete(sign_in_failure::table).execute(connection)?;
    Ok(())
}

fn renew_in_school(
    tx: &mut Tx<'_>,
    old: &ServerSecret,
    new: &ServerSecret,
) -> std::result::Result<(), NotRenewed> {
    let school = tx.school();
    // A school whose keys were not made yet has nothing that is sealed, and begins with the new secret.
    if let Some(roll) = Rolls::default().now(tx)?
        && !renew_half(tx, old, new, &roll)?
    {
        return Err(NotRenewed::SchoolWaits(school));
    }
    reseal_replies(tx, old, new)?;
    reseal_codes(tx, old, new)?;
    close_and_forget(tx)?;
    tx.record_now(Event::named("renew_server_secret"))?;
    Ok(())
}

/// The secrets of the devices' offline codes.
fn reseal_codes(tx: &mut Tx<'_>, old: &ServerSecret, new: &ServerSecret) -> Result<()> {
    let school = tx.school();
    let rows: Vec<(DeviceId, Option<Vec<u8>>)> = device::table
        .filter(device::school_id.eq(school))
        .filter(device::code_secret.is_not_null())
        .select((device::id, device::code_secret))
        .load(tx.connection())?;
    for (id, sealed) in rows {
        let place = id.as_bytes();
        let plain = old
            .open(Purpose::DeviceCode, place, &sealed.unwrap_or_default())
            .map_err(|_| Error::Unreadable("device.code_secret"))?;
        let sealed = new.seal(Purpose::DeviceCode, place, &plain, tx.entropy());
        diesel::update(device::table.find((school, id)))
            .set(device::code_secret.eq(Some(sealed)))
            .execute(tx.connection())?;
    }
    Ok(())
}

fn close_and_forget(tx: &mut Tx<'_>) -> Result<()> {
    let school = tx.school();
    lock_all_of_school(tx)?;
    // The digests cannot be made anew. A key alone still tells a repetition, and nothing is there twice.
    diesel::update(idempotency::table.filter(idempotency::school_id.eq(school)))
        .set(idempotency::digest.eq(Vec::<u8>::new()))
        .execute(tx.connection())?;
    Ok(())
}
