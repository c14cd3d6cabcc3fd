use std::collections::BTreeSet;

use dioxus::prelude::*;
use protocol::compartments::Compartment;
use protocol::pin::MIN_DIGITS;
use zeroize::Zeroizing;

use super::grant::change;
use super::holders::HolderText;
use crate::parts::{Button, Check, Field, Kind, Title, TroubleNote, Weight};
use crate::phase::{Given, Input, Page};
use crate::view::{HolderRow, Taken};
use crate::words::{common, grant, holders, keys, taken as words};

/// One key: narrowed, confirmed or taken away, with this device's PIN.
#[component]
pub(crate) fn Holder(
    row: HolderRow,
    compartments: Vec<Compartment>,
    years: Vec<String>,
    hands_on: bool,
    may_restrict: bool,
    may_revoke: bool,
    may_confirm: bool,
    trouble: Option<String>,
    busy: bool,
    on_input: EventHandler<Input>,
) -> Element {
    let all: BTreeSet<Compartment> = compartments.iter().cloned().collect();
    let mut given = use_signal(|| Given {
        compartments: all.clone(),
        years: None,
        may_grant: hands_on,
    });
    let mut pin = use_signal(|| Zeroizing::new(String::new()));
    // A key cannot be taken away by one press on the wrong button.
    let mut sure = use_signal(|| false);
    let may_any = may_restrict || may_revoke || may_confirm;
    let has_pin = pin.read().len() >= MIN_DIGITS;
    let unchanged = Given {
        compartments: all,
        years: None,
        may_grant: hands_on,
    };
    let narrower = *given.read() != unchanged && !given.read().compartments.is_empty();
    rsx! {
        section { class: "page",
            Title { id: "title-holder", {holders::key_of(&row.member_name)} }
            div { class: "card", HolderText { row: row.clone() } }
            if may_restrict {
                fieldset { class: "choices",
                    legend { "{holders::GOES_ON}" }
                    for name in compartments {
                        Check {
                            key: "{name}", id: "opens-{name}", label: grant::compartment(name.name()), checked: true,
                            onchange: {
                                let name = name.clone();
                                move |on| change(&mut given.write().compartments, name.clone(), on)
                            },
                        }
                    }
                }
                if years.len() > 1 {
                    fieldset { class: "choices rows",
                        legend { "{holders::YEARS}" }
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
                if hands_on {
                    Check {
                        id: "hand-on", label: grant::HAND_ON, checked: true,
                        onchange: move |on| given.write().may_grant = on,
                    }
                }
            }
            if may_revoke {
                Check {
                    id: "sure", label: holders::sure(row.is_this),
                    checked: false,
                    onchange: move |on| sure.set(on),
                }
            }
            if may_any {
                Field {
                    id: "pin", label: common::YOUR_PIN, kind: Kind::Pin, invalid: trouble.is_some(),
                    oninput: move |typed| pin.set(Zeroizing::new(typed)),
                }
            } else {
                p { class: "soft", "{holders::MAY_NOT}" }
            }
            TroubleNote { trouble }
            div { class: "foot",
                if may_confirm {
                    Button {
                        id: "confirm", disabled: busy || !has_pin,
                        onclick: move |()| on_input.call(Input::Endorse(pin())),
                        "{holders::CONFIRM}"
                    }
                }
                if may_restrict {
                    Button {
                        id: "narrow", disabled: busy || !has_pin || !narrower || sure(),
                        onclick: move |()| on_input.call(Input::Restrict(given(), pin())),
                        "{holders::NARROW}"
                    }
                }
                if may_revoke {
                    Button {
                        id: "revoke", weight: Weight::Grave, disabled: busy || !has_pin || !sure(),
                        onclick: move |()| on_input.call(Input::Revoke(pin())),
                        "{holders::TAKE_AWAY}"
                    }
                }
                Button { id: "back", weight: Weight::Quiet, disabled: busy, onclick: move |()| on_input.call(Input::Back), "{common::BACK}" }
            }
        }
    }
}

/// A key was changed.
#[component]
pub(crate) fn Changed(
    member_name: String,
    taken: Option<Taken>,
    on_input: EventHandler<Input>,
) -> Element {
    if let Some(taken) = taken {
        return rsx! { TookAway { member_name, taken, on_input } };
    }
    rsx! {
        section { class: "page centre", role: "status",
            span { class: "tick", aria_hidden: "true", "✓" }
            Title { id: "title-changed", {holders::changed(&member_name)} }
            p { class: "lead", "{holders::CHANGED_LEAD}" }
            div { class: "foot",
                Button { id: "back", weight: Weight::Quiet, onclick: move |()| on_input.call(Input::Back), "{common::DONE}" }
            }
        }
    }
}

/// A key was taken away: what whoever did it has still to see to.
#[component]
fn TookAway(member_name: String, taken: Taken, on_input: EventHandler<Input>) -> Element {
    rsx! {
        section { class: "page",
            div { class: "standing",
                span { class: "tick", aria_hidden: "true", "✓" }
                Title { id: "title-changed", {holders::taken_away(&member_name)} }
                p { class: "lead", role: "status", "{words::LEAD}" }
            }
            h2 { "{words::LEFT}" }
            ol { class: "steps",
                if taken.others > 0 && !taken.own {
                    li { id: "others", {words::others(&member_name, taken.others)} }
                }
                li { {words::change(&taken.opened)} }
                if !taken.own {
                    li { "{words::HAND_OVER}" }
                }
            }
            div { class: "foot",
                Button { id: "go-keys", onclick: move |()| on_input.call(Input::Go(Page::Keys)), "{keys::WAY}" }
                Button { id: "back", weight: Weight::Quiet, onclick: move |()| on_input.call(Input::Back), "{common::DONE}" }
            }
        }
    }
}
