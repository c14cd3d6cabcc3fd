use dioxus::prelude::*;
use protocol::pin::MIN_DIGITS;
use zeroize::Zeroizing;

use crate::parts::{Button, Field, Kind, PinNote, Title, Weight, pin_waits};
use crate::phase::{Input, Page};
use crate::view::{Known, SessionRow};
use crate::words::{common, sessions as words};

/// The browsers that are unlocked, each with its lock; a new one can be kept.
#[component]
pub(crate) fn Sessions(
    rows: Vec<SessionRow>,
    trouble: Option<String>,
    busy: bool,
    on_input: EventHandler<Input>,
) -> Element {
    let mut pin = use_signal(|| Zeroizing::new(String::new()));
    let has_pin = pin.read().len() >= MIN_DIGITS && !pin_waits();
    let empty = rows.is_empty();
    let any_new = rows.iter().any(|row| row.known == Known::New);
    rsx! {
        section { class: "page",
            Title { id: "title-sessions", "{words::TITLE}" }
            if empty {
                p { class: "lead", role: "status", "{words::NONE}" }
            } else {
                p { class: "lead", "{words::LEAD}" }
            }
            if any_new {
                Field {
                    id: "pin", label: words::PIN, kind: Kind::Pin, invalid: trouble.is_some(),
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
                                Known::New => rsx! { p { "{words::NEW}" } },
                                Known::Kept => rsx! { p { role: "status", "{words::KEPT}" } },
                            }
                        }
                        if row.known == Known::New {
                            Button {
                                id: "keep-{place}", disabled: busy || !has_pin, label: words::mine(&row.browser),
                                onclick: move |()| on_input.call(Input::Keep(row.unlock, pin())),
                                "{words::MINE}"
                            }
                        }
                        Button {
                            id: "lock-{place}", weight: Weight::Quiet, disabled: busy, label: words::lock(&row.browser),
                            onclick: move |()| on_input.call(Input::Lock(row.unlock)),
                            "{words::LOCK}"
                        }
                    }
                }
            }
            PinNote { trouble }
            div { class: "foot two",
                Button { id: "back", weight: Weight::Quiet, disabled: busy, onclick: move |()| on_input.call(Input::Back), "{common::BACK}" }
                Button { id: "again", weight: Weight::Quiet, disabled: busy, onclick: move |()| on_input.call(Input::Go(Page::Sessions)), "{words::AGAIN}" }
            }
        }
    }
}
