//! The compartments' keys: changed, and the old ones destroyed.

use dioxus::prelude::*;

use crate::parts::{Button, PinForm, Title, TroubleNote, Weight};
use crate::phase::Input;
use crate::view::{KeyRow, OldKey, OldKeyState};
use crate::words::{common, keys, limits};

/// Each compartment's key, and how far a change of one is.
#[component]
pub(crate) fn Keys(
    rows: Vec<KeyRow>,
    old: Vec<OldKey>,
    trouble: Option<String>,
    busy: bool,
    on_input: EventHandler<Input>,
) -> Element {
    rsx! {
        section { class: "page",
            Title { id: "title-keys", "{keys::TITLE}" }
            p { class: "lead", "{keys::LEAD}" }
            TroubleNote { trouble }
            if !old.is_empty() {
                h2 { "{keys::OLD}" }
                p { class: "soft", "{keys::OLD_HINT}" }
                ul { class: "cards",
                    for (place, old) in old.into_iter().enumerate() {
                        li { key: "{old.compartment}-{old.generation}", class: "card",
                            UnderWay { place, old, busy, on_input }
                        }
                    }
                }
            }
            h2 { "{keys::CHOOSE}" }
            ul { class: "cards",
                for (place, row) in rows.into_iter().enumerate() {
                    li { key: "{row.compartment}",
                        if row.may_change {
                            button {
                                id: "key-{place}", class: "card pressable", r#type: "button", disabled: busy,
                                onclick: {
                                    let compartment = row.compartment.clone();
                                    move |_| on_input.call(Input::ChooseKey(compartment.clone()))
                                },
                                KeyText { row: row.clone() }
                            }
                        } else {
                            div { class: "card", KeyText { row: row.clone() } }
                        }
                    }
                }
            }
            div { class: "foot",
                Button { id: "back", weight: Weight::Quiet, disabled: busy, onclick: move |()| on_input.call(Input::Back), "{common::BACK}" }
            }
        }
    }
}

#[component]
fn KeyText(row: KeyRow) -> Element {
    rsx! {
        span { class: "card-text",
            span { class: "card-title", {limits::compartment(row.compartment.name())} }
            span { class: "soft", {keys::held_by(row.holders)} }
            if !row.may_change {
                span { class: "soft", "{keys::MAY_NOT}" }
            }
        }
    }
}

/// An old key: how many records need it still.
#[component]
fn UnderWay(place: usize, old: OldKey, busy: bool, on_input: EventHandler<Input>) -> Element {
    let compartment = old.compartment.clone();
    let generation = old.generation;
    let said = match &old.state {
        OldKeyState::Moving(left, all) => keys::moving(*left, *all),
        OldKeyState::Settling(time) => keys::settling(time),
        OldKeyState::Unused => keys::UNUSED.to_owned(),
    };
    let name = keys::old_name(old.compartment.name(), old.generation);
    let far = match &old.state {
        OldKeyState::Moving(left, all) if all >= left => Some((all.saturating_sub(*left), *all)),
        _ => None,
    };
    rsx! {
        div { class: "card-text",
            span { class: "card-title", "{name}" }
            span { class: "soft", role: "status", "{said}" }
            if let Some((moved, all)) = far {
                progress { class: "moved", max: "{all}", value: "{moved}", aria_label: keys::moved(&name) }
            }
        }
        if old.may_destroy {
            Button {
                id: "old-{place}", weight: Weight::Grave, disabled: busy, label: "{keys::DESTROY}: {name}",
                onclick: move |()| on_input.call(Input::ChooseOldKey(compartment.clone(), generation)),
                "{keys::DESTROY}"
            }
        }
    }
}

/// A compartment's key is about to be changed: what happens, and the PIN.
#[component]
pub(crate) fn ChangeKey(
    compartment: String,
    holders: usize,
    trouble: Option<String>,
    busy: bool,
    on_input: EventHandler<Input>,
) -> Element {
    rsx! {
        section { class: "page",
            Title { id: "title-change-key", {keys::change(&compartment)} }
            ol { class: "steps",
                for step in keys::change_steps(holders) {
                    li { key: "{step}", "{step}" }
                }
            }
            PinForm { id: "change-key", button: keys::CHANGE_BUTTON, busy_button: keys::CHANGING, trouble, busy, on_input }
        }
    }
}

/// An old key is about to be destroyed.
#[component]
pub(crate) fn DestroyKey(
    compartment: String,
    trouble: Option<String>,
    busy: bool,
    on_input: EventHandler<Input>,
) -> Element {
    rsx! {
        section { class: "page",
            Title { id: "title-destroy-key", {keys::destroy(&compartment)} }
            p { class: "lead", "{keys::DESTROY_LEAD}" }
            PinForm {
                id: "destroy-key", button: keys::DESTROY_BUTTON, busy_button: keys::CHANGING, weight: Weight::Grave,
                trouble, busy, on_input,
            }
        }
    }
}
