//! The offline code.

pub(crate) const TITLE: &str = "Offline code";
pub(crate) const OFF: &str = "The codes of this device do not count yet. Turn them on now, while it is online; once is enough.";
pub(crate) const WHAT: &str =
    "It proves that you have this device. It opens no record: for that, unlock with the app.";
pub(crate) const WHAT_FOR: &str = "A code is for the day when your phone has no connection: with it the page shows how much waits and whether anything is urgent.";
pub(crate) const ON_PAPER: &str = "Codes on paper, which open the records";
pub(crate) const TURN_ON: &str = "Turn the codes on";
pub(crate) const TURNING: &str = "Turning them on…";
pub(crate) const AGAIN: &str = "The page does not take the code?";
pub(crate) const AGAIN_HINT: &str =
    "After five wrong codes, and after a restore, they must be turned on again.";

pub(crate) const WAY: &str = "Offline code";
pub(crate) fn good_for(seconds: u64) -> String {
    match seconds {
        1 => "Good for 1 more second, once.".to_owned(),
        seconds => format!("Good for {seconds} more seconds, once."),
    }
}
