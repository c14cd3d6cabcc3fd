use dioxus::prelude::*;

use crate::parts::{Button, Title, Weight};
use crate::phase::Input;
use crate::view::SchoolRow;
use crate::words::{common, schools as words};

/// The schools on this device: each has a key of its own.
#[component]
pub(crate) fn Schools(rows: Vec<SchoolRow>, busy: bool, on_input: EventHandler<Input>) -> Element {
    rsx! {
        section { class: "page",
            Title { id: "title-schools", "{words::TITLE}" }
            p { class: "lead", "{words::LEAD}" }
            ul { class: "cards",
                for (place, row) in rows.into_iter().enumerate() {
                    li { key: "{row.school}",
                        button {
                            id: "school-{place}", class: "card pressable", r#type: "button", disabled: busy,
                            aria_current: if place == 0 { "true" } else { "false" },
                            onclick: move |_| on_input.call(Input::School(row.school)),
                            span { class: "card-text",
                                span { class: "card-title school school-{row.place.colour}", "{row.place.name}" }
                                span { class: "soft", "{row.about}" }
                                if place == 0 {
                                    span { class: "chip", "{words::IN_USE}" }
                                }
                            }
                        }
                    }
                }
            }
            div { class: "foot",
                Button { id: "add-school", weight: Weight::Quiet, disabled: busy, onclick: move |()| on_input.call(Input::AddSchool), "{words::ADD}" }
                Button { id: "back", weight: Weight::Quiet, disabled: busy, onclick: move |()| on_input.call(Input::Back), "{common::BACK}" }
            }
        }
    }
}
