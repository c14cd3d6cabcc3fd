use diesel::prelude::*;
use domain::{AccountId, EmailAddress, Timestamp};
use store::dialect::Prepare as _;
use store::schema::password_link;
use store::{Result, Tx};
use vault::Reference;

use super::queries::account_of;

/// Links of one account that may wait at a time.
const WAITING: i64 = 3;
/// Minutes that one is good. An invitation's link, which [`people`](crate::people) makes, is good longer.
const MINUTES: i64 = 60;

/// Makes a link by which somebody who forgot their password chooses another, once; `None` if enough
/// links wait already.
pub(super) fn make_link(tx: &mut Tx<'_>, account: AccountId) -> Result<Option<Reference>> {
    let now = tx.now();
    diesel::delete(password_link::table.filter(password_link::expires_at.le(now)))
        .prepared()
        .execute(tx.connection())?;
    let waiting: i64 = password_link::table
        .filter(password_link::account_id.eq(account))
        .filter(password_link::used_at.is_null())
        .count()
        .get_result(tx.connection())?;
    if waiting >= WAITING {
        return Ok(None);
    }
    let reference = Reference::new(tx.entropy());
    diesel::insert_into(password_link::table)
        .values((
            password_link::token_hash.eq(reference.hash().to_vec()),
            password_link::account_id.eq(account),
            password_link::expires_at.eq(now.plus_minutes(MINUTES)),
        ))
        .execute(tx.connection())?;
    Ok(Some(reference))
}

/// A link for whoever has this address, where the server's operator hands it over; `None` if nobody has.
pub(crate) fn link_for(tx: &mut Tx<'_>, email: &EmailAddress) -> Result<Option<Reference>> {
    match account_of(tx, &email.key())? {
        Some(account) => make_link(tx, account.id),
        None => Ok(None),
    }
}

/// Whose link it is, if it is still good.
pub(super) fn read_link(tx: &mut Tx<'_>, hash: &[u8; 32]) -> Result<Option<AccountId>> {
    let now = tx.now();
    Ok(password_link::table
        .find(hash.as_slice())
        .filter(password_link::used_at.is_null())
        .filter(password_link::expires_at.gt(now))
        .select(password_link::account_id)
        .prepared()
        .get_result(tx.connection())
        .optional()?)
}

/// Uses every link of an account up; whether this one was still there to be used.
pub(super) fn use_link(tx: &mut Tx<'_>, account: AccountId, hash: &[u8; 32]) -> Result<bool> {
    let now: Timestamp = tx.now();
    let used = diesel::update(
        password_link::table
            .find(hash.as_slice())
            .filter(password_link::used_at.is_null())
            .filter(password_link::expires_at.gt(now)),
    )
    .set(password_link::used_at.eq(now))
    .prepared()
    .execute(tx.connection())?;
    diesel::update(
        password_link::table
            .filter(password_link::account_id.eq(account))
            .filter(password_link::used_at.is_null()),
    )
    .set(password_link::used_at.eq(now))
    .prepared()
    .execute(tx.connection())?;
    Ok(used == 1)
}
