use dioxus::prelude::*;

use crate::parts::{Button, SixWords, Square, Title, TroubleNote, Weight};
use crate::phase::{Input, Page};
use crate::words::{begin, schools};

/// Enrolled: six words are read to somebody who can grant a key.
#[component]
pub(crate) fn Waiting(
    school_name: String,
    words: Vec<String>,
    link: String,
    trouble: Option<String>,
    busy: bool,
    on_input: EventHandler<Input>,
) -> Element {
    rsx! {
        section { class: "page",
            p { class: "step", "{school_name}" }
            Title { id: "title-waiting", "{begin::MADE}" }
            p { class: "lead", "{begin::MADE_LEAD}" }
            SixWords { words }
            details { class: "more",
                summary { "{begin::CODE}" }
                p { class: "soft", "{begin::CODE_HINT}" }
                Square { text: link.clone(), label: begin::SQUARE, large: true }
                p { id: "device-link", class: "payload", "{link}" }
            }
            TroubleNote { trouble }
            p { class: "soft", role: "status", "{begin::BY_ITSELF}" }
            div { class: "foot",
                Button {
                    id: "look", weight: Weight::Quiet, disabled: busy,
                    onclick: move |()| on_input.call(Input::Look),
                    "{begin::LOOK}"
                }
                Button {
                    id: "go-recover", weight: Weight::Quiet, disabled: busy,
                    onclick: move |()| on_input.call(Input::Go(Page::Recover)),
                    "{begin::RECOVER}"
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
