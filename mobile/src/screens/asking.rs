use authenticator::approve::Question;
use dioxus::prelude::*;
use zeroize::Zeroizing;

use crate::parts::{Button, Field, Kind, TroubleNote, Weight};
use crate::phase::Input;

/// Is this you? Who, where, what; then the number and the PIN, or "not me".
#[component]
pub(crate) fn Asking(
    question: Question,
    trouble: Option<String>,
    busy: bool,
    on_input: EventHandler<Input>,
) -> Element {
    let mut number = use_signal(String::new);
    let mut pin = use_signal(|| Zeroizing::new(String::new()));
    let digits = usize::from(question.digits);
    let ready = number().trim().len() == digits && !pin().is_empty();
    let names: Vec<&str> = question
        .compartments
        .iter()
        .map(|name| name.name())
        .collect();
    let opens = names.join(", ");
    let hours = question.session_seconds / 3600;
    rsx! {
        section { class: if question.known_browser { "page" } else { "page unknown" },
            h1 { "Is this you?" }
            if !question.known_browser {
                p { id: "unknown", class: "warning",
                    "You have not used this browser before. If you did not start this yourself, just now, say “Not me”."
                }
            }
            dl { class: "facts",
                div { dt { "Browser" } dd { "{question.browser}" } }
                if !question.place.is_empty() {
                    div { dt { "From" } dd { "{question.place}" } }
                }
                div { dt { "At" } dd { "{question.origin}" } }
                div { dt { "To open" } dd { "{opens}" } }
                if hours > 0 {
                    div { dt { "For" } dd { "at most {hours} hours" } }
                }
            }
            Field {
                id: "number", label: "The number on that page, {digits} digits", kind: Kind::Number,
                oninput: move |typed| number.set(typed),
            }
            Field {
                id: "pin", label: "Your PIN", kind: Kind::Pin, invalid: trouble.is_some(),
                oninput: move |typed| pin.set(Zeroizing::new(typed)),
            }
            TroubleNote { trouble }
            div { class: "foot two",
                // Refusing comes first: the safe answer is the easy one to reach.
                Button {
                    id: "refuse", weight: Weight::Quiet, disabled: busy,
                    onclick: move |()| on_input.call(Input::Refuse),
                    "Not me"
                }
                Button {
                    id: "approve", disabled: busy || !ready,
                    onclick: move |()| on_input.call(Input::Approve(number(), pin())),
                    if busy { "Unlocking…" } else { "Unlock" }
                }
            }
        }
    }
}
