//! What stops a person: what happened, and what to do now.

pub(crate) const NEW_KEY: &str = "Make a new key on this device";

pub(crate) const NO_KEYCHAIN: [&str; 3] = [
    "No keychain on this device",
    "Your key lives in this device’s keychain, and no keychain answers.",
    "On Linux, start GNOME Keyring or KDE Wallet and sign in again. Your key is not kept anywhere weaker.",
];
pub(crate) const LOCKED: [&str; 3] = [
    "Your keychain is locked",
    "The keychain that holds your key is locked. Your key is still in it.",
    "Unlock it, then try again.",
];
pub(crate) const KEYCHAIN_FAILED: [&str; 2] = [
    "The keychain did not answer",
    "Nothing was changed. Restart this device if it happens again.",
];
pub(crate) const KEY_GONE: [&str; 2] = [
    "This device has lost its key",
    "No record is lost. Make a new key here, and let another key holder grant it. Nobody else? Use two of your recovery sheets.",
];
pub(crate) const UNREADABLE: [&str; 2] = [
    "Something on this device cannot be read",
    "Your key is still in the keychain. Check that the disk is not full, then try again.",
];
pub(crate) const WRONG_TIME: [&str; 2] = [
    "This device’s clock is wrong",
    "The school refuses a device whose clock is off, because old messages could be played again.",
];
pub(crate) const AWAY: [&str; 3] = [
    "No connection to your school",
    "Safehold does not answer from here. Nothing was changed.",
    "Check that this device is online. The app goes on trying by itself.",
];
pub(crate) const SUSPENDED: [&str; 3] = [
    "This device is suspended",
    "This device opens nothing for now: its PIN was wrong five times, or somebody reported it lost.",
    "Ask another key holder to look at it. If you did not do this yourself, tell them so.",
];
pub(crate) const UNKNOWN: [&str; 2] = [
    "Your school does not know this device",
    "If you did not expect this, ask another key holder. Make a new key here if they agree.",
];
pub(crate) const NOT_UNLOCKED: [&str; 2] = ["Not unlocked", "Nothing was opened."];
pub(crate) const REFUSED: [&str; 2] = ["That was refused", "Nothing was changed."];
pub(crate) const STOP: &str = "Stop";
pub(crate) const SAFE: &str = "Your key did not leave this device, and nothing was opened.";
pub(crate) const PAST: &str = "Your key did not leave this device, and nothing was opened. If you know that the records were restored from a backup, say so; otherwise tell whoever looks after Safehold.";
pub(crate) const NONSENSE: [&str; 2] = [
    "That answer makes no sense",
    "Nothing was changed. Update the app, then try again.",
];
pub(crate) const NOTHING: [&str; 2] = ["That came to nothing", "Nothing was changed."];

/// The heading says "Stop" already.
pub(crate) fn without_stop(said: &str) -> String {
    super::common::capital(said.trim_start_matches("Stop: "))
}

/// Where there is room for a sentence only.
pub(crate) fn no_keychain() -> String {
    let [_, what, next] = NO_KEYCHAIN;
    format!("{what} {next}")
}
