use std::time::Duration;

use dioxus::prelude::*;

use crate::device::Device;
use crate::phase::{Input, Phase};
use crate::screens;
use crate::view::View;

/// How often the app looks by itself while it is open.
const LOOK_EVERY: Duration = Duration::from_secs(3);

/// The whole app, on a device.
#[component]
pub fn App(device: Device) -> Element {
    // While a step is under way the phase is with it, and this is `None`.
    let mut phase = use_signal(|| Some(Phase::Closed));
    let mut view = use_signal(|| View::Opening);
    let mut busy = use_signal(|| false);

    let step = use_callback({
        let device = device.clone();
        move |input: Input| {
            let Some(current) = phase.write().take() else {
                return;
            };
            let mut show = move |next: Phase| {
                view.set(View::of(&next));
                phase.set(Some(next));
                busy.set(false);
            };
            if !device.works_in_background() {
                show(current.step(input, &device));
                return;
            }
            // Looking by itself must not disturb who is reading.
            busy.set(!matches!(input, Input::Look));
            let (done, result) = tokio::sync::oneshot::channel();
            let device = device.clone();
            std::thread::spawn(move || {
                // The window may have been closed meanwhile: then nobody waits for the answer.
                drop(done.send(current.step(input, &device)));
            });
            spawn(async move {
                if let Ok(next) = result.await {
                    show(next);
                }
            });
        }
    });

    use_hook(move || step.call(Input::Open));
    let looks = device.works_in_background();
    use_future(move || async move {
        if !looks {
            return;
        }
        loop {
            tokio::time::sleep(LOOK_EVERY).await;
            if view.peek().looks_by_itself() {
                step.call(Input::Look);
            }
        }
    });

    rsx! {
        Screen { view: view(), busy: busy(), on_input: move |input| step.call(input) }
    }
}

/// One state, drawn.
#[component]
pub fn Screen(view: View, busy: bool, on_input: EventHandler<Input>) -> Element {
    rsx! {
        main { class: "app", aria_busy: if busy { "true" } else { "false" },
            header { class: "top",
                Mark {}
                span { class: "name", "Safehold" }
            }
            match view {
                View::Opening => rsx! { screens::Working { what: "Opening your keychain…" } },
                View::Welcome { trouble } => rsx! { screens::Welcome { trouble, busy, on_input } },
                View::ChoosePin { origin, trouble } => rsx! { screens::ChoosePin { origin, trouble, busy, on_input } },
                View::Working { what } => rsx! { screens::Working { what } },
                View::Sheet { school_name, number, lines, trouble } => rsx! {
                    screens::PrintSheet { key: "{number}", school_name, number, lines, trouble, busy, on_input }
                },
                View::SetupInterrupted { trouble } => rsx! { screens::Interrupted { trouble, busy, on_input } },
                View::Waiting { school_name, words, payload, trouble } => rsx! {
                    screens::Waiting { school_name, words, payload, trouble, busy, on_input }
                },
                View::Ready => rsx! { screens::Ready { busy, on_input } },
                View::Nothing => rsx! { screens::Nothing { busy, on_input } },
                View::Asking { question, trouble } => rsx! { screens::Asking { question: *question, trouble, busy, on_input } },
                View::Approved => rsx! { screens::Approved { on_input } },
                View::Refused => rsx! { screens::Refused { on_input } },
                View::Failed { trouble } => rsx! { screens::Failed { trouble, busy, on_input } },
                View::OtherWords { trouble } => rsx! { screens::OtherWords { trouble, busy, on_input } },
                View::Deciding { member_name, words, compartments, years, can_hand_on, trouble } => rsx! {
                    screens::Deciding { member_name, words, compartments, years, can_hand_on, trouble, busy, on_input }
                },
                View::Granted { member_name, waiting } => rsx! { screens::Granted { member_name, waiting, on_input } },
                View::Stopped { trouble } => rsx! { screens::Stopped { trouble, busy, on_input } },
            }
        }
    }
}

/// The same mark as on the web.
#[component]
fn Mark() -> Element {
    rsx! {
        svg { class: "mark", view_box: "0 0 32 32", "aria-hidden": "true",
            rect { width: "32", height: "32", rx: "9", fill: "#1c5c55" }
            g { fill: "none", stroke: "#fff", stroke_width: "2.6", stroke_linecap: "round",
                path { d: "M9 21.5V13a7 7 0 0 1 14 0v8.5" }
                path { d: "M6.5 23.5h19" }
            }
            circle { cx: "16", cy: "15", r: "2.6", fill: "#fff" }
        }
    }
}
