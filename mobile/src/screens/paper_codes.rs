use authenticator::{Slots, slots};
use dioxus::prelude::*;
use protocol::pin::MIN_DIGITS;
use zeroize::Zeroizing;

use crate::parts::{Button, Field, Kind, Title, TroubleNote, Weight};
use crate::phase::Input;

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
    let has_pin = pin.read().len() >= MIN_DIGITS;
    let back = rsx! {
        Button { id: "back", weight: Weight::Quiet, disabled: busy, onclick: move |()| on_input.call(Input::Back), "Back" }
    };
    match state {
        PaperCodes::Working => rsx! {
            section { class: "page centre",
                Title { id: "title-paper-codes", "Codes on paper" }
                p { class: "lead", role: "status", "Asking your school…" }
            }
        },
        PaperCodes::Made { codes, origin } => rsx! {
            section { class: "page",
                Title { id: "title-paper-codes", "Write these down now" }
                p { class: "lead",
                    "Each opens your records once, at "
                    span { class: "path", "{origin}" }
                    ", in a browser that you have unlocked before. They are not shown again."
                }
                div { class: "sheet",
                    ol {
                        for (place, code) in codes.into_iter().enumerate() {
                            li { key: "{place}", "{code.as_str()}" }
                        }
                    }
                }
                p { "Keep the paper where you would keep a key. If it is lost, come back here and destroy the codes." }
                div { class: "foot",
                    Button { id: "written", onclick: move |()| on_input.call(Input::Back), "I have written them down" }
                }
            }
        },
        PaperCodes::Left(left) => rsx! {
            section { class: "page",
                Title { id: "title-paper-codes", "Codes on paper" }
                p { class: "lead", role: "status",
                    match left {
                        0 => "There are none. Ten codes on paper open your records where this device has no connection, each once.".to_owned(),
                        1 => "One code is left on your paper.".to_owned(),
                        left => format!("{left} codes are left on your paper."),
                    }
                }
                Field {
                    id: "pin", label: "Your PIN, to make ten new ones", kind: Kind::Pin, invalid: trouble.is_some(),
                    hint: (left > 0).then(|| "The codes before them then open nothing.".to_owned()),
                    oninput: move |typed| pin.set(Zeroizing::new(typed)),
                }
                TroubleNote { trouble }
                div { class: "foot",
                    Button {
                        id: "make-codes", disabled: busy || !has_pin,
                        onclick: move |()| on_input.call(Input::MakePaperCodes(pin())),
                        if busy { "Making…" } else { "Make ten codes" }
                    }
                    if left > 0 {
                        Button {
                            id: "forget-codes", weight: Weight::Grave, disabled: busy,
                            onclick: move |()| on_input.call(Input::ForgetPaperCodes),
                            "My paper is lost: destroy the codes"
                        }
                    }
                    {back}
                }
            }
        },
    }
}
