use dioxus::prelude::*;
use protocol::pin::{MAX_DIGITS, MIN_DIGITS};
use zeroize::Zeroizing;

use super::use_focus;
use crate::words::common;

/// Digits, by a pad of large keys or by the keyboard.
///
/// It is one stop for whoever uses the keyboard, and every key is a button for whoever does not see
/// it. What is typed stays on this side and is never an element's value.
#[component]
pub(crate) fn Pad(
    id: &'static str,
    label: String,
    /// How many digits there must be; `None` for a PIN, which is not shown.
    count: Option<usize>,
    #[props(default = false)] disabled: bool,
    digits: Signal<Zeroizing<String>>,
    /// All digits are there, or Enter was pressed.
    on_done: EventHandler<()>,
) -> Element {
    use_focus(id);
    let most = count.unwrap_or(MAX_DIGITS);
    let least = count.unwrap_or(MIN_DIGITS);
    let mut add = move |digit: char| {
        if disabled || digits.peek().len() >= most {
            return;
        }
        digits.write().push(digit);
        if count.is_some_and(|count| digits.peek().len() == count) {
            on_done.call(());
        }
    };
    let mut delete = move || {
        if !disabled {
            digits.write().pop();
        }
    };
    let typed = digits.read().len();
    let status = common::digits_typed(typed, count);
    rsx! {
        div {
            id, class: "pad", role: "group", aria_label: "{label}", tabindex: "0",
            onkeydown: move |event| match event.key() {
                Key::Character(text) => {
                    if let Some(digit) = text.chars().next().filter(char::is_ascii_digit) {
                        add(digit);
                    }
                }
                Key::Backspace | Key::Delete => delete(),
                // Whoever presses the first digit and types the rest ends with Enter all the same.
                Key::Enter if digits.peek().len() >= least => {
                    event.prevent_default();
                    on_done.call(());
                }
                _ => {}
            },
            p { class: "typed", aria_hidden: "true",
                for place in 0..count.unwrap_or_else(|| typed.max(MIN_DIGITS)) {
                    span { key: "{place}", class: if place < typed { "cell full" } else { "cell" },
                        {shown(&digits.read(), place, count.is_some())}
                    }
                }
            }
            p { class: "visually-hidden", role: "status", "{status}" }
            div { class: "keys",
                for digit in ['1', '2', '3', '4', '5', '6', '7', '8', '9'] {
                    PadKey { key: "{digit}", name: digit.to_string(), disabled, onclick: move |()| add(digit), "{digit}" }
                }
                span {}
                PadKey { name: "0", disabled, onclick: move |()| add('0'), "0" }
                PadKey { name: "delete", label: common::DELETE_DIGIT, disabled, onclick: move |()| delete(), "⌫" }
            }
        }
    }
}

fn shown(digits: &str, place: usize, openly: bool) -> String {
    match digits.chars().nth(place) {
        Some(digit) if openly => digit.to_string(),
        Some(_) => "•".to_owned(),
        None => String::new(),
    }
}

#[component]
fn PadKey(
    name: String,
    #[props(default)] label: Option<String>,
    disabled: bool,
    onclick: EventHandler<()>,
    children: Element,
) -> Element {
    rsx! {
        button {
            id: "key-{name}", class: "key", r#type: "button", disabled, aria_label: label,
            onclick: move |_| onclick.call(()),
            onkeydown: move |event| {
                if name == "delete" && event.key() == Key::Enter {
                    event.stop_propagation();
                }
            },
            {children}
        }
    }
}
