use authenticator::{Slots, slots};
use dioxus::prelude::*;
use protocol::pin::MIN_DIGITS;
use zeroize::Zeroizing;

use crate::parts::{Button, Field, Kind, PinNote, Title, Weight, pin_waits};
use crate::phase::Input;
use crate::words::{common, paper_codes as words};

/// How the codes on paper stand.
#[derive(Clone, PartialEq, Eq)]
pub enum PaperCodes {
    /// The server is being asked.
    Working,
    /// So many are left.
    Left(usize),
    /// Just made: shown now and never again.
    Made {
        /// Ten of them, in groups of four.
        codes: Vec<Zeroizing<String>>,
        /// Where they are typed.
        origin: String,
    },
}

impl std::fmt::Debug for PaperCodes {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Working => formatter.write_str("Working"),
            Self::Left(left) => write!(formatter, "Left({left})"),
            Self::Made { codes, .. } => write!(formatter, "Made({} codes)", codes.len()),
        }
    }
}

impl PaperCodes {
    /// Of the machine.
    pub fn of(machine: &Slots) -> Self {
        match machine.state() {
            slots::State::Working => Self::Working,
            slots::State::Idle => Self::Left(0),
            slots::State::Left(left) => Self::Left(left.left),
            slots::State::Made(paper) => Self::Made {
                codes: paper.codes.clone(),
                origin: machine.identity().profile.origin.clone(),
            },
        }
    }
}

/// Codes on paper: how many are left, ten new ones, or none any more.
#[component]
pub(crate) fn PaperCodesPage(
    state: PaperCodes,
    trouble: Option<String>,
    busy: bool,
    on_input: EventHandler<Input>,
) -> Element {
    let mut pin = use_signal(|| Zeroizing::new(String::new()));
    let has_pin = pin.read().len() >= MIN_DIGITS && !pin_waits();
    let back = rsx! {
        Button { id: "back", weight: Weight::Quiet, disabled: busy, onclick: move |()| on_input.call(Input::Back), "{common::BACK}" }
    };
    match state {
        PaperCodes::Working => rsx! {
            section { class: "page centre",
                Title { id: "title-paper-codes", "{words::TITLE}" }
                p { class: "lead", role: "status", "{words::ASKING}" }
            }
        },
        PaperCodes::Made { codes, origin } => rsx! {
            section { class: "page",
                Title { id: "title-paper-codes", "{words::WRITE}" }
                p { class: "lead",
                    "{words::WHERE[0]}"
                    span { class: "path", "{origin}" }
                    "{words::WHERE[1]}"
                }
                div { class: "sheet",
                    ol {
                        for (place, code) in codes.into_iter().enumerate() {
                            li { key: "{place}", "{code.as_str()}" }
                        }
                    }
                }
                p { "{words::KEEP}" }
                div { class: "foot",
                    Button { id: "written", onclick: move |()| on_input.call(Input::Back), "{words::WRITTEN}" }
                }
            }
        },
        PaperCodes::Left(left) => rsx! {
            section { class: "page",
                Title { id: "title-paper-codes", "{words::TITLE}" }
                p { class: "lead", role: "status", {words::left(left)} }
                Field {
                    id: "pin", label: words::PIN, kind: Kind::Pin, invalid: trouble.is_some(),
                    hint: (left > 0).then(|| words::BEFORE.to_owned()),
                    oninput: move |typed| pin.set(Zeroizing::new(typed)),
                }
                PinNote { trouble }
                div { class: "foot",
                    Button {
                        id: "make-codes", disabled: busy || !has_pin,
                        onclick: move |()| on_input.call(Input::MakePaperCodes(pin())),
                        if busy { "{words::MAKING}" } else { "{words::MAKE}" }
                    }
                    if left > 0 {
                        Button {
                            id: "forget-codes", weight: Weight::Grave, disabled: busy,
                            onclick: move |()| on_input.call(Input::ForgetPaperCodes),
                            "{words::LOST}"
                        }
                    }
                    {back}
                }
            }
        },
    }
}
