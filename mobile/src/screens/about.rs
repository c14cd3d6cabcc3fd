use dioxus::prelude::*;

use crate::parts::{Button, Title, Weight};
use crate::phase::Input;
use crate::view::About as Facts;

/// What this device is, and what it saw: to be compared with other devices and with the server's page.
#[component]
pub(crate) fn About(about: Facts, on_input: EventHandler<Input>) -> Element {
    rsx! {
        section { class: "page",
            Title { id: "title-about", "About this key" }
            dl { class: "facts wide",
                div { dt { "School" } dd { "{about.school_name}" } }
                div { dt { "Whose key" } dd { "{about.member_name}" } }
                div { dt { "Device" } dd { "{about.device_name}, key {about.store}" } }
                div { dt { "Server" } dd { "{about.origin}" } }
            }
            h2 { "To compare" }
            dl { class: "facts wide",
                div { dt { "This device’s six words" } dd { id: "own-words", "{about.own_words}" } }
                div {
                    dt { "The list of key holders" }
                    dd { id: "roll-words", "{about.roll_words}" }
                    dd { class: "soft", "{about.roll_length} entries. The same on every device of your school." }
                }
                div {
                    dt { "What this device vouched for" }
                    if about.log_length > 0 {
                        dd { class: "figures", "{about.log_head}" }
                        dd { class: "soft", "{about.log_length} entries of the record of what was done. It can never get shorter unseen." }
                    } else {
                        dd { class: "soft", "Nothing yet. The first unlock vouches for the record of what was done." }
                    }
                }
                div {
                    dt { "The server’s fingerprint" }
                    dd { id: "server", class: "figures", "{about.server}" }
                }
            }
            div { class: "foot",
                Button { id: "back", weight: Weight::Quiet, onclick: move |()| on_input.call(Input::Back), "Back" }
            }
        }
    }
}
