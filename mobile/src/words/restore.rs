//! A backup that was put back.

use super::common::number;

pub(crate) const WAY: &str = "It was restored from a backup";
pub(crate) const TITLE: &str = "Was it restored from a backup?";
pub(crate) const LEAD: &str = "What this device saw is no longer there. After a restore that is right. If nobody restored anything, somebody may have put an old copy back.";
pub(crate) const LOG: &str = "The record of what was done";
pub(crate) const ROLL: &str = "The list of key holders";
pub(crate) fn lines(before: u64, now: u64) -> String {
    match now < before {
        true => format!(
            "{} lines when this device last looked, {} now",
            number(before),
            number(now)
        ),
        false => format!(
            "Other than the {} lines that this device saw; {} now",
            number(before),
            number(now)
        ),
    }
}
pub(crate) fn entries(before: u64, now: u64) -> String {
    format!(
        "{} entries when this device last looked, {} now",
        number(before),
        number(now)
    )
}
pub(crate) const ROLL_GONE: &str = "Keys that were given or taken away since then are as they were before. Somebody who was taken off may be on the list again.";
pub(crate) const WORDS: &str = "Its six words now";
pub(crate) const WORDS_HINT: &str = "Compare them with another key holder before you go on.";
pub(crate) const SURE: &str = "I know who restored it, and why";
pub(crate) const BUTTON: &str = "Accept the restore";
pub(crate) const ACCEPTING: &str = "Accepting…";
pub(crate) const NOT_FIRST: &str = "Your key does not let you say so first. Ask a key holder who may make recovery sheets to accept it on their device; then come back here.";
pub(crate) const FOR_ALL: &str = "You accept it for every key holder. They are told.";
pub(crate) const FOR_SELF: &str =
    "Another key holder has accepted it. You accept it for this device.";
pub(crate) const ACCEPTED: &str = "The restore is accepted";
pub(crate) fn accepted(for_everybody: bool) -> &'static str {
    match for_everybody {
        true => "This device goes on from what is there now. The other key holders are told.",
        false => "This device goes on from what is there now.",
    }
}
pub(crate) const NOTHING: &str = "Nothing is gone";
pub(crate) const NOTHING_LEAD: &str = "Everything that this device saw is there, so there is nothing to accept. If the app stops again, do not go on: tell whoever looks after Safehold.";
