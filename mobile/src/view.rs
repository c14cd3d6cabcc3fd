//! What is drawn of a phase.

mod choices;
mod life;
mod rows;
mod setting_up;

use authenticator::approve::Question;
use authenticator::{StoreError, Trouble, approve, grant};

pub use choices::Choices;
pub use life::{Done, Gone, KeyRow, OldKey, OldKeyState, OwnDevice, SheetsFor};
pub use rows::{About, HolderRow, Known, SchoolRow, SessionRow, Standing, Taken};

use crate::phase::Phase;
use crate::screens::PaperCodes;
use crate::stop::Stop;
use crate::words::{self, working};

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
        /// Whether it is to take the place of an older one, which counts until then.
        renews: bool,
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
        /// To be scanned, opened or pasted instead.
        link: String,
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
    /// Another of the owner's devices has answered, or the time is over.
    Elsewhere,
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
        /// What can be given.
        choices: Box<Choices>,
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
        /// What it has, to be narrowed.
        choices: Box<Choices>,
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
        /// If it was taken away: what is left to do.
        taken: Option<Taken>,
    },
    /// The owner's other devices, one of which is lost.
    Lost {
        /// Each of them.
        rows: Vec<HolderRow>,
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
        /// Whether the server was told to let it count.
        counts: bool,
        /// Why letting it count failed.
        trouble: Option<String>,
    },
    /// The server is not the one that the list of key holders names.
    OtherServer {
        /// Where it is.
        origin: String,
    },
    /// Recovery sheets are to be given.
    GiveSheets {
        /// What for.
        purpose: SheetsFor,
        /// The numbers of those that are there.
        read: Vec<u8>,
        /// Why the last try failed.
        trouble: Option<String>,
    },
    /// The sheets fit; what becomes of the owner's other devices is asked.
    TakeKeys {
        /// Those that hold keys still.
        devices: Vec<OwnDevice>,
        /// Why the last try failed.
        trouble: Option<String>,
    },
    /// The keys are here again.
    Recovered {
        /// Until when new sheets are to be printed.
        new_kit_by: Option<String>,
        /// What the sheets no longer opened.
        missing: Vec<String>,
    },
    /// What can be done with recovery sheets.
    Kit,
    /// How a restore is practised.
    Drill,
    /// New sheets are about to be made.
    NewKit {
        /// Why the last try failed.
        trouble: Option<String>,
    },
    /// The compartments' keys.
    Keys {
        /// Each of them.
        rows: Vec<KeyRow>,
        /// The old ones that are still in use.
        old: Vec<OldKey>,
        /// Why looking failed.
        trouble: Option<String>,
    },
    /// A compartment's key is about to be changed.
    ChangeKey {
        /// Which.
        compartment: String,
        /// How many devices get the new one.
        holders: usize,
        /// Why the last try failed.
        trouble: Option<String>,
    },
    /// An old key is about to be destroyed.
    DestroyKey {
        /// Of which compartment.
        compartment: String,
        /// Why the last try failed.
        trouble: Option<String>,
    },
    /// A backup was put back: what is gone.
    Restore {
        /// It.
        gone: Gone,
        /// Why the last try failed.
        trouble: Option<String>,
    },
    /// A link of a school of which this device has a key already.
    Replace {
        /// The school.
        school_name: String,
    },
    /// Something is done.
    Done {
        /// What.
        done: Done,
    },
    /// The codes on paper.
    PaperCodes {
        /// How they stand.
        state: PaperCodes,
        /// Why the last try failed.
        trouble: Option<String>,
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
                trouble: trouble.as_ref().map(said),
                others: *others,
            },
            Phase::Setup(setting_up) => setting_up::of_setup(setting_up),
            Phase::Enrol(machine, trouble) => {
                let trouble = trouble.as_ref().or(machine.trouble());
                setting_up::of_enrolment(machine.state(), trouble)
            }
            Phase::Holder(machine) => of_approval(machine.state(), machine.trouble()),
            Phase::Granting(machine, trouble) => {
                of_grant(machine.state(), trouble.as_ref().or(machine.trouble()))
            }
            Phase::Sessions(machine, now) => match (machine.open(), machine.trouble()) {
                (Some(open), trouble) => Self::Sessions {
                    rows: rows::of_sessions(open, *now),
                    trouble: trouble.map(said),
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
            Phase::Code(codes) => life::of_codes(codes),
            Phase::Lost(machine, now) => match (machine.roll(), machine.trouble()) {
                (Some(roll), None) => Self::Lost {
                    rows: rows::of_own_others(machine, roll, *now),
                },
                (_, trouble) => stopped(trouble),
            },
            Phase::Recovering(machine, trouble) => life::of_recovery(machine, trouble.as_ref()),
            Phase::Kit(_) => Self::Kit,
            Phase::Drill(_) => Self::Drill,
            Phase::TestingKit(machine, trouble) => life::of_test(machine, trouble.as_ref()),
            Phase::MakingKit(making) => life::of_new_kit(making),
            Phase::Keys(keys) => life::of_keys(keys),
            Phase::Restoring(machine) => life::of_restore(machine),
            Phase::Replacing(_, profile) => Self::Replace {
                school_name: profile.school_name.clone(),
            },
            Phase::PaperCodes(machine) => match machine.trouble() {
                Some(trouble) if !matches!(trouble, Trouble::Refused(_)) => stopped(Some(trouble)),
                trouble => Self::PaperCodes {
                    state: PaperCodes::of(machine),
                    trouble: trouble.map(said),
                },
            },
            Phase::Schools(profiles) => Self::Schools {
                rows: profiles.iter().map(SchoolRow::of).collect(),
            },
            Phase::Stopped(trouble) => stopped(Some(trouble)),
        }
    }

    /// Whether a link that opens the app may take this screen's place: nothing was begun on it, and nothing is
    /// being answered. A link must never change the question under somebody's finger.
    pub const fn gives_way(&self) -> bool {
        !matches!(
            self,
            Self::Asking { .. }
                | Self::OtherWords { .. }
                | Self::Deciding { .. }
                | Self::Holder { .. }
                | Self::OtherServer { .. }
                | Self::GiveSheets { .. }
                | Self::TakeKeys { .. }
                | Self::NewKit { .. }
                | Self::Sheet { .. }
                | Self::ChangeKey { .. }
                | Self::DestroyKey { .. }
                | Self::Restore { .. }
                | Self::Replace { .. }
                | Self::PaperCodes { .. }
                | Self::Working { .. }
        )
    }

    /// Whether the app looks by itself from time to time.
    pub fn looks_by_itself(&self) -> bool {
        match self {
            Self::Waiting { .. }
            | Self::Ready
            | Self::Nothing
            | Self::Asking { .. }
            | Self::Elsewhere
            | Self::Code { .. } => true,
            Self::Keys { old, .. } => !old.is_empty(),
            Self::Stopped { stop } => stop.retries,
            _ => false,
        }
    }
}

/// What went wrong, beside what a person did. The terminal authenticator's way out of a missing keychain is
/// not the app's.
fn said(trouble: &Trouble) -> String {
    match trouble {
        Trouble::Store(StoreError::Missing) => words::stop::no_keychain(),
        trouble => trouble.to_string(),
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
        approve::State::Looking => View::Working {
            what: working::LOOKING,
        },
        approve::State::Nothing => View::Nothing,
        approve::State::Asking(question) => View::Asking {
            question: Box::new(question.clone()),
            trouble: trouble.map(said),
        },
        approve::State::Claiming | approve::State::Approving => View::Working {
            what: working::UNLOCKING,
        },
        approve::State::Approved => View::Approved,
        approve::State::Refusing => View::Working {
            what: working::REFUSING,
        },
        approve::State::Refused => View::Refused,
        approve::State::Elsewhere => View::Elsewhere,
        approve::State::Failed => stopped(trouble),
    }
}

fn of_grant(state: &grant::State, trouble: Option<&Trouble>) -> View {
    let text = || trouble.map(said);
    match state {
        grant::State::Idle | grant::State::Reading | grant::State::Granting => View::Working {
            what: working::GIVING,
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
            choices: Box::new(Choices::of(own, choices)),
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
