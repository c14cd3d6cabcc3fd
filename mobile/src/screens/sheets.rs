//! Recovery sheets: given one after the other, tried out, made anew.

use authenticator::look_at_lines;
use dioxus::prelude::*;
use protocol::kit::TypedLine;
use zeroize::Zeroizing;

use crate::parts::{Button, PinForm, Title, TroubleNote, Way, Weight};
use crate::phase::{Input, Page};
use crate::view::SheetsFor;
use crate::words::{common, sheets};

/// One recovery sheet after the other is typed or pasted.
#[component]
pub(crate) fn GiveSheets(
    purpose: SheetsFor,
    read: Vec<u8>,
    trouble: Option<String>,
    busy: bool,
    on_input: EventHandler<Input>,
) -> Element {
    if read.len() > 1 {
        return rsx! {
            section { class: "page centre",
                Title { id: "title-both", "{sheets::BOTH}" }
                TroubleNote { trouble }
                p { class: "lead", "{sheets::KEPT}" }
                div { class: "foot",
                    Button { id: "again", disabled: busy, onclick: move |()| on_input.call(Input::Retry), "{common::TRY_AGAIN}" }
                    Button { id: "back", weight: Weight::Quiet, disabled: busy, onclick: move |()| on_input.call(Input::Back), "{common::BACK}" }
                }
            }
        };
    }
    let lead = match purpose {
        SheetsFor::Recovery => sheets::FOR_RECOVERY,
        SheetsFor::Test => sheets::FOR_TEST,
    };
    let number = read.len() + 1;
    rsx! {
        section { class: "page",
            p { class: "step", {sheets::step(number)} }
            match read.first() {
                None => rsx! {
                    Title { id: "title-sheets", "{sheets::FIRST}" }
                    p { class: "lead", "{lead}" }
                },
                Some(first) => rsx! {
                    Title { id: "title-sheets", "{sheets::SECOND}" }
                    p { class: "lead", role: "status", {sheets::have(*first)} }
                },
            }
            // Another field for another sheet: what is in the first one is done with. Only in a list does
            // another key make another element.
            for number in [number] {
                TypeSheet { key: "{number}", trouble: trouble.clone(), busy, on_input }
            }
        }
    }
}

/// The field for one sheet, with a look at each line as it is typed.
#[component]
fn TypeSheet(trouble: Option<String>, busy: bool, on_input: EventHandler<Input>) -> Element {
    let mut text = use_signal(|| Zeroizing::new(String::new()));
    let lines = look_at_lines(&text.read());
    let slip = (1..)
        .zip(&lines)
        .find(|(_, line)| **line == TypedLine::Slip)
        .map(|(number, _)| number);
    let sound = lines
        .iter()
        .take_while(|line| **line == TypedLine::Sound)
        .count();
    let said = match slip {
        Some(line) => sheets::slip(line),
        None => sheets::sound(sound),
    };
    let invalid = trouble.is_some() || slip.is_some();
    let empty = text.read().trim().is_empty();
    rsx! {
        div { class: "labelled",
            label { r#for: "sheet", "{sheets::FIELD}" }
            p { id: "sheet-hint", class: "soft", "{sheets::FIELD_HINT}" }
            textarea {
                id: "sheet", class: "field lines", rows: 6,
                autocomplete: "off", autocapitalize: "characters", spellcheck: "false",
                aria_describedby: "sheet-hint sheet-lines",
                aria_invalid: if invalid { "true" } else { "false" },
                initial_value: "",
                oninput: move |event| text.set(Zeroizing::new(event.value())),
            }
        }
        div { class: "looked",
            ol { class: "marks", aria_hidden: "true",
                for place in 0..6 {
                    Mark { key: "{place}", number: place + 1, line: lines.get(place).copied() }
                }
            }
            p { id: "sheet-lines", class: if slip.is_some() { "slip" } else { "soft" }, role: "status", "{said}" }
        }
        TroubleNote { trouble }
        div { class: "foot two",
            Button { id: "back", weight: Weight::Quiet, disabled: busy, onclick: move |()| on_input.call(Input::Back), "{common::BACK}" }
            Button {
                id: "give-sheet", disabled: busy || empty,
                onclick: move |()| on_input.call(Input::Sheets(text())),
                if busy { "{sheets::READING}" } else { "{common::CONTINUE}" }
            }
        }
    }
}

/// How one line looks: a mark for the eye; it is said in words beside it.
#[component]
fn Mark(number: usize, line: Option<TypedLine>) -> Element {
    let (class, mark) = match line {
        Some(TypedLine::Sound) => ("mark-line sound", "✓"),
        Some(TypedLine::Slip) => ("mark-line wrong", "✗"),
        Some(TypedLine::Unfinished) => ("mark-line", "…"),
        None => ("mark-line", ""),
    };
    rsx! {
        li { class, "{number}" span { "{mark}" } }
    }
}

/// What can be done with recovery sheets.
#[component]
pub(crate) fn Kit(busy: bool, on_input: EventHandler<Input>) -> Element {
    let ways = [
        (
            "go-test-kit",
            Page::TestKit,
            sheets::TEST,
            sheets::TEST_HINT,
        ),
        ("go-new-kit", Page::NewKit, sheets::NEW, sheets::NEW_HINT),
        ("go-drill", Page::Drill, sheets::DRILL, sheets::DRILL_HINT),
    ];
    rsx! {
        section { class: "page",
            Title { id: "title-kit", "{sheets::TITLE}" }
            p { class: "lead", "{sheets::LEAD}" }
            ul { class: "ways",
                for (id, page, words, hint) in ways {
                    Way {
                        key: "{id}", id, disabled: busy, onclick: move |()| on_input.call(Input::Go(page)),
                        span { class: "way-title", "{words}" }
                        span { class: "soft", "{hint}" }
                    }
                }
            }
            div { class: "foot",
                Button { id: "back", weight: Weight::Quiet, disabled: busy, onclick: move |()| on_input.call(Input::Back), "{common::BACK}" }
            }
        }
    }
}

/// Three new sheets are about to be made.
#[component]
pub(crate) fn NewKit(
    trouble: Option<String>,
    busy: bool,
    on_input: EventHandler<Input>,
) -> Element {
    rsx! {
        section { class: "page",
            Title { id: "title-new-kit", "{sheets::NEW_TITLE}" }
            p { class: "lead", "{sheets::NEW_LEAD}" }
            ol { class: "steps",
                for step in sheets::NEW_STEPS {
                    li { key: "{step}", "{step}" }
                }
            }
            PinForm { id: "make-sheets", button: sheets::NEW_BUTTON, busy_button: sheets::READING, trouble, busy, on_input }
        }
    }
}

/// How a restore is practised.
#[component]
pub(crate) fn Drill(busy: bool, on_input: EventHandler<Input>) -> Element {
    rsx! {
        section { class: "page",
            Title { id: "title-drill", "{sheets::DRILL}" }
            p { class: "lead", "{sheets::DRILL_LEAD}" }
            ol { class: "steps",
                for step in sheets::DRILL_STEPS {
                    li { key: "{step}", "{step}" }
                }
            }
            p { class: "warning", "{sheets::DRILL_WARNING}" }
            div { class: "foot",
                Button { id: "back", weight: Weight::Quiet, disabled: busy, onclick: move |()| on_input.call(Input::Back), "{common::BACK}" }
            }
        }
    }
}
