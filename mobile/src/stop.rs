use authenticator::{StoreError, Trouble};

use crate::words;

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
        let plain = |heading, next| Self {
            heading,
            what: trouble.to_string(),
            next,
            button: "Try again",
            way_out: WayOut::No,
            serious: false,
            retries: false,
        };
        match trouble {
            Trouble::Store(StoreError::Missing) => Self {
                what: "Your key lives in this device’s keychain, and no keychain answers.".to_owned(),
                ..plain(
                    "No keychain on this device",
                    "On Linux, start GNOME Keyring or KDE Wallet and sign in again. Your key is not kept anywhere weaker.",
                )
            },
            Trouble::Store(StoreError::Locked) => Self {
                what: "The keychain that holds your key is locked. Your key is still in it.".to_owned(),
                ..plain("Your keychain is locked", "Unlock it, then try again.")
            },
            Trouble::Store(StoreError::Failed(_)) => plain(
                "The keychain did not answer",
                "Nothing was changed. Restart this device if it happens again.",
            ),
            Trouble::KeyGone => Self {
                way_out: WayOut::NewKey,
                ..plain(
                    "This device has lost its key",
                    "No record is lost. Make a new key here, and let another key holder grant it. Nobody else? Use two of your recovery sheets.",
                )
            },
            Trouble::Profile(_) => plain(
                "Something on this device cannot be read",
                "Your key is still in the keychain. Check that the disk is not full, then try again.",
            ),
            Trouble::WrongTime(_) => plain(
                "This device’s clock is wrong",
                "The school refuses a device whose clock is off, because old messages could be played again.",
            ),
            Trouble::Unreachable(_) => Self {
                retries: true,
                what: "Safehold does not answer from here. Nothing was changed.".to_owned(),
                ..plain(
                    "No connection to your school",
                    "Check that this device is online. The app goes on trying by itself.",
                )
            },
            Trouble::Refused(problem) => match problem.slug() {
                "device-suspended" => Self {
                    what: "This device opens nothing for now: its PIN was wrong five times, or somebody reported it lost.".to_owned(),
                    ..plain(
                        "This device is suspended",
                        "Ask another key holder to look at it. If you did not do this yourself, tell them so.",
                    )
                },
                "device-refused" => Self {
                    way_out: WayOut::NewKey,
                    ..plain(
                        "Your school does not know this device",
                        "If you did not expect this, ask another key holder. Make a new key here if they agree.",
                    )
                },
                "number-refused" | "unlock-not-waiting" => Self {
                    button: "Back",
                    ..plain("Not unlocked", "Nothing was opened.")
                },
                _ => plain("That was refused", "Nothing was changed."),
            },
            trouble if trouble.may_be_a_restore() => Self {
                button: "Back",
                serious: true,
                way_out: WayOut::Restored,
                what: words::common::capital(trouble.to_string().trim_start_matches("Stop: ")),
                ..plain("Stop", words::stop::PAST)
            },
            Trouble::Suspicious(_) | Trouble::BadRoll(_) | Trouble::BadChallenge(_) => Self {
                button: "Back",
                serious: true,
                // The heading says "Stop" already.
                what: words::common::capital(trouble.to_string().trim_start_matches("Stop: ")),
                ..plain("Stop", "Your key did not leave this device, and nothing was opened.")
            },
            Trouble::BadAnswer => plain(
                "That answer makes no sense",
                "Nothing was changed. Update the app, then try again.",
            ),
            _ => Self {
                button: "Back",
                ..plain("That came to nothing", "Nothing was changed.")
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
