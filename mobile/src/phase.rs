use std::collections::BTreeSet;

use authenticator::{
    ApproveUnlock, Enrol, GrantKey, Machine, Setup, Trouble, approve, enrol, grant, setup,
};
use protocol::compartments::Compartment;
use protocol::links::{Link, Purpose};
use protocol::roll::{Capability, Rights, StoreKind};
use zeroize::Zeroizing;

use crate::device::Device;

/// What a person did.
#[derive(Debug)]
pub enum Input {
    /// Opened the app, or asked to try again from the beginning.
    Open,
    /// Pasted a link.
    Link(String),
    /// Chose a PIN, typed twice.
    ChoosePin(Zeroizing<String>, Zeroizing<String>),
    /// Typed the last four characters of a sheet.
    LastFour(u8, String),
    /// Asked to look again: for a grant, or for a browser.
    Look,
    /// "Yes, it is me": number and PIN.
    Approve(String, Zeroizing<String>),
    /// "Not me."
    Refuse,
    /// Tried again what had failed.
    Retry,
    /// Began to give a key to another device.
    StartGrant,
    /// Typed the six words of the other screen.
    OtherWords(String),
    /// Chose what the other device may open, and typed the PIN.
    Give(Given, Zeroizing<String>),
    /// Went back to the first screen of a device with a key.
    Back,
}

/// What another device is to open. The limits of the one who gives are handed on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Given {
    /// Which compartments.
    pub compartments: BTreeSet<Compartment>,
    /// Only these year groups; `None` for those of the one who gives.
    pub years: Option<BTreeSet<String>>,
    /// Whether it may itself give keys, narrow them and take them away.
    pub may_grant: bool,
}

impl Given {
    fn rights(self, own: &Rights) -> Rights {
        const GRANTING: [Capability; 3] =
            [Capability::Grant, Capability::Restrict, Capability::Revoke];
        Rights {
            compartments: self.compartments,
            capabilities: GRANTING
                .into_iter()
                .filter(|one| self.may_grant && own.capabilities.contains(one))
                .collect(),
            years: self.years.or_else(|| own.years.clone()),
            ..own.clone()
        }
    }
}

/// Which machine is at work.
#[derive(Debug)]
pub enum Phase {
    /// Not opened yet.
    Closed,
    /// No device yet, and perhaps why the last try failed.
    New(Option<Trouble>),
    /// The first device of a school.
    Setup(Box<Setup>, Option<Trouble>),
    /// A further device.
    Enrol(Box<Enrol>, Option<Trouble>),
    /// A device with a key.
    Holder(Box<ApproveUnlock>),
    /// A device with a key that gives one to another device.
    Granting(Box<GrantKey>),
    /// The key cannot be reached.
    Stopped(Trouble),
}

impl Phase {
    /// What becomes of this phase. May wait for the keychain and the network.
    #[must_use]
    pub fn step(self, input: Input, device: &Device) -> Self {
        match (self, input) {
            (Self::Closed | Self::Stopped(_), _) | (_, Input::Open) => open(device),
            (Self::New(_), Input::Link(text)) => begin(text, device),
            (phase, Input::ChoosePin(one, other)) if one != other => phase.with_trouble(None),
            (Self::Setup(mut machine, _), input) => {
                let event = match input {
                    Input::ChoosePin(pin, _) => setup::Event::Pin(pin),
                    Input::LastFour(number, typed) => setup::Event::LastFour(number, typed),
                    Input::Link(text) => return begin(text, device),
                    _ => setup::Event::Retry,
                };
                if let Err(trouble) = run(device, machine.as_mut(), event) {
                    return Self::Setup(machine, Some(trouble));
                }
                let all_checked = matches!(
                    machine.state(),
                    setup::State::Sheets {
                        checked: [true, true, true],
                        ..
                    }
                );
                if all_checked
                    && machine.trouble().is_none()
                    && let Err(trouble) = run(device, machine.as_mut(), setup::Event::Finish)
                {
                    return Self::Setup(machine, Some(trouble));
                }
                Self::Setup(machine, None).settle()
            }
            (Self::Enrol(mut machine, _), input) => {
                let event = match input {
                    Input::ChoosePin(pin, _) => enrol::Event::Pin(pin),
                    Input::Link(text) => return begin(text, device),
                    _ => enrol::Event::Look,
                };
                match run(device, machine.as_mut(), event) {
                    Ok(()) => Self::Enrol(machine, None).settle(),
                    Err(trouble) => Self::Enrol(machine, Some(trouble)),
                }
            }
            (Self::Holder(machine), Input::StartGrant) => {
                let mut machine = Box::new(GrantKey::new(machine.into_identity()));
                match run(device, machine.as_mut(), grant::Event::Start) {
                    Ok(()) => Self::Granting(machine),
                    Err(trouble) => Self::Stopped(trouble),
                }
            }
            (Self::Holder(machine), Input::Back) => Self::Holder(machine),
            (Self::Granting(machine), Input::Back) => {
                Self::Holder(Box::new(ApproveUnlock::new(machine.into_identity())))
            }
            (Self::Granting(mut machine), input) => {
                let event = match (input, machine.state()) {
                    (Input::OtherWords(words), _) => grant::Event::Words(words),
                    (Input::Give(given, pin), grant::State::Deciding { own, .. }) => {
                        grant::Event::Decide(Box::new(given.rights(own)), pin)
                    }
                    _ => return Self::Granting(machine),
                };
                match run(device, machine.as_mut(), event) {
                    Ok(()) => Self::Granting(machine),
                    Err(trouble) => Self::Stopped(trouble),
                }
            }
            (Self::Holder(mut machine), input) => {
                let event = match input {
                    Input::Approve(number, pin) => approve::Event::Approve {
                        number,
                        pin,
                        only: None,
                    },
                    Input::Refuse => approve::Event::Refuse,
                    _ => approve::Event::Look,
                };
                match run(device, machine.as_mut(), event) {
                    Ok(()) => Self::Holder(machine),
                    Err(trouble) => Self::Stopped(trouble),
                }
            }
            (Self::New(trouble), _) => Self::New(trouble),
        }
    }

    /// The same, with something to be said. `None` is that two PINs differ.
    fn with_trouble(self, trouble: Option<Trouble>) -> Self {
        let trouble = trouble.unwrap_or(Trouble::PinsDiffer);
        match self {
            Self::Setup(machine, _) => Self::Setup(machine, Some(trouble)),
            Self::Enrol(machine, _) => Self::Enrol(machine, Some(trouble)),
            other => other,
        }
    }

    /// Goes on by itself where nobody need say anything.
    fn settle(self) -> Self {
        match self {
            Self::Setup(machine, _) if matches!(machine.state(), setup::State::Ready(_)) => {
                match machine.into_identity() {
                    Some(identity) => Self::Holder(Box::new(ApproveUnlock::new(identity))),
                    None => Self::New(None),
                }
            }
            Self::Enrol(machine, _) if matches!(machine.state(), enrol::State::Ready { .. }) => {
                match machine.into_identity() {
                    Some(identity) => Self::Holder(Box::new(ApproveUnlock::new(identity))),
                    None => Self::New(None),
                }
            }
            other => other,
        }
    }
}

fn run<M: Machine>(device: &Device, machine: &mut M, event: M::Event) -> Result<(), Trouble> {
    device.with_driver(|driver| driver.run(machine, event))
}

fn open(device: &Device) -> Phase {
    match device.identity() {
        Ok(None) => Phase::New(None),
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

fn begin(text: String, device: &Device) -> Phase {
    let Ok(link) = Link::from_url(&text) else {
        return Phase::New(Some(Trouble::BadLink));
    };
    let kind = match device.with_driver(|driver| driver.keys.kind()) {
        Ok(kind) => kind,
        // Without a place for the key nothing is begun.
        Err(trouble) => return Phase::New(Some(trouble)),
    };
    let begun = match link.purpose {
        Purpose::Setup => begin_setup(text, kind, device),
        Purpose::Enrol(_) => begin_enrolment(text, kind, device),
    };
    begun.unwrap_or_else(|trouble| Phase::New(Some(trouble)))
}

fn begin_setup(text: String, kind: StoreKind, device: &Device) -> Result<Phase, Trouble> {
    let mut machine = Setup::new(device.name(), kind);
    run(device, &mut machine, setup::Event::Link(text))?;
    Ok(Phase::Setup(Box::new(machine), None))
}

fn begin_enrolment(text: String, kind: StoreKind, device: &Device) -> Result<Phase, Trouble> {
    let mut machine = Enrol::new(device.name(), kind);
    run(device, &mut machine, enrol::Event::Link(text))?;
    Ok(Phase::Enrol(Box::new(machine), None))
}
