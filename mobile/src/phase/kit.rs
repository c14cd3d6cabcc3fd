//! What a person does with recovery sheets: come back with two, try two out, make three new ones.

use std::path::Path;

use authenticator::{Identity, NewKit, Recover, TestKit, Trouble, new_kit, recover, test_kit};

use super::printing::SavedSheet;
use super::{Input, Phase, run};
use crate::device::Device;

/// Three new sheets are made, printed and checked. Until the last is, the old ones count.
#[derive(Debug)]
pub struct MakingKit {
    machine: NewKit,
    trouble: Option<Trouble>,
    saved: SavedSheet,
}

impl MakingKit {
    pub(super) fn new(identity: Identity) -> Self {
        Self {
            machine: NewKit::new(identity),
            trouble: None,
            saved: SavedSheet::default(),
        }
    }

    /// The machine.
    pub const fn machine(&self) -> &NewKit {
        &self.machine
    }

    /// What went wrong last.
    pub fn trouble(&self) -> Option<&Trouble> {
        self.trouble.as_ref().or(self.machine.trouble())
    }

    /// Where the sheet at hand was saved.
    pub fn saved(&self) -> Option<&Path> {
        self.saved.path()
    }

    pub(super) fn into_identity(self) -> Identity {
        self.machine.into_identity()
    }

    pub(super) fn step(mut self: Box<Self>, input: Input, device: &Device) -> Phase {
        self.trouble = None;
        let event = match input {
            Input::Pin(pin) => new_kit::Event::Start(pin),
            Input::LastFour(number, typed) => new_kit::Event::LastFour(number, typed),
            Input::Retry => new_kit::Event::Finish,
            Input::SaveSheet(number) => {
                if let new_kit::State::Sheets { sheets, .. } = self.machine.state() {
                    let school_name = &self.machine.identity().profile.school_name;
                    let saved = self.saved.save(sheets, number, school_name, device);
                    self.trouble = saved.err();
                }
                return Phase::MakingKit(self);
            }
            _ => return Phase::MakingKit(self),
        };
        let checks_a_sheet = matches!(event, new_kit::Event::LastFour(..));
        self.run(event, device);
        if checks_a_sheet && self.trouble().is_none() {
            self.saved.forget();
            let all_checked = matches!(
                self.machine.state(),
                new_kit::State::Sheets {
                    checked: [true, true, true],
                    ..
                }
            );
            if all_checked {
                self.run(new_kit::Event::Finish, device);
            }
        }
        Phase::MakingKit(self)
    }

    /// A keychain that does not answer leaves the sheets where they are.
    fn run(&mut self, event: new_kit::Event, device: &Device) {
        self.trouble = run(device, &mut self.machine, event).err();
    }
}

/// Comes back with two sheets.
pub(super) fn begin_recovery(identity: Identity, device: &Device) -> Phase {
    recovering(Box::new(Recover::new(identity)), Input::Retry, device)
}

pub(super) fn recovering(mut machine: Box<Recover>, input: Input, device: &Device) -> Phase {
    let event = match (input, machine.state()) {
        (Input::Sheets(text), _) => recover::Event::Sheets(text),
        (Input::ServerWasRestored, _) => recover::Event::ServerWasRestored,
        (Input::Recover(gone, pin), _) => recover::Event::Decide(gone, pin),
        (Input::Retry, recover::State::Idle) => recover::Event::Start,
        (Input::Retry, recover::State::Sheets { .. }) => recover::Event::Again,
        _ => return Phase::Recovering(machine, None),
    };
    // A keychain that does not answer takes nothing of what was typed away.
    let trouble = run(device, machine.as_mut(), event).err();
    Phase::Recovering(machine, trouble)
}

/// Tries two sheets out.
pub(super) fn begin_test(identity: Identity, device: &Device) -> Phase {
    testing(Box::new(TestKit::new(identity)), Input::Retry, device)
}

pub(super) fn testing(mut machine: Box<TestKit>, input: Input, device: &Device) -> Phase {
    let event = match (input, machine.state()) {
        (Input::Sheets(text), _) => test_kit::Event::Sheets(text),
        (Input::Retry, test_kit::State::Idle) => test_kit::Event::Start,
        (Input::Retry, test_kit::State::Sheets { .. }) => test_kit::Event::Again,
        _ => return Phase::TestingKit(machine, None),
    };
    let trouble = run(device, machine.as_mut(), event).err();
    Phase::TestingKit(machine, trouble)
}
