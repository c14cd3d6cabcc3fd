//! The few controls that the screens are made of.

mod links;
mod pad;
mod pictures;
mod pin_form;
mod pin_note;
mod six_words;
mod square;

use std::fmt;
use std::rc::Rc;

use dioxus::prelude::*;

pub use links::Links;
pub(crate) use links::LinksChoice;
pub(crate) use pad::Pad;
pub(crate) use pictures::PictureWays;
pub use pictures::{Asked, Pictures};
pub(crate) use pin_form::PinForm;
pub use pin_note::PinWaits;
pub(crate) use pin_note::{PinNote, pin_waits};
pub(crate) use six_words::SixWords;
pub(crate) use square::{Square, Squares};

/// A way to give an element of this id the focus, where there is a page that can.
#[derive(Clone)]
pub struct Focus(pub Rc<dyn Fn(&str)>);

impl fmt::Debug for Focus {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Focus")
    }
}

/// A way to bring the app's window before the others, where there is one.
#[derive(Clone)]
pub struct Raise(pub Rc<dyn Fn()>);

impl fmt::Debug for Raise {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Raise")
    }
}

/// Gives this element the focus once it is there.
pub(crate) fn use_focus(id: &'static str) {
    use_effect(move || {
        if let Some(Focus(focus)) = try_consume_context::<Focus>() {
            focus(id);
        }
    });
}

/// What a screen is about. It takes the focus when the screen comes, so that it is read out and the
/// next key press goes on from there.
#[component]
pub(crate) fn Title(id: &'static str, children: Element) -> Element {
    use_focus(id);
    rsx! {
        h1 { id, tabindex: "-1", {children} }
    }
}

/// How a button stands out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Weight {
    /// The one next step.
    Main,
    /// Everything else.
    Quiet,
    /// What cannot be undone.
    Grave,
}

/// A button, at least 48 px high.
#[component]
pub(crate) fn Button(
    id: String,
    #[props(default = Weight::Main)] weight: Weight,
    #[props(default = false)] disabled: bool,
    #[props(default)] label: Option<String>,
    onclick: EventHandler<()>,
    children: Element,
) -> Element {
    let class = match weight {
        Weight::Main => "button main",
        Weight::Quiet => "button",
        Weight::Grave => "button grave",
    };
    rsx! {
        button { id, class, r#type: "button", disabled, aria_label: label, onclick: move |_| onclick.call(()), {children} }
    }
}

/// A row of a menu: the way to another page.
#[component]
pub(crate) fn Way(
    id: String,
    #[props(default = false)] disabled: bool,
    onclick: EventHandler<()>,
    children: Element,
) -> Element {
    rsx! {
        li {
            button { id, class: "way", r#type: "button", disabled, onclick: move |_| onclick.call(()),
                span { class: "way-text", {children} }
                span { class: "way-on", aria_hidden: "true", "›" }
            }
        }
    }
}

/// What a field takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Digits that nobody should read over a shoulder.
    Pin,
    /// A few characters of a sheet.
    Code,
    /// Words that somebody reads out.
    Words,
}

/// A labelled field. It is uncontrolled: what was typed is told, never written back.
#[component]
pub(crate) fn Field(
    id: &'static str,
    label: String,
    kind: Kind,
    #[props(default)] hint: Option<String>,
    #[props(default = false)] invalid: bool,
    oninput: EventHandler<String>,
) -> Element {
    let (input_type, mode, class) = match kind {
        Kind::Pin => ("password", "numeric", "field pin"),
        Kind::Words => ("text", "text", "field"),
        Kind::Code => ("text", "text", "field code"),
    };
    let hint_id = format!("{id}-hint");
    rsx! {
        div { class: "labelled",
            label { r#for: id, "{label}" }
            if let Some(hint) = &hint {
                p { id: "{hint_id}", class: "soft", "{hint}" }
            }
            input {
                id, class, r#type: input_type, inputmode: mode,
                autocomplete: "off", autocapitalize: "off", spellcheck: "false",
                aria_invalid: if invalid { "true" } else { "false" },
                aria_describedby: if hint.is_some() { hint_id.clone() },
                initial_value: "",
                oninput: move |event| oninput.call(event.value()),
            }
        }
    }
}

/// What went wrong, if anything did. Read out when it appears.
#[component]
pub(crate) fn TroubleNote(trouble: Option<String>) -> Element {
    rsx! {
        div { class: "alert", role: "alert",
            if let Some(trouble) = trouble {
                p { id: "trouble", class: "trouble", "{trouble}" }
            }
        }
    }
}

/// A box to tick, with a label that can be pressed too. Uncontrolled, like every field.
#[component]
pub(crate) fn Check(
    id: String,
    label: String,
    checked: bool,
    onchange: EventHandler<bool>,
) -> Element {
    rsx! {
        label { class: "check",
            input {
                id, r#type: "checkbox", initial_checked: checked,
                onchange: move |event| onchange.call(event.checked()),
            }
            span { "{label}" }
        }
    }
}
