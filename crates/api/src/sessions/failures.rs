use diesel::prelude::*;
use domain::{EmailAddress, Timestamp};
use store::dialect::{Both, Prepare as _};
use store::schema::sign_in_failure;
use store::{Result, Tx};
use vault::{Purpose, ServerSecret};

/// Wrong passwords that cost nothing: people mistype.
const FREE: i32 = 4;
/// The longest wait in seconds. Short, because whoever tries on purpose keeps the owner waiting as long.
const LONGEST: i64 = 30;
/// Minutes without a wrong password after which none is remembered.
const FORGET_MINUTES: i64 = 60;

/// By what an address is remembered: a keyed digest, so that the table names nobody.
pub(super) fn key(secret: &ServerSecret, email: &EmailAddress) -> [u8; 32] {
    secret.digest(Purpose::SignInFailures, email.key().as_bytes())
}

/// Seconds until this address may try again, if it has to wait.
pub(super) fn wait(tx: &mut Tx<'_>, key: &[u8; 32]) -> Result<Option<u32>> {
    let retry_at: Option<Timestamp> = sign_in_failure::table
        .find(key.as_slice())
        .select(sign_in_failure::retry_at)
        .prepared()
        .get_result(tx.connection())
        .optional()?;
    let left = retry_at.map_or(0, |retry_at| retry_at.since(tx.now()).num_milliseconds());
    Ok((left > 0).then(|| u32::try_from(left.div_euclid(1000) + 1).unwrap_or(1)))
}

/// Counts a wrong password.
pub(super) fn count(tx: &mut Tx<'_>, key: &[u8; 32]) -> Result<()> {
    let now = tx.now();
    diesel::delete(
        sign_in_failure::table
            .filter(sign_in_failure::last_at.le(now.plus_minutes(-FORGET_MINUTES))),
    )
    .prepared()
    .execute(tx.connection())?;
    let before: Option<i32> = sign_in_failure::table
        .find(key.as_slice())
        .select(sign_in_failure::failures)
        .prepared()
        .get_result(tx.connection())
        .optional()?;
    let failures = before.unwrap_or(0).saturating_add(1);
    let wait = match failures - FREE {
        ..=0 => 0,
        over => (1_i64 << over.min(5)).min(LONGEST),
    };
    let values = (
        sign_in_failure::failures.eq(failures),
        sign_in_failure::last_at.eq(now),
        sign_in_failure::retry_at.eq(now.plus_seconds(wait)),
    );
    Both(
        diesel::insert_into(sign_in_failure::table)
            .values((sign_in_failure::address_hash.eq(key.to_vec()), values))
            .on_conflict(sign_in_failure::address_hash)
            .do_update()
            .set(values),
    )
    .execute(tx.connection())?;
    Ok(())
}

/// Forgets the wrong passwords before a right one.
pub(super) fn forget(tx: &mut Tx<'_>, key: &[u8; 32]) -> Result<()> {
    diesel::delete(sign_in_failure::table.find(key.as_slice()))
        .prepared()
        .execute(tx.connection())?;
    Ok(())
}
