//! Screens that say one thing and offer one step.

use dioxus::prelude::*;

use crate::parts::{Button, Title, Weight};
use crate::phase::{Input, Page};
use crate::stop::{Stop, WayOut};
use crate::words::{asking, begin, common, restore, schools, sessions, stop as words};

/// Something is under way.
#[component]
pub(crate) fn Working(what: &'static str) -> Element {
    rsx! {
        section { class: "page centre", role: "status",
            span { class: "pulse", aria_hidden: "true" }
            h1 { class: "quiet", "{what}" }
        }
    }
}

/// A browser was unlocked.
#[component]
pub(crate) fn Approved(on_input: EventHandler<Input>) -> Element {
    rsx! {
        section { class: "page centre", role: "status",
            span { class: "tick", aria_hidden: "true", "✓" }
            Title { id: "title-unlocked", "{asking::UNLOCKED}" }
            p { class: "lead", "{asking::UNLOCKED_LEAD}" }
            div { class: "foot",
                Button { id: "look", onclick: move |()| on_input.call(Input::Back), "{common::DONE}" }
                Button {
                    id: "go-sessions", weight: Weight::Quiet,
                    onclick: move |()| on_input.call(Input::Go(Page::Sessions)),
                    "{sessions::WAY}"
                }
            }
        }
    }
}

/// "Not me" was said.
#[component]
pub(crate) fn Refused(on_input: EventHandler<Input>) -> Element {
    rsx! {
        section { class: "page centre", role: "status",
            Title { id: "title-refused", "{asking::REFUSED}" }
            p { class: "lead", "{asking::REFUSED_LEAD}" }
            div { class: "foot",
                Button { id: "look", onclick: move |()| on_input.call(Input::Back), "{common::DONE}" }
            }
        }
    }
}

/// The question is over without an answer from this device.
#[component]
pub(crate) fn Elsewhere(on_input: EventHandler<Input>) -> Element {
    rsx! {
        section { class: "page centre", role: "status",
            Title { id: "title-elsewhere", "{asking::ELSEWHERE}" }
            p { class: "lead", "{asking::ELSEWHERE_LEAD}" }
            p { class: "soft", "{asking::ELSEWHERE_ELSE}" }
            div { class: "foot",
                Button { id: "look", onclick: move |()| on_input.call(Input::Back), "{common::DONE}" }
                Button {
                    id: "go-sessions", weight: Weight::Quiet,
                    onclick: move |()| on_input.call(Input::Go(Page::Sessions)),
                    "{sessions::WAY}"
                }
            }
        }
    }
}

/// A step of setup failed and can be tried again; nothing was lost.
#[component]
pub(crate) fn Interrupted(trouble: String, busy: bool, on_input: EventHandler<Input>) -> Element {
    rsx! {
        section { class: "page centre",
            Title { id: "title-interrupted", "{begin::INTERRUPTED}" }
            p { id: "trouble", class: "trouble", role: "alert", "{trouble}" }
            p { class: "lead", "{begin::INTERRUPTED_LEAD}" }
            div { class: "foot",
                Button { id: "retry", disabled: busy, onclick: move |()| on_input.call(Input::Retry), "{common::TRY_AGAIN}" }
            }
        }
    }
}

/// Nobody can go on from here without doing something first: what happened, and the next step.
#[component]
pub(crate) fn Stopped(stop: Stop, busy: bool, on_input: EventHandler<Input>) -> Element {
    rsx! {
        section { class: "page centre",
            span { class: if stop.serious { "sign serious" } else { "sign" }, aria_hidden: "true", "!" }
            Title { id: "title-stopped", "{stop.heading}" }
            div { class: "alert", role: "alert",
                p { id: "trouble", class: if stop.serious { "trouble" } else { "lead" }, "{stop.what}" }
            }
            p { id: "next", class: "lead", "{stop.next}" }
            div { class: "foot",
                Button { id: "retry", disabled: busy, onclick: move |()| on_input.call(Input::Back), "{stop.button}" }
                if stop.way_out == WayOut::Restored {
                    Button {
                        id: "go-restore", weight: Weight::Quiet, disabled: busy,
                        onclick: move |()| on_input.call(Input::Go(Page::Restore)),
                        "{restore::WAY}"
                    }
                }
                if stop.way_out == WayOut::NewKey {
                    Button {
                        id: "renew", weight: Weight::Quiet, disabled: busy,
                        onclick: move |()| on_input.call(Input::AddSchool),
                        "{words::NEW_KEY}"
                    }
                }
                Button {
                    id: "go-schools", weight: Weight::Quiet, disabled: busy,
                    onclick: move |()| on_input.call(Input::Go(Page::Schools)),
                    "{schools::WAY}"
                }
            }
        }
    }
}
