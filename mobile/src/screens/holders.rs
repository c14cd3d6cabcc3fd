use dioxus::prelude::*;

use crate::parts::{Button, Title, Weight};
use crate::phase::Input;
use crate::view::{HolderRow, Standing};
use crate::words::{common, holders as words};

/// Who holds keys: as the roll says that this device replayed, with the server's names beside it.
#[component]
pub(crate) fn Holders(
    rows: Vec<HolderRow>,
    six_words: String,
    busy: bool,
    on_input: EventHandler<Input>,
) -> Element {
    rsx! {
        section { class: "page",
            Title { id: "title-holders", "{words::TITLE}" }
            p { class: "lead", "{words::LEAD}" }
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
            p { class: "soft", "{words::WORDS}" strong { "{six_words}" } }
            div { class: "foot",
                Button { id: "back", weight: Weight::Quiet, disabled: busy, onclick: move |()| on_input.call(Input::Back), "{common::BACK}" }
            }
        }
    }
}

/// What is known of one key.
#[component]
pub(crate) fn HolderText(row: HolderRow) -> Element {
    let standing = match row.standing {
        Standing::Held => None,
        Standing::Ended => Some(words::ENDED),
        Standing::Suspended => Some(words::SUSPENDED),
        Standing::Revoked => Some(words::REVOKED),
    };
    rsx! {
        span { class: "card-text",
            span { class: "card-title", "{row.member_name}" if row.is_this { "{words::THIS}" } }
            if let Some(standing) = standing {
                span { class: "chip", "{standing}" }
            }
            if row.standing == Standing::Held {
                span { class: "soft", {words::opens(&row.opens)} }
            }
            if let Some(waiting) = &row.waiting {
                span { class: "chip caution", {words::waits(waiting)} }
            }
            span { class: "soft", {words::lives(&row.device_name, row.store)} }
        }
    }
}
