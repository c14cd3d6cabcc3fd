use authenticator::contract::SchoolDevices;
use authenticator::{Amend, Devices, Identity, Trouble, amend};
use domain::DeviceId;
use protocol::roll::RollState;

use super::{Input, Phase, holders, run};
use crate::device::Device;

/// One key of the list is narrowed, confirmed or taken away. What is shown of it is as the roll said
/// when the list was read.
#[derive(Debug)]
pub struct Changing {
    machine: Amend,
    roll: RollState,
    listed: SchoolDevices,
    chosen: DeviceId,
    did: Option<Did>,
    now: i64,
}

/// What was done with it, once it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Did {
    /// It was narrowed.
    Narrowed,
    /// What waited was confirmed.
    Confirmed,
    /// It was taken away.
    TookAway,
}

impl Changing {
    /// Of a list that was read; back to the list if it was not.
    pub(super) fn begin(list: Box<Devices>, chosen: DeviceId, now: i64) -> Phase {
        let Some(roll) = list.roll().cloned() else {
            return Phase::Holders(list, now);
        };
        if roll.device(chosen).is_none() {
            return Phase::Holders(list, now);
        }
        let listed = list.listed().clone();
        Phase::Changing(Box::new(Self {
            machine: Amend::new(list.into_identity()),
            roll,
            listed,
            chosen,
            did: None,
            now,
        }))
    }

    /// The roll when the list was read.
    pub const fn roll(&self) -> &RollState {
        &self.roll
    }

    /// The server's names.
    pub const fn listed(&self) -> &SchoolDevices {
        &self.listed
    }

    /// Whose key it is.
    pub const fn chosen(&self) -> DeviceId {
        self.chosen
    }

    /// When the list was read.
    pub const fn now(&self) -> i64 {
        self.now
    }

    /// What was done, once the entry is on the roll.
    pub fn done(&self) -> Option<Did> {
        self.did
            .filter(|_| self.machine.state() == amend::State::Done)
    }

    /// What went wrong last.
    pub const fn trouble(&self) -> Option<&Trouble> {
        self.machine.trouble()
    }

    /// This device.
    pub const fn identity(&self) -> &Identity {
        self.machine.identity()
    }

    pub(super) fn into_identity(self) -> Identity {
        self.machine.into_identity()
    }

    /// Back to the list, read anew.
    pub(super) fn back(self, device: &Device) -> Phase {
        holders(Box::new(Devices::new(self.into_identity())), device)
    }

    pub(super) fn step(mut self: Box<Self>, input: Input, device: &Device) -> Phase {
        let (did, event) = match input {
            Input::Revoke(pin) => (Did::TookAway, amend::Event::Revoke(self.chosen, pin)),
            Input::Endorse(pin) => (Did::Confirmed, amend::Event::Endorse(self.chosen, pin)),
            Input::Restrict(given, pin) => match self.roll.device(self.chosen) {
                Some(holder) => {
                    let rights = given.within(&holder.grant.rights);
                    let event = amend::Event::Restrict(self.chosen, Box::new(rights), pin);
                    (Did::Narrowed, event)
                }
                None => return Phase::Changing(self),
            },
            _ => return Phase::Changing(self),
        };
        self.did = Some(did);
        match run(device, &mut self.machine, event) {
            Ok(()) => Phase::Changing(self),
            Err(trouble) => Phase::Stopped(trouble),
        }
    }
}
