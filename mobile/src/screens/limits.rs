use std::collections::BTreeSet;

use chrono::NaiveDate;
use dioxus::prelude::*;
use domain::ConcernId;

use crate::parts::{Check, Field, Kind};
use crate::phase::{Given, Task};
use crate::view::Choices;
use crate::words::limits as words;

/// What was chosen for a key so far, and what of it is not understood yet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Draft {
    pub(super) given: Given,
    bad_day: bool,
    bad_record: bool,
}

impl Draft {
    pub(super) fn of(given: Given) -> Self {
        Self {
            given,
            ..Self::default()
        }
    }

    /// Whether a key can be made of it: it opens something, and nothing that was typed is passed over.
    pub(super) fn is_whole(&self) -> bool {
        !self.given.compartments.is_empty() && !self.bad_day && !self.bad_record
    }
}

/// What a key opens and may do. What is chosen seldom stands behind one press.
#[component]
pub(super) fn Limits(
    choices: Choices,
    /// Whether a key is narrowed that somebody holds: what it has is ticked.
    narrows: bool,
    draft: Signal<Draft>,
) -> Element {
    let Choices {
        compartments,
        tasks,
        categories,
        years,
        last_day,
    } = choices;
    let (given_first, more_tasks): (Vec<Task>, Vec<Task>) =
        tasks.into_iter().partition(|task| *task == Task::GiveKeys);
    let start = draft.peek().given.clone();
    rsx! {
        fieldset { class: "choices",
            legend { {words::opens(narrows)} }
            for name in compartments {
                Check {
                    key: "{name}", id: "opens-{name}", label: words::compartment(name.name()),
                    checked: start.compartments.contains(&name),
                    onchange: {
                        let name = name.clone();
                        move |on| change(&mut draft.write().given.compartments, name.clone(), on)
                    },
                }
            }
        }
        if years.len() > 1 {
            fieldset { class: "choices rows",
                legend { {words::years(narrows)} }
                for year in years {
                    Check {
                        key: "{year}", id: "year-{year}", label: "{year}", checked: false,
                        onchange: {
                            let year = year.clone();
                            move |on| limit(&mut draft.write().given.years, year.clone(), on)
                        },
                    }
                }
            }
        }
        for task in given_first {
            TaskCheck { key: "{task:?}", task, checked: start.tasks.contains(&task), draft }
        }
        details { class: "more",
            summary { "{words::MORE}" }
            div { class: "limits",
                if !more_tasks.is_empty() {
                    fieldset { class: "choices",
                        legend { "{words::TASKS}" }
                        for task in more_tasks {
                            TaskCheck { key: "{task:?}", task, checked: start.tasks.contains(&task), draft }
                        }
                    }
                }
                if categories.len() > 1 {
                    fieldset { class: "choices",
                        legend { {words::categories(narrows)} }
                        for (place, (category, name)) in categories.into_iter().enumerate() {
                            Check {
                                key: "{category}", id: "category-{place}", label: "{name}", checked: false,
                                onchange: move |on| limit(&mut draft.write().given.categories, category, on),
                            }
                        }
                    }
                }
                div { class: "labelled",
                    label { r#for: "excluded", "{words::EXCLUDED}" }
                    p { id: "excluded-hint", class: "soft", "{words::EXCLUDED_HINT}" }
                    textarea {
                        id: "excluded", class: "field link", rows: 3,
                        autocomplete: "off", autocapitalize: "off", spellcheck: "false",
                        aria_describedby: "excluded-hint",
                        aria_invalid: if draft().bad_record { "true" } else { "false" },
                        initial_value: "",
                        oninput: move |event| {
                            let records = records(&event.value());
                            let mut draft = draft.write();
                            draft.bad_record = records.is_none();
                            draft.given.excluded = records.unwrap_or_default();
                        },
                    }
                    p { id: "excluded-slip", class: "slip", role: "alert",
                        if draft().bad_record { "{words::NO_RECORD}" }
                    }
                }
                Field {
                    id: "last-day", label: words::LAST_DAY, kind: Kind::Words, invalid: draft().bad_day,
                    hint: words::last_day_hint(last_day),
                    oninput: move |text: String| {
                        let day = day(&text);
                        let mut draft = draft.write();
                        draft.bad_day = day.is_none() && !text.trim().is_empty();
                        draft.given.last_day = day;
                    },
                }
                p { id: "day-slip", class: "slip", role: "alert",
                    if draft().bad_day { "{words::NO_DAY}" }
                }
            }
        }
    }
}

#[component]
fn TaskCheck(task: Task, checked: bool, draft: Signal<Draft>) -> Element {
    let id = match task {
        Task::GiveKeys => "may-give-keys",
        Task::ChangeKeys => "may-change-keys",
        Task::MakeSheets => "may-make-sheets",
        Task::TakeOut => "may-take-out",
        Task::SendOn => "may-send-on",
        Task::Destroy => "may-destroy",
    };
    rsx! {
        Check {
            id, label: words::task(task), checked,
            onchange: move |on| change(&mut draft.write().given.tasks, task, on),
        }
    }
}

fn change<T: Ord>(set: &mut BTreeSet<T>, item: T, on: bool) {
    if on {
        set.insert(item);
    } else {
        set.remove(&item);
    }
}

/// Nothing ticked is no limit.
fn limit<T: Ord>(limit: &mut Option<BTreeSet<T>>, item: T, on: bool) {
    let mut items = limit.take().unwrap_or_default();
    change(&mut items, item, on);
    *limit = (!items.is_empty()).then_some(items);
}

/// A day as people write it: day, month, year, or the other way round.
fn day(text: &str) -> Option<NaiveDate> {
    let numbers: Vec<&str> = text
        .split(|letter: char| !letter.is_ascii_digit())
        .filter(|number| !number.is_empty())
        .collect();
    let (year, month, day) = match numbers.as_slice() {
        [day, month, year] if year.len() == 4 => (year, month, day),
        [year, month, day] if year.len() == 4 => (year, month, day),
        _ => return None,
    };
    NaiveDate::from_ymd_opt(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?)
}

/// The records whose addresses or ids these are; nothing if one of them is something else.
fn records(text: &str) -> Option<BTreeSet<ConcernId>> {
    text.split_whitespace()
        .map(|address| {
            let path = address.split(['?', '#']).next()?;
            path.trim_end_matches('/').rsplit('/').next()?.parse().ok()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_read_as_people_write_it() {
        let wanted = NaiveDate::from_ymd_opt(2027, 7, 31);
        for text in ["31 7 2027", "31/07/2027", " 31.7.2027 ", "2027-07-31"] {
            assert_eq!(day(text), wanted, "{text}");
        }
        for text in [
            "",
            "31 7",
            "31 7 27",
            "7 31 2027",
            "30 2 2027",
            "1 2 3 2027",
            "July 2027",
        ] {
            assert_eq!(day(text), None, "{text}");
        }
    }

    #[test]
    fn a_record_is_named_by_its_address_or_its_id() {
        let id = ConcernId::from_bytes([7; 16]);
        for text in [
            format!("https://safehold.example/concerns/{id}"),
            format!("https://safehold.example/concerns/{id}/?from=alerts#files"),
            format!("\n  {id}\n{id} "),
        ] {
            assert_eq!(records(&text), Some([id].into()), "{text}");
        }
        assert_eq!(records(" "), Some(BTreeSet::new()));
        for text in [
            "hello",
            "https://safehold.example/concerns",
            "pup_07070707070707070707070707070707",
        ] {
            assert_eq!(records(&format!("{id} {text}")), None, "{text}");
        }
    }
}
