use dioxus::prelude::*;

use super::holders::HolderText;
use crate::parts::{Button, Title, Weight};
use crate::phase::Input;
use crate::view::HolderRow;
use crate::words::{common, lost};

/// The owner's other devices: the lost one is chosen, and its key taken away.
#[component]
pub(crate) fn Lost(rows: Vec<HolderRow>, busy: bool, on_input: EventHandler<Input>) -> Element {
    rsx! {
        section { class: "page",
            Title { id: "title-lost", "{lost::TITLE}" }
            if rows.is_empty() {
                p { class: "lead", "{lost::NONE}" }
            } else {
                p { class: "lead", "{lost::LEAD}" }
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
            }
            p { class: "soft", "{lost::THIS}" }
            div { class: "foot",
                Button { id: "back", weight: Weight::Quiet, disabled: busy, onclick: move |()| on_input.call(Input::Back), "{common::BACK}" }
            }
        }
    }
}
