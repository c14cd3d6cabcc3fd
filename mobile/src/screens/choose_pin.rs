use dioxus::prelude::*;
use protocol::pin::MIN_DIGITS;
use zeroize::Zeroizing;

use crate::parts::{Button, Field, Kind, Title, TroubleNote};
use crate::phase::Input;
use crate::words::begin;

/// A PIN is chosen, typed twice.
#[component]
pub(crate) fn ChoosePin(
    origin: String,
    trouble: Option<String>,
    busy: bool,
    on_input: EventHandler<Input>,
) -> Element {
    let mut one = use_signal(|| Zeroizing::new(String::new()));
    let mut other = use_signal(|| Zeroizing::new(String::new()));
    let too_short = one().len() < MIN_DIGITS || other().len() < MIN_DIGITS;
    rsx! {
        section { class: "page",
            p { class: "step", "{origin}" }
            Title { id: "title-pin", "{begin::PIN_TITLE}" }
            p { class: "lead", "{begin::PIN_LEAD}" }
            Field {
                id: "pin", label: begin::PIN, kind: Kind::Pin, invalid: trouble.is_some(),
                hint: begin::PIN_HINT,
                oninput: move |typed| one.set(Zeroizing::new(typed)),
            }
            Field {
                id: "pin-again", label: begin::PIN_AGAIN, kind: Kind::Pin, invalid: trouble.is_some(),
                oninput: move |typed| other.set(Zeroizing::new(typed)),
            }
            TroubleNote { trouble }
            div { class: "foot",
                Button {
                    id: "make-key", disabled: busy || too_short,
                    onclick: move |()| on_input.call(Input::ChoosePin(one(), other())),
                    if busy { "{begin::MAKING}" } else { "{begin::MAKE}" }
                }
            }
        }
    }
}
