//! Is this you? A browser asks to be unlocked; the person at the device says yes or no.
//!
//! ```text
//! Idle ─Look─► Looking ─► Nothing
//!                     └─► Asking ─Approve─► Claiming ─► Approving ─► Approved
//!                           └────Refuse──► Refusing ─► Refused
//! ```
//! Before anything is shown: the server's signature, school, device, member and origin, the whole
//! roll replayed, and that neither roll nor log is shorter or other than this device last saw.

use domain::UnlockId;
use protocol::approve::{Approval, Bundle, Witness};
use protocol::challenge::{Challenge, Pinned};
use protocol::claim;
use protocol::compartments::{Compartment, HeldKey};
use protocol::encoding::Hash;
use protocol::log::LogHead;
use protocol::roll::RollState;
use protocol::unlock::challenge_hash;
use zeroize::Zeroizing;

use super::log_reader::{self, LogReader};
use super::roll_reader::{Read, Restore, RollReader};
use super::{called, saved};
use crate::contract::{
    ApproveUnlockBody, Bytes, ClaimUnlock, PendingUnlock, PendingUnlocks, Wraps,
};
use crate::driver::{Done, Effect, Machine, World};
use crate::identity::Identity;
use crate::label;
use crate::profile::Seen;
use crate::trouble::Trouble;

/// What may happen.
#[derive(Debug)]
pub enum Event {
    /// Look whether a browser waits.
    Look,
    /// "Yes, it is me."
    Approve {
        /// The number that the page shows, as typed.
        number: String,
        /// The PIN.
        pin: Zeroizing<String>,
        /// Fewer compartments than were asked for, if the person likes.
        only: Option<Vec<Compartment>>,
    },
    /// "Not me."
    Refuse,
    /// An effect was performed.
    Done(Done),
}

impl From<Done> for Event {
    fn from(done: Done) -> Self {
        Self::Done(done)
    }
}

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
    /// How many digits to type.
    pub digits: u8,
    /// What it asks to open.
    pub compartments: Vec<Compartment>,
    /// What it asks to do.
    pub scopes: Vec<String>,
    /// For how long at most.
    pub session_seconds: u32,
}

/// Where the approval stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// Not looked yet.
    Idle,
    /// Looks.
    Looking,
    /// Nothing waits.
    Nothing,
    /// Waits for the person.
    Asking(Question),
    /// Number and PIN are being checked.
    Claiming,
    /// The keys are on their way.
    Approving,
    /// The browser is unlocked.
    Approved,
    /// "Not me" is on its way.
    Refusing,
    /// Everybody who should know has been told.
    Refused,
    /// It ended without an answer.
    Failed,
}

/// The machine.
#[derive(Debug)]
pub struct ApproveUnlock {
    identity: Identity,
    state: State,
    trouble: Option<Trouble>,
    asked: Option<Asked>,
    step: Step,
}

#[derive(Debug)]
struct Asked {
    unlock: UnlockId,
    challenge: Challenge,
    hash: Hash,
    roll: Box<RollState>,
    question: Question,
}

#[derive(Debug)]
enum Step {
    Idle,
    List,
    ReadRoll(PendingUnlock, RollReader),
    ReadLog(Box<Asked>, LogReader),
    Claim(Vec<Compartment>),
    Approve,
    Save(State),
    Refuse,
}

/// The longest session that is ever approved, and the longest wait for an answer, in seconds.
const LONGEST_SESSION: u32 = 4 * 60 * 60;
const LONGEST_WAIT: u64 = 10 * 60;

impl ApproveUnlock {
    /// On this device.
    pub const fn new(identity: Identity) -> Self {
        Self {
            identity,
            state: State::Idle,
            trouble: None,
            asked: None,
            step: Step::Idle,
        }
    }

    /// Where it stands.
    pub const fn state(&self) -> &State {
        &self.state
    }

    /// What went wrong last.
    pub const fn trouble(&self) -> Option<&Trouble> {
        self.trouble.as_ref()
    }

    /// The device.
    pub const fn identity(&self) -> &Identity {
        &self.identity
    }

    /// The device, given back.
    pub fn into_identity(self) -> Identity {
        self.identity
    }

    fn step(&mut self, event: Event, world: World<'_>) -> Result<Option<Effect>, Trouble> {
        match event {
            Event::Look => {
                self.asked = None;
                self.state = State::Looking;
                self.step = Step::List;
                Ok(Some(self.identity.get("/v1/device/unlocks", world)))
            }
            Event::Approve { number, pin, only } => self.claim(&number, &pin, only, world),
            Event::Refuse => {
                let asked = self.asked.as_ref().ok_or(Trouble::NotNow)?;
                let target = format!("/v1/device/unlocks/{}/refuse", asked.unlock);
                self.state = State::Refusing;
                self.step = Step::Refuse;
                self.identity
                    .post(target, &serde_json::json!({}), world)
                    .map(Some)
            }
            Event::Done(done) => self.done(done, world),
        }
    }

    fn done(&mut self, done: Done, world: World<'_>) -> Result<Option<Effect>, Trouble> {
        match std::mem::replace(&mut self.step, Step::Idle) {
            Step::List => {
                let pending: PendingUnlocks = called(done)?.read()?;
                let Some(first) = pending.items.into_iter().next() else {
                    self.state = State::Nothing;
                    return Ok(None);
                };
                // Not yet verified: what it says of the roll is only what must be found there.
                let named =
                    Challenge::decode(&first.challenge.0).map_err(|_| Trouble::BadAnswer)?;
                self.step = Step::ReadRoll(first, RollReader::expecting(named.roll));
                Ok(Some(RollReader::first(&self.identity, world)))
            }
            Step::ReadRoll(pending, mut reader) => {
                match reader.take(called(done)?, &self.identity, world)? {
                    Read::More(effect) => {
                        self.step = Step::ReadRoll(pending, reader);
                        Ok(Some(effect))
                    }
                    Read::Whole(roll) => {
                        let restored = reader.restores_after(&self.identity.profile.roll);
                        let asked = self.judge(&pending, roll, world)?;
                        self.follow_log(asked, restored, world)
                    }
                }
            }
            Step::ReadLog(asked, mut reader) => match reader.take(called(done)?)? {
                true => {
                    self.ask(*asked);
                    Ok(None)
                }
                false => {
                    let effect = reader.next(&self.identity, world);
                    self.step = Step::ReadLog(asked, reader);
                    Ok(Some(effect))
                }
            },
            Step::Claim(compartments) => {
                let wraps: Wraps = called(done)?.read()?;
                self.approve(&wraps, &compartments, world)
            }
            Step::Approve => {
                called(done)?.success()?;
                let asked = self.asked.take().ok_or(Trouble::NotNow)?;
                self.identity.profile.roll = Seen::from(asked.roll.head());
                self.identity.profile.log = Seen::from(asked.challenge.log);
                Ok(Some(self.answered(&asked, State::Approved)))
            }
            Step::Save(state) => {
                self.state = state;
                saved(done)?;
                Ok(None)
            }
            Step::Refuse => {
                called(done)?.success()?;
                let asked = self.asked.take().ok_or(Trouble::NotNow)?;
                Ok(Some(self.answered(&asked, State::Refused)))
            }
            Step::Idle => Err(Trouble::NotNow),
        }
    }

    /// That the log goes on from what this device saw last, or from where a restore that a key holder has
    /// accepted since put it back to.
    fn follow_log(
        &mut self,
        asked: Asked,
        restored: Option<Restore>,
        world: World<'_>,
    ) -> Result<Option<Effect>, Trouble> {
        let now = asked.challenge.log;
        let seen = &self.identity.profile.log;
        let from = match restored {
            Some(restore) => Some(restore.log),
            None => seen.head.array().map(|head| LogHead {
                length: seen.length,
                head,
            }),
        };
        // A device that has seen none yet has nothing to compare with.
        let reader = match from.filter(|from| from.length > 0) {
            Some(from) => LogReader::between(from, now)?,
            // A school without a line in its log there never was.
            None if now.length == 0 => return Err(log_reader::OTHER),
            None => None,
        };
        match reader {
            None => {
                self.ask(asked);
                Ok(None)
            }
            Some(reader) => {
                let effect = reader.next(&self.identity, world);
                self.step = Step::ReadLog(Box::new(asked), reader);
                Ok(Some(effect))
            }
        }
    }

    fn ask(&mut self, asked: Asked) {
        self.state = State::Asking(asked.question.clone());
        self.asked = Some(asked);
    }

    fn answered(&mut self, asked: &Asked, then: State) -> Effect {
        self.identity.profile.note_answered(&asked.challenge.nonce);
        self.step = Step::Save(then);
        Effect::Save(Box::new(self.identity.profile.clone()))
    }

    /// Everything that is checked before a person is asked.
    fn judge(
        &self,
        pending: &PendingUnlock,
        roll: Box<RollState>,
        world: World<'_>,
    ) -> Result<Asked, Trouble> {
        let profile = &self.identity.profile;
        let challenge =
            Challenge::verify(&pending.challenge.0, &pending.signature.0, roll.server())
                .map_err(|_| Trouble::Suspicious("the request is not signed by the server"))?;
        let grant = roll
            .active(profile.device, world.now)
            .ok_or(Trouble::NotAllowed)?;
        let compartments: Vec<Compartment> = grant.rights.compartments.iter().cloned().collect();
        challenge
            .check(&Pinned {
                school: profile.school,
                member: profile.member,
                device: profile.device,
                origin: &profile.origin,
                compartments: &compartments,
            })
            .map_err(Trouble::BadChallenge)?;
        if challenge.unlock != pending.unlock {
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

    fn claim(
        &mut self,
        number: &str,
        pin: &str,
        only: Option<Vec<Compartment>>,
        world: World<'_>,
    ) -> Result<Option<Effect>, Trouble> {
        let asked = self.asked.as_ref().ok_or(Trouble::NotNow)?;
        let digits = asked.question.digits;
        let number: String = number
            .chars()
            .filter(|letter| !letter.is_whitespace())
            .collect();
        if number.len() != usize::from(digits) || !number.bytes().all(|byte| byte.is_ascii_digit())
        {
            return Err(Trouble::WrongDigits(digits));
        }
        let mut compartments = asked.challenge.compartments.clone();
        if let Some(only) = only {
            compartments.retain(|name| only.contains(name));
        }
        let tag = self.identity.pin_tag(pin);
        let signature = claim::sign(&asked.hash, &number, &tag, self.identity.keys().sign());
        let body = ClaimUnlock {
            number,
            pin_tag: Bytes::from(tag.expose()),
            signature: Bytes::from(signature),
        };
        let target = format!("/v1/device/unlocks/{}/claim", asked.unlock);
        let effect = self.identity.post(target, &body, world)?;
        self.state = State::Claiming;
        self.step = Step::Claim(compartments);
        Ok(Some(effect))
    }

    fn approve(
        &mut self,
        wraps: &Wraps,
        compartments: &[Compartment],
        world: World<'_>,
    ) -> Result<Option<Effect>, Trouble> {
        let asked = self.asked.as_ref().ok_or(Trouble::NotNow)?;
        let keys: Vec<HeldKey> = self
            .identity
            .open_wraps(&wraps.wraps, &asked.roll)?
            .into_iter()
            .filter(|key| compartments.contains(&key.compartment))
            .collect();
        let has_all = compartments
            .iter()
            .all(|name| keys.iter().any(|key| key.compartment == *name));
        if keys.is_empty() || !has_all {
            return Err(Trouble::Suspicious("the server kept a key back"));
        }
        let approval = Approval {
            challenge: asked.hash,
            bundle: Bundle::new(keys).seal(
                &asked.challenge.session_key,
                &asked.hash,
                world.entropy,
            )?,
            scopes: asked.challenge.scopes.clone(),
            compartments: compartments.to_vec(),
            session_seconds: asked.challenge.session_seconds,
        };
        let sign = self.identity.keys().sign();
        let witness = Witness {
            school: self.identity.profile.school,
            device: self.identity.profile.device,
            log: asked.challenge.log,
            roll: asked.roll.head(),
        };
        let body = ApproveUnlockBody {
            signature: Bytes::from(approval.sign(sign)),
            enc: Bytes::from(approval.bundle.encapsulated),
            ciphertext: Bytes(approval.bundle.ciphertext),
            scopes: approval.scopes,
            compartments: compartments.iter().map(ToString::to_string).collect(),
            session_seconds: approval.session_seconds,
            witness: Bytes::from(witness.sign(sign)),
        };
        let target = format!("/v1/device/unlocks/{}/approve", asked.unlock);
        let effect = self.identity.post(target, &body, world)?;
        self.state = State::Approving;
        self.step = Step::Approve;
        Ok(Some(effect))
    }

    /// After trouble: back to the question if it can still be answered, otherwise the end.
    fn recover(&mut self, trouble: &Trouble) {
        let again = match trouble {
            Trouble::WrongDigits(_) | Trouble::NotNow => true,
            Trouble::Refused(problem) => problem.slug() == "pin-refused",
            Trouble::Unreachable(_) => self.asked.is_some(),
            _ => false,
        };
        match &self.asked {
            Some(asked) if again => self.state = State::Asking(asked.question.clone()),
            _ if matches!(trouble, Trouble::NotNow) => {}
            _ => {
                self.asked = None;
                self.state = State::Failed;
            }
        }
    }
}

impl Machine for ApproveUnlock {
    type Event = Event;

    fn on(&mut self, event: Event, world: World<'_>) -> Option<Effect> {
        self.trouble = None;
        match self.step(event, world) {
            Ok(effect) => effect,
            Err(trouble) => {
                self.recover(&trouble);
                self.trouble = Some(trouble);
                None
            }
        }
    }
}
