//! A hostile server where a device begins: setting a school up, or coming to one.

use std::cell::RefCell;

use authenticator::contract::Bytes;
use authenticator::{Enrol, Outcome, Setup, Trouble, enrol, setup};
use domain::{FixedClock, SchoolId, SeededEntropy, Timestamp};
use protocol::links::Purpose;
use protocol::roll::StoreKind;
use protocol::signing::SigningKey;
use serde_json::json;

use crate::common::{self, Phone, School, member, pin, set_up};
use crate::scenarios::{Scenario, flip, raw, says};
use crate::{Line, driver};

/// What a first or further device is told, changed; whether anything was kept of it.
fn begin(purpose: Purpose, scenario: &Scenario) -> (Option<Trouble>, bool) {
    let school = School::new();
    if purpose != Purpose::Setup {
        drop(set_up(&school));
    }
    let phone = Phone::new(&school, 4);
    let line = Line {
        school: &school,
        twist: Some(&scenario.twist),
        sent: RefCell::default(),
    };
    let clock = FixedClock::at(Timestamp::from_seconds(common::NOW));
    let entropy = SeededEntropy::new([4; 32]);
    let driver = driver(&phone, &line, &clock, &entropy);
    let link = school.link(purpose);
    let trouble = if purpose == Purpose::Setup {
        let mut machine = Setup::new("x", StoreKind::Memory);
        driver.run(&mut machine, setup::Event::Link(link));
        driver.run(&mut machine, setup::Event::Pin(pin()));
        machine.trouble().cloned()
    } else {
        let mut machine = Enrol::new("x", StoreKind::Memory);
        driver.run(&mut machine, enrol::Event::Link(link));
        driver.run(&mut machine, enrol::Event::Pin(pin()));
        driver.run(&mut machine, enrol::Event::Look);
        machine.trouble().cloned()
    };
    let granted = authenticator::Identity::load(&phone.profile, &phone.keys)
        .unwrap_or_default()
        .is_some_and(|identity| identity.profile.granted || identity.link().is_err());
    (trouble, granted)
}

#[test]
fn a_first_device_gives_its_keys_to_no_other_server() {
    let scenarios = [
        says("another server's identity", "/device/setup", |body| {
            body["server_public_key"] = json!(Bytes::from(
                SigningKey::from_seed(&[66; 32])
                    .unwrap()
                    .public()
                    .as_bytes()
            ));
        }),
        says("an identity of the wrong size", "/device/setup", |body| {
            body["server_public_key"] = json!("AAAA")
        }),
        says("another school", "/device/setup", |body| {
            body["school"] = json!(SchoolId::from_bytes([9; 16]))
        }),
        says(
            "a half of the kit that does not open",
            "/device/setup",
            |body| flip(&mut body["part_b"], 40),
        ),
        says("no half of the kit", "/device/setup", |body| {
            body["part_b"] = json!("")
        }),
        raw("a page", "/device/setup", |status, _| {
            (status, b"<html>".to_vec())
        }),
    ];
    for scenario in &scenarios {
        let (trouble, kept) = begin(Purpose::Setup, scenario);
        assert!(trouble.is_some() && !kept, "{}", scenario.name);
    }
}

#[test]
fn a_further_device_believes_nothing_that_it_cannot_check() {
    let scenarios = [
        says("another school", "/enrolment", |body| {
            body["school"] = json!(SchoolId::from_bytes([9; 16]))
        }),
        says("another member", "/enrolment", |body| {
            body["member"] = json!(member(9))
        }),
        says("a roll head of three bytes", "/enrolment", |body| {
            body["roll_head"] = json!("AAAA")
        }),
        says("a log head of no bytes", "/enrolment", |body| {
            body["log_head"] = json!("")
        }),
        raw("a page", "/enrolment", |status, _| {
            (status, b"<html>".to_vec())
        }),
    ];
    for scenario in &scenarios {
        let (trouble, kept) = begin(Purpose::Enrol(member(4)), scenario);
        assert!(trouble.is_some() && !kept, "{}", scenario.name);
    }
    // It was granted, the server says; the roll does not.
    let lie = Scenario {
        name: "a grant that is not in the roll",
        ask: Box::new(|_| {}),
        twist: Box::new(|call, outcome| match call.target.as_str() {
            "/v1/device" => Outcome::Answer {
                status: 200,
                body: br#"{"state":"granted"}"#.to_vec(),
            },
            _ => outcome,
        }),
    };
    let (trouble, granted) = begin(Purpose::Enrol(member(4)), &lie);
    assert!(
        matches!(trouble, Some(Trouble::Suspicious(_))),
        "{trouble:?}"
    );
    assert!(!granted);
}
