use std::path::Path;

use authenticator::{ApproveUnlock, Enrol, Identity, Setup, Trouble, enrol, setup};
use protocol::links::{Link, Purpose};
use protocol::roll::StoreKind;

use super::printing::SavedSheet;
use super::{Input, Phase, run};
use crate::device::Device;
use crate::picture::{self, Picture};

/// A school is being set up. What was saved to be printed is deleted once it is on paper.
#[derive(Debug)]
pub struct SettingUp {
    machine: Setup,
    trouble: Option<Trouble>,
    saved: SavedSheet,
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
        self.saved.path()
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
            self.saved.forget();
        }
        // Before there are sheets nothing is lost by beginning anew.
        if matches!(self.machine.state(), setup::State::ChoosingPin { .. })
            && let Some(trouble) = needs_a_new_link(self.machine.trouble())
        {
            return Phase::New(Some(trouble), knows_a_school(device));
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
        self.trouble = self.saved.save(sheets, number, school_name, device).err();
    }

    fn settle(self: Box<Self>) -> Phase {
        if !matches!(self.machine.state(), setup::State::Ready(_)) {
            return Phase::Setup(self);
        }
        let Self { machine, .. } = *self;
        match machine.into_identity() {
            Some(identity) => Phase::Holder(Box::new(ApproveUnlock::new(identity))),
            None => Phase::New(None, false),
        }
    }
}

/// The app is opened.
pub(super) fn open(device: &Device) -> Phase {
    match device.identity() {
        Ok(None) => Phase::New(None, false),
        Ok(Some(identity)) => first_screen(identity),
        Err(trouble) => Phase::Stopped(trouble),
    }
}

/// Where a device begins: with a key, or waiting for one.
pub(super) fn first_screen(identity: Identity) -> Phase {
    if identity.profile.granted {
        return Phase::Holder(Box::new(ApproveUnlock::new(identity)));
    }
    match Enrol::waiting(identity) {
        Ok(machine) => Phase::Enrol(Box::new(machine), None),
        Err(trouble) => Phase::Stopped(trouble),
    }
}

/// A link was pasted.
pub(super) fn link(text: String, others: bool, device: &Device) -> Phase {
    let Ok(link) = Link::from_url(&text) else {
        return Phase::New(Some(Trouble::BadLink), others);
    };
    let known = match device.schools() {
        Ok(schools) => schools
            .into_iter()
            .find(|known| known.school == link.school && known.granted),
        Err(trouble) => return Phase::New(Some(trouble), others),
    };
    match known {
        // One school, one key on a device: a new one takes the place of the old one.
        Some(profile) => Phase::Replacing(text, Box::new(profile)),
        None => follow(text, others, device),
    }
}

/// A picture of a link's square was given.
pub(super) fn picture(picture: Picture, others: bool, device: &Device) -> Phase {
    let squares = match picture::squares(picture) {
        Ok(squares) => squares,
        Err(trouble) => return Phase::New(Some(trouble), others),
    };
    match squares
        .into_iter()
        .find(|text| Link::from_url(text).is_ok())
    {
        Some(text) => link(text, others, device),
        None => Phase::New(Some(Trouble::OtherSquare), others),
    }
}

/// What a link was refused for, if no other try with it can end better.
pub(super) fn needs_a_new_link(trouble: Option<&Trouble>) -> Option<Trouble> {
    match trouble {
        Some(Trouble::Refused(problem)) if problem.slug() == "link-expired" => trouble.cloned(),
        _ => None,
    }
}

/// Whether there is a school to go back to.
pub(super) fn knows_a_school(device: &Device) -> bool {
    device.schools().is_ok_and(|schools| !schools.is_empty())
}

/// What the link asks for is begun.
pub(super) fn follow(text: String, others: bool, device: &Device) -> Phase {
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
        saved: SavedSheet::default(),
    })))
}

fn begin_enrolment(text: String, kind: StoreKind, device: &Device) -> Result<Phase, Trouble> {
    let mut machine = Enrol::new(device.name(), kind);
    run(device, &mut machine, enrol::Event::Link(text))?;
    Ok(Phase::Enrol(Box::new(machine), None))
}
