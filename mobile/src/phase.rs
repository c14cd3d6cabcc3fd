//! Which machine is at work, and what becomes of it when a person does something.

mod begin;
mod changing;
mod codes;
mod given;
mod input;
mod keys;
mod kit;
mod opened;
mod printing;

use authenticator::{
    AcceptRestore, ApproveUnlock, Devices, Enrol, GrantKey, Identity, Machine, Profile, Recover,
    Sessions, Slots, TestKit, Trouble, approve, devices, enrol, grant, restore, sessions, slots,
};

use protocol::device::DevicePayload;

pub use begin::SettingUp;
pub use changing::{Changing, Did};
pub use codes::Codes;
pub use given::{Given, Task};
pub use input::{Input, Page};
pub use keys::{Chosen, Keys};
pub use kit::MakingKit;
pub use opened::Asks;

use crate::device::Device;
use crate::picture;

/// Which machine is at work.
#[derive(Debug)]
pub enum Phase {
    /// Not opened yet.
    Closed,
    /// A link is wanted: perhaps why the last try failed, and whether this device knows a school.
    New(Option<Trouble>, bool),
    /// The first device of a school.
    Setup(Box<SettingUp>),
    /// A further device.
    Enrol(Box<Enrol>, Option<Trouble>),
    /// A device with a key.
    Holder(Box<ApproveUnlock>),
    /// A device with a key that gives one to another device.
    Granting(Box<GrantKey>, Option<Trouble>),
    /// The browsers that are unlocked, at this Unix second.
    Sessions(Box<Sessions>, i64),
    /// Who holds keys.
    Holders(Box<Devices>, i64),
    /// One key is narrowed, confirmed or taken away.
    Changing(Box<Changing>),
    /// What this device is and saw.
    About(Box<Devices>),
    /// The owner's other devices, at this Unix second: one is lost.
    Lost(Box<Devices>, i64),
    /// The offline code.
    Code(Box<Codes>),
    /// Two recovery sheets give this device the keys; and what its keychain said last.
    Recovering(Box<Recover>, Option<Trouble>),
    /// What can be done with recovery sheets.
    Kit(Box<Identity>),
    /// How a restore is practised.
    Drill(Box<Identity>),
    /// Two recovery sheets are tried out; and what this device's keychain said last.
    TestingKit(Box<TestKit>, Option<Trouble>),
    /// Three new recovery sheets are made.
    MakingKit(Box<MakingKit>),
    /// The compartments' keys.
    Keys(Box<Keys>),
    /// A backup was put back.
    Restoring(Box<AcceptRestore>),
    /// A link of a school of which this device has a key already: this one.
    Replacing(String, Box<Profile>),
    /// The codes on paper.
    PaperCodes(Box<Slots>),
    /// The schools that this device has keys of; the first is the one in use.
    Schools(Vec<Profile>),
    /// The key cannot be reached.
    Stopped(Trouble),
}

impl Phase {
    /// What becomes of this phase. May wait for the keychain and the network.
    #[must_use]
    pub fn step(self, input: Input, device: &Device) -> Self {
        match (self, input) {
            (_, Input::AddSchool) => Self::New(None, true),
            (phase, Input::Opened(link)) => phase.opened(link, device),
            (Self::Stopped(_), Input::Go(page @ (Page::Schools | Page::Restore))) => {
                begin::open(device).go(page, device)
            }
            (Self::Closed | Self::Stopped(_), _) | (_, Input::Open) => begin::open(device),
            (phase, Input::Go(page)) => phase.go(page, device),
            (_, Input::School(school)) => match device.choose_school(school) {
                Ok(()) => begin::open(device),
                Err(trouble) => Self::Stopped(trouble),
            },
            (Self::Changing(changing), Input::Back) => changing.back(device),
            (Self::Keys(keys), Input::Back) => keys.back(device),
            (Self::Replacing(text, _), Input::Replace) => begin::follow(text, true, device),
            (phase, Input::Back) => phase.back(device),
            (Self::New(_, others), Input::Link(text)) => begin::link(text, others, device),
            (Self::New(_, others), Input::Picture(picture)) => {
                begin::picture(picture, others, device)
            }
            (phase, Input::ChoosePin(one, other)) if one != other => phase.pins_differ(),
            (Self::Setup(setting_up), input) => setting_up.step(input, device),
            (Self::Enrol(machine, _), input) => enrolling(machine, input, device),
            (Self::Holder(machine), input) => holding(machine, input, device),
            (Self::Granting(machine, _), input) => granting(machine, input, device),
            (Self::Sessions(mut machine, _), input) => {
                let event = match input {
                    Input::Lock(unlock) => sessions::Event::Lock(unlock),
                    Input::Keep(unlock, pin) => sessions::Event::Keep(unlock, pin),
                    _ => sessions::Event::Look,
                };
                match run(device, machine.as_mut(), event) {
                    Ok(()) => Self::Sessions(machine, device.now()),
                    Err(trouble) => Self::Stopped(trouble),
                }
            }
            (Self::Holders(machine, _) | Self::Lost(machine, _), Input::Choose(chosen)) => {
                Changing::begin(machine, chosen, device.now())
            }
            (Self::Holders(machine, _), _) => holders(machine, device),
            (Self::Changing(changing), input) => changing.step(input, device),
            (Self::Code(codes), input) => codes.step(input, device),
            (Self::Recovering(machine, _), input) => kit::recovering(machine, input, device),
            (Self::TestingKit(machine, _), input) => kit::testing(machine, input, device),
            (Self::MakingKit(making), input) => making.step(input, device),
            (Self::Keys(keys), input) => keys.step(input, device),
            (Self::Restoring(machine), input) => restoring(machine, input, device),
            (
                phase @ (Self::About(_)
                | Self::Lost(..)
                | Self::Kit(_)
                | Self::Drill(_)
                | Self::Schools(_)
                | Self::Replacing(..)
                | Self::New(..)),
                _,
            ) => phase,
            (Self::PaperCodes(machine), input) => paper_codes(machine, input, device),
        }
    }

    /// The school that the app is with.
    pub fn profile(&self) -> Option<&Profile> {
        let identity = match self {
            Self::Enrol(machine, _) => machine.identity()?,
            Self::Holder(machine) => machine.identity(),
            Self::Granting(machine, _) => machine.identity(),
            Self::Sessions(machine, _) => machine.identity(),
            Self::Holders(machine, _) | Self::Lost(machine, _) | Self::About(machine) => {
                machine.identity()
            }
            Self::Changing(changing) => changing.identity(),
            Self::Code(codes) => codes.identity(),
            Self::Recovering(machine, _) => machine.identity(),
            Self::Kit(identity) | Self::Drill(identity) => identity,
            Self::TestingKit(machine, _) => machine.identity(),
            Self::MakingKit(making) => making.machine().identity(),
            Self::Keys(keys) => keys.identity(),
            Self::Restoring(machine) => machine.identity(),
            Self::Replacing(_, profile) => return Some(profile),
            Self::PaperCodes(machine) => machine.identity(),
            Self::Closed | Self::New(..) | Self::Setup(_) | Self::Schools(_) | Self::Stopped(_) => {
                return None;
            }
        };
        Some(&identity.profile)
    }

    /// What the server said last of a PIN, where one is asked for.
    pub(crate) fn pin_trouble(&self) -> Option<&Trouble> {
        let trouble = match self {
            Self::Holder(machine) => machine.trouble(),
            Self::Granting(machine, _) => machine.trouble(),
            Self::Sessions(machine, _) => machine.trouble(),
            Self::Changing(changing) => changing.trouble(),
            Self::Code(codes) => codes.trouble(),
            Self::Recovering(machine, _) => machine.trouble(),
            Self::MakingKit(making) => making.trouble(),
            Self::Keys(keys) => keys.trouble(),
            Self::Restoring(machine) => machine.trouble(),
            Self::PaperCodes(machine) => machine.trouble(),
            _ => None,
        };
        trouble.filter(|trouble| trouble.is_of_the_pin())
    }

    /// The device with a key, taken out of whatever it is doing.
    fn into_identity(self) -> Result<Identity, Self> {
        match self {
            Self::Holder(machine) => Ok(machine.into_identity()),
            Self::Granting(machine, _) => Ok(machine.into_identity()),
            Self::Sessions(machine, _) => Ok(machine.into_identity()),
            Self::Holders(machine, _) | Self::Lost(machine, _) | Self::About(machine) => {
                Ok(machine.into_identity())
            }
            Self::Changing(changing) => Ok(changing.into_identity()),
            Self::Code(codes) => Ok(codes.into_identity()),
            Self::Recovering(machine, _) => Ok(machine.into_identity()),
            Self::Kit(identity) | Self::Drill(identity) => Ok(*identity),
            Self::TestingKit(machine, _) => Ok(machine.into_identity()),
            Self::MakingKit(making) => Ok(making.into_identity()),
            Self::Keys(keys) => Ok(keys.into_identity()),
            Self::Restoring(machine) => Ok(machine.into_identity()),
            Self::PaperCodes(machine) => Ok(machine.into_identity()),
            other => Err(other),
        }
    }

    fn back(self, device: &Device) -> Self {
        let of_the_kit = matches!(
            self,
            Self::TestingKit(..) | Self::MakingKit(_) | Self::Drill(_)
        );
        match self.into_identity() {
            Ok(identity) if of_the_kit => Self::Kit(Box::new(identity)),
            Ok(identity) => begin::first_screen(identity),
            // Nothing is thrown away that was begun and not finished.
            Err(phase @ (Self::Setup(_) | Self::Enrol(..))) => phase,
            Err(_) => begin::open(device),
        }
    }

    fn go(self, page: Page, device: &Device) -> Self {
        if page == Page::Schools {
            return match device.schools() {
                Ok(schools) => Self::Schools(schools),
                Err(trouble) => Self::Stopped(trouble),
            };
        }
        let identity = match (self.into_identity(), page) {
            (Ok(identity), _) => identity,
            // A device that waits for a key can come back with sheets, and nothing else.
            (Err(Self::Enrol(machine, trouble)), Page::Recover) => {
                if machine.identity().is_none() {
                    return Self::Enrol(machine, trouble);
                }
                match machine.into_identity() {
                    Some(identity) => identity,
                    None => return begin::open(device),
                }
            }
            (Err(other), _) => return other,
        };
        match page {
            Page::Recover => kit::begin_recovery(identity, device),
            Page::Kit => Self::Kit(Box::new(identity)),
            Page::TestKit => kit::begin_test(identity, device),
            Page::NewKit => Self::MakingKit(Box::new(MakingKit::new(identity))),
            Page::Drill => Self::Drill(Box::new(identity)),
            Page::Keys => Keys::open(identity, device),
            Page::Restore => restoring(Box::new(AcceptRestore::new(identity)), Input::Look, device),
            Page::Lost => {
                let mut machine = Box::new(Devices::new(identity));
                match run(device, machine.as_mut(), devices::Event::Look) {
                    Ok(()) => Self::Lost(machine, device.now()),
                    Err(trouble) => Self::Stopped(trouble),
                }
            }
            Page::Grant => {
                let mut machine = Box::new(GrantKey::new(identity));
                match run(device, machine.as_mut(), grant::Event::Start) {
                    Ok(()) => Self::Granting(machine, None),
                    Err(trouble) => Self::Stopped(trouble),
                }
            }
            Page::Sessions => {
                let mut machine = Box::new(Sessions::new(identity));
                match run(device, machine.as_mut(), sessions::Event::Look) {
                    Ok(()) => Self::Sessions(machine, device.now()),
                    Err(trouble) => Self::Stopped(trouble),
                }
            }
            Page::Holders => holders(Box::new(Devices::new(identity)), device),
            Page::About => {
                let mut machine = Box::new(Devices::new(identity));
                match run(device, machine.as_mut(), devices::Event::Look) {
                    Ok(()) => Self::About(machine),
                    Err(trouble) => Self::Stopped(trouble),
                }
            }
            Page::Code => Codes::open(identity, device),
            Page::PaperCodes => paper_codes(Box::new(Slots::new(identity)), Input::Look, device),
            Page::Schools => Self::Holder(Box::new(ApproveUnlock::new(identity))),
        }
    }

    /// The same, with something to be said.
    fn pins_differ(self) -> Self {
        match self {
            Self::Setup(setting_up) => Self::Setup(setting_up.with(Trouble::PinsDiffer)),
            Self::Enrol(machine, _) => Self::Enrol(machine, Some(Trouble::PinsDiffer)),
            other => other,
        }
    }
}

fn enrolling(mut machine: Box<Enrol>, input: Input, device: &Device) -> Phase {
    let event = match input {
        Input::ChoosePin(pin, _) => enrol::Event::Pin(pin),
        _ => enrol::Event::Look,
    };
    if let Err(trouble) = run(device, machine.as_mut(), event) {
        return Phase::Enrol(machine, Some(trouble));
    }
    if let Some(trouble) = begin::needs_a_new_link(machine.trouble()) {
        return Phase::New(Some(trouble), begin::knows_a_school(device));
    }
    if !matches!(machine.state(), enrol::State::Ready { .. }) {
        return Phase::Enrol(machine, None);
    }
    match machine.into_identity() {
        Some(identity) => Phase::Holder(Box::new(ApproveUnlock::new(identity))),
        None => Phase::New(None, false),
    }
}

fn holding(mut machine: Box<ApproveUnlock>, input: Input, device: &Device) -> Phase {
    let event = match input {
        Input::Approve(number, pin) => approve::Event::Approve {
            number,
            pin,
            only: None,
        },
        Input::Refuse => approve::Event::Refuse,
        Input::Link(link) => approve::Event::Link(link),
        // The app looks by itself: whoever is answering is not disturbed.
        Input::Look if matches!(machine.state(), approve::State::Asking(_)) => {
            approve::Event::StillWaits
        }
        _ => approve::Event::Look,
    };
    let answers = matches!(event, approve::Event::Approve { .. });
    // Where a page of this device has opened the app, its browser goes on at the pinned address.
    let gone_on = run(device, machine.as_mut(), event).and_then(|()| match machine.return_url() {
        Some(url) if answers => device.browse(url),
        _ => Ok(()),
    });
    match gone_on {
        Ok(()) => Phase::Holder(machine),
        Err(trouble) => Phase::Stopped(trouble),
    }
}

fn granting(mut machine: Box<GrantKey>, input: Input, device: &Device) -> Phase {
    let event = match (input, machine.state()) {
        // Six words, or the link that the other screen shows: words have spaces between them.
        (Input::OtherWords(text), _) if text.trim().contains(char::is_whitespace) => {
            grant::Event::Words(text)
        }
        (Input::OtherWords(text), _) => grant::Event::Link(text),
        (Input::Picture(picture), grant::State::Choosing(_)) => {
            let squares = picture::squares(picture).map(|squares| {
                let mut squares = squares.into_iter();
                squares.find(|text| DevicePayload::from_link(text).is_ok())
            });
            match squares {
                Ok(Some(text)) => grant::Event::Link(text),
                Ok(None) => return Phase::Granting(machine, Some(Trouble::OtherSquare)),
                Err(trouble) => return Phase::Granting(machine, Some(trouble)),
            }
        }
        (Input::Give(given, pin), grant::State::Deciding { own, .. }) => {
            grant::Event::Decide(Box::new(given.within(own)), pin)
        }
        _ => return Phase::Granting(machine, None),
    };
    match run(device, machine.as_mut(), event) {
        Ok(()) => Phase::Granting(machine, None),
        Err(trouble) => Phase::Stopped(trouble),
    }
}

fn holders(mut machine: Box<Devices>, device: &Device) -> Phase {
    match run(device, machine.as_mut(), devices::Event::Look) {
        Ok(()) => Phase::Holders(machine, device.now()),
        Err(trouble) => Phase::Stopped(trouble),
    }
}

fn restoring(mut machine: Box<AcceptRestore>, input: Input, device: &Device) -> Phase {
    let event = match input {
        Input::Look | Input::Retry => restore::Event::Look,
        Input::Pin(pin) => restore::Event::Accept(pin),
        _ => return Phase::Restoring(machine),
    };
    match run(device, machine.as_mut(), event) {
        Ok(()) => Phase::Restoring(machine),
        Err(trouble) => Phase::Stopped(trouble),
    }
}

fn paper_codes(mut machine: Box<Slots>, input: Input, device: &Device) -> Phase {
    let event = match input {
        Input::MakePaperCodes(pin) => slots::Event::Make { pin, only: None },
        Input::ForgetPaperCodes => slots::Event::Forget,
        _ => slots::Event::Look,
    };
    if let Err(trouble) = run(device, machine.as_mut(), event) {
        return Phase::Stopped(trouble);
    }
    // What went wrong with a PIN is said beside it, and the number that is left stands above.
    Phase::PaperCodes(machine)
}

fn run<M: Machine>(device: &Device, machine: &mut M, event: M::Event) -> Result<(), Trouble> {
    device.with_driver(|driver| driver.run(machine, event))
}
