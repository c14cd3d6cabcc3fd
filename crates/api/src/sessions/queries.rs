use diesel::prelude::*;
use domain::{AccountId, MemberId, SchoolId, SessionId, Timestamp};
use store::dialect::{Hold as _, Prepare as _};
use store::schema::{account, member, membership, school, session};
use store::{Result, Tx};
use vault::Reference;

use super::identify::{SESSION_IDLE_MINUTES, over};

/// Hours that a session lasts at most.
const SESSION_HOURS: i64 = 12;

/// A live session.
#[derive(Clone, Copy, Debug, Queryable, Selectable)]
#[diesel(table_name = session)]
pub(super) struct Session {
    pub(super) id: SessionId,
    pub(super) account_id: AccountId,
    pub(super) school_id: Option<SchoolId>,
    pub(super) member_id: Option<MemberId>,
    pub(super) present_until: Option<Timestamp>,
    last_seen_at: Timestamp,
    ends_at: Timestamp,
}

/// The session of a cookie, if it lives.
///
/// # Errors
/// That nobody is signed in.
pub(super) fn live(tx: &mut Tx<'_>, cookie: &[u8; 32]) -> Result<Session> {
    let now = tx.now();
    session::table
        .filter(session::ref_hash.eq(cookie.as_slice()))
        .select(Session::as_select())
        .prepared()
        .get_result(tx.connection())
        .optional()?
        .filter(|session: &Session| {
            session.ends_at > now && session.last_seen_at.plus_minutes(SESSION_IDLE_MINUTES) > now
        })
        .ok_or_else(over)
}

/// Begins a session: a row of its own for each sign-in, and a cookie that was never used before.
pub(super) fn begin(
    tx: &mut Tx<'_>,
    account: AccountId,
    place: Option<&Place>,
    browser: &str,
) -> Result<(Session, Reference)> {
    let now = tx.now();
    let reference = Reference::new(tx.entropy());
    let begun = Session {
        id: tx.new_id(),
        account_id: account,
        school_id: place.map(|place| place.school),
        member_id: place.map(|place| place.member),
        present_until: None,
        last_seen_at: now,
        ends_at: now.plus_minutes(SESSION_HOURS * 60),
    };
    diesel::delete(
        session::table
            .filter(session::account_id.eq(account))
            .filter(session::ends_at.le(now)),
    )
    .prepared()
    .execute(tx.connection())?;
    diesel::insert_into(session::table)
        .values((
            session::id.eq(begun.id),
            session::ref_hash.eq(reference.hash().to_vec()),
            session::account_id.eq(account),
            session::school_id.eq(begun.school_id),
            session::member_id.eq(begun.member_id),
            session::browser.eq(browser),
            session::created_at.eq(now),
            session::last_seen_at.eq(now),
            session::ends_at.eq(begun.ends_at),
        ))
        .execute(tx.connection())?;
    Ok((begun, reference))
}

/// Chooses the session's school, under a new cookie: what the old one could do, the new one can do more.
pub(super) fn choose(tx: &mut Tx<'_>, session: &mut Session, place: &Place) -> Result<Reference> {
    let reference = Reference::new(tx.entropy());
    session.school_id = Some(place.school);
    session.member_id = Some(place.member);
    diesel::update(session::table.find(session.id))
        .set((
            session::ref_hash.eq(reference.hash().to_vec()),
            session::school_id.eq(session.school_id),
            session::member_id.eq(session.member_id),
        ))
        .prepared()
        .execute(tx.connection())?;
    Ok(reference)
}

/// Ends one session.
pub(super) fn end(tx: &mut Tx<'_>, session: SessionId) -> Result<()> {
    diesel::delete(session::table.find(session))
        .prepared()
        .execute(tx.connection())?;
    Ok(())
}

/// Ends every session of an account.
pub(super) fn end_all(tx: &mut Tx<'_>, account: AccountId) -> Result<()> {
    diesel::delete(session::table.filter(session::account_id.eq(account)))
        .prepared()
        .execute(tx.connection())?;
    Ok(())
}

/// An account as sign-in needs it.
#[derive(Queryable)]
pub(super) struct Account {
    pub(super) id: AccountId,
    pub(super) password_hash: Option<String>,
}

/// The account of an address.
pub(super) fn account_of(tx: &mut Tx<'_>, email_key: &str) -> Result<Option<Account>> {
    Ok(account::table
        .filter(account::email_key.eq(email_key))
        .select((account::id, account::password_hash))
        .prepared()
        .get_result(tx.connection())
        .optional()?)
}

/// The hash of an account's password, which nobody changes until the transaction ends.
pub(super) fn hold_password(tx: &mut Tx<'_>, account: AccountId) -> Result<Option<String>> {
    Ok(account::table
        .find(account)
        .select(account::password_hash)
        .held()
        .prepared()
        .get_result(tx.connection())?)
}

/// The address of an account as it was written.
pub(super) fn email_of(tx: &mut Tx<'_>, account: AccountId) -> Result<String> {
    Ok(account::table
        .find(account)
        .select(account::email)
        .prepared()
        .get_result(tx.connection())?)
}

/// A person's place in one school.
#[derive(Clone, Debug)]
pub(super) struct Place {
    pub(super) school: SchoolId,
    pub(super) school_name: String,
    pub(super) roll_length: i64,
    pub(super) member: MemberId,
    pub(super) name: String,
    pub(super) administrator: bool,
    pub(super) auditor: bool,
    invited: bool,
}

/// Every place of an account, by the school's name. The transaction stands in the last school then:
/// callers `enter` the one that they go on in.
pub(super) fn places(tx: &mut Tx<'_>, account: AccountId) -> Result<Vec<Place>> {
    let memberships: Vec<(SchoolId, MemberId)> = membership::table
        .filter(membership::account_id.eq(account))
        .select((membership::school_id, membership::member_id))
        .load(tx.connection())?;
    let mut places = Vec::with_capacity(memberships.len());
    for (school, member) in memberships {
        tx.enter(school)?;
        places.extend(place(tx, school, member)?);
    }
    places.sort_by(|one, other| one.school_name.cmp(&other.school_name));
    Ok(places)
}

fn place(tx: &mut Tx<'_>, school: SchoolId, member: MemberId) -> Result<Option<Place>> {
    type Row = (String, i64, String, bool, bool, String);
    let row: Option<Row> = member::table
        .inner_join(school::table.on(school::id.eq(member::school_id)))
        .filter(member::school_id.eq(school))
        .filter(member::id.eq(member))
        .filter(member::state.ne("left"))
        .select((
            school::name,
            school::roll_length,
            member::name,
            member::administrator,
            member::auditor,
            member::state,
        ))
        .prepared()
        .get_result(tx.connection())
        .optional()?;
    Ok(row.map(
        |(school_name, roll_length, name, administrator, auditor, state)| Place {
            school,
            school_name,
            roll_length,
            member,
            name,
            administrator,
            auditor,
            invited: state == "invited",
        },
    ))
}

/// Takes a place that was offered: whoever was invited and signs in is here.
pub(super) fn take(tx: &mut Tx<'_>, place: &Place) -> Result<()> {
    tx.enter(place.school)?;
    if place.invited {
        tx.hold_school()?;
        let invited = member::table
            .find((place.school, place.member))
            .filter(member::state.eq("invited"));
        diesel::update(invited)
            .set(member::state.eq("active"))
            .prepared()
            .execute(tx.connection())?;
    }
    Ok(())
}
