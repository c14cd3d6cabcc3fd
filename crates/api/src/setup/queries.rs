use diesel::prelude::*;
use domain::{AccountId, MemberId, PersonName, SchoolId, ShortText, fold_name};
use store::schema::{account, member, school};
use store::{Result, Tx};

/// How far a school has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum SetupState {
    /// No device has made its keys yet.
    WaitingForKey,
    /// Concerns can be recorded.
    Open,
}

/// Whether anybody has an account here.
pub(super) fn has_accounts(tx: &mut Tx<'_>) -> Result<bool> {
    let first: Option<AccountId> = account::table
        .select(account::id)
        .first(tx.connection())
        .optional()?;
    Ok(first.is_some())
}

/// Makes the school whose id the transaction has entered.
pub(super) fn add_school(tx: &mut Tx<'_>, name: &ShortText) -> Result<()> {
    let (id, now) = (tx.school(), tx.now());
    diesel::insert_into(school::table)
        .values((
            school::id.eq(id),
            // EXPOSE: the school's name is stored in the clear.
            school::name.eq(name.expose()),
            school::state.eq("waiting_for_key"),
            school::roll_length.eq(0),
            school::created_at.eq(now),
        ))
        .execute(tx.connection())?;
    Ok(())
}

/// Makes the school's first member, its administrator.
pub(super) fn add_administrator(
    tx: &mut Tx<'_>,
    account: AccountId,
    name: &PersonName,
    email: &str,
) -> Result<MemberId> {
    let (school, now) = (tx.school(), tx.now());
    let id = tx.new_id();
    diesel::insert_into(member::table)
        .values((
            member::school_id.eq(school),
            member::id.eq(id),
            member::account_id.eq(account),
            // EXPOSE: names of staff are stored in the clear.
            member::name.eq(name.expose()),
            member::name_key.eq(fold_name(name.expose())),
            member::email.eq(email),
            member::administrator.eq(true),
            member::auditor.eq(false),
            member::state.eq("active"),
            member::created_at.eq(now),
        ))
        .execute(tx.connection())?;
    Ok(id)
}

/// How far the school has come.
pub(super) fn state(tx: &mut Tx<'_>) -> Result<SetupState> {
    let id: SchoolId = tx.school();
    let state: String = school::table
        .find(id)
        .select(school::state)
        .first(tx.connection())?;
    Ok(match state.as_str() {
        "open" => SetupState::Open,
        _ => SetupState::WaitingForKey,
    })
}
