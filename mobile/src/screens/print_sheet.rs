use dioxus::prelude::*;

use crate::parts::{Button, Field, Kind, Square, Title, TroubleNote, Weight};
use crate::phase::Input;
use crate::words::sheets;

/// One recovery sheet: copied or printed, then checked by its last four characters.
#[component]
pub(crate) fn PrintSheet(
    school_name: String,
    number: u8,
    lines: Vec<String>,
    code: String,
    saved: Option<String>,
    /// Whether it is to take the place of an older one.
    renews: bool,
    trouble: Option<String>,
    busy: bool,
    on_input: EventHandler<Input>,
) -> Element {
    let mut typed = use_signal(String::new);
    // On Android an app has no folder that its owner can print from.
    let can_save = cfg!(not(target_os = "android"));
    rsx! {
        section { class: "page",
            p { class: "step", "Recovery sheet {number} of 3" }
            Title { id: "title-sheet", if can_save { "Print this sheet, or write it down" } else { "Write this sheet down" } }
            p { class: "lead", "If every key is lost, any two of the three sheets restore the records. One alone opens nothing." }
            div { class: "sheet",
                p { class: "sheet-title", "Safehold · {school_name} · sheet {number} of 3" }
                ol {
                    for (place, line) in lines.into_iter().enumerate() {
                        li { key: "{place}", "{line}" }
                    }
                }
                Square { text: code, label: "The same sheet as a square to scan" }
            }
            if can_save {
                Button {
                id: "save-sheet", weight: Weight::Quiet, disabled: busy,
                onclick: move |()| on_input.call(Input::SaveSheet(number)),
                "Save it as a page to print"
                }
            }
            if let Some(saved) = saved {
                p { id: "saved", class: "soft path", role: "status",
                    "Saved as {saved}. Print it now: the file is deleted when you go on."
                }
            }
            Field {
                id: "last-four", label: "Its last four characters, read from the paper", kind: Kind::Code,
                invalid: trouble.is_some(),
                oninput: move |text| typed.set(text),
            }
            TroubleNote { trouble }
            div { class: "foot",
                Button {
                    id: "next-sheet", disabled: busy || typed().trim().len() < 4,
                    onclick: move |()| on_input.call(Input::LastFour(number, typed())),
                    if busy { "Checking…" } else if number < 3 { "Next sheet" } else if renews { "{sheets::NEW_LAST}" } else { "Open the school" }
                }
                if renews {
                    Button {
                        id: "back", weight: Weight::Quiet, disabled: busy,
                        onclick: move |()| on_input.call(Input::Back),
                        "{sheets::NEW_STOP}"
                    }
                }
            }
        }
    }
}
