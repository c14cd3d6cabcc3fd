//! What is drawn of a key's life after its first day: recovery, new sheets, changed keys, a restore.

use authenticator::contract::{OwnedDevice, Rotation};
use authenticator::{
    AcceptRestore, Recover, TestKit, Trouble, new_kit, recover, restore, rotate, test_kit,
};
use chrono::{DateTime, NaiveDate};
use domain::DeviceId;
use protocol::compartments::Compartment;
use protocol::roll::Capability;

use super::setting_up::interrupted;
use super::{View, stopped};
use crate::phase::{Chosen, Codes, Keys, MakingKit};
use crate::stop::ends_it;
use crate::words::{common, working};

/// What recovery sheets are given for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SheetsFor {
    /// To come back.
    Recovery,
    /// To try them out.
    Test,
}

/// Another device of the person who comes back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnDevice {
    /// It.
    pub device: DeviceId,
    /// What they call it.
    pub name: String,
    /// Whether it was reported lost, or is shut out for another reason.
    pub shut_out: bool,
}

/// A compartment's key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyRow {
    /// Which.
    pub compartment: Compartment,
    /// How many devices hold it.
    pub holders: usize,
    /// Whether this device may change it.
    pub may_change: bool,
}

/// A compartment's old key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OldKey {
    /// Of which compartment.
    pub compartment: Compartment,
    /// Which of its keys, counted from 1.
    pub generation: u32,
    /// How far it is.
    pub state: OldKeyState,
    /// Whether this device may destroy it.
    pub may_destroy: bool,
}

/// How far a change is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OldKeyState {
    /// Records are still sealed to the old key: so many, and of how many that the compartment has.
    Moving(u64, u64),
    /// None is; for so long, in words, a request may still be at work that began before.
    Settling(String),
    /// Nothing needs it.
    Unused,
}

/// What is gone, where a backup was put back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gone {
    /// How many lines the record of what was done had and has.
    pub log: (u64, u64),
    /// How many entries the list of key holders had and has, if it was put back too.
    pub roll: Option<(u64, u64)>,
    /// The six words of that list now.
    pub words: String,
    /// Whether this device may accept it.
    pub may_accept: bool,
    /// Whether it accepts for everybody.
    pub for_everybody: bool,
}

/// Something that is done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Done {
    /// Two sheets were tried out.
    SheetsWork {
        /// Which two.
        sheets: Vec<u8>,
        /// The day that the server noted.
        tested_on: String,
    },
    /// New sheets count.
    NewKit,
    /// A compartment has a new key.
    KeyChanged {
        /// Which.
        compartment: String,
        /// How many devices hold it.
        holders: usize,
    },
    /// An old key was destroyed.
    KeyDestroyed {
        /// Of which compartment.
        compartment: String,
    },
    /// A restore was accepted.
    RestoreAccepted {
        /// Whether for everybody.
        for_everybody: bool,
    },
    /// Nothing of what this device saw is gone.
    NothingGone,
}

fn text(trouble: Option<&Trouble>) -> Option<String> {
    trouble.map(super::said)
}

/// What cannot be gone on from takes the screen; everything else stands on it.
fn unless_ended(trouble: Option<&Trouble>, view: impl FnOnce(Option<String>) -> View) -> View {
    match trouble.filter(|trouble| ends_it(trouble)) {
        Some(trouble) => stopped(Some(trouble)),
        None => view(text(trouble)),
    }
}

pub(super) fn of_codes(codes: &Codes) -> View {
    unless_ended(codes.trouble(), |trouble| View::Code {
        code: codes.code().to_owned(),
        seconds_left: codes.seconds_left(),
        counts: codes.count(),
        trouble,
    })
}

pub(super) fn of_recovery(machine: &Recover, trouble: Option<&Trouble>) -> View {
    let trouble = trouble.or(machine.trouble());
    match machine.state() {
        recover::State::Idle => stopped(trouble),
        recover::State::Reading => View::Working {
            what: working::READING_ROLL,
        },
        recover::State::OtherServer => unless_ended(trouble, |_| View::OtherServer {
            origin: machine.identity().profile.origin.clone(),
        }),
        recover::State::Sheets { read } => unless_ended(trouble, |trouble| View::GiveSheets {
            purpose: SheetsFor::Recovery,
            read: read.clone(),
            trouble,
        }),
        recover::State::Fetching => View::Working {
            what: working::OPENING_SHEETS,
        },
        recover::State::Deciding { devices } => unless_ended(trouble, |trouble| View::TakeKeys {
            devices: devices.iter().map(OwnDevice::of).collect(),
            trouble,
        }),
        recover::State::Recovering => View::Working {
            what: working::TAKING_KEYS,
        },
        recover::State::Ready {
            new_kit_by,
            missing,
        } => View::Recovered {
            new_kit_by: DateTime::parse_from_rfc3339(new_kit_by)
                .ok()
                .map(|at| common::day(at.date_naive())),
            missing: missing.iter().map(ToString::to_string).collect(),
        },
    }
}

pub(super) fn of_test(machine: &TestKit, trouble: Option<&Trouble>) -> View {
    let trouble = trouble.or(machine.trouble());
    match machine.state() {
        test_kit::State::Idle => stopped(trouble),
        test_kit::State::Reading => View::Working {
            what: working::READING_ROLL,
        },
        test_kit::State::Sheets { read } => unless_ended(trouble, |trouble| View::GiveSheets {
            purpose: SheetsFor::Test,
            read: read.clone(),
            trouble,
        }),
        test_kit::State::Testing => View::Working {
            what: working::TRYING_SHEETS,
        },
        test_kit::State::Works { sheets, tested_on } => View::Done {
            done: Done::SheetsWork {
                sheets: sheets.clone(),
                tested_on: NaiveDate::parse_from_str(tested_on, "%Y-%m-%d")
                    .map_or_else(|_| tested_on.clone(), common::day),
            },
        },
    }
}

pub(super) fn of_new_kit(making: &MakingKit) -> View {
    let machine = making.machine();
    unless_ended(making.trouble(), |trouble| match machine.state() {
        new_kit::State::Idle => View::NewKit { trouble },
        new_kit::State::Making | new_kit::State::Finishing => View::Working {
            what: working::MAKING_SHEETS,
        },
        new_kit::State::Sheets { sheets, checked } => {
            match sheets.iter().zip(checked).find(|(_, done)| !**done) {
                Some((sheet, _)) => View::Sheet {
                    school_name: machine.identity().profile.school_name.clone(),
                    number: sheet.number(),
                    lines: sheet.lines().iter().map(|line| line.to_string()).collect(),
                    code: sheet.code().to_string(),
                    saved: making.saved().map(|path| path.display().to_string()),
                    renews: true,
                    trouble,
                },
                None => interrupted(trouble),
            }
        }
        new_kit::State::Ready => View::Done { done: Done::NewKit },
    })
}

pub(super) fn of_keys(keys: &Keys) -> View {
    // An old key is destroyed without the roll at hand: it is read again on the way back.
    let Some(roll) = keys.roll() else {
        return match (keys.chosen(), keys.trouble()) {
            (Chosen::Old(compartment, _), trouble) => destroying(compartment, trouble),
            (Chosen::Destroyed(compartment), _) => destroyed(compartment),
            (_, trouble) => stopped(trouble),
        };
    };
    let profile = &keys.identity().profile;
    let now = u64::try_from(keys.now()).unwrap_or_default();
    let own = roll.active(profile.device, now).map(|grant| &grant.rights);
    let may = |compartment: &Compartment| {
        own.is_some_and(|own| {
            own.capabilities.contains(&Capability::Rotate) && own.compartments.contains(compartment)
        })
    };
    let holders = |compartment| rotate::holders_of(roll, compartment, now).count();
    match keys.chosen() {
        Chosen::Nothing => unless_ended(keys.trouble(), |trouble| View::Keys {
            rows: roll
                .compartments()
                .keys()
                .map(|compartment| KeyRow {
                    compartment: compartment.clone(),
                    holders: holders(compartment),
                    may_change: may(compartment),
                })
                .collect(),
            old: keys
                .listed()
                .iter()
                .filter_map(|listed| OldKey::of(listed, keys.now(), &may))
                .collect(),
            trouble,
        }),
        Chosen::Key(compartment) => unless_ended(keys.trouble(), |trouble| View::ChangeKey {
            compartment: compartment.to_string(),
            holders: holders(compartment),
            trouble,
        }),
        Chosen::Changed(compartment, holders) => View::Done {
            done: Done::KeyChanged {
                compartment: compartment.to_string(),
                holders: *holders,
            },
        },
        Chosen::Old(compartment, _) => destroying(compartment, keys.trouble()),
        Chosen::Destroyed(compartment) => destroyed(compartment),
    }
}

fn destroying(compartment: &Compartment, trouble: Option<&Trouble>) -> View {
    unless_ended(trouble, |trouble| View::DestroyKey {
        compartment: compartment.to_string(),
        trouble,
    })
}

fn destroyed(compartment: &Compartment) -> View {
    View::Done {
        done: Done::KeyDestroyed {
            compartment: compartment.to_string(),
        },
    }
}

pub(super) fn of_restore(machine: &AcceptRestore) -> View {
    let trouble = machine.trouble();
    match machine.state() {
        restore::State::Idle => stopped(trouble),
        restore::State::Looking => View::Working {
            what: working::COMPARING,
        },
        restore::State::Nothing => View::Done {
            done: Done::NothingGone,
        },
        restore::State::Found(gone) => unless_ended(trouble, |trouble| View::Restore {
            gone: Gone::of(gone),
            trouble,
        }),
        restore::State::Accepting => View::Working {
            what: working::ACCEPTING,
        },
        restore::State::Accepted => View::Done {
            done: Done::RestoreAccepted {
                for_everybody: machine.gone().is_some_and(|gone| gone.for_everybody),
            },
        },
    }
}

impl OwnDevice {
    fn of(device: &OwnedDevice) -> Self {
        Self {
            device: device.id,
            name: device.name.clone(),
            shut_out: device.state == "suspended",
        }
    }
}

impl OldKey {
    /// Of what the server lists, if it is a compartment at all.
    fn of(listed: &Rotation, now: i64, may: &dyn Fn(&Compartment) -> bool) -> Option<Self> {
        let compartment: Compartment = listed.compartment.parse().ok()?;
        let from = DateTime::parse_from_rfc3339(&listed.may_retire_at)
            .map_or(now, |from| from.timestamp());
        let state = match listed.records_left {
            0 if from <= now => OldKeyState::Unused,
            0 => OldKeyState::Settling(common::span(from.saturating_sub(now))),
            left => OldKeyState::Moving(left.unsigned_abs(), listed.records.unsigned_abs()),
        };
        Some(Self {
            may_destroy: state == OldKeyState::Unused && may(&compartment),
            generation: listed.generation,
            compartment,
            state,
        })
    }
}

impl Gone {
    fn of(gone: &restore::Gone) -> Self {
        Self {
            log: gone.log,
            roll: gone.roll,
            words: gone.roll_words.clone(),
            may_accept: gone.may_accept,
            for_everybody: gone.for_everybody,
        }
    }
}
