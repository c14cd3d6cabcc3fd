//! Who holds keys, and one of them changed.

use crate::phase::Task;

pub(crate) const WAY: &str = "Who holds keys";
pub(crate) const TITLE: &str = "Who holds keys";
pub(crate) const LEAD: &str =
    "This device has checked every signature. Choose a key to narrow it or take it away.";
/// Before the words themselves.
pub(crate) const WORDS: &str = "The list’s six words, the same on every device of your school: ";

/// Where the server names nobody.
pub(crate) const YOU: &str = "You";
pub(crate) const SOMEBODY: &str = "A key holder";
/// After a name.
pub(crate) const THIS: &str = " (this device)";
pub(crate) const ENDED: &str = "Its end has come";
pub(crate) const SUSPENDED: &str = "Suspended";
pub(crate) const REVOKED: &str = "Taken away";
pub(crate) fn opens(what: &str) -> String {
    format!("Opens: {what}")
}
pub(crate) fn waits(what: &str) -> String {
    format!("Waits for a second holder: {what}")
}
pub(crate) fn lives(device: &str, store: &str) -> String {
    match device {
        "" => format!("Key {store}"),
        device => format!("{device}, key {store}"),
    }
}

pub(crate) const NOTHING: &str = "nothing";
pub(crate) fn years(years: &[&str]) -> String {
    match years {
        [year] => format!("only year {year}"),
        years => format!("only years {}", years.join(", ")),
    }
}
pub(crate) fn categories(count: usize) -> String {
    match count {
        1 => "only 1 category".to_owned(),
        count => format!("only {count} categories"),
    }
}
pub(crate) const EXCLUDED: &str = "some records excluded";
pub(crate) fn until(day: &str) -> String {
    format!("until {day}")
}
pub(crate) const MAY_ALL: &str = "may do everything";
pub(crate) const fn may(task: Task) -> &'static str {
    match task {
        Task::GiveKeys => "may give keys",
        Task::ChangeKeys => "may change keys",
        Task::MakeSheets => "may make recovery sheets",
        Task::TakeOut => "may take records out",
        Task::SendOn => "may send files on",
        Task::Destroy => "may approve that records are destroyed",
    }
}

pub(crate) fn key_of(member: &str) -> String {
    format!("{member}’s key")
}
pub(crate) fn sure(is_this: bool) -> &'static str {
    match is_this {
        true => "I want to take away this very device’s key, for ever",
        false => "I want to take this key away, for ever",
    }
}
pub(crate) const MAY_NOT: &str = "Your own key does not let you change this one.";
pub(crate) const CONFIRM: &str = "Confirm what waits";
pub(crate) const NARROW: &str = "Narrow this key";
pub(crate) const TAKE_AWAY: &str = "Take this key away";

pub(crate) fn changed(member: &str) -> String {
    format!("{member}’s key is changed")
}
pub(crate) const CHANGED_LEAD: &str = "It counts from now on. Every key holder is told.";
pub(crate) fn taken_away(member: &str) -> String {
    format!("{member}’s key is taken away")
}
