use diesel::prelude::*;
use domain::{DeviceId, EnrolmentId, MemberId, SchoolId, SessionId, Timestamp};
use protocol::encoding::hash;
use protocol::links::{Link, LinkToken, Purpose as LinkPurpose};
use serde::Serialize;
use store::dialect::Prepare as _;
use store::schema::enrolment;
use store::{Result, Tx};

use crate::App;

/// What an invitation is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// The device that makes the school's keys; 60 minutes.
    Setup,
    /// A device of a member; 10 minutes.
    Enrol,
}

impl Purpose {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Setup => "setup",
            Self::Enrol => "enrol",
        }
    }

    const fn minutes(self) -> i64 {
        match self {
            Self::Setup => 60,
            Self::Enrol => 10,
        }
    }
}

/// An invitation for one device, with its token, which only the link will hold.
#[derive(Debug)]
pub(crate) struct Invitation {
    pub(crate) id: EnrolmentId,
    school: SchoolId,
    member: MemberId,
    purpose: Purpose,
    token: LinkToken,
    expires_at: Timestamp,
}

/// An invitation for one device.
#[derive(Clone, Serialize, utoipa::ToSchema)]
#[schema(as = Enrolment)]
pub(crate) struct EnrolmentView {
    /// Which.
    id: EnrolmentId,
    /// What the app scans or pastes; its secret part stands after the `#`.
    #[schema(example = "https://safehold.larkspur.example/app#a2V5aG9sZGVyL3Yx…")]
    link: String,
    /// Until when it is good, once.
    expires_at: Timestamp,
}

impl std::fmt::Debug for EnrolmentView {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "EnrolmentView({})", self.id)
    }
}

impl Invitation {
    /// As the page shows it, with the server's address and identity in the link.
    pub(crate) fn view(&self, app: &App) -> EnrolmentView {
        let link = Link {
            purpose: match self.purpose {
                Purpose::Setup => LinkPurpose::Setup,
                Purpose::Enrol => LinkPurpose::Enrol(self.member),
            },
            origin: app.origin.clone(),
            school: self.school,
            server_pin: app.identity.public().pin(),
            token: self.token.clone(),
        };
        EnrolmentView {
            id: self.id,
            link: link.to_url(),
            expires_at: self.expires_at,
        }
    }
}

fn reference(token: &LinkToken) -> Vec<u8> {
    hash("link-token", &[token.expose()]).to_vec()
}

/// Invites a device, from a signed-in browser; the member's earlier invitations for the same purpose are no
/// longer good.
pub(crate) fn invite(
    tx: &mut Tx<'_>,
    member: MemberId,
    purpose: Purpose,
    session: SessionId,
) -> Result<Invitation> {
    let (school, now) = (tx.school(), tx.now());
    diesel::delete(
        enrolment::table
            .filter(enrolment::school_id.eq(school))
            .filter(enrolment::member_id.eq(member))
            .filter(enrolment::purpose.eq(purpose.as_str()))
            .filter(enrolment::used_at.is_null()),
    )
    .prepared()
    .execute(tx.connection())?;
    let invitation = Invitation {
        id: tx.new_id(),
        school,
        member,
        purpose,
        token: LinkToken::generate(tx.entropy()),
        expires_at: now.plus_minutes(purpose.minutes()),
    };
    diesel::insert_into(enrolment::table)
        .values((
            enrolment::school_id.eq(school),
            enrolment::id.eq(invitation.id),
            enrolment::member_id.eq(member),
            enrolment::purpose.eq(purpose.as_str()),
            enrolment::token_hash.eq(reference(&invitation.token)),
            enrolment::expires_at.eq(invitation.expires_at),
            enrolment::session_id.eq(session),
        ))
        .execute(tx.connection())?;
    Ok(invitation)
}

/// An invitation that a device shows.
#[derive(Clone, Copy, Debug, Queryable)]
pub(super) struct Shown {
    pub(super) id: EnrolmentId,
    pub(super) member: MemberId,
}

/// The invitation of a token, if it is good now.
pub(super) fn shown(tx: &mut Tx<'_>, token: &LinkToken, purpose: Purpose) -> Result<Option<Shown>> {
    let (school, now) = (tx.school(), tx.now());
    Ok(enrolment::table
        .filter(enrolment::school_id.eq(school))
        .filter(enrolment::token_hash.eq(reference(token)))
        .filter(enrolment::purpose.eq(purpose.as_str()))
        .filter(enrolment::used_at.is_null())
        .filter(enrolment::expires_at.gt(now))
        .select((enrolment::id, enrolment::member_id))
        .prepared()
        .get_result(tx.connection())
        .optional()?)
}

/// The devices that came by an invitation made in this signed-in browser.
pub(super) fn devices_from(tx: &mut Tx<'_>, session: SessionId) -> Result<Vec<DeviceId>> {
    let school = tx.school();
    let devices: Vec<Option<DeviceId>> = enrolment::table
        .filter(enrolment::school_id.eq(school))
        .filter(enrolment::session_id.eq(session))
        .filter(enrolment::device_id.is_not_null())
        .select(enrolment::device_id)
        .load(tx.connection())?;
    Ok(devices.into_iter().flatten().collect())
}

/// Uses an invitation up, for a device; whether it was still there to be used.
pub(super) fn take(tx: &mut Tx<'_>, id: EnrolmentId, device: DeviceId) -> Result<bool> {
    let (school, now) = (tx.school(), tx.now());
    let taken = diesel::update(
        enrolment::table
            .find((school, id))
            .filter(enrolment::used_at.is_null()),
    )
    .set((enrolment::used_at.eq(now), enrolment::device_id.eq(device)))
    .prepared()
    .execute(tx.connection())?;
    Ok(taken == 1)
}
