//! The browsers that are unlocked.

use super::common::span;

pub(crate) const WAY: &str = "Unlocked browsers";
pub(crate) const TITLE: &str = "Unlocked browsers";
pub(crate) const NONE: &str = "No browser of yours is unlocked.";
pub(crate) const LEAD: &str = "Lock any that you have left, or do not know.";
pub(crate) const PIN: &str = "Your PIN, if a new browser is your own";
pub(crate) const NEW: &str = "New: it sees little until you say that it is yours.";
pub(crate) const KEPT: &str = "Yours: unlock in it again, and it sees all that you may.";
pub(crate) const MINE: &str = "This browser is mine";
pub(crate) const LOCK: &str = "Lock";
pub(crate) const AGAIN: &str = "Look again";
pub(crate) fn mine(browser: &str) -> String {
    format!("This browser is mine: {browser}")
}
pub(crate) fn lock(browser: &str) -> String {
    format!("Lock {browser}")
}

/// Since how many seconds, and for how many more.
pub(crate) fn open(since: i64, more: i64) -> String {
    format!(
        "Open for {}, locks by itself within {}",
        span(since),
        span(more)
    )
}
pub(crate) const OPEN: &str = "Open now";
