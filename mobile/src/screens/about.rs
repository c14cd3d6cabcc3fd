use dioxus::prelude::*;

use crate::parts::{Button, LinksChoice, Title, Weight};
use crate::phase::Input;
use crate::view::About as Facts;
use crate::words::{about as words, common};

/// What this device is, and what it saw: to be compared with other devices and with the server's page.
#[component]
pub(crate) fn About(about: Facts, on_input: EventHandler<Input>) -> Element {
    rsx! {
        section { class: "page",
            Title { id: "title-about", "{words::TITLE}" }
            dl { class: "facts wide",
                div { dt { "{words::SCHOOL}" } dd { "{about.school_name}" } }
                div { dt { "{words::WHOSE}" } dd { "{about.member_name}" } }
                div { dt { "{words::DEVICE}" } dd { {words::device(&about.device_name, about.store)} } }
                div { dt { "{words::SERVER}" } dd { "{about.origin}" } }
            }
            h2 { "{words::COMPARE}" }
            dl { class: "facts wide",
                div { dt { "{words::OWN_WORDS}" } dd { id: "own-words", "{about.own_words}" } }
                div {
                    dt { "{words::ROLL}" }
                    dd { id: "roll-words", "{about.roll_words}" }
                    dd { class: "soft", {words::roll(about.roll_length)} }
                }
                div {
                    dt { "{words::LOG}" }
                    if about.log_length > 0 {
                        dd { class: "figures", "{about.log_head}" }
                        dd { class: "soft", {words::log(about.log_length)} }
                    } else {
                        dd { class: "soft", "{words::NO_LOG}" }
                    }
                }
                div {
                    dt { "{words::FINGERPRINT}" }
                    dd { id: "server", class: "figures", "{about.server}" }
                }
            }
            LinksChoice {}
            div { class: "foot",
                Button { id: "back", weight: Weight::Quiet, onclick: move |()| on_input.call(Input::Back), "{common::BACK}" }
            }
        }
    }
}
