//! A page in the browser, or the square of another device, that opens the app.

use crate::phase::Asks;

/// What the computer's own menus say.
pub(crate) const NAME: &str = "Safehold";
pub(crate) const COMMENT: &str = "The key to your school's safeguarding records";

pub(crate) const TITLE: &str = "Opened by the browser";
pub(crate) const ON: &str = "When you choose to unlock in a browser on this computer, the page can open this app. No number is typed then.";
pub(crate) const OFF: &str = "A page in a browser on this computer can open this app to unlock, so that you type no number. That is off.";
pub(crate) const TURN_ON: &str = "Let my school’s page open this app";
pub(crate) const TURN_OFF: &str = "No longer let a page open it";
pub(crate) const FAILED: &str =
    "That could not be changed on this computer. Unlock with the number, as before.";

pub(crate) const fn waits(asks: Asks) -> &'static str {
    match asks {
        Asks::ToUnlock => {
            "A page in your browser asks to be unlocked. What you are doing here is kept until you decide."
        }
        Asks::ForAKey => {
            "Somebody’s device asks for a key. What you are doing here is kept until you decide."
        }
    }
}
pub(crate) const fn go(asks: Asks) -> &'static str {
    match asks {
        Asks::ToUnlock => "Leave this and answer",
        Asks::ForAKey => "Leave this and look",
    }
}
pub(crate) const LATER: &str = "Not now";
