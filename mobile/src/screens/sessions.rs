use dioxus::prelude::*;
use protocol::pin::MIN_DIGITS;
use zeroize::Zeroizing;

use crate::parts::{Button, Field, Kind, Title, TroubleNote, Weight};
use crate::phase::{Input, Page};
use crate::view::{Known, SessionRow};

/// The browsers that are unlocked, each with its lock; a new one can be kept.
#[component]
pub(crate) fn Sessions(
    rows: Vec<SessionRow>,
    trouble: Option<String>,
    busy: bool,
    on_input: EventHandler<Input>,
) -> Element {
    let mut pin = use_signal(|| Zeroizing::new(String::new()));
    let has_pin = pin.read().len() >= MIN_DIGITS;
    let empty = rows.is_empty();
    let any_new = rows.iter().any(|row| row.known == Known::New);
    rsx! {
        section { class: "page",
            Title { id: "title-sessions", "Unlocked browsers" }
            if empty {
                p { class: "lead", role: "status", "No browser of yours is unlocked." }
            } else {
                p { class: "lead", "Lock any that you have left, or do not know." }
            }
            if any_new {
                Field {
                    id: "pin", label: "Your PIN, if a new browser is your own", kind: Kind::Pin, invalid: trouble.is_some(),
                    oninput: move |typed| pin.set(Zeroizing::new(typed)),
                }
            }
            ul { class: "cards",
                for (place, row) in rows.into_iter().enumerate() {
                    li { key: "{row.unlock}", class: "card",
                        div {
                            p { class: "card-title", "{row.browser}" }
                            p { class: "soft", "{row.when}" }
                            match row.known {
                                Known::Fully => rsx! {},
                                Known::New => rsx! { p { "New: it sees little until you say that it is yours." } },
                                Known::Kept => rsx! { p { role: "status", "Yours: unlock in it again, and it sees all that you may." } },
                            }
                        }
                        if row.known == Known::New {
                            Button {
                                id: "keep-{place}", disabled: busy || !has_pin, label: "This browser is mine: {row.browser}",
                                onclick: move |()| on_input.call(Input::Keep(row.unlock, pin())),
                                "This browser is mine"
                            }
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
