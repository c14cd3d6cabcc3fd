use authenticator::{StoreError, Trouble};

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
    /// Whether a new key on this device is the way out.
    pub renew: bool,
    /// Whether somebody may be trying something: the screen says so in its colour too.
    pub serious: bool,
    /// Whether the app tries again by itself.
    pub retries: bool,
}

impl Stop {
    /// Of trouble that a screen cannot go on from.
    pub fn of(trouble: &Trouble) -> Self {
        let plain = |heading, next| Self {
            heading,
            what: trouble.to_string(),
            next,
            button: "Try again",
            renew: false,
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
                renew: true,
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
                    renew: true,
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
            Trouble::Suspicious(_) | Trouble::BadRoll(_) | Trouble::BadChallenge(_) => Self {
                button: "Back",
                serious: true,
                // The heading says "Stop" already.
                what: sentence(trouble.to_string().trim_start_matches("Stop: ")),
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

/// With a capital letter.
fn sentence(words: &str) -> String {
    let mut letters = words.chars();
    letters
        .next()
        .map(|first| first.to_uppercase().chain(letters).collect())
        .unwrap_or_default()
}
