//! Is this you? A browser asks to be unlocked; the person at the device says yes or no.
//!
//! ```text
//! Idle ─Look─► Looking ─► Nothing
//!                     └─► Asking ─Approve─► Claiming ─► Approving ─► Approved
//!                           │├───Refuse──► Refusing ─► Refused
//!                           └┴─StillWaits─► Elsewhere
//! ```
//! Each of a person's devices shows the same request. The one that is not used asks from time to time whether
//! it `StillWaits`, and says when it does not; the question is left alone meanwhile.
//!
//! `Link` in the place of `Look` is for a browser on this very device ([`hand_off`](protocol::hand_off)): no
//! number is typed, and once it is `Approved` the app opens [`return_url`](ApproveUnlock::return_url).
//!
//! Before anything is shown: the server's signature, school, device, member and origin, the whole
//! roll replayed, and that neither roll nor log is shorter or other than this device last saw.

mod judge;

use domain::UnlockId;
use protocol::approve::{Approval, Bundle, Witness};
use protocol::challenge::Challenge;
use protocol::claim;
use protocol::compartments::{Compartment, HeldKey};
use protocol::hand_off::{HandOff, ReturnToken};
use protocol::log::LogHead;
use zeroize::Zeroizing;

pub use judge::Question;

use judge::{Asked, judge};

use super::log_reader::{self, LogReader};
use super::roll_reader::{Read, Restore, RollReader};
use super::{called, saved};
use crate::contract::{
    ApproveUnlockBody, Bytes, ClaimUnlock, PendingUnlock, PendingUnlocks, Wraps,
};
use crate::driver::{Done, Effect, Machine, World};
use crate::identity::Identity;
use crate::profile::Seen;
use crate::trouble::Trouble;

/// What may happen.
#[derive(Debug)]
pub enum Event {
    /// Look whether a browser waits.
    Look,
    /// Look whether what is being asked still waits for an answer.
    StillWaits,
    /// A page on this device has opened the app by this link.
    Link(String),
    /// "Yes, it is me."
    Approve {
        /// The number that the page shows, as typed; nothing if a link has opened the app.
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
    /// What was asked is over: another device has answered it, or it has waited too long.
    Elsewhere,
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
    /// Which unlock a link was for.
    linked: Option<UnlockId>,
    returning: Option<Zeroizing<String>>,
    /// What is said if nothing waits.
    nothing: State,
    step: Step,
}

#[derive(Debug)]
enum Step {
    Idle,
    List,
    Fetch,
    StillWaits,
    ReadRoll(PendingUnlock, RollReader),
    ReadLog(Box<Asked>, LogReader),
    Claim(Vec<Compartment>),
    Approve,
    Save(State),
    Refuse,
}

on_a_device!(ApproveUnlock, State);

impl ApproveUnlock {
    /// On this device.
    pub const fn new(identity: Identity) -> Self {
        Self {
            identity,
            state: State::Idle,
            trouble: None,
            asked: None,
            linked: None,
            returning: None,
            nothing: State::Nothing,
            step: Step::Idle,
        }
    }

    /// What to open in this device's browser, once approved, if a link has opened the app: it is good once.
    pub fn return_url(&self) -> Option<&str> {
        match self.state {
            State::Approved => self.returning.as_ref().map(|url| url.as_str()),
            _ => None,
        }
    }

    fn step(&mut self, event: Event, world: World<'_>) -> Result<Option<Effect>, Trouble> {
        match event {
            Event::Look => {
                self.begin(None);
                self.nothing = match self.state {
                    // It is said until there is something else to say.
                    State::Elsewhere => State::Elsewhere,
                    _ => State::Nothing,
                };
                self.state = State::Looking;
                self.step = Step::List;
                Ok(Some(self.identity.get("/v1/device/unlocks", world)))
            }
            Event::StillWaits => {
                let (State::Asking(_), Some(asked)) = (&self.state, &self.asked) else {
                    return Ok(None);
                };
                let target = match self.linked {
                    Some(_) => format!("/v1/device/unlocks/{}", asked.unlock),
                    None => "/v1/device/unlocks".to_owned(),
                };
                self.step = Step::StillWaits;
                Ok(Some(self.identity.get(target, world)))
            }
            Event::Link(text) => {
                let link = HandOff::from_url(&text).map_err(|_| Trouble::BadLink)?;
                if link.origin != self.identity.profile.origin {
                    return Err(Trouble::OtherAddress);
                }
                self.begin(Some(link.unlock));
                self.state = State::Looking;
                self.step = Step::Fetch;
                let target = format!("/v1/device/unlocks/{}", link.unlock);
                Ok(Some(self.identity.get(target, world)))
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

    fn begin(&mut self, linked: Option<UnlockId>) {
        self.asked = None;
        self.linked = linked;
        self.returning = None;
    }

    fn done(&mut self, done: Done, world: World<'_>) -> Result<Option<Effect>, Trouble> {
        match std::mem::replace(&mut self.step, Step::Idle) {
            Step::List => {
                let pending: PendingUnlocks = called(done)?.read()?;
                let Some(first) = pending.items.into_iter().next() else {
                    self.state = self.nothing.clone();
                    return Ok(None);
                };
                self.read_roll(first, world)
            }
            Step::StillWaits => {
                if !self.still_waits(done)? {
                    self.begin(None);
                    self.state = State::Elsewhere;
                }
                Ok(None)
            }
            Step::Fetch => {
                let pending: PendingUnlock = called(done)?.read()?;
                self.read_roll(pending, world)
            }
            Step::ReadRoll(pending, mut reader) => {
                match reader.take(called(done)?, &self.identity, world)? {
                    Read::More(effect) => {
                        self.step = Step::ReadRoll(pending, reader);
                        Ok(Some(effect))
                    }
                    Read::Whole(roll) => {
                        let restored = reader.restores_after(&self.identity.profile.roll);
                        let asked = judge(
                            &self.identity.profile,
                            self.linked,
                            &pending,
                            roll,
                            world.now,
                        )?;
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

    /// Whether the server still has the request that is being asked. One that cannot be reached is no answer.
    fn still_waits(&self, done: Done) -> Result<bool, Trouble> {
        let answer = match (called(done)?.success(), self.linked) {
            (Err(Trouble::Unreachable(_)), _) | (Ok(_), Some(_)) => return Ok(true),
            (Err(Trouble::Refused(problem)), Some(_)) if problem.slug() == "unlock-not-waiting" => {
                return Ok(false);
            }
            (answer, _) => answer?,
        };
        let pending: PendingUnlocks =
            serde_json::from_slice(&answer).map_err(|_| Trouble::BadAnswer)?;
        let asked = self.asked.as_ref().ok_or(Trouble::NotNow)?;
        Ok(pending.items.iter().any(|item| item.unlock == asked.unlock))
    }

    fn read_roll(
        &mut self,
        pending: PendingUnlock,
        world: World<'_>,
    ) -> Result<Option<Effect>, Trouble> {
        // Not yet verified: what it says of the roll is only what must be found there.
        let named = Challenge::decode(&pending.challenge.0).map_err(|_| Trouble::BadAnswer)?;
        self.step = Step::ReadRoll(pending, RollReader::expecting(named.roll));
        Ok(Some(RollReader::first(&self.identity, world)))
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
        let school = self.identity.profile.school;
        let token =
            (self.linked == Some(asked.unlock)).then(|| ReturnToken::generate(world.entropy));
        let witness = Witness {
            school,
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
            return_hash: token
                .as_ref()
                .map(|token| Bytes::from(token.hash(school, asked.unlock))),
        };
        let target = format!("/v1/device/unlocks/{}/approve", asked.unlock);
        let effect = self.identity.post(target, &body, world)?;
        self.returning =
            token.map(|token| token.to_url(&self.identity.profile.origin, asked.unlock));
        self.state = State::Approving;
        self.step = Step::Approve;
        Ok(Some(effect))
    }

    /// After trouble: back to the question if it can still be answered, otherwise the end.
    fn recover(&mut self, trouble: &Trouble) {
        let again = match trouble {
            Trouble::WrongDigits(_) | Trouble::NotNow => true,
            Trouble::Refused(_) => trouble.is_of_the_pin(),
            Trouble::Unreachable(_) => self.asked.is_some(),
            _ => false,
        };
        match &self.asked {
            Some(asked) if again => self.state = State::Asking(asked.question.clone()),
            _ if matches!(trouble, Trouble::NotNow) => {}
            _ => {
                self.begin(None);
                self.state = State::Failed;
            }
        }
    }
}

impl Machine for ApproveUnlock {
    type Event = Event;

    fn on(&mut self, event: Event, world: World<'_>) -> Option<Effect> {
        // What is said beside the question stays there while the app looks by itself.
        let looks = matches!(event, Event::StillWaits) || matches!(self.step, Step::StillWaits);
        if !looks {
            self.trouble = None;
        }
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
