use std::fmt;
use std::rc::Rc;

use dioxus::prelude::*;

use super::{Button, Weight};
use crate::words::links as words;

/// Whether a page's link opens this app, where its owner can choose that.
#[derive(Clone)]
pub struct Links {
    /// Whether it does.
    pub are_on: Rc<dyn Fn() -> bool>,
    /// Lets it, or no longer; whether that worked.
    pub turn: Rc<dyn Fn(bool) -> bool>,
}

impl fmt::Debug for Links {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Links")
    }
}

/// Shows its owner whether a page opens the app, and changes it.
#[component]
pub(crate) fn LinksChoice() -> Element {
    match try_consume_context::<Links>() {
        Some(links) => rsx! { Choice { links } },
        None => rsx! {},
    }
}

impl PartialEq for Links {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.turn, &other.turn)
    }
}

#[component]
fn Choice(links: Links) -> Element {
    let mut on = use_signal({
        let are_on = Rc::clone(&links.are_on);
        move || are_on()
    });
    let mut failed = use_signal(|| false);
    rsx! {
        h2 { "{words::TITLE}" }
        p { class: "soft", role: "status", if on() { "{words::ON}" } else { "{words::OFF}" } }
        if failed() {
            p { id: "links-failed", class: "trouble", role: "alert", "{words::FAILED}" }
        }
        Button {
            id: "turn-links", weight: Weight::Quiet,
            onclick: move |()| {
                failed.set(!(links.turn)(!on()));
                on.set((links.are_on)());
            },
            if on() { "{words::TURN_OFF}" } else { "{words::TURN_ON}" }
        }
    }
}
