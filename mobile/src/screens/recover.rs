//! Back with two sheets on a new device.

use dioxus::prelude::*;
use protocol::pin::MIN_DIGITS;
use zeroize::Zeroizing;

use crate::parts::{Button, Check, Field, Kind, PinNote, Title, Weight, pin_waits};
use crate::phase::{Input, Page};
use crate::view::OwnDevice;
use crate::words::{begin, common, recover};

/// The server is not the one that the list of key holders names: only a person can know why.
#[component]
pub(crate) fn OtherServer(origin: String, busy: bool, on_input: EventHandler<Input>) -> Element {
    let mut sure = use_signal(|| false);
    rsx! {
        section { class: "page",
            Title { id: "title-other-server", "{recover::OTHER}" }
            p { class: "lead", "{recover::OTHER_LEAD}" }
            p { id: "origin", class: "payload", "{origin}" }
            p { class: "warning", "{recover::OTHER_WHY}" }
            Check { id: "sure", label: recover::OTHER_SURE, checked: false, onchange: move |on| sure.set(on) }
            div { class: "foot two",
                Button { id: "back", weight: Weight::Quiet, disabled: busy, onclick: move |()| on_input.call(Input::Back), "{common::BACK}" }
                Button {
                    id: "was-restored", disabled: busy || !sure(),
                    onclick: move |()| on_input.call(Input::ServerWasRestored),
                    "{recover::OTHER_YES}"
                }
            }
        }
    }
}

/// The sheets fit: what becomes of the owner's other devices, and the PIN.
#[component]
pub(crate) fn TakeKeys(
    devices: Vec<OwnDevice>,
    trouble: Option<String>,
    busy: bool,
    on_input: EventHandler<Input>,
) -> Element {
    // What was reported lost is lost, until its owner says otherwise.
    let mut gone = use_signal(|| {
        let shut_out = devices.iter().filter(|device| device.shut_out);
        shut_out.map(|device| device.device).collect::<Vec<_>>()
    });
    let mut pin = use_signal(|| Zeroizing::new(String::new()));
    let waits = pin_waits();
    rsx! {
        section { class: "page",
            Title { id: "title-take", "{recover::TAKE}" }
            p { class: "lead", "{recover::TAKE_LEAD}" }
            if devices.is_empty() {
                p { class: "soft", "{recover::NONE}" }
            } else {
                fieldset { class: "choices", aria_describedby: "gone-hint",
                    legend { "{recover::GONE}" }
                    p { id: "gone-hint", class: "soft", "{recover::GONE_HINT}" }
                    for (place, device) in devices.into_iter().enumerate() {
                        Check {
                            key: "{device.device}", id: "gone-{place}",
                            label: recover::device(&device.name, device.shut_out), checked: device.shut_out,
                            onchange: move |on| {
                                let mut gone = gone.write();
                                gone.retain(|one| *one != device.device);
                                if on {
                                    gone.push(device.device);
                                }
                            },
                        }
                    }
                }
            }
            Field {
                id: "pin", label: common::YOUR_PIN, kind: Kind::Pin, invalid: trouble.is_some(),
                oninput: move |typed| pin.set(Zeroizing::new(typed)),
            }
            PinNote { trouble }
            div { class: "foot two",
                Button { id: "back", weight: Weight::Quiet, disabled: busy, onclick: move |()| on_input.call(Input::Back), "{common::BACK}" }
                Button {
                    id: "take-keys", disabled: busy || waits || pin().len() < MIN_DIGITS,
                    onclick: move |()| on_input.call(Input::Recover(gone(), pin())),
                    if busy { "{recover::TAKING}" } else { "{recover::TAKE_BUTTON}" }
                }
            }
        }
    }
}

/// The keys are here again. What is due next is the large button.
#[component]
pub(crate) fn Recovered(
    new_kit_by: Option<String>,
    missing: Vec<String>,
    busy: bool,
    on_input: EventHandler<Input>,
) -> Element {
    rsx! {
        section { class: "page centre",
            span { class: "tick", aria_hidden: "true", "✓" }
            Title { id: "title-recovered", "{recover::READY}" }
            p { class: "lead", role: "status", {recover::new_kit(new_kit_by.as_deref())} }
            if !missing.is_empty() {
                p { id: "missing", class: "warning", {recover::missing(&missing)} }
            }
            div { class: "foot",
                Button { id: "go-new-kit", disabled: busy, onclick: move |()| on_input.call(Input::Go(Page::NewKit)), "{recover::NOW}" }
                Button { id: "later", weight: Weight::Quiet, disabled: busy, onclick: move |()| on_input.call(Input::Back), "{recover::LATER}" }
            }
        }
    }
}

/// This device has a key of the school already: a new one takes its place.
#[component]
pub(crate) fn Replace(school_name: String, busy: bool, on_input: EventHandler<Input>) -> Element {
    rsx! {
        section { class: "page centre",
            span { class: "sign", aria_hidden: "true", "!" }
            Title { id: "title-replace", {begin::replace(&school_name)} }
            p { class: "lead", "{begin::REPLACE}" }
            p { class: "soft", "{begin::REPLACE_DRILL}" }
            div { class: "foot",
                Button { id: "back", disabled: busy, onclick: move |()| on_input.call(Input::Back), "{begin::REPLACE_NO}" }
                Button {
                    id: "replace", weight: Weight::Grave, disabled: busy,
                    onclick: move |()| on_input.call(Input::Replace),
                    "{begin::REPLACE_YES}"
                }
            }
        }
    }
}
