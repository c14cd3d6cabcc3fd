use dioxus::prelude::*;

use crate::parts::{Button, Title, Weight};
use crate::phase::Input;
use crate::view::{HolderRow, Standing};

/// Who holds keys: as the roll says that this device replayed, with the server's names beside it.
#[component]
pub(crate) fn Holders(
    rows: Vec<HolderRow>,
    words: String,
    busy: bool,
    on_input: EventHandler<Input>,
) -> Element {
    rsx! {
        section { class: "page",
            Title { id: "title-holders", "Who holds keys" }
            p { class: "lead", "This device has checked every signature. Choose a key to narrow it or take it away." }
            ul { class: "cards",
                for (place, row) in rows.into_iter().enumerate() {
                    li { key: "{row.device}",
                        button {
                            id: "holder-{place}", class: "card pressable", r#type: "button", disabled: busy,
                            onclick: move |_| on_input.call(Input::Choose(row.device)),
                            HolderText { row: row.clone() }
                        }
                    }
                }
            }
            p { class: "soft", "The list’s six words, the same on every device of your school: " strong { "{words}" } }
            div { class: "foot",
                Button { id: "back", weight: Weight::Quiet, disabled: busy, onclick: move |()| on_input.call(Input::Back), "Back" }
            }
        }
    }
}

/// What is known of one key.
#[component]
pub(crate) fn HolderText(row: HolderRow) -> Element {
    let standing = match row.standing {
        Standing::Held => None,
        Standing::Ended => Some("Its end has come"),
        Standing::Suspended => Some("Suspended"),
        Standing::Revoked => Some("Taken away"),
    };
    rsx! {
        span { class: "card-text",
            span { class: "card-title", "{row.member_name}" if row.is_this { " (this device)" } }
            if let Some(standing) = standing {
                span { class: "chip", "{standing}" }
            }
            if row.standing == Standing::Held {
                span { class: "soft", "Opens: {row.opens}" }
            }
            if let Some(waiting) = &row.waiting {
                span { class: "chip caution", "Waits for a second holder: {waiting}" }
            }
            span { class: "soft",
                if !row.device_name.is_empty() { "{row.device_name}, " }
                "key {row.store}"
            }
        }
    }
}
