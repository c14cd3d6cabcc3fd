//! Back with two sheets.

pub(crate) const OTHER: &str = "This is another server than before";
pub(crate) const OTHER_LEAD: &str =
    "Your school’s keys were made with another server than the one at this address:";
pub(crate) const OTHER_WHY: &str = "That is right after a restore on a new machine, and at no other time. Ask whoever runs Safehold, in person or by a number that you know.";
pub(crate) const OTHER_SURE: &str = "They told me themselves that it was restored";
pub(crate) const OTHER_YES: &str = "Go on with this server";

pub(crate) const TAKE: &str = "The sheets fit";
pub(crate) const TAKE_LEAD: &str =
    "This device takes the school’s keys now. Every key holder is told.";
pub(crate) const GONE: &str = "Which of your devices have you lost?";
pub(crate) const GONE_HINT: &str =
    "A ticked one loses its key for ever. One that you still have can stay.";
pub(crate) const NONE: &str = "You have no other device that holds a key.";
pub(crate) const TAKE_BUTTON: &str = "Take the keys";
pub(crate) const TAKING: &str = "Taking the keys…";

pub(crate) fn device(name: &str, shut_out: bool) -> String {
    match shut_out {
        true => format!("{name}, shut out"),
        false => name.to_owned(),
    }
}

pub(crate) const READY: &str = "You have the keys again";
pub(crate) fn new_kit(by: Option<&str>) -> String {
    match by {
        Some(day) => format!(
            "The sheets were used, so make new ones by {day}. Until then the old ones still count."
        ),
        None => "The sheets were used, so make new ones within seven days.".to_owned(),
    }
}
pub(crate) fn missing(names: &[String]) -> String {
    format!(
        "The sheets did not open {}. Another key holder can give you that.",
        super::common::list(names)
    )
}
pub(crate) const NOW: &str = "Make new sheets now";
pub(crate) const LATER: &str = "Later";
