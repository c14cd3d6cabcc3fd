use dioxus::prelude::*;

use crate::words::common;

/// Six words, to be read out or compared.
#[component]
pub(crate) fn SixWords(words: Vec<String>) -> Element {
    rsx! {
        ol { id: "words", class: "words", aria_label: common::SIX_WORDS,
            for (place, word) in words.into_iter().enumerate() {
                li { key: "{place}", span { class: "word", "{word}" } }
            }
        }
    }
}
