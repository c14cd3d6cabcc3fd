use dioxus::prelude::*;

use crate::parts::{Button, PictureWays, Title, TroubleNote, Weight};
use crate::phase::Input;
use crate::words::{begin, common};

/// No device yet: a link is pasted.
#[component]
pub(crate) fn Welcome(
    trouble: Option<String>,
    others: bool,
    busy: bool,
    on_input: EventHandler<Input>,
) -> Element {
    let mut text = use_signal(String::new);
    let invalid = trouble.is_some();
    rsx! {
        section { class: "page",
            Title { id: "title-welcome", "{begin::TITLE}" }
            p { class: "lead", "{begin::LEAD}" }
            div { class: "labelled",
                label { r#for: "link", "{begin::LINK}" }
                p { id: "link-hint", class: "soft", "{begin::LINK_HINT}" }
                textarea {
                    id: "link", class: "field link", rows: 4,
                    autocomplete: "off", autocapitalize: "off", spellcheck: "false",
                    aria_describedby: "link-hint",
                    aria_invalid: if invalid { "true" } else { "false" },
                    initial_value: "",
                    oninput: move |event| text.set(event.value()),
                }
            }
            TroubleNote { trouble }
            PictureWays { busy, on_input }
            details { class: "more",
                summary { "{begin::LOST}" }
                ol { class: "steps",
                    for step in begin::LOST_STEPS {
                        li { key: "{step}", "{step}" }
                    }
                }
            }
            div { class: "foot",
                Button {
                    id: "continue", disabled: busy || text().trim().is_empty(),
                    onclick: move |()| on_input.call(Input::Link(text())),
                    "{common::CONTINUE}"
                }
                if others {
                    Button {
                        id: "back", weight: Weight::Quiet, disabled: busy,
                        onclick: move |()| on_input.call(Input::Back),
                        "{common::BACK}"
                    }
                }
            }
        }
    }
}
