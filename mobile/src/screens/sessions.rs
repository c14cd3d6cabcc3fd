use dioxus::prelude::*;

use crate::parts::{Button, Title, TroubleNote, Weight};
use crate::phase::{Input, Page};
use crate::view::SessionRow;

/// The browsers that are unlocked, each with its lock.
#[component]
pub(crate) fn Sessions(
    rows: Vec<SessionRow>,
    trouble: Option<String>,
    busy: bool,
    on_input: EventHandler<Input>,
) -> Element {
    let empty = rows.is_empty();
    rsx! {
        section { class: "page",
            Title { id: "title-sessions", "Unlocked browsers" }
            if empty {
                p { class: "lead", role: "status", "No browser of yours is unlocked." }
            } else {
                p { class: "lead", "Lock any that you have left, or do not know." }
            }
            ul { class: "cards",
                for (place, row) in rows.into_iter().enumerate() {
                    li { key: "{row.unlock}", class: "card",
                        div {
                            p { class: "card-title", "{row.browser}" }
                            p { class: "soft", "{row.when}" }
                        }
                        Button {
                            id: "lock-{place}", weight: Weight::Quiet, disabled: busy, label: "Lock {row.browser}",
                            onclick: move |()| on_input.call(Input::Lock(row.unlock)),
                            "Lock"
                        }
                    }
                }
            }
            TroubleNote { trouble }
            div { class: "foot two",
                Button { id: "back", weight: Weight::Quiet, disabled: busy, onclick: move |()| on_input.call(Input::Back), "Back" }
                Button { id: "again", weight: Weight::Quiet, disabled: busy, onclick: move |()| on_input.call(Input::Go(Page::Sessions)), "Look again" }
            }
        }
    }
}
