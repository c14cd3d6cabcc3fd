use dioxus::prelude::*;

use crate::parts::{Button, Title, Way};
use crate::phase::{Input, Page};
use crate::words::{about, code, grant, holders, home, keys, lost, schools, sessions, sheets};

/// A device with a key, and the way to all else.
#[component]
pub(crate) fn Home(looked: bool, busy: bool, on_input: EventHandler<Input>) -> Element {
    let ways = [
        ("go-sessions", Page::Sessions, sessions::WAY),
        ("go-grant", Page::Grant, grant::WAY),
        ("go-holders", Page::Holders, holders::WAY),
        ("go-code", Page::Code, code::WAY),
        ("go-kit", Page::Kit, sheets::WAY),
        ("go-keys", Page::Keys, keys::WAY),
        ("go-lost", Page::Lost, lost::WAY),
        ("go-about", Page::About, about::WAY),
        ("go-schools", Page::Schools, schools::WAY),
    ];
    rsx! {
        section { class: "page",
            div { class: "standing",
                span { class: "tick", aria_hidden: "true", "✓" }
                Title { id: "title-home", "{home::TITLE}" }
                p { class: "lead", role: "status",
                    if looked { "{home::LOOKED}" } else { "{home::LEAD}" }
                }
            }
            nav { aria_label: home::MORE,
                ul { class: "ways",
                    for (id, page, words) in ways {
                        Way { key: "{id}", id, disabled: busy, onclick: move |()| on_input.call(Input::Go(page)), "{words}" }
                    }
                }
            }
            div { class: "foot",
                Button { id: "look", disabled: busy, onclick: move |()| on_input.call(Input::Look), "{home::LOOK}" }
            }
        }
    }
}
