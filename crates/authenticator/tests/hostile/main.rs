//! A hostile server. Whatever it answers, no key leaves this device, nothing wrong is believed, and
//! nothing panics; a person is told instead.
//!
//! A scenario is one change to what an honest server would have done, at one place. Each is run to the
//! end with the right number and the right PIN: a person who approves everything.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test's helpers fail by panicking"
)]

mod beginning;
#[expect(dead_code, reason = "each test file uses its own part")]
#[path = "../common/mod.rs"]
mod common;
mod giving;
mod scenarios;

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};

use authenticator::{
    ApproveUnlock, Call, Devices, Driver, Outcome, Sessions, Setup, Transport, Trouble, approve,
    devices, sessions, setup,
};
use common::{PIN, Phone, School, enrol as enrol_device, grant_by_words, pin, rights, set_up};
use domain::{CategoryId, FixedClock, SeededEntropy, Timestamp};
use protocol::compartments::Compartment;
use protocol::links::Purpose;
use protocol::roll::StoreKind;
use scenarios::{Scenario, Twist, asks, raw, scenarios};
use serde_json::json;

const BOTH: [Compartment; 2] = [Compartment::PASTORAL, Compartment::SAFEGUARDING];

/// The honest school behind a hostile line; what was sent is kept.
struct Line<'s> {
    school: &'s School,
    twist: Option<&'s Twist>,
    sent: RefCell<Vec<(String, Vec<u8>)>>,
}

impl Transport for Line<'_> {
    fn send(&self, call: &Call) -> Outcome {
        self.sent
            .borrow_mut()
            .push((call.target.clone(), call.body.clone()));
        let honest = self.school.send(call);
        match self.twist {
            Some(twist) => twist(call, honest),
            None => honest,
        }
    }
}

fn driver<'a>(
    phone: &'a Phone<'_>,
    line: &'a Line<'_>,
    clock: &'a FixedClock,
    entropy: &'a SeededEntropy,
) -> Driver<'a> {
    Driver {
        keys: &phone.keys,
        profiles: &phone.profile,
        transport: line,
        clock,
        entropy,
    }
}

/// Plays a scenario against a person who says yes to everything.
fn play(scenario: &Scenario, school: &School, phone: &Phone<'_>) -> Option<Trouble> {
    let number = school.ask_with(phone.identity().profile.device, &BOTH, &scenario.ask);
    let line = Line {
        school,
        twist: Some(&scenario.twist),
        sent: RefCell::default(),
    };
    let clock = FixedClock::at(Timestamp::from_seconds(common::NOW));
    let entropy = SeededEntropy::new([3; 32]);
    let driver = driver(phone, &line, &clock, &entropy);
    let mut machine = ApproveUnlock::new(phone.identity());
    driver.run(&mut machine, approve::Event::Look);
    let asked = matches!(machine.state(), approve::State::Asking(_));
    let before = machine.trouble().cloned();
    driver.run(
        &mut machine,
        approve::Event::Approve {
            number,
            pin: pin(),
            only: None,
        },
    );
    assert_ne!(
        machine.state(),
        &approve::State::Approved,
        "{}: approved",
        scenario.name
    );
    for (target, body) in line.sent.borrow().iter() {
        assert!(
            !target.ends_with("/approve"),
            "{}: a bundle was sent",
            scenario.name
        );
        let text = String::from_utf8_lossy(body);
        assert!(!text.contains(PIN), "{}: the PIN was sent", scenario.name);
        // A person who was asked nothing has sent nothing but questions of the device's own.
        assert!(
            asked || body.is_empty(),
            "{}: {target} was sent",
            scenario.name
        );
    }
    assert!(school.opened().is_none(), "{}: a key left", scenario.name);
    before.or_else(|| machine.trouble().cloned())
}

#[test]
fn no_scenario_makes_a_key_leave() {
    let all = scenarios();
    let names: BTreeSet<&str> = all.iter().map(|scenario| scenario.name).collect();
    assert_eq!(names.len(), all.len(), "each has its own name");
    assert!(all.len() >= 40, "{} scenarios", all.len());
    for scenario in &all {
        let school = School::new();
        let phone = set_up(&school);
        let trouble = catch_unwind(AssertUnwindSafe(|| play(scenario, &school, &phone)));
        let Ok(trouble) = trouble else {
            panic!("{}: see above", scenario.name);
        };
        let words = trouble.unwrap_or_else(|| panic!("{}: nothing is said", scenario.name));
        let words = words.to_string();
        assert!(
            words.chars().count() > 12 && !words.chars().any(char::is_control),
            "{}: {words:?}",
            scenario.name
        );
        // The next honest request is answered as if nothing had been.
        school.end_pending();
        let honest = asks("honest", |_| {});
        let number = school.ask_with(phone.identity().profile.device, &BOTH, &honest.ask);
        let mut machine = ApproveUnlock::new(phone.identity());
        phone.driver().run(&mut machine, approve::Event::Look);
        let yes = approve::Event::Approve {
            number,
            pin: pin(),
            only: None,
        };
        phone.driver().run(&mut machine, yes);
        assert_eq!(
            machine.state(),
            &approve::State::Approved,
            "after {}: {:?}",
            scenario.name,
            machine.trouble()
        );
    }
}

#[test]
fn a_request_that_was_answered_is_never_put_again() {
    for refuse in [false, true] {
        let school = School::new();
        let phone = set_up(&school);
        let device = phone.identity().profile.device;
        let number = school.ask_with(device, &BOTH, |asked| asked.nonce = [5; 32]);
        let mut machine = ApproveUnlock::new(phone.identity());
        phone.driver().run(&mut machine, approve::Event::Look);
        let answer = if refuse {
            approve::Event::Refuse
        } else {
            approve::Event::Approve {
                number,
                pin: pin(),
                only: None,
            }
        };
        phone.driver().run(&mut machine, answer);
        assert_eq!(machine.trouble(), None);
        // The same nonce, for a session of somebody else.
        school.ask_with(device, &BOTH, |asked| asked.nonce = [5; 32]);
        let mut machine = ApproveUnlock::new(phone.identity());
        phone.driver().run(&mut machine, approve::Event::Look);
        assert_eq!(
            machine.trouble(),
            Some(&Trouble::Suspicious("the request was answered before"))
        );
    }
}

#[test]
fn a_device_that_was_narrowed_or_taken_off_is_asked_for_no_more_than_it_has() {
    let school = School::new();
    let first = set_up(&school);
    let (second, words) = enrol_device(&school, 2);
    grant_by_words(&first, words, rights(&[Compartment::PASTORAL]));
    // The server asks the second device for what only the first was given.
    let trouble = play(&asks("wider than granted", |_| {}), &school, &second);
    assert!(
        matches!(trouble, Some(Trouble::BadChallenge(_))),
        "{trouble:?}"
    );
}

#[test]
fn another_schools_roll_under_this_schools_name_is_not_believed() {
    let school = School::new();
    let phone = set_up(&school);
    let other = School::new();
    // Another first device, with keys of its own; the server's identity is even the same.
    let stranger = Phone::new(&other, 9);
    let mut machine = Setup::new("x", StoreKind::Memory);
    let run = stranger.driver();
    run.run(&mut machine, setup::Event::Link(other.link(Purpose::Setup)));
    run.run(&mut machine, setup::Event::Pin(pin()));
    let setup::State::Sheets { sheets, .. } = machine.state() else {
        panic!("{:?}", machine.trouble());
    };
    let ends = sheets.each_ref().map(|sheet| sheet.last_four().to_string());
    for (number, end) in (1..).zip(ends) {
        run.run(&mut machine, setup::Event::LastFour(number, end));
    }
    run.run(&mut machine, setup::Event::Finish);
    *school.entries.borrow_mut() = other.entries.borrow().clone();
    let trouble = play(&asks("swapped roll", |_| {}), &school, &phone);
    assert!(
        matches!(trouble, Some(Trouble::Suspicious(_))),
        "{trouble:?}"
    );
    let mut list = Devices::new(phone.identity());
    phone.driver().run(&mut list, devices::Event::Look);
    assert!(list.roll().is_none() && list.trouble().is_some());
}

#[test]
fn whatever_the_server_calls_things_is_short_and_plain_text() {
    let nasty = "\u{202e}\u{7}<script>alert(1)</script>\u{200b}\r\n".repeat(20);
    let safe = |text: &str| {
        assert!(text.chars().count() <= 64, "{text:?}");
        assert!(
            !text.chars().any(|letter| letter.is_control()
                || matches!(letter, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')),
            "{text:?}"
        );
    };
    let school = School::new();
    let phone = set_up(&school);
    let device = phone.identity().profile.device;
    let number = school.ask_with(device, &BOTH, |asked| {
        // Control characters make a challenge unreadable: see the scenarios.
        asked.browser = nasty.replace(char::is_control, "");
        asked.place.clone_from(&asked.browser);
    });
    let mut machine = ApproveUnlock::new(phone.identity());
    phone.driver().run(&mut machine, approve::Event::Look);
    let approve::State::Asking(question) = machine.state() else {
        panic!("{:?}", machine.trouble());
    };
    safe(&question.browser);
    safe(&question.place);
    let yes = approve::Event::Approve {
        number,
        pin: pin(),
        only: None,
    };
    phone.driver().run(&mut machine, yes);

    let mut list = Sessions::new(phone.identity());
    phone.driver().run(&mut list, sessions::Event::Look);
    safe(&list.open().unwrap()[0].browser);

    let text = nasty.clone();
    school.tamper.replace(Some(Box::new(move |call, mut body| {
        if call.target.ends_with("/devices") {
            for item in body["items"].as_array_mut().unwrap() {
                item["name"] = json!(text);
                item["member_name"] = json!(text);
            }
            body["years"] = json!([text]);
            body["categories"] = json!([{"id": CategoryId::from_bytes([1; 16]), "name": text}]);
        }
        body
    })));
    let mut list = Devices::new(phone.identity());
    phone.driver().run(&mut list, devices::Event::Look);
    let listed = list.listed();
    safe(&listed.items[0].name);
    safe(&listed.items[0].member_name);
    safe(&listed.years[0]);
    safe(&listed.categories[0].name);

    // A refusal's own words, too.
    school.tamper.replace(None);
    let text = nasty;
    let refusal = raw("refusal", "/device/unlocks", move |_, _| {
        (
            403,
            serde_json::to_vec(&json!({"type": "/problems/x", "title": text, "detail": text}))
                .unwrap(),
        )
    });
    let words = play(&refusal, &school, &phone).unwrap().to_string();
    assert!(!words.chars().any(char::is_control) && !words.contains('\u{202e}'));
    assert!(words.chars().count() <= 500, "{}", words.chars().count());
}
