//! A hostile server where keys are given on: it keeps one back, or turns the list of key holders back between two
//! readings.

use authenticator::{Identity, NewKit, Recover, Rotate, Trouble, grant, new_kit, recover, rotate};
use protocol::compartments::Compartment;
use protocol::kit::Sheet;

use crate::common::{
    Phone, School, enrol as enrol_device, enrol_as, grant_by_words, member, pin, rights, set_up,
};

#[test]
fn a_grant_brings_every_key_that_is_in_use_or_is_not_made() {
    let school = School::new();
    let first = set_up(&school);
    let mut machine = Rotate::new(first.identity());
    let begin = rotate::Event::Begin(Compartment::PASTORAL, pin());
    first.driver().run(&mut machine, begin);
    assert_eq!(machine.trouble(), None);
    let (_second, words) = enrol_device(&school, 2);
    for generation in [1, 2] {
        school.tamper.replace(Some(Box::new(move |call, mut body| {
            if call.target == "/v1/device/wraps" {
                body["wraps"].as_array_mut().unwrap().retain(|wrap| {
                    wrap["compartment"] != "pastoral" || wrap["generation"] != generation
                });
            }
            body
        })));
        let machine = grant_by_words(&first, words, rights(&[Compartment::PASTORAL]));
        assert_eq!(
            machine.trouble(),
            Some(&Trouble::Suspicious(
                "the server kept back a key that this device should hold"
            )),
            "without the key number {generation}"
        );
    }
    school.tamper.replace(None);
    let machine = grant_by_words(&first, words, rights(&[Compartment::PASTORAL]));
    assert!(matches!(machine.state(), grant::State::Granted { .. }));
}

/// From now on the roll is shown as it was when it had so many entries.
fn show_until(school: &School, length: u64) {
    school.tamper.replace(Some(Box::new(move |call, mut body| {
        if call.target.contains("/device/roll?") {
            let items = body["items"].as_array_mut().unwrap();
            items.retain(|item| item["seq"].as_u64().unwrap() <= length);
        }
        body
    })));
}

/// Prints a new kit, and does `meanwhile` before it counts.
fn new_kit(phone: &Phone<'_>, identity: Identity, meanwhile: impl Fn()) -> (NewKit, [Sheet; 3]) {
    let mut machine = NewKit::new(identity);
    let driver = phone.driver();
    driver.run(&mut machine, new_kit::Event::Start(pin()));
    let new_kit::State::Sheets { sheets, .. } = machine.state() else {
        panic!("{:?}", machine.trouble());
    };
    let sheets = sheets.clone();
    for sheet in &sheets {
        let end = sheet.last_four().to_string();
        driver.run(&mut machine, new_kit::Event::LastFour(sheet.number(), end));
    }
    meanwhile();
    driver.run(&mut machine, new_kit::Event::Finish);
    (machine, sheets)
}

#[test]
fn nothing_is_signed_for_a_roll_that_was_longer_a_moment_ago() {
    let shorter = Trouble::Suspicious("the list of key holders is shorter than it was before");
    let school = School::new();
    let first = set_up(&school);
    let (_, sheets) = new_kit(&first, first.identity(), || {});
    // Both have seen the roll with two entries only.
    let (lost, _) = enrol_as(&school, 3, member(1));
    let known = first.identity();
    let (_second, words) = enrol_device(&school, 2);
    grant_by_words(&first, words, rights(&[Compartment::PASTORAL]));
    let length = school.roll().head().length;
    assert_eq!(length, 3);

    let (machine, _) = new_kit(&first, known, || show_until(&school, 2));
    assert_eq!(machine.trouble(), Some(&shorter));

    school.tamper.replace(None);
    let mut machine = Recover::new(lost.identity());
    let driver = lost.driver();
    driver.run(&mut machine, recover::Event::Start);
    for sheet in &sheets[1..] {
        let code = sheet.code().to_string().into();
        driver.run(&mut machine, recover::Event::Sheets(code));
    }
    assert!(matches!(machine.state(), recover::State::Deciding { .. }));
    show_until(&school, 2);
    let decide = || recover::Event::Decide(Vec::new(), pin());
    driver.run(&mut machine, decide());
    assert_eq!(machine.trouble(), Some(&shorter));
    assert_eq!(school.roll().head().length, length);
}
