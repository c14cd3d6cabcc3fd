//! A compartment's new key, made on this device and wrapped for everybody who holds the compartment.
//!
//! ```text
//! Idle ─Begin─► Working ─► Rotated          Idle ─Look─► Working ─► Listed
//! ```
//! Who gets the new key is what the roll says, never what the server lists. The key exists on this device
//! for as long as the call takes: its own wrap is among those that it makes. Records that are sealed to the
//! old key are re-wrapped by unlocked sessions; when none is left the old key is retired, by
//! [`Amend`](super::Amend).

use protocol::compartments::{Compartment, CompartmentSecret, HeldKey};
use protocol::kit;
use protocol::roll::{Author, Body, Holder, RollState, SignedEntry};
use protocol::wrap;
use zeroize::Zeroizing;

use super::roll_reader::{Read, RollReader};
use super::{called, saved};
use crate::contract::{AppendRotation, Bytes, RollExtended, Rotation, Rotations, WrapFor};
use crate::driver::{Done, Effect, Machine, World};
use crate::identity::Identity;
use crate::profile::Seen;
use crate::trouble::Trouble;

/// What may happen.
#[derive(Debug)]
pub enum Event {
    /// Make this compartment a new key; the PIN.
    Begin(Compartment, Zeroizing<String>),
    /// See which keys there are, and which old ones are still in use.
    Look,
    /// An effect was performed.
    Done(Done),
}

impl From<Done> for Event {
    fn from(done: Done) -> Self {
        Self::Done(done)
    }
}

/// Where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// Not begun.
    Idle,
    /// On its way.
    Working,
    /// The new key is in use.
    Rotated {
        /// Of which compartment.
        compartment: Compartment,
        /// Its generation.
        generation: u32,
        /// How many devices hold it.
        holders: usize,
    },
    /// The old keys that are still in use.
    Listed(Vec<Rotation>),
}

/// The machine.
#[derive(Debug)]
pub struct Rotate {
    identity: Identity,
    state: State,
    trouble: Option<Trouble>,
    roll: Option<Box<RollState>>,
    step: Step,
}

#[derive(Debug)]
enum Step {
    Idle,
    LookAtRoll(RollReader),
    ReadRoll(Compartment, Bytes, RollReader),
    Append(Box<RollState>, Box<SignedEntry>, State),
    Save(State),
    Look,
}

on_a_device!(Rotate, State);

impl Rotate {
    /// On this device.
    pub const fn new(identity: Identity) -> Self {
        Self {
            identity,
            state: State::Idle,
            trouble: None,
            roll: None,
            step: Step::Idle,
        }
    }

    /// The roll as it was last read, or as this device has just extended it.
    pub fn roll(&self) -> Option<&RollState> {
        self.roll.as_deref()
    }

    fn step(&mut self, event: Event, world: World<'_>) -> Result<Option<Effect>, Trouble> {
        match event {
            Event::Begin(compartment, pin) => {
                let tag = Bytes::from(self.identity.pin_tag(&pin).expose());
                self.state = State::Working;
                self.step = Step::ReadRoll(compartment, tag, RollReader::default());
                Ok(Some(RollReader::first(&self.identity, world)))
            }
            Event::Look => {
                self.state = State::Working;
                self.step = Step::LookAtRoll(RollReader::default());
                Ok(Some(RollReader::first(&self.identity, world)))
            }
            Event::Done(done) => self.done(done, world),
        }
    }

    fn done(&mut self, done: Done, world: World<'_>) -> Result<Option<Effect>, Trouble> {
        match std::mem::replace(&mut self.step, Step::Idle) {
            Step::ReadRoll(compartment, tag, mut reader) => {
                match reader.take(called(done)?, &self.identity, world)? {
                    Read::More(effect) => {
                        self.step = Step::ReadRoll(compartment, tag, reader);
                        Ok(Some(effect))
                    }
                    Read::Whole(roll) => self.append(compartment, tag, roll, world),
                }
            }
            Step::LookAtRoll(mut reader) => {
                match reader.take(called(done)?, &self.identity, world)? {
                    Read::More(effect) => {
                        self.step = Step::LookAtRoll(reader);
                        Ok(Some(effect))
                    }
                    Read::Whole(roll) => {
                        self.roll = Some(roll);
                        self.step = Step::Look;
                        Ok(Some(self.identity.get("/v1/device/rotations", world)))
                    }
                }
            }
            Step::Append(roll, entry, rotated) => {
                let answer: RollExtended = called(done)?.read()?;
                if answer.roll_head.0 != entry.head() {
                    return Err(Trouble::Suspicious(
                        "the server wrote down another entry than this device made",
                    ));
                }
                self.identity.profile.roll = Seen::from(roll.head());
                self.roll = Some(roll);
                self.step = Step::Save(rotated);
                Ok(Some(Effect::Save(Box::new(self.identity.profile.clone()))))
            }
            Step::Save(rotated) => {
                self.state = rotated;
                saved(done)?;
                Ok(None)
            }
            Step::Look => {
                let rotations: Rotations = called(done)?.read()?;
                self.state = State::Listed(rotations.items);
                Ok(None)
            }
            Step::Idle => Err(Trouble::NotNow),
        }
    }

    fn append(
        &mut self,
        compartment: Compartment,
        tag: Bytes,
        mut roll: Box<RollState>,
        world: World<'_>,
    ) -> Result<Option<Effect>, Trouble> {
        let generation = roll
            .compartment(&compartment)
            .and_then(|keys| keys.generation.checked_add(1))
            .ok_or(Trouble::NotAllowed)?;
        let (secret, public) = CompartmentSecret::new_pair(world.entropy);
        let entry = roll
            .next(
                Body::Rotate(compartment.clone(), generation, public),
                Author::Device(self.identity.profile.device),
                world.now,
            )
            .sign(self.identity.keys().sign());
        // Tried here first, so that what the rules forbid says so in this device's words.
        roll.append(&entry).map_err(|_| Trouble::NotAllowed)?;

        let key = HeldKey {
            compartment: compartment.clone(),
            generation,
            secret,
        };
        let school = self.identity.profile.school;
        let wraps = holders_of(&roll, &compartment, world.now)
            .map(|holder| {
                let device = holder.grant.device;
                let kem = &holder.grant.keys.kem;
                Ok(WrapFor {
                    device,
                    compartment: compartment.to_string(),
                    generation,
                    wrap: Bytes(wrap::seal(school, device, kem, &key, world.entropy)?),
                })
            })
            .collect::<Result<Vec<_>, Trouble>>()?;
        let kit_part = kit::seal_part_a(school, &roll.kit().kem, vec![key], world.entropy)?;
        let rotated = State::Rotated {
            compartment,
            generation,
            holders: wraps.len(),
        };
        let request = AppendRotation {
            entry: Bytes::from(&entry.bytes),
            signature: Bytes::from(entry.signature),
            pin_tag: tag,
            wraps,
            kit_part: Bytes(kit_part),
        };
        let effect = self.identity.post("/v1/device/roll", &request, world)?;
        self.step = Step::Append(roll, Box::new(entry), rotated);
        Ok(Some(effect))
    }
}

/// Who gets the new key of a compartment, as the roll says.
pub fn holders_of<'roll>(
    roll: &'roll RollState,
    compartment: &'roll Compartment,
    now: u64,
) -> impl Iterator<Item = &'roll Holder> {
    roll.devices()
        .filter(move |holder| !holder.revoked && !holder.grant.rights.has_expired(now))
        .filter(move |holder| {
            // Whoever waits for an endorsement must find the new key there when it comes.
            holder.grant.rights.compartments.contains(compartment)
                || holder
                    .pending
                    .as_ref()
                    .is_some_and(|pending| pending.compartments.contains(compartment))
        })
}

impl Machine for Rotate {
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
