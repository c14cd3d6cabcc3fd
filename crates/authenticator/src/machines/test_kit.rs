//! Two recovery sheets tried out: they open everything, here on the device, and the server notes the day.
//!
//! ```text
//! Idle ─Start─► Reading ─► Sheets ─Sheets─► Testing ─► Works
//! ```

use protocol::roll::RollState;
use zeroize::Zeroizing;

use super::called;
use super::kit_reader::{KitReader, prove};
use super::roll_reader::{Read, RollReader};
use crate::contract::{KitParts, KitTested};
use crate::driver::{Done, Effect, Machine, World};
use crate::identity::Identity;
use crate::trouble::Trouble;

/// What may happen.
#[derive(Debug)]
pub enum Event {
    /// Begin.
    Start,
    /// One sheet or two were typed, pasted or scanned.
    Sheets(Zeroizing<String>),
    /// Both sheets are here, and the server did not answer: ask it again.
    Again,
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
    sheets: KitReader,
    step: Step,
}

#[derive(Debug)]
enum Step {
    Idle,
    ReadRoll(RollReader),
    Fetch,
    Note,
}

on_a_device!(TestKit, State);

impl TestKit {
    /// On this device.
    pub fn new(identity: Identity) -> Self {
        Self {
            identity,
            state: State::Idle,
            trouble: None,
            roll: None,
            sheets: KitReader::default(),
            step: Step::Idle,
        }
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
                let roll = self.roll.as_deref().ok_or(Trouble::NotNow)?;
                let effect = self.sheets.take(&text, &self.identity, roll, world)?;
                if effect.is_some() {
                    self.state = State::Testing;
                    self.step = Step::Fetch;
                }
                Ok(effect)
            }
            Event::Again => {
                let effect = self.sheets.ask(&self.identity, world)?;
                self.state = State::Testing;
                self.step = Step::Fetch;
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
            Step::Fetch => {
                let parts: KitParts = called(done)?.read()?;
                let roll = self.roll.as_deref().ok_or(Trouble::NotNow)?;
                let opened = self.sheets.open(&parts, &self.identity, roll)?;
                if !opened.missing.is_empty() || opened.psks.is_empty() {
                    return Err(Trouble::KitIncomplete);
                }
                let body = prove(&self.identity, self.sheets.kit()?, world);
                self.step = Step::Note;
                self.identity
                    .post("/v1/device/kit/tests", &body, world)
                    .map(Some)
            }
            Step::Note => {
                let noted: KitTested = called(done)?.read()?;
                self.state = State::Works {
                    sheets: self.sheets.numbers(),
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
                self.sheets.after(&trouble);
                self.trouble = Some(trouble);
                self.state = match self.roll {
                    Some(_) => State::Sheets { read: Vec::new() },
                    None => State::Idle,
                };
                None
            }
        };
        if let State::Sheets { read } = &mut self.state {
            *read = self.sheets.numbers();
        }
        effect
    }
}
