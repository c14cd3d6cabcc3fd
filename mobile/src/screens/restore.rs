use dioxus::prelude::*;
use protocol::pin::MIN_DIGITS;
use zeroize::Zeroizing;

use crate::parts::{Button, Check, Field, Kind, PinNote, Title, Weight, pin_waits};
use crate::phase::Input;
use crate::view::Gone;
use crate::words::{common, restore};

/// A backup was put back: what is gone, and whether its owner knows why.
#[component]
pub(crate) fn Restore(
    gone: Gone,
    trouble: Option<String>,
    busy: bool,
    on_input: EventHandler<Input>,
) -> Element {
    let mut sure = use_signal(|| false);
    let mut pin = use_signal(|| Zeroizing::new(String::new()));
    let may_accept = gone.may_accept;
    let waits = pin_waits();
    rsx! {
        section { class: "page",
            Title { id: "title-restore", "{restore::TITLE}" }
            p { class: "lead", "{restore::LEAD}" }
            dl { class: "facts wide",
                div {
                    dt { "{restore::LOG}" }
                    dd { {restore::lines(gone.log.0, gone.log.1)} }
                }
                if let Some((before, now)) = gone.roll {
                    div {
                        dt { "{restore::ROLL}" }
                        dd { {restore::entries(before, now)} }
                    }
                    div {
                        dt { "{restore::WORDS}" }
                        dd { id: "roll-words", "{gone.words}" }
                        dd { class: "soft", "{restore::WORDS_HINT}" }
                    }
                }
            }
            if gone.roll.is_some() {
                p { class: "trouble", "{restore::ROLL_GONE}" }
            }
            if may_accept {
                p { class: "soft", if gone.for_everybody { "{restore::FOR_ALL}" } else { "{restore::FOR_SELF}" } }
                Check { id: "sure", label: restore::SURE, checked: false, onchange: move |on| sure.set(on) }
                Field {
                    id: "pin", label: common::YOUR_PIN, kind: Kind::Pin, invalid: trouble.is_some(),
                    oninput: move |typed| pin.set(Zeroizing::new(typed)),
                }
            } else {
                p { id: "not-first", class: "warning", "{restore::NOT_FIRST}" }
            }
            PinNote { trouble }
            div { class: if may_accept { "foot two" } else { "foot" },
                Button { id: "back", weight: Weight::Quiet, disabled: busy, onclick: move |()| on_input.call(Input::Back), "{common::BACK}" }
                if may_accept {
                    Button {
                        id: "accept-restore", weight: Weight::Grave, disabled: busy || waits || !sure() || pin().len() < MIN_DIGITS,
                        onclick: move |()| on_input.call(Input::Pin(pin())),
                        if busy { "{restore::ACCEPTING}" } else { "{restore::BUTTON}" }
                    }
                }
            }
        }
    }
}
