use std::collections::BTreeSet;
use std::sync::Arc;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use diesel::prelude::*;
use domain::{ConcernId, DeviceId, MemberId, SchoolId, SessionId, Timestamp, UnlockId, YearGroup};
use policy::{Action, Actor, Caller, Decision, Level, Reach, Roles, Why};
use protocol::compartments::Compartment;
use protocol::roll::Rights;
use protocol::unlock::UnlockSecret;
use store::dialect::Prepare as _;
use store::schema::{member, school, session, unlock};
use store::{Error, Result, Tx};

use crate::credentials::Credentials;
use crate::keys::{RECORDS, Rolls};

/// Minutes after its last use that a session ends.
pub(crate) const SESSION_IDLE_MINUTES: i64 = 60;
/// Minutes after its last use that an unlock ends.
pub(crate) const UNLOCK_IDLE_MINUTES: i64 = 15;
/// Seconds between two notes of a session's or unlock's use, so that reading stays reading.
const NOTE_EVERY_SECONDS: i64 = 60;

/// What one look at the session finds.
#[derive(Queryable)]
struct Found {
    session: SessionId,
    member: Option<MemberId>,
    last_seen_at: Timestamp,
    ends_at: Timestamp,
    present_until: Option<Timestamp>,
    administrator: bool,
    auditor: bool,
    state: String,
    roll_length: i64,
    settings_mark: i64,
}

#[derive(Queryable)]
struct Open {
    id: UnlockId,
    session: SessionId,
    device: Option<DeviceId>,
    compartments: Option<String>,
    scopes: Option<String>,
    last_used_at: Option<Timestamp>,
    ends_at: Option<Timestamp>,
}

/// Settles who asks: the live session, the member's row and the signed roll, not the token's word.
///
/// # Errors
/// [`Error::Refused`] with [`Why::NotSignedIn`] if the session is over or is not the token's.
pub(crate) fn identify(tx: &mut Tx<'_>, credentials: &Credentials, rolls: &Rolls) -> Result<()> {
    let claims = &credentials.claims;
    let (Some(school), Some(member)) = (claims.tid, claims.mid) else {
        return Err(over());
    };
    let found = session::table
        .inner_join(
            member::table.on(member::school_id
                .nullable()
                .eq(session::school_id)
                .and(member::id.nullable().eq(session::member_id))),
        )
        .inner_join(school::table.on(school::id.eq(member::school_id)))
        .filter(session::ref_hash.eq(credentials.session.as_slice()))
        .filter(member::school_id.eq(school))
        .select((
            session::id,
            session::member_id,
            session::last_seen_at,
            session::ends_at,
            session::present_until,
            member::administrator,
            member::auditor,
            member::state,
            school::roll_length,
            school::settings_mark,
        ));
    let found: Found = found
        .prepared()
        .get_result(tx.connection())
        .optional()?
        .ok_or_else(over)?;
    let now = tx.now();
    let live = found.session == claims.sid
        && found.member == Some(member)
        && found.state == "active"
        && found.ends_at > now
        && found.last_seen_at.plus_minutes(SESSION_IDLE_MINUTES) > now;
    if !live {
        return Err(over());
    }
    if !credentials.unattended && found.last_seen_at.plus_seconds(NOTE_EVERY_SECONDS) <= now {
        note_session(tx, found.session);
    }

    tx.note_roll_length(school, found.roll_length);
    tx.note_settings_mark(school, found.settings_mark);
    let at = u64::try_from(now.seconds()).unwrap_or_default();
    let roll = rolls.read(tx, school, found.roll_length)?;
    let key_holder = roll
        .as_ref()
        .is_some_and(|roll| roll.grants_of(member, at).next().is_some());
    let reach = match (&roll, claims.lvl) {
        (Some(roll), 2) => open_reach(tx, credentials, school, member, |device| {
            roll.active(device, at).map(|grant| grant.rights.clone())
        })?,
        _ => None,
    };
    tx.identify(Caller {
        school: Some(school),
        actor: Actor::Member(member),
        roles: Roles {
            administrator: found.administrator,
            auditor: found.auditor,
            key_holder,
        },
        level: match reach {
            Some(reach) => Level::Unlocked(Arc::new(reach)),
            None if found.present_until.is_some_and(|until| until > now) => Level::Present,
            None => Level::SignedIn,
        },
    });
    Ok(())
}

/// What the token's unlock opens; if somebody uses it, its idle time begins anew.
fn open_reach(
    tx: &mut Tx<'_>,
    credentials: &Credentials,
    school: SchoolId,
    member: MemberId,
    rights_of: impl Fn(DeviceId) -> Option<Rights>,
) -> Result<Option<Reach>> {
    let claims = &credentials.claims;
    let Some(secret) = &credentials.unlock else {
        return Ok(None);
    };
    // A token of one unlock is no good beside the cookie of another.
    if claims.ush.as_deref() != Some(&*BASE64_URL_SAFE_NO_PAD.encode(secret.reference())) {
        return Ok(None);
    }
    let Some(open) = open_unlock(tx, school, member, claims.sid, secret, rights_of)? else {
        return Ok(None);
    };
    let is_noted = open.last_used_at.plus_seconds(NOTE_EVERY_SECONDS) > tx.now();
    if !credentials.unattended && !is_noted {
        note_unlock(tx, school, open.reach.unlock);
    }
    Ok(Some(open.reach))
}

/// An approved unlock whose time is not over.
pub(super) struct OpenUnlock {
    pub(super) reach: Reach,
    pub(super) last_used_at: Timestamp,
    pub(super) ends_at: Timestamp,
}

/// What the approved unlock of a cookie opens, if it is this session's, its time is not over, and its
/// device still holds what the roll granted.
pub(super) fn open_unlock(
    tx: &mut Tx<'_>,
    school: SchoolId,
    member: MemberId,
    session: SessionId,
    secret: &UnlockSecret,
    rights_of: impl Fn(DeviceId) -> Option<Rights>,
) -> Result<Option<OpenUnlock>> {
    let now = tx.now();
    let open = unlock::table
        .filter(unlock::school_id.eq(school))
        .filter(unlock::member_id.eq(member))
        .filter(unlock::state.eq("open"))
        .filter(unlock::secret_hash.eq(secret.reference().to_vec()))
        .select((
            unlock::id,
            unlock::session_id,
            unlock::device_id,
            unlock::compartments,
            unlock::scopes,
            unlock::last_used_at,
            unlock::ends_at,
        ));
    let open: Option<Open> = open.prepared().get_result(tx.connection()).optional()?;
    let Some(Open {
        id,
        session: of_session,
        device: Some(device),
        compartments: Some(compartments),
        scopes,
        last_used_at: Some(last_used_at),
        ends_at: Some(ends_at),
    }) = open
    else {
        return Ok(None);
    };
    let Some(rights) = rights_of(device) else {
        return Ok(None);
    };
    if of_session != session
        || ends_at <= now
        || last_used_at.plus_minutes(UNLOCK_IDLE_MINUTES) <= now
    {
        return Ok(None);
    }
    let compartments: BTreeSet<Compartment> = compartments
        .split(' ')
        .filter_map(|name| name.parse().ok())
        .filter(|name| rights.compartments.contains(name))
        .collect();
    let reach = Reach {
        unlock: id,
        // Whatever was not approved as more is a short look.
        probation: !scopes.is_some_and(|scopes| scopes.split(' ').any(|scope| scope == RECORDS)),
        device,
        compartments,
        categories: rights.categories,
        years: rights.years.map(|years| {
            years
                .into_iter()
                .filter_map(|year| YearGroup::try_from(year).ok())
                .collect()
        }),
        excluded: rights
            .excluded
            .into_iter()
            .map(ConcernId::from_bytes)
            .collect(),
    };
    Ok(Some(OpenUnlock {
        reach,
        last_used_at,
        ends_at,
    }))
}

fn note_session(tx: &mut Tx<'_>, id: SessionId) {
    tx.finally(move |tx| {
        let now = tx.now();
        diesel::update(session::table.find(id))
            .set(session::last_seen_at.eq(now))
            .prepared()
            .execute(tx.connection())?;
        Ok(())
    });
}

fn note_unlock(tx: &mut Tx<'_>, school: SchoolId, id: UnlockId) {
    tx.finally(move |tx| {
        let now = tx.now();
        diesel::update(unlock::table.find((school, id)))
            .set(unlock::last_used_at.eq(now))
            .prepared()
            .execute(tx.connection())?;
        Ok(())
    });
}

/// That the session is over, or never was.
pub(super) const fn over() -> Error {
    Error::Refused {
        action: Action::ReadMe,
        decision: Decision::Deny(Why::NotSignedIn),
    }
}
