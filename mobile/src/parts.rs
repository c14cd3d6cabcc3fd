//! The few controls that the screens are made of.

use dioxus::prelude::*;

/// How a button stands out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Weight {
    /// The one next step.
    Main,
    /// Everything else.
    Quiet,
}

/// A button, at least 48 px high.
#[component]
pub(crate) fn Button(
    id: &'static str,
    #[props(default = Weight::Main)] weight: Weight,
    #[props(default = false)] disabled: bool,
    onclick: EventHandler<()>,
    children: Element,
) -> Element {
    let class = match weight {
        Weight::Main => "button main",
        Weight::Quiet => "button",
    };
    rsx! {
        button { id, class, r#type: "button", disabled, onclick: move |_| onclick.call(()), {children} }
    }
}

/// What a field takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Digits that nobody should read over a shoulder.
    Pin,
    /// Digits that the page shows.
    Number,
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
        Kind::Number => ("text", "numeric", "field number"),
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
        div { role: "alert",
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
