use authenticator::contract::Rotation;
use authenticator::{Amend, Identity, Rotate, Trouble, amend, rotate};
use protocol::compartments::Compartment;
use protocol::roll::RollState;

use super::begin::first_screen;
use super::{Input, Phase, run};
use crate::device::Device;

/// The compartments' keys: one is changed, an old one destroyed. Nothing of it is kept here between two
/// steps: the change itself is one entry of the roll, and how far the records have moved the server counts.
/// So whoever closes the app in the middle finds the rest when it opens again.
#[derive(Debug)]
pub struct Keys {
    machine: Rotate,
    listed: Vec<Rotation>,
    chosen: Chosen,
    trouble: Option<Trouble>,
    now: i64,
}

/// What of it is on the screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Chosen {
    /// The list.
    Nothing,
    /// A compartment's key, to be changed.
    Key(Compartment),
    /// That it was changed, and how many devices hold the new one.
    Changed(Compartment, usize),
    /// An old key, to be destroyed.
    Old(Compartment, u32),
    /// That it was destroyed.
    Destroyed(Compartment),
}

impl Keys {
    /// The list, read.
    pub(super) fn open(identity: Identity, device: &Device) -> Phase {
        let keys = Self {
            machine: Rotate::new(identity),
            listed: Vec::new(),
            chosen: Chosen::Nothing,
            trouble: None,
            now: device.now(),
        };
        Box::new(keys).look(device)
    }

    /// The roll, once read.
    pub fn roll(&self) -> Option<&RollState> {
        self.machine.roll()
    }

    /// The old keys that are still in use.
    pub fn listed(&self) -> &[Rotation] {
        &self.listed
    }

    /// What of it is on the screen.
    pub const fn chosen(&self) -> &Chosen {
        &self.chosen
    }

    /// What went wrong last.
    pub const fn trouble(&self) -> Option<&Trouble> {
        self.trouble.as_ref()
    }

    /// When the list was read.
    pub const fn now(&self) -> i64 {
        self.now
    }

    /// This device.
    pub const fn identity(&self) -> &Identity {
        self.machine.identity()
    }

    pub(super) fn into_identity(self) -> Identity {
        self.machine.into_identity()
    }

    /// Back to the list; from the list, to the first screen.
    pub(super) fn back(mut self: Box<Self>, device: &Device) -> Phase {
        if self.chosen == Chosen::Nothing {
            return first_screen(self.into_identity());
        }
        self.chosen = Chosen::Nothing;
        self.look(device)
    }

    pub(super) fn step(mut self: Box<Self>, input: Input, device: &Device) -> Phase {
        match (input, self.chosen.clone()) {
            (Input::Look | Input::Retry, Chosen::Nothing) => self.look(device),
            (Input::ChooseKey(compartment), Chosen::Nothing) => {
                self.chosen = Chosen::Key(compartment);
                self.trouble = None;
                Phase::Keys(self)
            }
            (Input::ChooseOldKey(compartment, generation), Chosen::Nothing) => {
                self.chosen = Chosen::Old(compartment, generation);
                self.trouble = None;
                Phase::Keys(self)
            }
            (Input::Pin(pin), Chosen::Key(compartment)) => {
                let event = rotate::Event::Begin(compartment, pin);
                if let Err(trouble) = run(device, &mut self.machine, event) {
                    return Phase::Stopped(trouble);
                }
                self.trouble = self.machine.trouble().cloned();
                if let rotate::State::Rotated {
                    compartment,
                    holders,
                    ..
                } = self.machine.state()
                {
                    self.chosen = Chosen::Changed(compartment.clone(), *holders);
                }
                Phase::Keys(self)
            }
            (Input::Pin(pin), Chosen::Old(compartment, generation)) => {
                let mut machine = Amend::new(self.machine.into_identity());
                let event = amend::Event::Retire(compartment.clone(), generation, pin);
                if let Err(trouble) = run(device, &mut machine, event) {
                    return Phase::Stopped(trouble);
                }
                let trouble = machine.trouble().cloned();
                let chosen = match machine.state() {
                    amend::State::Done => Chosen::Destroyed(compartment),
                    _ => Chosen::Old(compartment, generation),
                };
                Phase::Keys(Box::new(Self {
                    machine: Rotate::new(machine.into_identity()),
                    chosen,
                    trouble,
                    ..*self
                }))
            }
            _ => Phase::Keys(self),
        }
    }

    fn look(mut self: Box<Self>, device: &Device) -> Phase {
        if let Err(trouble) = run(device, &mut self.machine, rotate::Event::Look) {
            return Phase::Stopped(trouble);
        }
        self.trouble = self.machine.trouble().cloned();
        if let rotate::State::Listed(listed) = self.machine.state() {
            self.listed.clone_from(listed);
            self.now = device.now();
        }
        Phase::Keys(self)
    }
}
