//! Every query of the slice.

use std::collections::HashSet;
use std::sync::Arc;

use diesel::prelude::*;
use domain::{AccountId, EmailAddress, MemberId, PersonName, SchoolId, Timestamp, fold_name, kind};
use rest::Page;
use store::place::{InOrder as _, Newer};
use store::schema::{account, member, password_link, session};
use store::{Result, Tx};
use vault::Reference;

use super::model::MemberState;
use crate::keys::Rolls;

/// Days for which the link in an invitation works.
const INVITATION_DAYS: i64 = 7;

/// A member's row. No `Debug`: it holds a name.
#[derive(Queryable, Selectable)]
#[diesel(table_name = member)]
pub(super) struct MemberRow {
    pub(super) id: MemberId,
    pub(super) account_id: Option<AccountId>,
    pub(super) name: String,
    pub(super) email: Option<String>,
    pub(super) administrator: bool,
    pub(super) auditor: bool,
    state: String,
    pub(super) created_at: Timestamp,
}

impl MemberRow {
    /// Whether the person is here; one whose state nobody knows is not.
    pub(super) fn state(&self) -> MemberState {
        MemberState::read(&self.state).unwrap_or(MemberState::Left)
    }
}

/// Every query on members starts here, so that none can forget the school.
#[diesel::dsl::auto_type]
fn of_school(school: SchoolId) -> _ {
    member::table.filter(member::school_id.eq(school))
}

/// One page of the members, those who came first first.
pub(super) fn list(tx: &mut Tx<'_>, page: &Page<kind::Member>) -> Result<Vec<MemberRow>> {
    let mut query = of_school(tx.school())
        .order_by((member::created_at, member::id))
        .limit(page.load())
        .select(MemberRow::as_select())
        .into_boxed();
    if let Some(place) = page.after {
        query = query.filter((member::created_at, member::id).stands::<Newer, _, _>(place));
    }
    Ok(query.load(tx.connection())?)
}

/// Everybody who has not left, by name.
pub(super) fn here(tx: &mut Tx<'_>) -> Result<Vec<(MemberId, String)>> {
    Ok(of_school(tx.school())
        .filter(member::state.ne("left"))
        .order_by((member::name, member::id))
        .select((member::id, member::name))
        .load(tx.connection())?)
}

/// One member.
///
/// # Errors
/// [`store::Error::Absent`].
pub(super) fn find(tx: &mut Tx<'_>, id: MemberId) -> Result<MemberRow> {
    Ok(of_school(tx.school())
        .filter(member::id.eq(id))
        .select(MemberRow::as_select())
        .first(tx.connection())?)
}

/// Whether the member's account has a password.
pub(super) fn has_password(tx: &mut Tx<'_>, row: &MemberRow) -> Result<bool> {
    let Some(id) = row.account_id else {
        return Ok(false);
    };
    let hash: Option<Option<String>> = account::table
        .find(id)
        .select(account::password_hash)
        .first(tx.connection())
        .optional()?;
    Ok(hash.flatten().is_some())
}

/// Who holds a key, as the signed roll says now.
pub(super) fn key_holders(tx: &mut Tx<'_>, rolls: &Arc<Rolls>) -> Result<HashSet<MemberId>> {
    let at = u64::try_from(tx.now().seconds()).unwrap_or_default();
    let roll = rolls.now(tx)?;
    Ok(roll.map_or_else(HashSet::new, |roll| {
        roll.active_grants(at).map(|grant| grant.member).collect()
    }))
}

/// Ends the sessions in which a member is here.
pub(super) fn end_sessions(tx: &mut Tx<'_>, id: MemberId) -> Result<()> {
    let school = tx.school();
    diesel::delete(
        session::table
            .filter(session::school_id.eq(school))
            .filter(session::member_id.eq(id)),
    )
    .execute(tx.connection())?;
    Ok(())
}

/// The account of an address, and whether it has a password; made without one if there is none.
pub(super) fn account_for(tx: &mut Tx<'_>, email: &EmailAddress) -> Result<(AccountId, bool)> {
    let found: Option<(AccountId, Option<String>)> = account::table
        .filter(account::email_key.eq(email.key()))
        .select((account::id, account::password_hash))
        .first(tx.connection())
        .optional()?;
    if let Some((id, hash)) = found {
        return Ok((id, hash.is_some()));
    }
    let id: AccountId = tx.new_id();
    let now = tx.now();
    diesel::insert_into(account::table)
        .values((
            account::id.eq(id),
            account::email.eq(email.as_str()),
            account::email_key.eq(email.key()),
            account::created_at.eq(now),
        ))
        .execute(tx.connection())?;
    Ok((id, false))
}

/// Whether the account has a place in the school, or a member without an account has its address.
pub(super) fn has_place(tx: &mut Tx<'_>, account: AccountId, email: &EmailAddress) -> Result<bool> {
    let query = of_school(tx.school()).filter(
        member::account_id
            .eq(account)
            .or(member::email.eq(email.as_str())),
    );
    Ok(diesel::select(diesel::dsl::exists(query)).get_result(tx.connection())?)
}

/// Gives somebody a place.
pub(super) fn insert(
    tx: &mut Tx<'_>,
    account: AccountId,
    name: &PersonName,
    email: &EmailAddress,
    (administrator, auditor): (bool, bool),
    state: MemberState,
) -> Result<MemberId> {
    let id: MemberId = tx.new_id();
    let (school, now) = (tx.school(), tx.now());
    diesel::insert_into(member::table)
        .values((
            member::school_id.eq(school),
            member::id.eq(id),
            member::account_id.eq(account),
            // EXPOSE: into the member's row.
            member::name.eq(name.expose()),
            member::name_key.eq(fold_name(name.expose())),
            member::email.eq(email.as_str()),
            member::administrator.eq(administrator),
            member::auditor.eq(auditor),
            member::state.eq(state.as_str()),
            member::created_at.eq(now),
        ))
        .execute(tx.connection())?;
    Ok(id)
}

/// Writes a member anew.
pub(super) fn update(
    tx: &mut Tx<'_>,
    id: MemberId,
    name: Option<&PersonName>,
    (administrator, auditor): (bool, bool),
    state: MemberState,
) -> Result<()> {
    let school = tx.school();
    diesel::update(member::table.find((school, id)))
        .set((
            // EXPOSE: into the member's row.
            name.map(|name| member::name.eq(name.expose().to_owned())),
            name.map(|name| member::name_key.eq(fold_name(name.expose()))),
            member::administrator.eq(administrator),
            member::auditor.eq(auditor),
            member::state.eq(state.as_str()),
        ))
        .execute(tx.connection())?;
    Ok(())
}

/// How many other administrators can sign in.
pub(super) fn other_administrators(tx: &mut Tx<'_>, id: MemberId) -> Result<i64> {
    Ok(of_school(tx.school())
        .filter(member::administrator.eq(true))
        .filter(member::state.eq(MemberState::Active.as_str()))
        .filter(member::id.ne(id))
        .count()
        .get_result(tx.connection())?)
}

/// Makes a link for a first password, which replaces those that were mailed before.
pub(super) fn new_link(tx: &mut Tx<'_>, account: AccountId) -> Result<Reference> {
    diesel::delete(
        password_link::table
            .filter(password_link::account_id.eq(account))
            .filter(password_link::used_at.is_null()),
    )
    .execute(tx.connection())?;
    let token = Reference::new(tx.entropy());
    let expires_at = tx.now().plus_days(INVITATION_DAYS);
    diesel::insert_into(password_link::table)
        .values((
            password_link::token_hash.eq(token.hash().to_vec()),
            password_link::account_id.eq(account),
            password_link::expires_at.eq(expires_at),
        ))
        .execute(tx.connection())?;
    Ok(token)
}
