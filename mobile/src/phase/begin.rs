use std::path::{Path, PathBuf};

use authenticator::{ApproveUnlock, Enrol, Setup, Trouble, enrol, setup};
use protocol::links::{Link, Purpose};
use protocol::roll::StoreKind;

use super::{Input, Phase, run};
use crate::device::Device;
use crate::paper;

/// A school is being set up. What was saved to be printed is deleted once it is on paper.
#[derive(Debug)]
pub struct SettingUp {
    machine: Setup,
    trouble: Option<Trouble>,
    saved: Option<PathBuf>,
}

impl SettingUp {
    /// The machine.
    pub const fn machine(&self) -> &Setup {
        &self.machine
    }

    /// What went wrong last.
    pub fn trouble(&self) -> Option<&Trouble> {
        self.trouble.as_ref().or(self.machine.trouble())
    }

    /// Where the sheet at hand was saved.
    pub fn saved(&self) -> Option<&Path> {
        self.saved.as_deref()
    }

    pub(super) fn with(mut self: Box<Self>, trouble: Trouble) -> Box<Self> {
        self.trouble = Some(trouble);
        self
    }

    pub(super) fn step(mut self: Box<Self>, input: Input, device: &Device) -> Phase {
        self.trouble = None;
        let event = match input {
            Input::SaveSheet(number) => {
                self.save(number, device);
                return Phase::Setup(self);
            }
            Input::ChoosePin(pin, _) => setup::Event::Pin(pin),
            Input::LastFour(number, typed) => setup::Event::LastFour(number, typed),
            _ => setup::Event::Retry,
        };
        let checks_a_sheet = matches!(event, setup::Event::LastFour(..));
        if let Err(trouble) = run(device, &mut self.machine, event) {
            return Phase::Setup(self.with(trouble));
        }
        if checks_a_sheet && self.machine.trouble().is_none() {
            self.forget_saved();
        }
        let all_checked = matches!(
            self.machine.state(),
            setup::State::Sheets {
                checked: [true, true, true],
                ..
            }
        );
        if all_checked
            && self.machine.trouble().is_none()
            && let Err(trouble) = run(device, &mut self.machine, setup::Event::Finish)
        {
            return Phase::Setup(self.with(trouble));
        }
        self.settle()
    }

    fn save(&mut self, number: u8, device: &Device) {
        let setup::State::Sheets {
            school_name,
            sheets,
            ..
        } = self.machine.state()
        else {
            return;
        };
        let Some(sheet) = sheets.iter().find(|sheet| sheet.number() == number) else {
            return;
        };
        match paper::save(device.papers(), school_name, sheet) {
            Ok(path) => self.saved = Some(path),
            Err(error) => self.trouble = Some(Trouble::Profile(error.to_string())),
        }
    }

    fn forget_saved(&mut self) {
        if let Some(path) = self.saved.take() {
            // Its owner may have deleted it already.
            drop(std::fs::remove_file(path));
        }
    }

    fn settle(self: Box<Self>) -> Phase {
        if !matches!(self.machine.state(), setup::State::Ready(_)) {
            return Phase::Setup(self);
        }
        match self.machine.into_identity() {
            Some(identity) => Phase::Holder(Box::new(ApproveUnlock::new(identity))),
            None => Phase::New(None, false),
        }
    }
}

/// The app is opened.
pub(super) fn open(device: &Device) -> Phase {
    match device.identity() {
        Ok(None) => Phase::New(None, false),
        Ok(Some(identity)) if identity.profile.granted => {
            Phase::Holder(Box::new(ApproveUnlock::new(identity)))
        }
        Ok(Some(identity)) => match Enrol::waiting(identity) {
            Ok(machine) => Phase::Enrol(Box::new(machine), None),
            Err(trouble) => Phase::Stopped(trouble),
        },
        Err(trouble) => Phase::Stopped(trouble),
    }
}

/// A link was pasted.
pub(super) fn link(text: String, others: bool, device: &Device) -> Phase {
    let Ok(link) = Link::from_url(&text) else {
        return Phase::New(Some(Trouble::BadLink), others);
    };
    // Without a place for the key nothing is begun.
    let begun = device
        .with_driver(|driver| driver.keys.kind())
        .and_then(|kind| match link.purpose {
            Purpose::Setup => begin_setup(text, kind, device),
            Purpose::Enrol(_) => begin_enrolment(text, kind, device),
        });
    begun.unwrap_or_else(|trouble| Phase::New(Some(trouble), others))
}

fn begin_setup(text: String, kind: StoreKind, device: &Device) -> Result<Phase, Trouble> {
    let mut machine = Setup::new(device.name(), kind);
    run(device, &mut machine, setup::Event::Link(text))?;
    Ok(Phase::Setup(Box::new(SettingUp {
        machine,
        trouble: None,
        saved: None,
    })))
}

fn begin_enrolment(text: String, kind: StoreKind, device: &Device) -> Result<Phase, Trouble> {
    let mut machine = Enrol::new(device.name(), kind);
    run(device, &mut machine, enrol::Event::Link(text))?;
    Ok(Phase::Enrol(Box::new(machine), None))
}
