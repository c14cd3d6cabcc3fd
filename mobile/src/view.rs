//! What is drawn of a phase.

mod rows;
mod setting_up;

use authenticator::approve::Question;
use authenticator::{Trouble, approve, grant};
use protocol::compartments::Compartment;
use protocol::roll::Capability;

pub use rows::{About, HolderRow, Known, SchoolRow, SessionRow, Standing};

use crate::phase::Phase;
use crate::stop::Stop;

/// What is drawn: one variant for each state that a person can be in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum View {
    /// The app has just been opened.
    Opening,
    /// A link is wanted.
    Welcome {
        /// Why the last try failed.
        trouble: Option<String>,
        /// Whether there is a school to go back to.
        others: bool,
    },
    /// A PIN is to be chosen.
    ChoosePin {
        /// The server, as the link names it.
        origin: String,
        /// Why the last try failed.
        trouble: Option<String>,
    },
    /// Keys are being made, or the server is being asked.
    Working {
        /// What is happening.
        what: &'static str,
    },
    /// A recovery sheet is to be printed or copied, and checked.
    Sheet {
        /// The school.
        school_name: String,
        /// 1 to 3.
        number: u8,
        /// As printed.
        lines: Vec<String>,
        /// What its square holds.
        code: String,
        /// Where it was saved to be printed.
        saved: Option<String>,
        /// Why the last try failed.
        trouble: Option<String>,
    },
    /// The last step of setup failed and can be tried again.
    SetupInterrupted {
        /// Why.
        trouble: String,
    },
    /// Enrolled, and waits for a key.
    Waiting {
        /// The school.
        school_name: String,
        /// To be read out.
        words: Vec<String>,
        /// To be scanned or pasted instead.
        payload: String,
        /// Why looking failed.
        trouble: Option<String>,
    },
    /// A device with a key, just opened or just made.
    Ready,
    /// No browser waits.
    Nothing,
    /// Is this you?
    Asking {
        /// Who, where, what.
        question: Box<Question>,
        /// Why the last try failed.
        trouble: Option<String>,
    },
    /// A browser was unlocked.
    Approved,
    /// "Not me" was said.
    Refused,
    /// The six words of another device are asked for.
    OtherWords {
        /// Why the last try failed.
        trouble: Option<String>,
    },
    /// What the other device may open is chosen.
    Deciding {
        /// Whose it is.
        member_name: String,
        /// Its words.
        words: String,
        /// The compartments that can be given.
        compartments: Vec<Compartment>,
        /// The year groups to choose from.
        years: Vec<String>,
        /// Whether the right to give keys can be given.
        can_hand_on: bool,
        /// Why the last try failed.
        trouble: Option<String>,
    },
    /// A key was given.
    Granted {
        /// To whom.
        member_name: String,
        /// Which compartments wait for a second key holder.
        waiting: Vec<String>,
    },
    /// The browsers that are unlocked.
    Sessions {
        /// Each of them.
        rows: Vec<SessionRow>,
        /// Why locking one failed.
        trouble: Option<String>,
    },
    /// Who holds keys.
    Holders {
        /// Each device.
        rows: Vec<HolderRow>,
        /// The six words of the list.
        words: String,
    },
    /// One key, to be narrowed, confirmed or taken away.
    Holder {
        /// It.
        row: Box<HolderRow>,
        /// What it opens, to be unticked.
        compartments: Vec<Compartment>,
        /// Year groups that it can be narrowed to.
        years: Vec<String>,
        /// Whether it may give keys on.
        hands_on: bool,
        /// Whether this device may narrow it.
        may_restrict: bool,
        /// Whether this device may take it away.
        may_revoke: bool,
        /// Whether this device may confirm what waits.
        may_confirm: bool,
        /// Why the last try failed.
        trouble: Option<String>,
    },
    /// A key was changed.
    Changed {
        /// Whose.
        member_name: String,
    },
    /// What this device is and saw.
    About {
        /// All of it.
        about: Box<About>,
    },
    /// The offline code.
    Code {
        /// Eight digits.
        code: String,
        /// For how long it is good.
        seconds_left: u64,
    },
    /// The schools on this device.
    Schools {
        /// Each of them; the first is the one in use.
        rows: Vec<SchoolRow>,
    },
    /// Nobody can go on from here without doing something first.
    Stopped {
        /// What, and the next step.
        stop: Box<Stop>,
    },
}

impl View {
    /// What is drawn of a phase.
    pub fn of(phase: &Phase) -> Self {
        match phase {
            Phase::Closed => Self::Opening,
            Phase::New(trouble, others) => Self::Welcome {
                trouble: trouble.as_ref().map(ToString::to_string),
                others: *others,
            },
            Phase::Setup(setting_up) => setting_up::of_setup(setting_up),
            Phase::Enrol(machine, trouble) => {
                let trouble = trouble.as_ref().or(machine.trouble());
                setting_up::of_enrolment(machine.state(), trouble)
            }
            Phase::Holder(machine) => of_approval(machine.state(), machine.trouble()),
            Phase::Granting(machine) => of_grant(machine.state(), machine.trouble()),
            Phase::Sessions(machine, now) => match (machine.open(), machine.trouble()) {
                (Some(open), trouble) => Self::Sessions {
                    rows: rows::of_sessions(open, *now),
                    trouble: trouble.map(ToString::to_string),
                },
                (None, trouble) => stopped(trouble),
            },
            Phase::Holders(machine, now) => match (machine.roll(), machine.trouble()) {
                (Some(roll), None) => Self::Holders {
                    rows: rows::of_holders(machine, roll, *now),
                    words: roll.words().to_string(),
                },
                (_, trouble) => stopped(trouble),
            },
            Phase::Changing(changing) => rows::of_changing(changing),
            Phase::About(machine) => match (machine.roll(), machine.trouble()) {
                (Some(roll), None) => Self::About {
                    about: Box::new(About::of(machine.identity(), roll)),
                },
                (_, trouble) => stopped(trouble),
            },
            Phase::Code(_, code, seconds_left) => Self::Code {
                code: code.clone(),
                seconds_left: *seconds_left,
            },
            Phase::Schools(profiles) => Self::Schools {
                rows: profiles.iter().map(SchoolRow::of).collect(),
            },
            Phase::Stopped(trouble) => stopped(Some(trouble)),
        }
    }

    /// Whether the app looks by itself from time to time.
    pub fn looks_by_itself(&self) -> bool {
        match self {
            Self::Waiting { .. } | Self::Ready | Self::Nothing | Self::Code { .. } => true,
            Self::Stopped { stop } => stop.retries,
            _ => false,
        }
    }
}

fn stopped(trouble: Option<&Trouble>) -> View {
    View::Stopped {
        stop: Box::new(Stop::of(trouble.unwrap_or(&Trouble::NotNow))),
    }
}

fn of_approval(state: &approve::State, trouble: Option<&Trouble>) -> View {
    match state {
        approve::State::Idle => View::Ready,
        approve::State::Looking => View::Working { what: "Looking…" },
        approve::State::Nothing => View::Nothing,
        approve::State::Asking(question) => View::Asking {
            question: Box::new(question.clone()),
            trouble: trouble.map(ToString::to_string),
        },
        approve::State::Claiming | approve::State::Approving => View::Working {
            what: "Unlocking…",
        },
        approve::State::Approved => View::Approved,
        approve::State::Refusing => View::Working {
            what: "Saying no…"
        },
        approve::State::Refused => View::Refused,
        approve::State::Failed => stopped(trouble),
    }
}

fn of_grant(state: &grant::State, trouble: Option<&Trouble>) -> View {
    let text = || trouble.map(ToString::to_string);
    match state {
        grant::State::Idle | grant::State::Reading | grant::State::Granting => View::Working {
            what: "Giving the key…",
        },
        grant::State::Choosing(_) => View::OtherWords { trouble: text() },
        grant::State::Deciding {
            device,
            words,
            own,
            choices,
        } => View::Deciding {
            member_name: device.member_name.clone(),
            words: words.to_string(),
            compartments: own.compartments.iter().cloned().collect(),
            years: match &own.years {
                Some(years) => years.iter().cloned().collect(),
                None => choices.years.clone(),
            },
            can_hand_on: own.capabilities.contains(&Capability::Grant),
            trouble: text(),
        },
        grant::State::Granted {
            member_name,
            waiting,
        } => View::Granted {
            member_name: member_name.clone(),
            waiting: waiting.iter().map(ToString::to_string).collect(),
        },
        grant::State::Failed => stopped(trouble),
    }
}
