use std::collections::BTreeSet;

use dioxus::prelude::*;
use protocol::compartments::Compartment;
use zeroize::Zeroizing;

use crate::parts::{Button, Check, Field, Kind, Title, TroubleNote, Weight};
use crate::phase::{Given, Input};

/// The six words of another device are typed.
#[component]
pub(crate) fn OtherWords(
    trouble: Option<String>,
    busy: bool,
    on_input: EventHandler<Input>,
) -> Element {
    let mut words = use_signal(String::new);
    // Six words, or the code that the other screen offers to copy.
    let six = words().split_whitespace().count() >= 6 || words().trim().len() > 100;
    rsx! {
        section { class: "page",
            Title { id: "title-words", "Give a key" }
            p { class: "lead", "Only to somebody you see or whose voice you know. Ask them for the six words on their screen." }
            Field {
                id: "other-words", label: "Their six words", kind: Kind::Words, invalid: trouble.is_some(),
                hint: "Four letters of each are enough. Or paste the code that they sent you.",
                oninput: move |typed| words.set(typed),
            }
            TroubleNote { trouble }
            div { class: "foot two",
                Button { id: "back", weight: Weight::Quiet, disabled: busy, onclick: move |()| on_input.call(Input::Back), "Back" }
                Button {
                    id: "find", disabled: busy || !six,
                    onclick: move |()| on_input.call(Input::OtherWords(words())),
                    "Continue"
                }
            }
        }
    }
}

/// What the other device may open; then the PIN.
#[component]
pub(crate) fn Deciding(
    member_name: String,
    words: String,
    compartments: Vec<Compartment>,
    years: Vec<String>,
    can_hand_on: bool,
    trouble: Option<String>,
    busy: bool,
    on_input: EventHandler<Input>,
) -> Element {
    let mut given = use_signal(|| Given {
        compartments: compartments
            .iter()
            .filter(|name| !name.is_about_adults())
            .cloned()
            .collect(),
        ..Given::default()
    });
    let mut pin = use_signal(|| Zeroizing::new(String::new()));
    let ready = !given().compartments.is_empty() && !pin().is_empty();
    rsx! {
        section { class: "page",
            p { class: "step", "{words}" }
            Title { id: "title-deciding", "A key for {member_name}" }
            fieldset { class: "choices",
                legend { "What it opens" }
                for name in compartments {
                    Check {
                        key: "{name}", id: "opens-{name}", label: label_of(&name), checked: !name.is_about_adults(),
                        onchange: {
                            let name = name.clone();
                            move |on| change(&mut given.write().compartments, name.clone(), on)
                        },
                    }
                }
            }
            if !years.is_empty() {
                fieldset { class: "choices rows",
                    legend { "Only these years (none ticked: all of yours)" }
                    for year in years {
                        Check {
                            key: "{year}", id: "year-{year}", label: "{year}", checked: false,
                            onchange: {
                                let year = year.clone();
                                move |on| {
                                    let mut given = given.write();
                                    let mut limit = given.years.take().unwrap_or_default();
                                    change(&mut limit, year.clone(), on);
                                    given.years = (!limit.is_empty()).then_some(limit);
                                }
                            },
                        }
                    }
                }
            }
            if can_hand_on {
                Check {
                    id: "hand-on", label: "May give keys to others, and take them away", checked: false,
                    onchange: move |on| given.write().may_grant = on,
                }
            }
            Field {
                id: "pin", label: "Your PIN", kind: Kind::Pin, invalid: trouble.is_some(),
                oninput: move |typed| pin.set(Zeroizing::new(typed)),
            }
            TroubleNote { trouble }
            div { class: "foot two",
                Button { id: "back", weight: Weight::Quiet, disabled: busy, onclick: move |()| on_input.call(Input::Back), "Back" }
                Button {
                    id: "give", disabled: busy || !ready,
                    onclick: move |()| on_input.call(Input::Give(given(), pin())),
                    if busy { "Giving…" } else { "Give this key" }
                }
            }
        }
    }
}

/// A key was given.
#[component]
pub(crate) fn Granted(
    member_name: String,
    waiting: Vec<String>,
    on_input: EventHandler<Input>,
) -> Element {
    let names = waiting.join(", ");
    rsx! {
        section { class: "page centre", role: "status",
            span { class: "tick", aria_hidden: "true", "✓" }
            Title { id: "title-granted", "{member_name} has a key" }
            if waiting.is_empty() {
                p { class: "lead", "Their screen changes by itself." }
            } else {
                p { class: "lead", "Another key holder must confirm: {names}. The rest opens now." }
            }
            div { class: "foot",
                Button { id: "back", weight: Weight::Quiet, onclick: move |()| on_input.call(Input::Back), "Done" }
            }
        }
    }
}

pub(super) fn change<T: Ord>(set: &mut BTreeSet<T>, item: T, on: bool) {
    if on {
        set.insert(item);
    } else {
        set.remove(&item);
    }
}

pub(super) fn label_of(compartment: &Compartment) -> String {
    match compartment.name() {
        "pastoral" => "Pastoral: everyday welfare".to_owned(),
        "safeguarding" => "Safeguarding: the safety of a child".to_owned(),
        "staff" => "Staff: concerns about adults who work here".to_owned(),
        "head" => "Head: concerns about the head teacher".to_owned(),
        own => own.to_owned(),
    }
}
