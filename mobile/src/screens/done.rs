use dioxus::prelude::*;

use crate::parts::{Button, Title, Weight};
use crate::phase::{Input, Page};
use crate::view::Done as What;
use crate::words::{common, keys, restore, sheets};

/// Something is done: what, and what follows from it.
#[component]
pub(crate) fn Done(done: What, busy: bool, on_input: EventHandler<Input>) -> Element {
    let (heading, said) = match &done {
        What::SheetsWork {
            sheets: numbers,
            tested_on,
        } => (
            sheets::WORK.to_owned(),
            vec![sheets::work(numbers, tested_on)],
        ),
        What::NewKit => (
            sheets::MADE.to_owned(),
            vec![sheets::MADE_LEAD.to_owned(), sheets::MADE_PLACES.to_owned()],
        ),
        What::KeyChanged {
            compartment,
            holders,
        } => (
            keys::changed(compartment),
            vec![keys::changed_lead(*holders)],
        ),
        What::KeyDestroyed { compartment } => (
            keys::DESTROYED.to_owned(),
            vec![keys::destroyed(compartment)],
        ),
        What::RestoreAccepted { for_everybody } => (
            restore::ACCEPTED.to_owned(),
            vec![restore::accepted(*for_everybody).to_owned()],
        ),
        What::NothingGone => (
            restore::NOTHING.to_owned(),
            vec![restore::NOTHING_LEAD.to_owned()],
        ),
    };
    let button = match &done {
        What::KeyChanged { .. } => keys::SEE,
        _ => common::DONE,
    };
    rsx! {
        section { class: "page centre",
            span { class: "tick", aria_hidden: "true", "✓" }
            Title { id: "title-done", "{heading}" }
            div { class: "said", role: "status",
                for words in said {
                    p { key: "{words}", class: "lead", "{words}" }
                }
            }
            div { class: "foot",
                Button { id: "back", disabled: busy, onclick: move |()| on_input.call(Input::Back), "{button}" }
                if done == What::NewKit {
                    Button {
                        id: "go-test-kit", weight: Weight::Quiet, disabled: busy,
                        onclick: move |()| on_input.call(Input::Go(Page::TestKit)),
                        "{sheets::TEST}"
                    }
                }
            }
        }
    }
}
