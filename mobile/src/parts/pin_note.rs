use dioxus::prelude::*;

use super::TroubleNote;
use crate::pin_wait::PinWait;
use crate::words::pin as words;

/// How long no other PIN is looked at, for whatever asks for one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PinWaits(pub Signal<Option<PinWait>>);

fn pin_wait() -> Option<PinWait> {
    try_consume_context::<PinWaits>().and_then(|PinWaits(wait)| wait())
}

/// Whether a PIN has to wait still.
pub(crate) fn pin_waits() -> bool {
    pin_wait().is_some_and(|wait| wait.left > 0)
}

/// What went wrong with a PIN, and how long the next one waits. The seconds are counted for the eye alone: read
/// out is how many there are, and that they are over.
#[component]
pub(crate) fn PinNote(trouble: Option<String>) -> Element {
    let wait = pin_wait();
    let said = wait.map(|wait| match wait.left {
        0 => words::OVER.to_owned(),
        _ => words::wait(wait.whole),
    });
    rsx! {
        TroubleNote { trouble }
        if let Some(wait) = wait {
            p { id: "pin-wait", class: "pin-wait", aria_hidden: "true", {words::left(wait.left)} }
        }
        p { id: "pin-wait-said", class: "visually-hidden", role: "status", {said.unwrap_or_default()} }
    }
}
