//! One entry of the roll that needs no wraps: a device revoked or narrowed, a grant endorsed, an old key
//! retired.
//!
//! ```text
//! Idle ─Revoke, Restrict, Endorse or Retire─► Working ─► Done
//! ```

use domain::DeviceId;
use protocol::compartments::Compartment;
use protocol::roll::{Author, Body, Rights, RollState, SignedEntry};
use zeroize::Zeroizing;

use super::roll_reader::{Read, RollReader};
use super::{called, saved};
use crate::contract::{AppendRollEntry, Bytes, RollExtended};
use crate::driver::{Done, Effect, Machine, World};
use crate::identity::Identity;
use crate::profile::Seen;
use crate::trouble::Trouble;

/// What is to be done, and the PIN.
#[derive(Debug)]
pub enum Event {
    /// Take a device off the roll for ever.
    Revoke(DeviceId, Zeroizing<String>),
    /// Narrow what a device may open.
    Restrict(DeviceId, Box<Rights>, Zeroizing<String>),
    /// Confirm the grant of this device that waits for a second holder.
    Endorse(DeviceId, Zeroizing<String>),
    /// Say that nothing is sealed to this generation of a compartment's key any more.
    Retire(Compartment, u32, Zeroizing<String>),
    /// Set a rule of the school: its name and value.
    Policy(String, String, Zeroizing<String>),
    /// An effect was performed.
    Done(Done),
}

impl From<Done> for Event {
    fn from(done: Done) -> Self {
        Self::Done(done)
    }
}

/// Where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Not begun.
    Idle,
    /// On its way.
    Working,
    /// The entry is on the roll.
    Done,
}

/// The machine.
#[derive(Debug)]
pub struct Amend {
    identity: Identity,
    state: State,
    trouble: Option<Trouble>,
    step: Step,
}

#[derive(Debug)]
enum What {
    Body(Box<Body>),
    Endorse(DeviceId),
}

#[derive(Debug)]
enum Step {
    Idle,
    ReadRoll(What, Bytes, RollReader),
    Append(Box<RollState>, Box<SignedEntry>),
    Save,
}

on_a_device!(Amend);

impl Amend {
    /// On this device.
    pub const fn new(identity: Identity) -> Self {
        Self {
            identity,
            state: State::Idle,
            trouble: None,
            step: Step::Idle,
        }
    }

    /// Where it stands.
    pub const fn state(&self) -> State {
        self.state
    }

    fn step(&mut self, event: Event, world: World<'_>) -> Result<Option<Effect>, Trouble> {
        let (what, pin) = match event {
            Event::Revoke(device, pin) => (What::Body(Box::new(Body::Revoke(device))), pin),
            Event::Restrict(_, rights, _) if rights.has_expired(world.now) => {
                return Err(Trouble::DayOver);
            }
            Event::Restrict(device, rights, pin) => {
                (What::Body(Box::new(Body::Restrict(device, *rights))), pin)
            }
            Event::Endorse(device, pin) => (What::Endorse(device), pin),
            Event::Retire(compartment, generation, pin) => (
                What::Body(Box::new(Body::Retire(compartment, generation))),
                pin,
            ),
            Event::Policy(name, value, pin) => {
                (What::Body(Box::new(Body::Policy(name, value))), pin)
            }
            Event::Done(done) => return self.done(done, world),
        };
        let tag = Bytes::from(self.identity.pin_tag(&pin).expose());
        self.state = State::Working;
        self.step = Step::ReadRoll(what, tag, RollReader::default());
        Ok(Some(RollReader::first(&self.identity, world)))
    }

    fn done(&mut self, done: Done, world: World<'_>) -> Result<Option<Effect>, Trouble> {
        match std::mem::replace(&mut self.step, Step::Idle) {
            Step::ReadRoll(what, tag, mut reader) => {
                match reader.take(called(done)?, &self.identity, world)? {
                    Read::More(effect) => {
                        self.step = Step::ReadRoll(what, tag, reader);
                        Ok(Some(effect))
                    }
                    Read::Whole(roll) => self.append(what, tag, roll, world),
                }
            }
            Step::Append(roll, entry) => {
                let answer: RollExtended = called(done)?.read()?;
                if answer.roll_head.0 != entry.head() {
                    return Err(Trouble::Suspicious(
                        "the server wrote down another entry than this device made",
                    ));
                }
                self.identity.profile.roll = Seen::from(roll.head());
                self.step = Step::Save;
                Ok(Some(Effect::Save(Box::new(self.identity.profile.clone()))))
            }
            Step::Save => {
                self.state = State::Done;
                saved(done)?;
                Ok(None)
            }
            Step::Idle => Err(Trouble::NotNow),
        }
    }

    fn append(
        &mut self,
        what: What,
        tag: Bytes,
        mut roll: Box<RollState>,
        world: World<'_>,
    ) -> Result<Option<Effect>, Trouble> {
        let body = match what {
            What::Body(body) => *body,
            What::Endorse(device) => {
                let pending = roll
                    .device(device)
                    .and_then(|holder| holder.pending.as_ref())
                    .ok_or(Trouble::NoSuchDevice)?;
                Body::Endorse(pending.seq, pending.head)
            }
        };
        let entry = roll
            .next(
                body,
                Author::Device(self.identity.profile.device),
                world.now,
            )
            .sign(self.identity.keys().sign());
        roll.append(&entry).map_err(|_| Trouble::NotAllowed)?;
        let request = AppendRollEntry {
            entry: Bytes::from(&entry.bytes),
            signature: Bytes::from(entry.signature),
            pin_tag: tag,
            wraps: Vec::new(),
        };
        let effect = self.identity.post("/v1/device/roll", &request, world)?;
        self.step = Step::Append(roll, Box::new(entry));
        Ok(Some(effect))
    }
}

impl Machine for Amend {
    type Event = Event;

    fn on(&mut self, event: Event, world: World<'_>) -> Option<Effect> {
        self.trouble = None;
        match self.step(event, world) {
            Ok(effect) => effect,
            Err(trouble) => {
                self.state = State::Idle;
                self.trouble = Some(trouble);
                None
            }
        }
    }
}
