//! Ten codes on paper, each of which opens the records once where this device has no connection.
//!
//! ```text
//! Idle ─Make─► Working ─► Made          Idle ─Look─► Working ─► Left          Idle ─Forget─► Working ─► Left
//! ```
//! The codes are made here and shown once: the server never sees them before one is typed in a browser, and
//! this device keeps none. What each opens is sealed here too, to a key that only the code makes.

use domain::Entropy;
use protocol::approve::Bundle;
use protocol::compartments::{Compartment, HeldKey};
use protocol::roll::RollState;
use protocol::slots::{SLOTS, Slot, SlotCode, Terms, seal};
use zeroize::Zeroizing;

use super::called;
use super::roll_reader::{Read, RollReader};
use crate::contract::{Bytes, DepositSlots, KeyName, NewSlot, ReleaseWraps, SlotsLeft, Wraps};
use crate::driver::{Done, Effect, Machine, World};
use crate::identity::Identity;
use crate::trouble::Trouble;

/// How long the records stay open at most when a code was typed: as long as by the device itself.
const SESSION_SECONDS: u32 = 4 * 60 * 60;

/// What may happen.
#[derive(Debug)]
pub enum Event {
    /// Make ten codes, in the place of those before.
    Make {
        /// The PIN.
        pin: Zeroizing<String>,
        /// Only for these compartments; for all that this device holds if not said.
        only: Option<Vec<Compartment>>,
    },
    /// See how many are left.
    Look,
    /// Destroy what they would open: the paper is lost.
    Forget,
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
    /// Made. They are shown now and never again.
    Made(Paper),
    /// How many are left.
    Left(SlotsLeft),
}

/// What is to be written down, or printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Paper {
    /// The codes, in groups of four.
    pub codes: Vec<Zeroizing<String>>,
    /// What each opens.
    pub compartments: Vec<Compartment>,
}

impl std::fmt::Debug for Paper {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Paper({} codes)", self.codes.len())
    }
}

/// The machine.
#[derive(Debug)]
pub struct Slots {
    identity: Identity,
    state: State,
    trouble: Option<Trouble>,
    /// What the server said last.
    left: Option<SlotsLeft>,
    step: Step,
}

#[derive(Debug)]
enum Step {
    Idle,
    ReadRoll(Box<Wanted>, RollReader),
    Release(Box<Wanted>, Box<RollState>),
    Deposit(Paper),
    Look,
    Forget,
}

#[derive(Debug)]
struct Wanted {
    pin_tag: Bytes,
    only: Option<Vec<Compartment>>,
}

on_a_device!(Slots, State);

impl Slots {
    /// On this device.
    pub const fn new(identity: Identity) -> Self {
        Self {
            identity,
            state: State::Idle,
            trouble: None,
            left: None,
            step: Step::Idle,
        }
    }

    fn step(&mut self, event: Event, world: World<'_>) -> Result<Option<Effect>, Trouble> {
        match event {
            Event::Make { pin, only } => {
                let wanted = Wanted {
                    pin_tag: Bytes::from(self.identity.pin_tag(&pin).expose()),
                    only,
                };
                self.state = State::Working;
                self.step = Step::ReadRoll(Box::new(wanted), RollReader::default());
                Ok(Some(RollReader::first(&self.identity, world)))
            }
            Event::Look => {
                self.state = State::Working;
                self.step = Step::Look;
                Ok(Some(self.identity.get(PATH, world)))
            }
            Event::Forget => {
                self.state = State::Working;
                self.step = Step::Forget;
                Ok(Some(self.identity.delete(PATH, world)))
            }
            Event::Done(done) => self.done(done, world),
        }
    }

    fn done(&mut self, done: Done, world: World<'_>) -> Result<Option<Effect>, Trouble> {
        match std::mem::replace(&mut self.step, Step::Idle) {
            Step::ReadRoll(wanted, mut reader) => {
                match reader.take(called(done)?, &self.identity, world)? {
                    Read::More(effect) => {
                        self.step = Step::ReadRoll(wanted, reader);
                        Ok(Some(effect))
                    }
                    Read::Whole(roll) => {
                        let body = ReleaseWraps {
                            pin_tag: wanted.pin_tag.clone(),
                        };
                        let effect = self.identity.post("/v1/device/wraps", &body, world)?;
                        self.step = Step::Release(wanted, roll);
                        Ok(Some(effect))
                    }
                }
            }
            Step::Release(wanted, roll) => {
                let wraps: Wraps = called(done)?.read()?;
                self.deposit(*wanted, &wraps, &roll, world)
            }
            Step::Deposit(paper) => {
                called(done)?.success()?;
                self.state = State::Made(paper);
                Ok(None)
            }
            Step::Look => {
                self.note(called(done)?.read()?);
                Ok(None)
            }
            Step::Forget => {
                called(done)?.success()?;
                self.note(SlotsLeft::default());
                Ok(None)
            }
            Step::Idle => Err(Trouble::NotNow),
        }
    }

    fn note(&mut self, left: SlotsLeft) {
        self.left = Some(left.clone());
        self.state = State::Left(left);
    }

    fn deposit(
        &mut self,
        wanted: Wanted,
        wraps: &Wraps,
        roll: &RollState,
        world: World<'_>,
    ) -> Result<Option<Effect>, Trouble> {
        let profile = &self.identity.profile;
        let grant = roll
            .active(profile.device, world.now)
            .ok_or(Trouble::NotAllowed)?;
        let compartments: Vec<Compartment> = grant
            .rights
            .compartments
            .iter()
            .filter(|held| wanted.only.as_ref().is_none_or(|only| only.contains(held)))
            .cloned()
            .collect();
        let keys: Vec<HeldKey> = self
            .identity
            .open_wraps(&wraps.wraps, roll)?
            .into_iter()
            .filter(|key| compartments.contains(&key.compartment) && in_use(roll, key))
            .collect();
        if compartments.is_empty() {
            return Err(Trouble::NotAllowed);
        }
        // The paper must open all that the device does: what is missing now would be missed when it is needed.
        let complete = compartments.iter().all(|name| {
            roll.compartment(name).is_some_and(|announced| {
                announced
                    .generations
                    .keys()
                    .filter(|generation| !announced.retired.contains(generation))
                    .all(|generation| {
                        keys.iter()
                            .any(|key| key.compartment == *name && key.generation == *generation)
                    })
            })
        });
        if !complete {
            return Err(Trouble::Suspicious("the server kept a key back"));
        }
        let names = keys
            .iter()
            .map(|key| KeyName {
                compartment: key.compartment.to_string(),
                generation: key.generation,
            })
            .collect();
        let bundle = Bundle::new(keys);
        let mut codes = Vec::with_capacity(usize::from(SLOTS));
        let mut slots = Vec::with_capacity(usize::from(SLOTS));
        for number in 1..=SLOTS {
            let terms = Terms {
                slot: Slot {
                    school: profile.school,
                    member: profile.member,
                    device: profile.device,
                    number,
                },
                compartments: compartments.clone(),
                session_seconds: SESSION_SECONDS,
            };
            let (text, slot) = make(&terms, &bundle, world.entropy)?;
            codes.push(text);
            slots.push(slot);
        }
        let body = DepositSlots {
            slots,
            keys: names,
            session_seconds: SESSION_SECONDS,
            pin_tag: wanted.pin_tag,
        };
        let effect = self.identity.post(PATH, &body, world)?;
        let paper = Paper {
            codes,
            compartments,
        };
        self.step = Step::Deposit(paper);
        Ok(Some(effect))
    }
}

const PATH: &str = "/v1/device/slots";

fn in_use(roll: &RollState, key: &HeldKey) -> bool {
    roll.compartment(&key.compartment)
        .is_some_and(|announced| !announced.retired.contains(&key.generation))
}

fn make(
    terms: &Terms,
    bundle: &Bundle,
    entropy: &dyn Entropy,
) -> Result<(Zeroizing<String>, NewSlot), Trouble> {
    let code = SlotCode::generate(entropy);
    let sealed = seal(&code, terms, bundle, entropy)?;
    let slot = NewSlot {
        number: terms.slot.number,
        reference: Bytes::from(sealed.reference),
        session_key: Bytes::from(sealed.session_key.as_bytes()),
        enc: Bytes::from(sealed.bundle.encapsulated),
        ciphertext: Bytes(sealed.bundle.ciphertext),
    };
    Ok((code.text(), slot))
}

impl Machine for Slots {
    type Event = Event;

    fn on(&mut self, event: Event, world: World<'_>) -> Option<Effect> {
        self.trouble = None;
        match self.step(event, world) {
            Ok(effect) => effect,
            Err(trouble) => {
                self.state = self.left.clone().map_or(State::Idle, State::Left);
                self.trouble = Some(trouble);
                None
            }
        }
    }
}
