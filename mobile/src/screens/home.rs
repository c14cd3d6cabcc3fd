use dioxus::prelude::*;

use crate::parts::{Button, Title, Way};
use crate::phase::{Input, Page};
use crate::words::{keys, lost, sheets};

/// A device with a key, and the way to all else.
#[component]
pub(crate) fn Home(looked: bool, busy: bool, on_input: EventHandler<Input>) -> Element {
    let ways = [
        ("go-sessions", Page::Sessions, "Unlocked browsers"),
        ("go-grant", Page::Grant, "Give a key to somebody"),
        ("go-holders", Page::Holders, "Who holds keys"),
        ("go-code", Page::Code, "Offline code"),
        ("go-kit", Page::Kit, sheets::WAY),
        ("go-keys", Page::Keys, keys::WAY),
        ("go-lost", Page::Lost, lost::WAY),
        ("go-about", Page::About, "About this key"),
        ("go-schools", Page::Schools, "Schools on this device"),
    ];
    rsx! {
        section { class: "page",
            div { class: "standing",
                span { class: "tick", aria_hidden: "true", "✓" }
                Title { id: "title-home", "Your key is ready" }
                p { class: "lead", role: "status",
                    if looked {
                        "Nothing waits. When you choose “Unlock” in a browser, the question appears here."
                    } else {
                        "To read the records, choose “Unlock” in the browser, then answer here."
                    }
                }
            }
            nav { aria_label: "More",
                ul { class: "ways",
                    for (id, page, words) in ways {
                        Way { key: "{id}", id, disabled: busy, onclick: move |()| on_input.call(Input::Go(page)), "{words}" }
                    }
                }
            }
            div { class: "foot",
                Button { id: "look", disabled: busy, onclick: move |()| on_input.call(Input::Look), "Look for a request" }
            }
        }
    }
}
