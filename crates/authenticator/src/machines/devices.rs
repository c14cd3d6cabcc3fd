//! Who holds keys: the roll as this device replayed it, and the server's names beside it.

use protocol::roll::RollState;

use super::called;
use super::roll_reader::{Read, RollReader};
use crate::contract::SchoolDevices;
use crate::driver::{Done, Effect, Machine, World};
use crate::identity::Identity;
use crate::trouble::Trouble;

/// What may happen.
#[derive(Debug)]
pub enum Event {
    /// Read.
    Look,
    /// An effect was performed.
    Done(Done),
}

impl From<Done> for Event {
    fn from(done: Done) -> Self {
        Self::Done(done)
    }
}

/// The machine.
#[derive(Debug)]
pub struct Devices {
    identity: Identity,
    roll: Option<Box<RollState>>,
    listed: SchoolDevices,
    trouble: Option<Trouble>,
    reader: Option<RollReader>,
}

on_a_device!(Devices);

impl Devices {
    /// On this device.
    pub fn new(identity: Identity) -> Self {
        Self {
            identity,
            roll: None,
            listed: SchoolDevices::default(),
            trouble: None,
            reader: None,
        }
    }

    /// The roll, once read.
    pub fn roll(&self) -> Option<&RollState> {
        self.roll.as_deref()
    }

    /// What the server lists, where it lets this device see it.
    pub const fn listed(&self) -> &SchoolDevices {
        &self.listed
    }

    fn step(&mut self, event: Event, world: World<'_>) -> Result<Option<Effect>, Trouble> {
        let done = match event {
            Event::Look => {
                self.reader = Some(RollReader::default());
                return Ok(Some(RollReader::first(&self.identity, world)));
            }
            Event::Done(done) => done,
        };
        let Some(mut reader) = self.reader.take() else {
            // Only devices that may grant are shown the names; the roll is there either way.
            match called(done)?.read() {
                Ok(listed) => self.listed = listed,
                Err(Trouble::Refused(_)) => {}
                Err(trouble) => return Err(trouble),
            }
            return Ok(None);
        };
        match reader.take(called(done)?, &self.identity, world)? {
            Read::More(effect) => {
                self.reader = Some(reader);
                Ok(Some(effect))
            }
            Read::Whole(roll) => {
                self.roll = Some(roll);
                Ok(Some(self.identity.get("/v1/device/devices", world)))
            }
        }
    }
}

impl Machine for Devices {
    type Event = Event;

    fn on(&mut self, event: Event, world: World<'_>) -> Option<Effect> {
        self.trouble = None;
        match self.step(event, world) {
            Ok(effect) => effect,
            Err(trouble) => {
                self.trouble = Some(trouble);
                None
            }
        }
    }
}
