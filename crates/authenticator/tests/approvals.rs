//! Is this you? And what a hostile server cannot make of it.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test's helpers fail by panicking"
)]

#[expect(dead_code, reason = "each test file uses its own part")]
mod common;

use authenticator::contract::Bytes;
use authenticator::{ApproveUnlock, Call, Devices, Sessions, Trouble, approve, devices, sessions};
use common::{Phone, School, enrol as enrol_device, grant_by_words, pin, rights, set_up};
use protocol::challenge::{Challenge, Suspicion};
use protocol::compartments::Compartment;
use protocol::hpke::KeyPair;
use serde_json::{Value, json};
use zeroize::Zeroizing;

const BOTH: [Compartment; 2] = [Compartment::PASTORAL, Compartment::SAFEGUARDING];

fn look(phone: &Phone<'_>) -> ApproveUnlock {
    let mut machine = ApproveUnlock::new(phone.identity());
    phone.driver().run(&mut machine, approve::Event::Look);
    machine
}

fn approve_with(phone: &Phone<'_>, machine: &mut ApproveUnlock, number: &str) {
    let event = approve::Event::Approve {
        number: number.to_owned(),
        pin: pin(),
        only: None,
    };
    phone.driver().run(machine, event);
}

#[test]
fn nothing_waits_until_a_browser_asks() {
    let school = School::new();
    let phone = set_up(&school);
    assert_eq!(look(&phone).state(), &approve::State::Nothing);
}

#[test]
fn number_and_pin_unlock_the_browser_that_asked() {
    let school = School::new();
    let phone = set_up(&school);
    let number = school.ask(phone.identity().profile.device, &BOTH);
    let mut machine = look(&phone);
    let approve::State::Asking(question) = machine.state() else {
        panic!("{:?}", machine.trouble());
    };
    assert_eq!(question.browser, "Chrome on Windows");
    assert_eq!((question.digits, question.known_browser), (2, true));

    approve_with(&phone, &mut machine, "4");
    assert_eq!(machine.trouble(), Some(&Trouble::WrongDigits(2)));
    approve_with(&phone, &mut machine, &number);
    assert_eq!(
        machine.state(),
        &approve::State::Approved,
        "{:?}",
        machine.trouble()
    );
    let opened = school.opened().unwrap();
    let roll = school.roll();
    assert_eq!(opened.keys().len(), 2);
    for key in opened.keys() {
        let public = key.secret.key_pair().unwrap().public();
        assert_eq!(roll.compartment(&key.compartment).unwrap().public, public);
    }
    assert_eq!(
        phone.identity().profile.log.length,
        1,
        "the log was witnessed"
    );

    let mut list = Sessions::new(phone.identity());
    phone.driver().run(&mut list, sessions::Event::Look);
    let unlock = list.open().unwrap()[0].unlock;
    phone.driver().run(&mut list, sessions::Event::Lock(unlock));
    assert_eq!(list.open().unwrap(), []);
    assert_eq!(school.last_unlock_state(), "locked");
}

#[test]
fn a_grant_made_while_a_browser_waits_raises_no_alarm() {
    let school = School::new();
    let phone = set_up(&school);
    let number = school.ask(phone.identity().profile.device, &BOTH);
    let (_, words) = enrol_device(&school, 2);
    grant_by_words(&phone, words, rights(&[Compartment::PASTORAL]));
    let mut machine = look(&phone);
    approve_with(&phone, &mut machine, &number);
    assert_eq!(
        machine.state(),
        &approve::State::Approved,
        "{:?}",
        machine.trouble()
    );
    assert_eq!(phone.identity().profile.roll.length, 2);
}

#[test]
fn a_holder_may_open_less_than_was_asked() {
    let school = School::new();
    let phone = set_up(&school);
    let number = school.ask(phone.identity().profile.device, &BOTH);
    let mut machine = look(&phone);
    let event = approve::Event::Approve {
        number,
        pin: pin(),
        only: Some(vec![Compartment::PASTORAL]),
    };
    phone.driver().run(&mut machine, event);
    assert_eq!(machine.state(), &approve::State::Approved);
    let opened = school.opened().unwrap();
    assert!(opened.key(&Compartment::PASTORAL, 1).is_some());
    assert_eq!(opened.keys().len(), 1);
}

#[test]
fn not_me_releases_nothing() {
    let school = School::new();
    let phone = set_up(&school);
    school.ask(phone.identity().profile.device, &BOTH);
    let mut machine = look(&phone);
    phone.driver().run(&mut machine, approve::Event::Refuse);
    assert_eq!(machine.state(), &approve::State::Refused);
    assert_eq!(school.last_unlock_state(), "refused");
    assert!(school.opened().is_none());
}

#[test]
fn a_wrong_number_is_the_end_and_a_wrong_pin_is_not() {
    let school = School::new();
    let phone = set_up(&school);
    let device = phone.identity().profile.device;
    school.ask(device, &BOTH);
    let mut machine = look(&phone);
    approve_with(&phone, &mut machine, "11");
    assert_eq!(machine.state(), &approve::State::Failed);
    assert!(
        machine
            .trouble()
            .unwrap()
            .to_string()
            .contains("start again")
    );

    let number = school.ask(device, &BOTH);
    let mut machine = look(&phone);
    let event = approve::Event::Approve {
        number: number.clone(),
        pin: Zeroizing::new("739182".to_owned()),
        only: None,
    };
    phone.driver().run(&mut machine, event);
    assert!(matches!(machine.state(), approve::State::Asking(_)));
    approve_with(&phone, &mut machine, &number);
    assert_eq!(machine.state(), &approve::State::Approved);
}

#[test]
fn a_restart_loses_nothing() {
    let school = School::new();
    let first = set_up(&school);
    let (second, words) = enrol_device(&school, 2);
    grant_by_words(&first, words, rights(&[Compartment::PASTORAL]));
    let number = school.ask(second.identity().profile.device, &[Compartment::PASTORAL]);
    let mut machine = look(&second);
    approve_with(&second, &mut machine, &number);
    assert_eq!(
        machine.state(),
        &approve::State::Approved,
        "{:?}",
        machine.trouble()
    );

    let mut list = Devices::new(first.identity());
    first.driver().run(&mut list, devices::Event::Look);
    assert_eq!(list.roll().unwrap().devices().count(), 2);
    assert_eq!(list.listed().items.len(), 2);
}

/// A hostile server: whatever it tries, no question is put, or no key leaves.
fn refused(change: impl FnOnce(&mut Challenge)) -> Trouble {
    let school = School::new();
    let phone = set_up(&school);
    school.ask_with(phone.identity().profile.device, &BOTH, change);
    let machine = look(&phone);
    assert_eq!(machine.state(), &approve::State::Failed);
    assert!(school.opened().is_none());
    machine.trouble().unwrap().clone()
}

#[test]
fn a_challenge_that_is_not_ours_is_never_shown() {
    use domain::{DeviceId, MemberId, SchoolId, UnlockId};
    let bad = Trouble::BadChallenge;
    assert_eq!(
        refused(|asked| asked.school = SchoolId::from_bytes([9; 16])),
        bad(Suspicion::NotForThisDevice)
    );
    assert_eq!(
        refused(|asked| asked.device = DeviceId::from_bytes([9; 16])),
        bad(Suspicion::NotForThisDevice)
    );
    assert_eq!(
        refused(|asked| asked.member = MemberId::from_bytes([9; 16])),
        bad(Suspicion::NotForThisDevice)
    );
    assert_eq!(
        refused(|asked| asked.origin = "https://safehold.example.evil".to_owned()),
        bad(Suspicion::OtherOrigin)
    );
    assert_eq!(
        refused(|asked| asked.known_browser = false),
        bad(Suspicion::Digits)
    );
    assert_eq!(
        refused(|asked| asked.compartments = vec!["boarding".parse().unwrap()]),
        bad(Suspicion::Compartments)
    );
    assert!(matches!(
        refused(|asked| asked.unlock = UnlockId::from_bytes([9; 16])),
        Trouble::Suspicious(_)
    ));
    assert!(matches!(
        refused(|asked| asked.roll.length += 1),
        Trouble::Suspicious(_)
    ));
    assert!(matches!(
        refused(|asked| asked.roll.head = [0; 32]),
        Trouble::Suspicious(_)
    ));
}

#[test]
fn a_history_that_shrank_or_forked_is_noticed() {
    let school = School::new();
    let phone = set_up(&school);
    let device = phone.identity().profile.device;
    let number = school.ask(device, &BOTH);
    let mut machine = look(&phone);
    approve_with(&phone, &mut machine, &number);
    assert_eq!(machine.state(), &approve::State::Approved);

    for change in [
        (|asked: &mut Challenge| asked.log.length = 0) as fn(&mut Challenge),
        |asked| asked.log.head = [9; 32],
    ] {
        school.ask_with(device, &BOTH, change);
        let machine = look(&phone);
        assert!(matches!(machine.trouble(), Some(Trouble::Suspicious(_))));
        school.end_pending();
    }

    // An older roll, and another school's roll that the server made up.
    let (_, words) = enrol_device(&school, 2);
    grant_by_words(&phone, words, rights(&[Compartment::PASTORAL]));
    school.ask(device, &BOTH);
    let newest = school.entries.borrow_mut().pop().unwrap();
    let machine = look(&phone);
    assert!(
        matches!(machine.trouble(), Some(Trouble::Suspicious(_))),
        "{:?}",
        machine.trouble()
    );
    school.entries.borrow_mut().push(newest);
    assert!(matches!(look(&phone).state(), approve::State::Asking(_)));
}

#[test]
fn a_log_that_grew_on_from_another_past_is_noticed() {
    let school = School::new();
    let phone = set_up(&school);
    let device = phone.identity().profile.device;
    for line in 2..9 {
        school.write_line(line);
    }
    let number = school.ask(device, &BOTH);
    let mut machine = look(&phone);
    approve_with(&phone, &mut machine, &number);
    assert_eq!(phone.identity().profile.log.length, 8);

    // Put back to its third line, and longer than ever by the time that anybody looks.
    school.put_log_back(3);
    for line in 20..40 {
        school.write_line(line);
    }
    school.ask(device, &BOTH);
    let stopped = look(&phone);
    let said = stopped.trouble().unwrap().to_string();
    assert!(said.contains("shorter or other"), "{said}");
    assert_eq!(stopped.state(), &approve::State::Failed);
    school.end_pending();

    // A server that has only part of the lines to show, or names a head that no line leads to.
    school.ask_with(device, &BOTH, |asked| asked.log.length += 1);
    assert!(matches!(
        look(&phone).trouble(),
        Some(Trouble::Suspicious(_))
    ));
}

#[test]
fn a_log_that_goes_on_is_followed_line_by_line() {
    let school = School::new();
    let phone = set_up(&school);
    let device = phone.identity().profile.device;
    for round in 1..4u8 {
        for line in 0..7 {
            school.write_line(round * 10 + line);
        }
        let number = school.ask(device, &BOTH);
        // What is written after it was asked is no part of what was asked.
        school.write_line(200 + round);
        let mut machine = look(&phone);
        approve_with(&phone, &mut machine, &number);
        assert_eq!(machine.state(), &approve::State::Approved);
    }
    assert_eq!(phone.identity().profile.log.length, 1 + 3 * 7 + 2);
}

fn only(target: &'static str, change: impl Fn(Value) -> Value + Send + 'static) -> common::Tamper {
    Box::new(move |call: &Call, body| {
        if call.target.contains(target) {
            change(body)
        } else {
            body
        }
    })
}

fn flip_first(value: &Value) -> Value {
    let mut bytes: Bytes = serde_json::from_value(value.clone()).unwrap();
    bytes.0[40] ^= 1;
    json!(bytes)
}

#[test]
fn a_tampered_answer_releases_no_key() {
    let swap_wrap = |mut body: Value| {
        // The right size, for the right device, of a key that is not the school's.
        body["wraps"][0]["wrap"] = body["wraps"][1]["wrap"].clone();
        body
    };
    let tampers: Vec<(&str, common::Tamper)> = vec![
        (
            "challenge",
            only("/unlocks", |mut body| {
                if let Some(item) = body["items"].get_mut(0) {
                    item["challenge"] = flip_first(&item["challenge"]);
                }
                body
            }),
        ),
        (
            "signature",
            only("/unlocks", |mut body| {
                if let Some(item) = body["items"].get_mut(0) {
                    item["signature"] = flip_first(&item["signature"]);
                }
                body
            }),
        ),
        (
            "roll entry",
            only("/roll", |mut body| {
                if let Some(item) = body["items"].get_mut(0) {
                    item["entry"] = flip_first(&item["entry"]);
                }
                body
            }),
        ),
        (
            "roll signature",
            only("/roll", |mut body| {
                if let Some(item) = body["items"].get_mut(0) {
                    item["signature"] = flip_first(&item["signature"]);
                }
                body
            }),
        ),
        (
            "kit signature",
            only("/roll", |mut body| {
                if let Some(item) = body["items"].get_mut(0) {
                    item["endorsement"] = Value::Null;
                }
                body
            }),
        ),
        ("no roll", only("/roll", |_| json!({"items": []}))),
        ("wraps", only("/claim", swap_wrap)),
        (
            "generation",
            only("/claim", |mut body| {
                body["wraps"][0]["generation"] = json!(2);
                body
            }),
        ),
        (
            "compartment",
            only("/claim", |mut body| {
                body["wraps"][0]["compartment"] = json!("staff");
                body
            }),
        ),
        ("junk", only("/claim", |_| json!([1, 2, 3]))),
        (
            "junk list",
            only("/unlocks", |_| json!({"items": [{"unlock": 3}]})),
        ),
    ];
    for (what, tamper) in tampers {
        let school = School::new();
        let phone = set_up(&school);
        let number = school.ask(phone.identity().profile.device, &BOTH);
        school.tamper.replace(Some(tamper));
        let mut machine = look(&phone);
        approve_with(&phone, &mut machine, &number);
        assert_ne!(machine.state(), &approve::State::Approved, "{what}");
        assert!(machine.trouble().is_some(), "{what}");
        assert!(school.opened().is_none(), "{what}");
        let approved = school
            .calls
            .borrow()
            .iter()
            .any(|call| call.ends_with("/approve"));
        assert!(!approved, "{what}: nothing was sent");
    }
}

#[test]
fn a_listed_key_that_is_not_the_devices_is_not_granted() {
    let school = School::new();
    let first = set_up(&school);
    let (second, words) = enrol_device(&school, 2);
    let device = second.identity().profile.device;
    // The server puts a key of its own in place of the new device's.
    let evil = KeyPair::derive(&[66; 32]).public();
    school
        .tamper
        .replace(Some(only("/device/devices", move |mut body| {
            for item in body["items"].as_array_mut().unwrap() {
                if item["device"] == json!(device) {
                    item["kem_public_key"] = json!(Bytes::from(evil.as_bytes()));
                }
            }
            body
        })));
    let by_words = grant_by_words(&first, words, rights(&[Compartment::PASTORAL]));
    assert!(by_words.trouble().is_some());

    let mut by_link = authenticator::GrantKey::new(first.identity());
    let driver = first.driver();
    driver.run(&mut by_link, authenticator::grant::Event::Start);
    let link = second.identity().link().unwrap();
    driver.run(&mut by_link, authenticator::grant::Event::Link(link));
    assert!(matches!(by_link.trouble(), Some(Trouble::Suspicious(_))));
    let wanted = Box::new(rights(&[Compartment::PASTORAL]));
    driver.run(
        &mut by_link,
        authenticator::grant::Event::Decide(wanted, pin()),
    );
    assert_eq!(school.roll().head().length, 1, "nothing was granted");
}

#[test]
fn labels_of_others_are_made_safe_to_show() {
    let school = School::new();
    let phone = set_up(&school);
    school.ask_with(phone.identity().profile.device, &BOTH, |asked| {
        asked.browser = format!("<b>Chrome</b>\u{202e}{}", "x".repeat(200));
    });
    let machine = look(&phone);
    let approve::State::Asking(question) = machine.state() else {
        panic!("{:?}", machine.trouble());
    };
    assert!(!question.browser.contains('\u{202e}'));
    assert_eq!(question.browser.chars().count(), 64);
}
