use diesel::prelude::*;
use domain::{AccountId, MemberId};
use store::schema::{account, member};
use store::{Result, Tx};

/// Where a person of the school is written to; `None` if they have left or have no address.
pub(super) fn of_member(tx: &mut Tx<'_>, id: MemberId) -> Result<Option<String>> {
    let school = tx.school();
    let found: Option<(Option<AccountId>, Option<String>)> = member::table
        .filter(member::school_id.eq(school))
        .filter(member::id.eq(id))
        .filter(member::state.ne("left"))
        .select((member::account_id, member::email))
        .first(tx.connection())
        .optional()?;
    match found {
        Some((Some(account), _)) => of_account(tx, account),
        Some((None, email)) => Ok(email),
        None => Ok(None),
    }
}

/// Where an account is written to.
pub(super) fn of_account(tx: &mut Tx<'_>, id: AccountId) -> Result<Option<String>> {
    Ok(account::table
        .find(id)
        .select(account::email)
        .first(tx.connection())
        .optional()?)
}
