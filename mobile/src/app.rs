use std::time::Duration;

use dioxus::prelude::*;

use crate::device::Device;
use crate::parts::{Button, Raise, Weight};
use crate::phase::{Asks, Input, Phase};
use crate::pin_wait::use_countdown;
use crate::place::Place;
use crate::screens;
use crate::view::View;
use crate::words::{common, links, working};

/// How often the app looks by itself while it is open.
const LOOK_EVERY: Duration = Duration::from_secs(3);

/// The whole app, on a device.
#[component]
pub fn App(device: Device) -> Element {
    // While a step is under way the phase is with it, and this is `None`.
    let mut phase = use_signal(|| Some(Phase::Closed));
    let mut place = use_signal(|| None::<Place>);
    let mut view = use_signal(|| View::Opening);
    let mut busy = use_signal(|| false);
    // What a person did while the app was looking by itself: it is done next, not lost.
    let mut waiting = use_signal(|| None::<Input>);
    let countdown = use_countdown();

    let step = use_callback({
        let device = device.clone();
        move |input: Input| {
            let Some(current) = phase.write().take() else {
                if !matches!(input, Input::Look) {
                    busy.set(true);
                    waiting.set(Some(input));
                }
                return;
            };
            let tried = input.tries_a_pin();
            let clock = device.clone();
            let mut show = move |next: Phase| {
                countdown.follow(tried, &next, &clock);
                place.set(Place::of(&next));
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
    use_effect(move || {
        if phase.read().is_some()
            && let Some(input) = waiting.write().take()
        {
            step.call(input);
        }
    });

    // A link that came while somebody was in the middle of something.
    let mut later = use_signal(|| None::<String>);
    let raise = try_consume_context::<Raise>();
    let came = use_callback(move |link: String| {
        if let Some(Raise(raise)) = &raise {
            raise();
        }
        if link.is_empty() {
            return;
        }
        // Not held while the step is taken, which draws another view.
        let gives_way = view.peek().gives_way();
        match gives_way {
            true => step.call(Input::Opened(link)),
            false => later.set(Some(link)),
        }
    });
    let link = device.link().map(str::to_owned);
    use_hook(move || {
        step.call(Input::Open);
        // Done as soon as the app is open.
        if let Some(link) = link {
            step.call(Input::Opened(link));
        }
    });
    let links = device.clone();
    use_future(move || {
        let links = links.links();
        async move {
            let Some(mut links) = links else { return };
            while let Some(link) = links.recv().await {
                came.call(link);
            }
        }
    });
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
        Screen {
            place: place(), view: view(), busy: busy(), waits: later.read().as_deref().map(Asks::of),
            on_waiting: move |goes| {
                if let Some(link) = later.take().filter(|_| goes) {
                    step.call(Input::Opened(link));
                }
            },
            on_input: move |input| step.call(input),
        }
    }
}

/// One state, drawn.
#[component]
pub fn Screen(
    #[props(default)] place: Option<Place>,
    view: View,
    busy: bool,
    /// What a link has asked for meanwhile.
    #[props(default)]
    waits: Option<Asks>,
    /// What becomes of that: the answer now, or nothing.
    #[props(default)]
    on_waiting: EventHandler<bool>,
    on_input: EventHandler<Input>,
) -> Element {
    rsx! {
        main { class: "app", aria_busy: if busy { "true" } else { "false" },
            header { class: "top",
                Mark {}
                match place {
                    Some(place) => rsx! {
                        span { class: "name school school-{place.colour}", "{place.name}" }
                    },
                    None => rsx! {
                        span { class: "name", "{common::APP}" }
                    },
                }
            }
            if let Some(asks) = waits {
                div { class: "notice", role: "status",
                    p { {links::waits(asks)} }
                    div { class: "foot two",
                        Button { id: "link-later", weight: Weight::Quiet, onclick: move |()| on_waiting.call(false), "{links::LATER}" }
                        Button { id: "link-now", disabled: busy, onclick: move |()| on_waiting.call(true), {links::go(asks)} }
                    }
                }
            }
            match view {
                View::Opening => rsx! { screens::Working { what: working::OPENING } },
                View::Welcome { trouble, others } => rsx! { screens::Welcome { trouble, others, busy, on_input } },
                View::ChoosePin { origin, trouble } => rsx! { screens::ChoosePin { origin, trouble, busy, on_input } },
                View::Working { what } => rsx! { screens::Working { what } },
                View::Sheet { school_name, number, lines, code, saved, renews, trouble } => rsx! {
                    // Only in a list does another key make another element, with nothing typed in it.
                    for number in [number] {
                        screens::PrintSheet {
                            key: "{number}", school_name: school_name.clone(), number, lines: lines.clone(),
                            code: code.clone(), saved: saved.clone(), renews, trouble: trouble.clone(), busy, on_input,
                        }
                    }
                },
                View::SetupInterrupted { trouble } => rsx! { screens::Interrupted { trouble, busy, on_input } },
                View::Waiting { school_name, words, link, trouble } => rsx! {
                    screens::Waiting { school_name, words, link, trouble, busy, on_input }
                },
                View::Ready => rsx! { screens::Home { looked: false, busy, on_input } },
                View::Nothing => rsx! { screens::Home { looked: true, busy, on_input } },
                View::Asking { question, trouble } => rsx! { screens::Asking { question: *question, trouble, busy, on_input } },
                View::Approved => rsx! { screens::Approved { on_input } },
                View::Refused => rsx! { screens::Refused { on_input } },
                View::Elsewhere => rsx! { screens::Elsewhere { on_input } },
                View::OtherWords { trouble } => rsx! { screens::OtherWords { trouble, busy, on_input } },
                View::Deciding { member_name, words, choices, trouble } => rsx! {
                    screens::Deciding { member_name, six_words: words, choices: *choices, trouble, busy, on_input }
                },
                View::Granted { member_name, waiting } => rsx! { screens::Granted { member_name, waiting, on_input } },
                View::Sessions { rows, trouble } => rsx! { screens::Sessions { rows, trouble, busy, on_input } },
                View::Holders { rows, words } => rsx! { screens::Holders { rows, six_words: words, busy, on_input } },
                View::Holder { row, choices, may_restrict, may_revoke, may_confirm, trouble } => rsx! {
                    screens::Holder {
                        row: *row, choices: *choices, may_restrict, may_revoke, may_confirm, trouble, busy, on_input,
                    }
                },
                View::Changed { member_name, taken } => rsx! { screens::Changed { member_name, taken, on_input } },
                View::Lost { rows } => rsx! { screens::Lost { rows, busy, on_input } },
                View::About { about } => rsx! { screens::About { about: *about, on_input } },
                View::Code { code, seconds_left, counts, trouble } => rsx! {
                    screens::Code { code, seconds_left, counts, trouble, busy, on_input }
                },
                View::OtherServer { origin } => rsx! { screens::OtherServer { origin, busy, on_input } },
                View::GiveSheets { purpose, read, trouble } => rsx! {
                    screens::GiveSheets { purpose, read, trouble, busy, on_input }
                },
                View::TakeKeys { devices, trouble } => rsx! { screens::TakeKeys { devices, trouble, busy, on_input } },
                View::Recovered { new_kit_by, missing } => rsx! {
                    screens::Recovered { new_kit_by, missing, busy, on_input }
                },
                View::Kit => rsx! { screens::Kit { busy, on_input } },
                View::Drill => rsx! { screens::Drill { busy, on_input } },
                View::NewKit { trouble } => rsx! { screens::NewKit { trouble, busy, on_input } },
                View::Keys { rows, old, trouble } => rsx! { screens::Keys { rows, old, trouble, busy, on_input } },
                View::ChangeKey { compartment, holders, trouble } => rsx! {
                    screens::ChangeKey { compartment, holders, trouble, busy, on_input }
                },
                View::DestroyKey { compartment, trouble } => rsx! {
                    screens::DestroyKey { compartment, trouble, busy, on_input }
                },
                View::Restore { gone, trouble } => rsx! { screens::Restore { gone, trouble, busy, on_input } },
                View::Replace { school_name } => rsx! { screens::Replace { school_name, busy, on_input } },
                View::Done { done } => rsx! { screens::Done { done, busy, on_input } },
                View::PaperCodes { state, trouble } => rsx! { screens::PaperCodesPage { state, trouble, busy, on_input } },
                View::Schools { rows } => rsx! { screens::Schools { rows, busy, on_input } },
                View::Stopped { stop } => rsx! { screens::Stopped { stop: *stop, busy, on_input } },
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
