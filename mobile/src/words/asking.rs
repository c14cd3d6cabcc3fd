//! Is this you? And what came of it.

use super::common;

pub(crate) const WHO: &str = "Is this you?";
pub(crate) const UNKNOWN: &str = "You have not used this browser before. If you did not start this yourself, just now, say “Not me”.";
pub(crate) const NOT_ME: &str = "Not me";
pub(crate) const ME: &str = "It is me";

pub(crate) const BROWSER: &str = "Browser";
pub(crate) const FROM: &str = "From";
pub(crate) const AT: &str = "At";
pub(crate) const OPENS: &str = "To open";
pub(crate) const FOR: &str = "For";
pub(crate) fn at_most(seconds: u32) -> String {
    format!("at most {}", common::span(i64::from(seconds)))
}

pub(crate) const NUMBER: &str = "Which number is on that page?";
pub(crate) fn number_lead(digits: usize) -> String {
    format!("It has {digits} digits. One wrong number ends this unlock.")
}
pub(crate) fn number_label(digits: usize) -> String {
    format!("The number on that page, {digits} digits")
}
pub(crate) fn typed(number: &str) -> String {
    format!("The number you typed: {number}")
}
pub(crate) const CHANGE: &str = "Change it";
pub(crate) const GOES_ON: &str = "Your browser then goes on by itself.";
pub(crate) const UNLOCK: &str = "Unlock";
pub(crate) const UNLOCKING: &str = "Unlocking…";

pub(crate) const UNLOCKED: &str = "Unlocked";
pub(crate) const UNLOCKED_LEAD: &str =
    "The records are open in your browser. They lock by themselves after fifteen idle minutes.";
pub(crate) const REFUSED: &str = "Refused";
pub(crate) const REFUSED_LEAD: &str = "Nothing was opened, and the other key holders are told. If you did not start this yourself, change your password now: somebody knows it.";

pub(crate) const ELSEWHERE: &str = "No longer asked";
pub(crate) const ELSEWHERE_LEAD: &str =
    "Another of your devices has answered this request, or it has waited too long.";
pub(crate) const ELSEWHERE_ELSE: &str = "If it was answered and not by you, somebody has a device of yours. Lock the browser, and take that key away.";
