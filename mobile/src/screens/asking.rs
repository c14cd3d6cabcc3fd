use authenticator::approve::Question;
use dioxus::prelude::*;
use protocol::pin::MIN_DIGITS;
use zeroize::Zeroizing;

use crate::parts::{Button, Pad, PinNote, Title, TroubleNote, Weight, pin_waits};
use crate::phase::Input;
use crate::words::{asking as words, common};

/// One question after the other: is this you, which number, which PIN.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Step {
    Who,
    Number,
    Pin,
}

/// Is this you? Who, where, what; then the number, if there is one, and the PIN. "Not me" is there all the time.
#[component]
pub(crate) fn Asking(
    question: Question,
    trouble: Option<String>,
    busy: bool,
    on_input: EventHandler<Input>,
) -> Element {
    let mut step = use_signal(|| Step::Who);
    let mut number = use_signal(|| Zeroizing::new(String::new()));
    let mut pin = use_signal(|| Zeroizing::new(String::new()));
    let enough = pin.read().len() >= MIN_DIGITS;
    let waits = pin_waits();
    let count = usize::from(question.digits);
    let mut unlock = move || {
        if busy || waits || pin.peek().len() < MIN_DIGITS {
            return;
        }
        let typed = std::mem::take(&mut *pin.write());
        on_input.call(Input::Approve(number.peek().to_string(), typed));
    };
    // Refusing comes first: the safe answer is the easy one to reach.
    let not_me = rsx! {
        Button {
            id: "refuse", weight: Weight::Quiet, disabled: busy,
            onclick: move |()| on_input.call(Input::Refuse),
            "{words::NOT_ME}"
        }
    };
    match step() {
        Step::Who => rsx! {
            section { class: "page",
                Title { id: "title-who", "{words::WHO}" }
                if !question.known_browser {
                    p { id: "unknown", class: "warning",
                        "{words::UNKNOWN}"
                    }
                }
                Facts { question }
                TroubleNote { trouble }
                div { class: "foot two",
                    {not_me}
                    Button {
                        id: "me", disabled: busy,
                        // Where a page has opened the app there is no number.
                        onclick: move |()| step.set(if count == 0 { Step::Pin } else { Step::Number }),
                        "{words::ME}"
                    }
                }
            }
        },
        Step::Number => rsx! {
            section { class: "page",
                h1 { "{words::NUMBER}" }
                p { class: "lead", {words::number_lead(count)} }
                Pad {
                    id: "number", label: words::number_label(count), count, disabled: busy, digits: number,
                    on_done: move |()| {
                        if number.peek().len() == count {
                            step.set(Step::Pin);
                        }
                    },
                }
                div { class: "foot", {not_me} }
            }
        },
        Step::Pin => rsx! {
            section { class: "page",
                h1 { "{common::YOUR_PIN}" }
                if count == 0 {
                    p { class: "lead", "{words::GOES_ON}" }
                } else {
                    p { class: "soft between",
                        span { {words::typed(&number.read())} }
                        button {
                            id: "again", class: "text-link", r#type: "button", disabled: busy,
                            onclick: move |_| {
                                number.write().clear();
                                step.set(Step::Number);
                            },
                            "{words::CHANGE}"
                        }
                    }
                }
                PinNote { trouble }
                Pad {
                    id: "pin", label: common::YOUR_PIN, count: None, disabled: busy, digits: pin,
                    on_done: move |()| unlock(),
                }
                div { class: "foot two",
                    {not_me}
                    Button {
                        id: "approve", disabled: busy || waits || !enough, onclick: move |()| unlock(),
                        if busy { "{words::UNLOCKING}" } else { "{words::UNLOCK}" }
                    }
                }
            }
        },
    }
}

/// Who asks, from where, for what.
#[component]
fn Facts(question: Question) -> Element {
    let names: Vec<&str> = question
        .compartments
        .iter()
        .map(|name| name.name())
        .collect();
    let opens = names.join(", ");
    rsx! {
        dl { class: "facts",
            div { dt { "{words::BROWSER}" } dd { "{question.browser}" } }
            if !question.place.is_empty() {
                div { dt { "{words::FROM}" } dd { "{question.place}" } }
            }
            div { dt { "{words::AT}" } dd { "{question.origin}" } }
            div { dt { "{words::OPENS}" } dd { "{opens}" } }
            div { dt { "{words::FOR}" } dd { {words::at_most(question.session_seconds)} } }
        }
    }
}
