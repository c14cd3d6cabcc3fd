use authenticator::{StoreError, Trouble};

use crate::words::{common, stop as words};

/// Something that stops a person: what it is, what is safe, and the next step. Each in its own plain
/// sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stop {
    /// What happened, in a few words.
    pub heading: &'static str,
    /// What happened, in a sentence.
    pub what: String,
    /// What to do now.
    pub next: &'static str,
    /// What the button says.
    pub button: &'static str,
    /// The way out beside trying again.
    pub way_out: WayOut,
    /// Whether somebody may be trying something: the screen says so in its colour too.
    pub serious: bool,
    /// Whether the app tries again by itself.
    pub retries: bool,
}

/// A way out of what stops a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WayOut {
    /// None but to try again.
    No,
    /// A new key on this device.
    NewKey,
    /// To say that a backup was put back.
    Restored,
}

impl Stop {
    /// Of trouble that a screen cannot go on from.
    pub fn of(trouble: &Trouble) -> Self {
        // What happened is said by the trouble itself, unless the screen knows better.
        let plain = |[heading, next]: [&'static str; 2]| Self {
            heading,
            what: trouble.to_string(),
            next,
            button: common::TRY_AGAIN,
            way_out: WayOut::No,
            serious: false,
            retries: false,
        };
        let own = |[heading, what, next]: [&'static str; 3]| Self {
            what: what.to_owned(),
            ..plain([heading, next])
        };
        let serious = |next| Self {
            button: common::BACK,
            serious: true,
            what: words::without_stop(&trouble.to_string()),
            ..plain([words::STOP, next])
        };
        match trouble {
            Trouble::Store(StoreError::Missing) => own(words::NO_KEYCHAIN),
            Trouble::Store(StoreError::Locked) => own(words::LOCKED),
            Trouble::Store(StoreError::Failed(_)) => plain(words::KEYCHAIN_FAILED),
            Trouble::KeyGone => Self {
                way_out: WayOut::NewKey,
                ..plain(words::KEY_GONE)
            },
            Trouble::Profile(_) => plain(words::UNREADABLE),
            Trouble::WrongTime(_) => plain(words::WRONG_TIME),
            Trouble::Unreachable(_) => Self {
                retries: true,
                ..own(words::AWAY)
            },
            Trouble::Refused(problem) => match problem.slug() {
                "device-suspended" => own(words::SUSPENDED),
                "device-refused" => Self {
                    way_out: WayOut::NewKey,
                    ..plain(words::UNKNOWN)
                },
                "number-refused" | "unlock-not-waiting" => Self {
                    button: common::BACK,
                    ..plain(words::NOT_UNLOCKED)
                },
                _ => plain(words::REFUSED),
            },
            trouble if trouble.may_be_a_restore() => Self {
                way_out: WayOut::Restored,
                ..serious(words::PAST)
            },
            Trouble::Suspicious(_) | Trouble::BadRoll(_) | Trouble::BadChallenge(_) => {
                serious(words::SAFE)
            }
            Trouble::BadAnswer => plain(words::NONSENSE),
            _ => Self {
                button: common::BACK,
                ..plain(words::NOTHING)
            },
        }
    }
}

/// Whether this ends what a person was doing: nothing on the screen that they are at helps.
pub(crate) fn ends_it(trouble: &Trouble) -> bool {
    match trouble {
        Trouble::Suspicious(_) | Trouble::BadRoll(_) | Trouble::WrongTime(_) => true,
        Trouble::Refused(problem) => {
            ["device-suspended", "device-refused"].contains(&problem.slug())
        }
        _ => false,
    }
}
