//! A backup that was put back: what this device saw is there no longer, and its owner knows why.
//!
//! ```text
//! Idle ─Look─► Looking ─► Nothing
//!                     └─► Found ─Accept─► Accepting ─► Accepted
//! ```
//! A database that was put back looks just like one that a thief put back. So a person says that it is a
//! restore: a holder with the right to, by a signed entry that every other device finds on the roll; and
//! where the roll itself was put back, each person on their own device, having seen how much of it is gone.

use protocol::log::LogHead;
use protocol::roll::{Author, Body, Capability, RollState, SignedEntry};
use zeroize::Zeroizing;

use super::log_reader::LogReader;
use super::roll_reader::{Read, Restore, RollReader};
use super::{called, saved};
use crate::contract::{AppendRollEntry, Bytes, OwnDevice, RollExtended};
use crate::driver::{Done, Effect, Machine, World};
use crate::identity::Identity;
use crate::profile::Seen;
use crate::trouble::Trouble;

/// What may happen.
#[derive(Debug)]
pub enum Event {
    /// See what is gone.
    Look,
    /// "Yes, it was a restore"; the PIN.
    Accept(Zeroizing<String>),
    /// An effect was performed.
    Done(Done),
}

impl From<Done> for Event {
    fn from(done: Done) -> Self {
        Self::Done(done)
    }
}

/// What is gone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gone {
    /// How long the record of what was done was when this device last saw it, and is now.
    pub log: (u64, u64),
    /// The same of the list of key holders, if that was put back too.
    pub roll: Option<(u64, u64)>,
    /// The six words of the list as it is now.
    pub roll_words: String,
    /// Whether this device may say so for everybody, or only for itself.
    pub for_everybody: bool,
    /// Whether it may say so at all: for itself only what somebody has accepted for everybody.
    pub may_accept: bool,
}

/// Where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// Not begun.
    Idle,
    /// Being compared.
    Looking,
    /// Everything that this device saw is there.
    Nothing,
    /// Waits for a decision.
    Found(Gone),
    /// On its way.
    Accepting,
    /// What is there now is what this device goes on from.
    Accepted,
}

/// The machine.
#[derive(Debug)]
pub struct AcceptRestore {
    identity: Identity,
    state: State,
    trouble: Option<Trouble>,
    found: Option<Found>,
    step: Step,
}

#[derive(Clone, Debug)]
struct Found {
    log: LogHead,
    roll: Box<RollState>,
    roll_is_known: bool,
    accepted: Option<Restore>,
    gone: Gone,
}

#[derive(Debug)]
enum Step {
    Idle,
    ReadOwn,
    ReadRoll(LogHead, RollReader),
    ReadLog(Box<Found>, LogReader),
    Append(Box<RollState>, Box<SignedEntry>),
    Save,
}

on_a_device!(AcceptRestore, State);

impl AcceptRestore {
    /// On this device.
    pub const fn new(identity: Identity) -> Self {
        Self {
            identity,
            state: State::Idle,
            trouble: None,
            found: None,
            step: Step::Idle,
        }
    }

    /// What was found to be gone.
    pub fn gone(&self) -> Option<&Gone> {
        self.found.as_ref().map(|found| &found.gone)
    }

    fn step(&mut self, event: Event, world: World<'_>) -> Result<Option<Effect>, Trouble> {
        match event {
            Event::Look => {
                self.state = State::Looking;
                self.step = Step::ReadOwn;
                Ok(Some(self.identity.get("/v1/device", world)))
            }
            Event::Accept(pin) => self.accept(&pin, world),
            Event::Done(done) => self.done(done, world),
        }
    }

    fn done(&mut self, done: Done, world: World<'_>) -> Result<Option<Effect>, Trouble> {
        match std::mem::replace(&mut self.step, Step::Idle) {
            Step::ReadOwn => {
                let own: OwnDevice = called(done)?.read()?;
                let log = LogHead {
                    length: own.log_length,
                    head: own.log_head.array().ok_or(Trouble::BadAnswer)?,
                };
                self.step = Step::ReadRoll(log, RollReader::of_any_age());
                Ok(Some(RollReader::first(&self.identity, world)))
            }
            Step::ReadRoll(log, mut reader) => {
                match reader.take(called(done)?, &self.identity, world)? {
                    Read::More(effect) => {
                        self.step = Step::ReadRoll(log, reader);
                        Ok(Some(effect))
                    }
                    Read::Whole(roll) => self.compare(log, roll, &reader, world),
                }
            }
            Step::ReadLog(found, mut reader) => match reader.take(called(done)?) {
                Ok(true) => Ok(self.nothing_gone(*found)),
                Ok(false) => {
                    let effect = reader.next(&self.identity, world);
                    self.step = Step::ReadLog(found, reader);
                    Ok(Some(effect))
                }
                // It is longer than it was and does not go on from there: put back, and used since.
                Err(Trouble::Suspicious(_)) => Ok(self.something_gone(*found)),
                Err(trouble) => Err(trouble),
            },
            Step::Append(roll, entry) => {
                let answer: RollExtended = called(done)?.read()?;
                if answer.roll_head.0 != entry.head() {
                    return Err(Trouble::Suspicious(
                        "the server wrote down another entry than this device made",
                    ));
                }
                let log = self.found.as_ref().ok_or(Trouble::NotNow)?.log;
                Ok(Some(self.go_on_from(&roll, log)))
            }
            Step::Save => {
                self.state = State::Accepted;
                saved(done)?;
                Ok(None)
            }
            Step::Idle => Err(Trouble::NotNow),
        }
    }

    fn compare(
        &mut self,
        log: LogHead,
        roll: Box<RollState>,
        reader: &RollReader,
        world: World<'_>,
    ) -> Result<Option<Effect>, Trouble> {
        let profile = &self.identity.profile;
        let roll_is_known = reader.holds_what_was_seen() || profile.roll.length == 0;
        let rights = roll
            .active(profile.device, world.now)
            .map(|grant| &grant.rights)
            .ok_or(Trouble::NotAllowed)?;
        let for_everybody = rights.capabilities.contains(&Capability::Kit);
        let accepted = reader.restores_after(&Seen::default());
        let found = Found {
            gone: Gone {
                log: (profile.log.length, log.length),
                roll: (!roll_is_known).then(|| (profile.roll.length, roll.head().length)),
                roll_words: roll.words().to_string(),
                for_everybody,
                may_accept: for_everybody || accepted.is_some(),
            },
            log,
            roll_is_known,
            accepted,
            roll,
        };
        let seen = profile.log.head.array().map(|head| LogHead {
            length: profile.log.length,
            head,
        });
        let Some(seen) = seen.filter(|seen| seen.length > 0) else {
            return Ok(self.nothing_gone(found));
        };
        match LogReader::between(seen, log) {
            Ok(None) => Ok(self.nothing_gone(found)),
            Ok(Some(reader)) => {
                let effect = reader.next(&self.identity, world);
                self.step = Step::ReadLog(Box::new(found), reader);
                Ok(Some(effect))
            }
            Err(_) => Ok(self.something_gone(found)),
        }
    }

    /// The log is as it was. If the roll is too, there is nothing to accept.
    fn nothing_gone(&mut self, found: Found) -> Option<Effect> {
        match found.roll_is_known {
            true => {
                self.state = State::Nothing;
                None
            }
            false => self.something_gone(found),
        }
    }

    fn something_gone(&mut self, found: Found) -> Option<Effect> {
        self.state = State::Found(found.gone.clone());
        self.found = Some(found);
        None
    }

    fn accept(&mut self, pin: &str, world: World<'_>) -> Result<Option<Effect>, Trouble> {
        let found = self.found.clone().ok_or(Trouble::NotNow)?;
        if !found.gone.for_everybody {
            // For itself alone, and only what a holder with the right to has signed for.
            let accepted = found.accepted.ok_or(Trouble::NotAllowed)?;
            return Ok(Some(self.go_on_from(&found.roll, accepted.log)));
        }
        let seen = &self.identity.profile.log;
        let before = LogHead {
            length: seen.length,
            head: seen.head.array().ok_or(Trouble::BadAnswer)?,
        };
        let mut roll = found.roll;
        let entry = roll
            .next(
                Body::RestoreAccept(before, found.log),
                Author::Device(self.identity.profile.device),
                world.now,
            )
            .sign(self.identity.keys().sign());
        roll.append(&entry).map_err(|_| Trouble::NotAllowed)?;
        let request = AppendRollEntry {
            entry: Bytes::from(&entry.bytes),
            signature: Bytes::from(entry.signature),
            pin_tag: self.identity.pin_proof(pin),
            wraps: Vec::new(),
        };
        let effect = self.identity.post("/v1/device/roll", &request, world)?;
        self.state = State::Accepting;
        self.step = Step::Append(roll, Box::new(entry));
        Ok(Some(effect))
    }

    fn go_on_from(&mut self, roll: &RollState, log: LogHead) -> Effect {
        self.identity.profile.roll = Seen::from(roll.head());
        self.identity.profile.log = Seen::from(log);
        self.step = Step::Save;
        Effect::Save(Box::new(self.identity.profile.clone()))
    }
}

impl Machine for AcceptRestore {
    type Event = Event;

    fn on(&mut self, event: Event, world: World<'_>) -> Option<Effect> {
        self.trouble = None;
        match self.step(event, world) {
            Ok(effect) => effect,
            Err(trouble) => {
                self.state = match &self.found {
                    Some(found) => State::Found(found.gone.clone()),
                    None => State::Idle,
                };
                self.trouble = Some(trouble);
                None
            }
        }
    }
}
