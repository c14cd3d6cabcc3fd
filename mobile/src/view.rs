use authenticator::approve::Question;
use authenticator::{approve, enrol, grant, setup};

use protocol::compartments::Compartment;
use protocol::roll::Capability;

use crate::phase::Phase;

/// What is drawn: one variant for each state that a person can be in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum View {
    /// The app has just been opened.
    Opening,
    /// No device yet.
    Welcome {
        /// Why the last try failed.
        trouble: Option<String>,
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
        /// To be pasted instead.
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
    /// An approval came to nothing.
    Failed {
        /// Why.
        trouble: String,
    },
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
    /// The key cannot be reached.
    Stopped {
        /// Why.
        trouble: String,
    },
}

impl View {
    /// What is drawn of a phase.
    pub fn of(phase: &Phase) -> Self {
        match phase {
            Phase::Closed => Self::Opening,
            Phase::New(trouble) => Self::Welcome {
                trouble: trouble.as_ref().map(ToString::to_string),
            },
            Phase::Setup(machine, trouble) => {
                let trouble = trouble.as_ref().or(machine.trouble());
                of_setup(machine.state(), trouble.map(ToString::to_string))
            }
            Phase::Enrol(machine, trouble) => {
                let trouble = trouble.as_ref().or(machine.trouble());
                of_enrolment(machine.state(), trouble.map(ToString::to_string))
            }
            Phase::Holder(machine) => {
                let trouble = machine.trouble().map(ToString::to_string);
                of_approval(machine.state(), trouble)
            }
            Phase::Granting(machine) => {
                let trouble = machine.trouble().map(ToString::to_string);
                of_grant(machine.state(), trouble)
            }
            Phase::Stopped(trouble) => Self::Stopped {
                trouble: trouble.to_string(),
            },
        }
    }

    /// Whether the app looks by itself from time to time.
    pub const fn looks_by_itself(&self) -> bool {
        matches!(self, Self::Waiting { .. } | Self::Ready | Self::Nothing)
    }
}

fn of_setup(state: &setup::State, trouble: Option<String>) -> View {
    match state {
        setup::State::Welcome => View::Welcome { trouble },
        setup::State::ChoosingPin { origin } => View::ChoosePin {
            origin: origin.clone(),
            trouble,
        },
        setup::State::Sheets {
            school_name,
            sheets,
            checked,
        } => match (1u8..).zip(sheets).zip(checked).find(|(_, done)| !**done) {
            Some(((number, sheet), _)) => View::Sheet {
                school_name: school_name.clone(),
                number,
                lines: sheet.lines().iter().map(|line| line.to_string()).collect(),
                trouble,
            },
            None => interrupted(trouble),
        },
        setup::State::Beginning | setup::State::Finishing => interrupted(trouble),
        setup::State::Ready(_) => View::Ready,
    }
}

fn interrupted(trouble: Option<String>) -> View {
    match trouble {
        Some(trouble) => View::SetupInterrupted { trouble },
        None => View::Working {
            what: "Making your school's keys…",
        },
    }
}

fn of_enrolment(state: &enrol::State, trouble: Option<String>) -> View {
    match state {
        enrol::State::Welcome => View::Welcome { trouble },
        enrol::State::ChoosingPin { origin } => View::ChoosePin {
            origin: origin.clone(),
            trouble,
        },
        enrol::State::Registering => View::Working {
            what: "Making your key…",
        },
        enrol::State::Waiting {
            school_name,
            words,
            payload,
        } => View::Waiting {
            school_name: school_name.clone(),
            words: words.list().map(str::to_owned).to_vec(),
            payload: payload.clone(),
            trouble,
        },
        enrol::State::Looking => View::Working { what: "Looking…" },
        enrol::State::Ready { .. } => View::Ready,
    }
}

fn of_approval(state: &approve::State, trouble: Option<String>) -> View {
    match state {
        approve::State::Idle => View::Ready,
        approve::State::Looking => View::Working { what: "Looking…" },
        approve::State::Nothing => View::Nothing,
        approve::State::Asking(question) => View::Asking {
            question: Box::new(question.clone()),
            trouble,
        },
        approve::State::Claiming | approve::State::Approving => View::Working {
            what: "Unlocking…",
        },
        approve::State::Approved => View::Approved,
        approve::State::Refusing => View::Working {
            what: "Saying no…"
        },
        approve::State::Refused => View::Refused,
        approve::State::Failed => View::Failed {
            trouble: trouble.unwrap_or_else(|| "That came to nothing.".to_owned()),
        },
    }
}

fn of_grant(state: &grant::State, trouble: Option<String>) -> View {
    match state {
        grant::State::Idle | grant::State::Reading | grant::State::Granting => View::Working {
            what: "Giving the key…",
        },
        grant::State::Choosing(_) => View::OtherWords { trouble },
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
            trouble,
        },
        grant::State::Granted {
            member_name,
            waiting,
        } => View::Granted {
            member_name: member_name.clone(),
            waiting: waiting.iter().map(ToString::to_string).collect(),
        },
        grant::State::Failed => View::Failed {
            trouble: trouble.unwrap_or_else(|| "That came to nothing.".to_owned()),
        },
    }
}
