//! What a key opens and may do, where it is chosen.

use chrono::NaiveDate;

use super::common::day;
use crate::phase::Task;

pub(crate) const fn opens(narrows: bool) -> &'static str {
    match narrows {
        true => "What it goes on opening",
        false => "What it opens",
    }
}
pub(crate) const fn years(narrows: bool) -> &'static str {
    match narrows {
        true => "Only these years (none ticked: as now)",
        false => "Only these years (none ticked: all of yours)",
    }
}
pub(crate) const fn categories(narrows: bool) -> &'static str {
    match narrows {
        true => "Only these categories (none ticked: as now)",
        false => "Only these categories (none ticked: all of yours)",
    }
}

/// What a compartment is about; a school's own has its name only.
pub(crate) fn compartment(name: &str) -> String {
    match name {
        "pastoral" => "Pastoral: everyday welfare",
        "safeguarding" => "Safeguarding: the safety of a child",
        "staff" => "Staff: concerns about adults who work here",
        "head" => "Head: concerns about the head teacher",
        own => own,
    }
    .to_owned()
}

pub(crate) const MORE: &str = "More rights, more limits, a last day";
pub(crate) const TASKS: &str = "It may also";
pub(crate) const fn task(task: Task) -> &'static str {
    match task {
        Task::GiveKeys => "May give keys to others, and take them away",
        Task::ChangeKeys => "Change keys",
        Task::MakeSheets => "Make recovery sheets, and accept a restore",
        Task::TakeOut => "Take records out of Safehold",
        Task::SendOn => "Send a pupil’s file to another school",
        Task::Destroy => "Approve that records are destroyed",
    }
}

pub(crate) const EXCLUDED: &str = "Records that it must never show";
pub(crate) const EXCLUDED_HINT: &str = "For example one about somebody close to them. Open it in the browser and paste its address here; one a line.";
pub(crate) const NO_RECORD: &str =
    "That is not the address of a record. Copy all of it from the browser.";
pub(crate) const LAST_DAY: &str = "Its last day";
pub(crate) fn last_day_hint(now: Option<NaiveDate>) -> String {
    match now {
        Some(last) => format!(
            "As in 31 7 2027. Nothing typed: {}, and no later.",
            day(last)
        ),
        None => "As in 31 7 2027. Nothing typed: no end.".to_owned(),
    }
}
pub(crate) const NO_DAY: &str = "That is no day. Type day, month and year, as in 31 7 2027.";
