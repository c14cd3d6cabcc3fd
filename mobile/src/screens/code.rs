use dioxus::prelude::*;

use crate::parts::{Button, Title, Weight};
use crate::phase::Input;

/// The offline code. It proves that you have this device, and opens nothing.
#[component]
pub(crate) fn Code(code: String, seconds_left: u64, on_input: EventHandler<Input>) -> Element {
    let half = code.len() / 2;
    let (first, second) = code.split_at_checked(half).unwrap_or((&code, ""));
    let spoken: Vec<String> = code.chars().map(String::from).collect();
    let spoken = spoken.join(" ");
    rsx! {
        section { class: "page centre",
            Title { id: "title-code", "Offline code" }
            p { class: "code", aria_label: "{spoken}", role: "img", "{first} {second}" }
            p { class: "soft", "Good for {seconds_left} more seconds, once." }
            p { class: "lead", "It proves that you have this device. It opens no record: for that, unlock with the app." }
            div { class: "foot",
                Button { id: "back", weight: Weight::Quiet, onclick: move |()| on_input.call(Input::Back), "Back" }
            }
        }
    }
}
