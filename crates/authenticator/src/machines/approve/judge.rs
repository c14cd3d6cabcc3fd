use domain::UnlockId;
use protocol::challenge::{Challenge, Pinned};
use protocol::compartments::Compartment;
use protocol::encoding::Hash;
use protocol::roll::RollState;
use protocol::unlock::challenge_hash;

use crate::contract::PendingUnlock;
use crate::label;
use crate::profile::Profile;
use crate::trouble::Trouble;

/// The longest session that is ever approved, and the longest wait for an answer, in seconds.
const LONGEST_SESSION: u32 = 4 * 60 * 60;
const LONGEST_WAIT: u64 = 10 * 60;

/// What is shown of a challenge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// What the browser calls itself, made safe to show.
    pub browser: String,
    /// From where, made safe to show.
    pub place: String,
    /// The pinned origin.
    pub origin: String,
    /// Whether this browser was unlocked before.
    pub known_browser: bool,
    /// How many digits to type; none if a link has opened the app.
    pub digits: u8,
    /// What it asks to open.
    pub compartments: Vec<Compartment>,
    /// What it asks to do.
    pub scopes: Vec<String>,
    /// For how long at most.
    pub session_seconds: u32,
}

#[derive(Debug)]
pub(super) struct Asked {
    pub(super) unlock: UnlockId,
    pub(super) challenge: Challenge,
    pub(super) hash: Hash,
    pub(super) roll: Box<RollState>,
    pub(super) question: Question,
}

/// Everything that is checked before a person is asked.
pub(super) fn judge(
    profile: &Profile,
    linked: Option<UnlockId>,
    pending: &PendingUnlock,
    roll: Box<RollState>,
    now: u64,
) -> Result<Asked, Trouble> {
    let challenge = Challenge::verify(&pending.challenge.0, &pending.signature.0, roll.server())
        .map_err(|_| Trouble::Suspicious("the request is not signed by the server"))?;
    let grant = roll
        .active(profile.device, now)
        .ok_or(Trouble::NotAllowed)?;
    let compartments: Vec<Compartment> = grant.rights.compartments.iter().cloned().collect();
    challenge
        .check(&Pinned {
            school: profile.school,
            member: profile.member,
            device: profile.device,
            origin: &profile.origin,
            compartments: &compartments,
            hand_off: linked.is_some(),
        })
        .map_err(Trouble::BadChallenge)?;
    let other = linked.is_some_and(|linked| linked != challenge.unlock);
    if other || challenge.unlock != pending.unlock {
        return Err(Trouble::Suspicious("the request is for another unlock"));
    }
    if profile.has_answered(&challenge.nonce) {
        return Err(Trouble::Suspicious("the request was answered before"));
    }
    // By the server's own clock on both sides: this device's is not asked.
    let wait = challenge.expires.checked_sub(challenge.issued);
    if !wait.is_some_and(|wait| (1..=LONGEST_WAIT).contains(&wait))
        || !(1..=LONGEST_SESSION).contains(&challenge.session_seconds)
    {
        return Err(Trouble::Suspicious(
            "the request asks for longer than any may",
        ));
    }
    if challenge.compartments.is_empty() {
        return Err(Trouble::Suspicious("the request opens nothing"));
    }
    let question = Question {
        browser: label::clean(&challenge.browser),
        place: label::clean(&challenge.place),
        origin: profile.origin.clone(),
        known_browser: challenge.known_browser,
        digits: challenge.digits,
        compartments: challenge.compartments.clone(),
        scopes: challenge.scopes.clone(),
        session_seconds: challenge.session_seconds,
    };
    Ok(Asked {
        unlock: pending.unlock,
        hash: challenge_hash(&pending.challenge.0),
        challenge,
        roll,
        question,
    })
}
