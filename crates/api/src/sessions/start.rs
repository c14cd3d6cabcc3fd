use diesel::prelude::*;
use domain::{AccountId, EmailAddress, SchoolId};
use store::schema::account;
use store::{Error, Result, Tx};
use vault::{PasswordHash, Reference};

use super::queries;
use super::standing::{Standing, standing};
use crate::keys::Rolls;

/// Makes an account; without a password, until its owner chooses one by a link.
///
/// # Errors
/// [`Error::Exists`] if there is one of this address.
pub(crate) fn open_account(
    tx: &mut Tx<'_>,
    email: &EmailAddress,
    password: Option<&PasswordHash>,
) -> Result<AccountId> {
    let id = tx.new_id();
    let now = tx.now();
    diesel::insert_into(account::table)
        .values((
            account::id.eq(id),
            account::email.eq(email.as_str()),
            account::email_key.eq(email.key()),
            account::password_hash.eq(password.map(PasswordHash::as_str)),
            account::created_at.eq(now),
        ))
        .execute(tx.connection())?;
    Ok(id)
}

/// Signs an account in that has just been made, in one school; the cookie is the reference.
pub(crate) fn sign_in_as(
    tx: &mut Tx<'_>,
    rolls: &Rolls,
    account: AccountId,
    school: SchoolId,
    browser: &str,
) -> Result<(Standing, Reference)> {
    let places = queries::places(tx, account)?;
    let place = places
        .iter()
        .find(|place| place.school == school)
        .ok_or(Error::Absent)?;
    queries::take(tx, place)?;
    let (session, reference) = queries::begin(tx, account, Some(place), browser)?;
    Ok((standing(tx, rolls, session, None)?, reference))
}
