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
            p { class: "step", {sheets::print_step(number)} }
            Title { id: "title-sheet", if can_save { "{sheets::PRINT}" } else { "{sheets::WRITE}" } }
            p { class: "lead", "{sheets::PRINT_LEAD}" }
            div { class: "sheet",
                p { class: "sheet-title", {sheets::heading(&school_name, number)} }
                ol {
                    for (place, line) in lines.into_iter().enumerate() {
                        li { key: "{place}", "{line}" }
                    }
                }
                Square { text: code, label: sheets::SQUARE }
            }
            if can_save {
                Button {
                id: "save-sheet", weight: Weight::Quiet, disabled: busy,
                onclick: move |()| on_input.call(Input::SaveSheet(number)),
                "{sheets::SAVE}"
                }
            }
            if let Some(saved) = saved {
                p { id: "saved", class: "soft path", role: "status",
                    {sheets::saved(&saved)}
                }
            }
            Field {
                id: "last-four", label: sheets::LAST_FOUR, kind: Kind::Code,
                invalid: trouble.is_some(),
                oninput: move |text| typed.set(text),
            }
            TroubleNote { trouble }
            div { class: "foot",
                Button {
                    id: "next-sheet", disabled: busy || typed().trim().len() < 4,
                    onclick: move |()| on_input.call(Input::LastFour(number, typed())),
                    if busy { "{sheets::CHECKING}" } else if number < 3 { "{sheets::NEXT}" } else if renews { "{sheets::NEW_LAST}" } else { "{sheets::OPEN_SCHOOL}" }
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
