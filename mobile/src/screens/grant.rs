use dioxus::prelude::*;
use zeroize::Zeroizing;

use super::limits::{Draft, Limits};
use crate::parts::{
    Button, Field, Kind, PictureWays, PinNote, SixWords, Title, TroubleNote, Weight, pin_waits,
};
use crate::phase::{Given, Input};
use crate::view::Choices;
use crate::words::{common, grant as words};

/// The six words of another device are typed.
#[component]
pub(crate) fn OtherWords(
    trouble: Option<String>,
    busy: bool,
    on_input: EventHandler<Input>,
) -> Element {
    let mut typed = use_signal(String::new);
    // Six words, or the code that the other screen offers to copy.
    let six = typed().split_whitespace().count() >= 6 || typed().trim().len() > 100;
    rsx! {
        section { class: "page",
            Title { id: "title-words", "{words::TITLE}" }
            p { class: "lead", "{words::LEAD}" }
            Field {
                id: "other-words", label: words::WORDS, kind: Kind::Words, invalid: trouble.is_some(),
                hint: words::WORDS_HINT,
                oninput: move |text| typed.set(text),
            }
            TroubleNote { trouble }
            PictureWays { busy, on_input }
            div { class: "foot two",
                Button { id: "back", weight: Weight::Quiet, disabled: busy, onclick: move |()| on_input.call(Input::Back), "{common::BACK}" }
                Button {
                    id: "find", disabled: busy || !six,
                    onclick: move |()| on_input.call(Input::OtherWords(typed())),
                    "{common::CONTINUE}"
                }
            }
        }
    }
}

/// What the other device may open and do; then the PIN.
#[component]
pub(crate) fn Deciding(
    member_name: String,
    six_words: String,
    choices: Choices,
    trouble: Option<String>,
    busy: bool,
    on_input: EventHandler<Input>,
) -> Element {
    let draft = use_signal(|| {
        let compartments = choices.compartments.iter();
        Draft::of(Given {
            compartments: compartments
                .filter(|name| !name.is_about_adults())
                .cloned()
                .collect(),
            ..Given::default()
        })
    });
    let mut pin = use_signal(|| Zeroizing::new(String::new()));
    let ready = draft().is_whole() && !pin().is_empty() && !pin_waits();
    rsx! {
        section { class: "page",
            Title { id: "title-deciding", {words::key_for(&member_name)} }
            p { class: "lead", "{words::COMPARE}" }
            SixWords { words: six_words.split(' ').map(str::to_owned).collect::<Vec<_>>() }
            Limits { choices, narrows: false, draft }
            Field {
                id: "pin", label: common::YOUR_PIN, kind: Kind::Pin, invalid: trouble.is_some(),
                oninput: move |typed| pin.set(Zeroizing::new(typed)),
            }
            PinNote { trouble }
            div { class: "foot two",
                Button { id: "back", weight: Weight::Quiet, disabled: busy, onclick: move |()| on_input.call(Input::Back), "{common::BACK}" }
                Button {
                    id: "give", disabled: busy || !ready,
                    onclick: move |()| on_input.call(Input::Give(draft().given, pin())),
                    if busy { "{words::GIVING}" } else { "{words::GIVE}" }
                }
            }
        }
    }
}

/// A key was given.
#[component]
pub(crate) fn Granted(
    member_name: String,
    waiting: Vec<String>,
    on_input: EventHandler<Input>,
) -> Element {
    rsx! {
        section { class: "page centre", role: "status",
            span { class: "tick", aria_hidden: "true", "✓" }
            Title { id: "title-granted", {words::given(&member_name)} }
            if waiting.is_empty() {
                p { class: "lead", "{words::BY_ITSELF}" }
            } else {
                p { class: "lead", {words::waits(&waiting)} }
            }
            div { class: "foot",
                Button { id: "back", weight: Weight::Quiet, onclick: move |()| on_input.call(Input::Back), "{common::DONE}" }
            }
        }
    }
}
