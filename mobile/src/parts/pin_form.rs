use dioxus::prelude::*;
use protocol::pin::MIN_DIGITS;
use zeroize::Zeroizing;

use super::{Button, Field, Kind, PinNote, Weight, pin_waits};
use crate::phase::Input;
use crate::words::common;

/// The end of a screen that does one thing for the PIN: the field, what went wrong, back and on.
#[component]
pub(crate) fn PinForm(
    id: &'static str,
    button: &'static str,
    /// What the button says while it is being done.
    busy_button: &'static str,
    #[props(default = Weight::Main)] weight: Weight,
    #[props(default = true)] back: bool,
    trouble: Option<String>,
    busy: bool,
    on_input: EventHandler<Input>,
) -> Element {
    let mut pin = use_signal(|| Zeroizing::new(String::new()));
    let waits = pin_waits();
    rsx! {
        Field {
            id: "pin", label: common::YOUR_PIN, kind: Kind::Pin, invalid: trouble.is_some(),
            oninput: move |typed| pin.set(Zeroizing::new(typed)),
        }
        PinNote { trouble }
        div { class: if back { "foot two" } else { "foot" },
            if back {
                Button {
                    id: "back", weight: Weight::Quiet, disabled: busy,
                    onclick: move |()| on_input.call(Input::Back),
                    "{common::BACK}"
                }
            }
            Button {
                id, weight, disabled: busy || waits || pin().len() < MIN_DIGITS,
                onclick: move |()| on_input.call(Input::Pin(pin())),
                if busy { "{busy_button}" } else { "{button}" }
            }
        }
    }
}
