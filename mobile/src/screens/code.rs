use dioxus::prelude::*;

use crate::parts::{Button, PinForm, Title, Way, Weight};
use crate::phase::{Input, Page};
use crate::words::{code as words, common};

/// The offline code. It proves that you have this device, and opens nothing. Until the server was told to
/// let it count there is none to see.
#[component]
pub(crate) fn Code(
    code: String,
    seconds_left: u64,
    counts: bool,
    trouble: Option<String>,
    busy: bool,
    on_input: EventHandler<Input>,
) -> Element {
    if !counts {
        return rsx! {
            section { class: "page",
                Title { id: "title-code", "{words::TITLE}" }
                p { class: "lead", "{words::OFF}" }
                p { class: "soft", "{words::WHAT_FOR}" }
                p { class: "soft", "{words::WHAT}" }
                PinForm { id: "turn-on", button: words::TURN_ON, busy_button: words::TURNING, trouble, busy, on_input }
                ToPaper { busy, on_input }
            }
        };
    }
    let half = code.len() / 2;
    let (first, second) = code.split_at_checked(half).unwrap_or((&code, ""));
    let spoken: Vec<String> = code.chars().map(String::from).collect();
    let spoken = spoken.join(" ");
    rsx! {
        section { class: "page centre",
            Title { id: "title-code", "{words::TITLE}" }
            p { class: "code", aria_label: "{spoken}", role: "img", "{first} {second}" }
            p { class: "soft", {words::good_for(seconds_left)} }
            p { class: "lead", "{words::WHAT}" }
            details { class: "more start",
                summary { "{words::AGAIN}" }
                div {
                p { class: "soft", "{words::AGAIN_HINT}" }
                PinForm { id: "turn-on", button: words::TURN_ON, busy_button: words::TURNING, trouble, busy, back: false, on_input }
                }
            }
            ToPaper { busy, on_input }
            div { class: "foot",
                Button { id: "back", weight: Weight::Quiet, onclick: move |()| on_input.call(Input::Back), "{common::BACK}" }
            }
        }
    }
}

/// The way to the other codes, which do open the records.
#[component]
fn ToPaper(busy: bool, on_input: EventHandler<Input>) -> Element {
    rsx! {
        ul { class: "ways",
            Way {
                id: "go-paper-codes",
                disabled: busy,
                onclick: move |()| on_input.call(Input::Go(Page::PaperCodes)),
                "{words::ON_PAPER}"
            }
        }
    }
}
