use dioxus::prelude::*;

use crate::parts::{Button, Square, Title, TroubleNote, Weight};
use crate::phase::{Input, Page};
use crate::words::begin;

/// Enrolled: six words are read to somebody who can grant a key.
#[component]
pub(crate) fn Waiting(
    school_name: String,
    words: Vec<String>,
    payload: String,
    trouble: Option<String>,
    busy: bool,
    on_input: EventHandler<Input>,
) -> Element {
    rsx! {
        section { class: "page",
            p { class: "step", "{school_name}" }
            Title { id: "title-waiting", "Your key is made" }
            p { class: "lead", "It opens nothing until a key holder grants it. Go to one, or call, and read out these six words." }
            ol { id: "words", class: "words", aria_label: "Six words",
                for (place, word) in words.into_iter().enumerate() {
                    li { key: "{place}", span { class: "word", "{word}" } }
                }
            }
            details { class: "more",
                summary { "Or show or send them a code" }
                Square { text: payload.clone(), label: "The same code as below, as a square to scan" }
                p { id: "payload", class: "payload", "{payload}" }
            }
            TroubleNote { trouble }
            p { class: "soft", role: "status", "This screen changes by itself once the key is granted." }
            div { class: "foot",
                Button {
                    id: "look", weight: Weight::Quiet, disabled: busy,
                    onclick: move |()| on_input.call(Input::Look),
                    "Look now"
                }
                Button {
                    id: "go-recover", weight: Weight::Quiet, disabled: busy,
                    onclick: move |()| on_input.call(Input::Go(Page::Recover)),
                    "{begin::RECOVER}"
                }
                Button {
                    id: "go-schools", weight: Weight::Quiet, disabled: busy,
                    onclick: move |()| on_input.call(Input::Go(Page::Schools)),
                    "Schools on this device"
                }
            }
        }
    }
}
