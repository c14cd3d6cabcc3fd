//! Screens that say one thing and offer one step.

use dioxus::prelude::*;

use crate::parts::{Button, Weight};
use crate::phase::Input;

/// Something is under way.
#[component]
pub(crate) fn Working(what: &'static str) -> Element {
    rsx! {
        section { class: "page centre", role: "status",
            span { class: "pulse", aria_hidden: "true" }
            p { class: "lead", "{what}" }
        }
    }
}

/// A device with a key.
#[component]
pub(crate) fn Ready(busy: bool, on_input: EventHandler<Input>) -> Element {
    rsx! {
        section { class: "page centre",
            span { class: "tick", aria_hidden: "true", "✓" }
            h1 { "Your key is ready" }
            p { class: "lead", "To read the records, choose “Unlock” in the browser, then answer here." }
            div { class: "foot",
                Button { id: "look", disabled: busy, onclick: move |()| on_input.call(Input::Look), "Look for a request" }
                GiveAKey { busy, on_input }
            }
        }
    }
}

/// The way to the grant.
#[component]
fn GiveAKey(busy: bool, on_input: EventHandler<Input>) -> Element {
    rsx! {
        Button {
            id: "start-grant", weight: Weight::Quiet, disabled: busy,
            onclick: move |()| on_input.call(Input::StartGrant),
            "Give a key to somebody"
        }
    }
}

/// No browser waits.
#[component]
pub(crate) fn Nothing(busy: bool, on_input: EventHandler<Input>) -> Element {
    rsx! {
        section { class: "page centre", role: "status",
            h1 { "Nothing waits" }
            p { class: "lead", "When you choose “Unlock” in a browser, the question appears here." }
            div { class: "foot",
                Button {
                    id: "look", weight: Weight::Quiet, disabled: busy,
                    onclick: move |()| on_input.call(Input::Look),
                    "Look now"
                }
                GiveAKey { busy, on_input }
            }
        }
    }
}

/// A browser was unlocked.
#[component]
pub(crate) fn Approved(on_input: EventHandler<Input>) -> Element {
    rsx! {
        section { class: "page centre", role: "status",
            span { class: "tick", aria_hidden: "true", "✓" }
            h1 { "Unlocked" }
            p { class: "lead", "The records are open in your browser. They lock by themselves after fifteen idle minutes." }
            div { class: "foot",
                Button { id: "look", weight: Weight::Quiet, onclick: move |()| on_input.call(Input::Look), "Done" }
            }
        }
    }
}

/// "Not me" was said.
#[component]
pub(crate) fn Refused(on_input: EventHandler<Input>) -> Element {
    rsx! {
        section { class: "page centre", role: "status",
            h1 { "Refused" }
            p { class: "lead", "Nothing was opened. Unlocking is stopped for now, and the other key holders are told. If you did not expect this, change your password." }
            div { class: "foot",
                Button { id: "look", weight: Weight::Quiet, onclick: move |()| on_input.call(Input::Look), "Done" }
            }
        }
    }
}

/// An approval came to nothing.
#[component]
pub(crate) fn Failed(trouble: String, busy: bool, on_input: EventHandler<Input>) -> Element {
    rsx! {
        section { class: "page centre",
            h1 { "Not unlocked" }
            p { id: "trouble", class: "trouble", role: "alert", "{trouble}" }
            div { class: "foot",
                Button { id: "look", weight: Weight::Quiet, disabled: busy, onclick: move |()| on_input.call(Input::Back), "Back" }
            }
        }
    }
}

/// A step of setup failed and can be tried again; nothing was lost.
#[component]
pub(crate) fn Interrupted(trouble: String, busy: bool, on_input: EventHandler<Input>) -> Element {
    rsx! {
        section { class: "page centre",
            h1 { "Not finished yet" }
            p { id: "trouble", class: "trouble", role: "alert", "{trouble}" }
            p { class: "lead", "Keep this app open and keep your sheets." }
            div { class: "foot",
                Button { id: "retry", disabled: busy, onclick: move |()| on_input.call(Input::Retry), "Try again" }
            }
        }
    }
}

/// The key cannot be reached.
#[component]
pub(crate) fn Stopped(trouble: String, busy: bool, on_input: EventHandler<Input>) -> Element {
    rsx! {
        section { class: "page centre",
            h1 { "Your key cannot be reached" }
            p { id: "trouble", class: "trouble", role: "alert", "{trouble}" }
            div { class: "foot",
                Button { id: "retry", disabled: busy, onclick: move |()| on_input.call(Input::Open), "Try again" }
            }
        }
    }
}
