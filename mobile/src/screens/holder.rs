use dioxus::prelude::*;
use protocol::pin::MIN_DIGITS;
use zeroize::Zeroizing;

use super::holders::HolderText;
use super::limits::{Draft, Limits};
use crate::parts::{Button, Check, Field, Kind, PinNote, Title, Weight, pin_waits};
use crate::phase::{Given, Input, Page};
use crate::view::{Choices, HolderRow, Taken};
use crate::words::{common, holders, keys, taken as words};

/// One key: narrowed, confirmed or taken away, with this device's PIN.
#[component]
pub(crate) fn Holder(
    row: HolderRow,
    choices: Choices,
    may_restrict: bool,
    may_revoke: bool,
    may_confirm: bool,
    trouble: Option<String>,
    busy: bool,
    on_input: EventHandler<Input>,
) -> Element {
    let now = Given {
        compartments: choices.compartments.iter().cloned().collect(),
        tasks: choices.tasks.iter().copied().collect(),
        ..Given::default()
    };
    let draft = use_signal(|| Draft::of(now.clone()));
    let mut pin = use_signal(|| Zeroizing::new(String::new()));
    // A key cannot be taken away by one press on the wrong button.
    let mut sure = use_signal(|| false);
    let may_any = may_restrict || may_revoke || may_confirm;
    let has_pin = pin.read().len() >= MIN_DIGITS && !pin_waits();
    let narrower = draft().is_whole() && draft().given != now;
    rsx! {
        section { class: "page",
            Title { id: "title-holder", {holders::key_of(&row.member_name)} }
            div { class: "card", HolderText { row: row.clone() } }
            if may_restrict {
                Limits { choices, narrows: true, draft }
            }
            if may_revoke {
                Check {
                    id: "sure", label: holders::sure(row.is_this),
                    checked: false,
                    onchange: move |on| sure.set(on),
                }
            }
            if may_any {
                Field {
                    id: "pin", label: common::YOUR_PIN, kind: Kind::Pin, invalid: trouble.is_some(),
                    oninput: move |typed| pin.set(Zeroizing::new(typed)),
                }
            } else {
                p { class: "soft", "{holders::MAY_NOT}" }
            }
            PinNote { trouble }
            div { class: "foot",
                if may_confirm {
                    Button {
                        id: "confirm", disabled: busy || !has_pin,
                        onclick: move |()| on_input.call(Input::Endorse(pin())),
                        "{holders::CONFIRM}"
                    }
                }
                if may_restrict {
                    Button {
                        id: "narrow", disabled: busy || !has_pin || !narrower || sure(),
                        onclick: move |()| on_input.call(Input::Restrict(draft().given, pin())),
                        "{holders::NARROW}"
                    }
                }
                if may_revoke {
                    Button {
                        id: "revoke", weight: Weight::Grave, disabled: busy || !has_pin || !sure(),
                        onclick: move |()| on_input.call(Input::Revoke(pin())),
                        "{holders::TAKE_AWAY}"
                    }
                }
                Button { id: "back", weight: Weight::Quiet, disabled: busy, onclick: move |()| on_input.call(Input::Back), "{common::BACK}" }
            }
        }
    }
}

/// A key was changed.
#[component]
pub(crate) fn Changed(
    member_name: String,
    taken: Option<Taken>,
    on_input: EventHandler<Input>,
) -> Element {
    if let Some(taken) = taken {
        return rsx! { TookAway { member_name, taken, on_input } };
    }
    rsx! {
        section { class: "page centre", role: "status",
            span { class: "tick", aria_hidden: "true", "✓" }
            Title { id: "title-changed", {holders::changed(&member_name)} }
            p { class: "lead", "{holders::CHANGED_LEAD}" }
            div { class: "foot",
                Button { id: "back", weight: Weight::Quiet, onclick: move |()| on_input.call(Input::Back), "{common::DONE}" }
            }
        }
    }
}

/// A key was taken away: what whoever did it has still to see to.
#[component]
fn TookAway(member_name: String, taken: Taken, on_input: EventHandler<Input>) -> Element {
    rsx! {
        section { class: "page",
            div { class: "standing",
                span { class: "tick", aria_hidden: "true", "✓" }
                Title { id: "title-changed", {holders::taken_away(&member_name)} }
                p { class: "lead", role: "status", "{words::LEAD}" }
            }
            h2 { "{words::LEFT}" }
            ol { class: "steps",
                if taken.others > 0 && !taken.own {
                    li { id: "others", {words::others(&member_name, taken.others)} }
                }
                li { {words::change(&taken.opened)} }
                if !taken.own {
                    li { "{words::HAND_OVER}" }
                }
            }
            div { class: "foot",
                Button { id: "go-keys", onclick: move |()| on_input.call(Input::Go(Page::Keys)), "{keys::WAY}" }
                Button { id: "back", weight: Weight::Quiet, onclick: move |()| on_input.call(Input::Back), "{common::DONE}" }
            }
        }
    }
}
