//! Two recovery sheets tried out: they open everything, here on the device, and the server notes the day.
//!
//! ```text
//! Idle ─Start─► Reading ─► Sheets ─Sheets─► Testing ─► Works
//! ```

use protocol::kit::{self, KitKeys, KitProof};
use protocol::roll::RollState;
use zeroize::Zeroizing;

use super::called;
use super::roll_reader::{Read, RollReader};
use crate::contract::{Bytes, KitParts, KitTested, ProveKit};
use crate::driver::{Done, Effect, Machine, World};
use crate::identity::Identity;
use crate::sheets::{Given, match_roll};
use crate::trouble::Trouble;

/// What may happen.
#[derive(Debug)]
pub enum Event {
    /// Begin.
    Start,
    /// One sheet or two were typed, pasted or scanned.
    Sheets(Zeroizing<String>),
    /// An effect was performed.
    Done(Done),
}

impl From<Done> for Event {
    fn from(done: Done) -> Self {
        Self::Done(done)
    }
}

/// Where the test stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// Not begun.
    Idle,
    /// The roll is being read.
    Reading,
    /// Waits for two sheets.
    Sheets {
        /// The numbers of those that are there.
        read: Vec<u8>,
    },
    /// The kit's parts are fetched and opened.
    Testing,
    /// The sheets open everything.
    Works {
        /// Which two.
        sheets: Vec<u8>,
        /// The day that the server noted.
        tested_on: String,
    },
}

/// The machine.
#[derive(Debug)]
pub struct TestKit {
    identity: Identity,
    state: State,
    trouble: Option<Trouble>,
    roll: Option<Box<RollState>>,
    given: Given,
    numbers: Vec<u8>,
    step: Step,
}

#[derive(Debug)]
enum Step {
    Idle,
    ReadRoll(RollReader),
    Fetch(Box<KitKeys>),
    Note,
}

impl TestKit {
    /// On this device.
    pub fn new(identity: Identity) -> Self {
        Self {
            identity,
            state: State::Idle,
            trouble: None,
            roll: None,
            given: Given::default(),
            numbers: Vec::new(),
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
    pub fn into_identity(self) -> Identity {
        self.identity
    }

    fn step(&mut self, event: Event, world: World<'_>) -> Result<Option<Effect>, Trouble> {
        match event {
            Event::Start => {
                self.state = State::Reading;
                self.step = Step::ReadRoll(RollReader::default());
                Ok(Some(RollReader::first(&self.identity, world)))
            }
            Event::Sheets(text) => {
                if !matches!(self.state, State::Sheets { .. }) {
                    return Err(Trouble::NotNow);
                }
                let before = self.given.numbers();
                let school = self.identity.profile.school;
                let Some(kit) = self.given.take(school, &text)? else {
                    return Ok(None);
                };
                self.numbers = given_with(school, before, &text);
                let roll = self.roll.as_ref().ok_or(Trouble::NotNow)?;
                if kit.public() != *roll.kit() {
                    return Err(Trouble::OldKit);
                }
                let body = prove(&self.identity, &kit, world);
                let effect = self.identity.post("/v1/device/kit/parts", &body, world)?;
                self.state = State::Testing;
                self.step = Step::Fetch(Box::new(kit));
                Ok(Some(effect))
            }
            Event::Done(done) => self.done(done, world),
        }
    }

    fn done(&mut self, done: Done, world: World<'_>) -> Result<Option<Effect>, Trouble> {
        match std::mem::replace(&mut self.step, Step::Idle) {
            Step::ReadRoll(mut reader) => {
                match reader.take(called(done)?, &self.identity, world)? {
                    Read::More(effect) => {
                        self.step = Step::ReadRoll(reader);
                        Ok(Some(effect))
                    }
                    Read::Whole(roll) => {
                        self.roll = Some(roll);
                        self.state = State::Sheets { read: Vec::new() };
                        Ok(None)
                    }
                }
            }
            Step::Fetch(kit) => {
                let parts: KitParts = called(done)?.read()?;
                let roll = self.roll.as_ref().ok_or(Trouble::NotNow)?;
                let school = self.identity.profile.school;
                let keys = kit::open_part_a(school, kit.kem(), &parts.part_a.0)
                    .map_err(|_| Trouble::KitIncomplete)?;
                let (_, missing) = match_roll(keys, roll)?;
                let psks = kit::open_part_b(school, kit.kem(), &parts.part_b.0)
                    .map_err(|_| Trouble::KitIncomplete)?;
                if !missing.is_empty() || psks.is_empty() {
                    return Err(Trouble::KitIncomplete);
                }
                let body = prove(&self.identity, &kit, world);
                self.step = Step::Note;
                self.identity
                    .post("/v1/device/kit/tests", &body, world)
                    .map(Some)
            }
            Step::Note => {
                let noted: KitTested = called(done)?.read()?;
                self.state = State::Works {
                    sheets: std::mem::take(&mut self.numbers),
                    tested_on: noted.tested_on,
                };
                Ok(None)
            }
            Step::Idle => Err(Trouble::NotNow),
        }
    }
}

impl Machine for TestKit {
    type Event = Event;

    fn on(&mut self, event: Event, world: World<'_>) -> Option<Effect> {
        self.trouble = None;
        let effect = match self.step(event, world) {
            Ok(effect) => effect,
            Err(trouble) => {
                self.trouble = Some(trouble);
                self.state = match self.roll {
                    Some(_) => State::Sheets { read: Vec::new() },
                    None => State::Idle,
                };
                None
            }
        };
        if let State::Sheets { read } = &mut self.state {
            *read = self.given.numbers();
        }
        effect
    }
}

/// That the kit lies in front of this device, now.
pub(super) fn prove(identity: &Identity, kit: &KitKeys, world: World<'_>) -> ProveKit {
    let proof = KitProof {
        school: identity.profile.school,
        device: identity.profile.device,
        at: world.now,
    };
    ProveKit {
        at: world.now,
        proof: Bytes::from(proof.sign(kit)),
    }
}

/// The numbers of the two sheets, to be named in the answer.
fn given_with(school: domain::SchoolId, mut before: Vec<u8>, text: &str) -> Vec<u8> {
    let now = crate::sheets::read(school, text).unwrap_or_default();
    before.extend(now.iter().map(protocol::kit::Sheet::number));
    before
}
