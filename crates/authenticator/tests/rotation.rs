//! A compartment's new key, with no network.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test's helpers fail by panicking"
)]

#[expect(dead_code, reason = "each test file uses its own part")]
mod common;

use std::sync::{Arc, Mutex};

use authenticator::contract::AppendRotation;
use authenticator::{Amend, Rotate, Setup, Trouble, amend, rotate, setup};
use common::{Phone, School, enrol as enrol_device, grant_by_words, pin, rights};
use protocol::compartments::Compartment;
use protocol::kit::{self, KitKeys};
use protocol::links::Purpose;
use protocol::roll::{Capability, Rights, StoreKind};

/// Sets a school up and keeps what the sheets give.
fn set_up<'s>(school: &'s School) -> (Phone<'s>, KitKeys) {
    let phone = Phone::new(school, 1);
    let mut machine = Setup::new("Ada's phone", StoreKind::Memory);
    let driver = phone.driver();
    driver.run(
        &mut machine,
        setup::Event::Link(school.link(Purpose::Setup)),
    );
    driver.run(&mut machine, setup::Event::Pin(pin()));
    let setup::State::Sheets { sheets, .. } = machine.state() else {
        panic!("{:?}", machine.trouble());
    };
    let sheets = sheets.clone();
    for sheet in &sheets {
        let event = setup::Event::LastFour(sheet.number(), sheet.last_four().to_string());
        driver.run(&mut machine, event);
    }
    driver.run(&mut machine, setup::Event::Finish);
    let keys = kit::combine(&sheets[0], &sheets[2])
        .unwrap()
        .keys()
        .unwrap();
    (phone, keys)
}

fn begin(phone: &Phone<'_>, compartment: Compartment) -> Rotate {
    let mut machine = Rotate::new(phone.identity());
    let event = rotate::Event::Begin(compartment, pin());
    phone.driver().run(&mut machine, event);
    machine
}

#[test]
fn everybody_who_holds_the_compartment_gets_its_new_key_and_so_does_the_kit() {
    let school = School::new();
    let (first, sheets) = set_up(&school);
    let (second, words) = enrol_device(&school, 2);
    grant_by_words(&first, words, rights(&[Compartment::SAFEGUARDING]));
    let (third, words) = enrol_device(&school, 3);
    grant_by_words(&first, words, rights(&[Compartment::PASTORAL]));

    let sent: Arc<Mutex<Option<AppendRotation>>> = Arc::default();
    let seen = Arc::clone(&sent);
    *school.tamper.borrow_mut() = Some(Box::new(move |call, answer| {
        if call.target == "/v1/device/roll" {
            *seen.lock().unwrap() = serde_json::from_slice(&call.body).ok();
        }
        answer
    }));
    let machine = begin(&first, Compartment::SAFEGUARDING);
    assert_eq!(
        machine.state(),
        &rotate::State::Rotated {
            compartment: Compartment::SAFEGUARDING,
            generation: 2,
            holders: 2,
        },
        "{:?}",
        machine.trouble()
    );
    let sent = sent.lock().unwrap().take().unwrap();
    let devices: Vec<_> = sent.wraps.iter().map(|wrap| wrap.device).collect();
    assert!(devices.contains(&first.identity().profile.device));
    assert!(devices.contains(&second.identity().profile.device));
    assert!(!devices.contains(&third.identity().profile.device));

    // What the sheets open is the key that the roll announces.
    let roll = school.roll();
    let keys = roll.compartment(&Compartment::SAFEGUARDING).unwrap();
    let [held] = &kit::open_part_a(school.id, sheets.kem(), &sent.kit_part.0).unwrap()[..] else {
        panic!("one key");
    };
    assert_eq!((held.generation, keys.generation), (2, 2));
    assert_eq!(held.secret.key_pair().unwrap().public(), keys.public);

    // And what the next unlock hands over holds both generations.
    let device = second.identity().profile.device;
    let number = school.ask(device, &[Compartment::SAFEGUARDING]);
    let mut machine = authenticator::ApproveUnlock::new(second.identity());
    let driver = second.driver();
    driver.run(&mut machine, authenticator::approve::Event::Look);
    driver.run(
        &mut machine,
        authenticator::approve::Event::Approve {
            number,
            pin: pin(),
            only: None,
        },
    );
    let opened = school.opened().unwrap();
    for generation in [1, 2] {
        let secret = opened.key(&Compartment::SAFEGUARDING, generation).unwrap();
        let public = secret.key_pair().unwrap().public();
        assert_eq!(keys.generations[&generation], public);
    }
}

#[test]
fn a_device_without_the_right_makes_no_key() {
    let school = School::new();
    let (first, _) = set_up(&school);
    let (second, words) = enrol_device(&school, 2);
    let rotates = Rights {
        capabilities: [Capability::Rotate].into(),
        ..rights(&[Compartment::PASTORAL])
    };
    grant_by_words(&first, words, rotates);
    let length = school.roll().head().length;
    let refused = begin(&second, Compartment::SAFEGUARDING);
    assert_eq!(refused.trouble(), Some(&Trouble::NotAllowed));
    let missing = begin(&second, "clubs".parse().unwrap());
    assert_eq!(missing.trouble(), Some(&Trouble::NotAllowed));
    assert_eq!(school.roll().head().length, length);

    assert!(matches!(
        begin(&second, Compartment::PASTORAL).state(),
        rotate::State::Rotated { generation: 2, .. }
    ));
    let mut machine = Amend::new(second.identity());
    let event = amend::Event::Retire(Compartment::PASTORAL, 1, pin());
    second.driver().run(&mut machine, event);
    assert_eq!(machine.state(), amend::State::Done);
    let roll = school.roll();
    assert!(
        roll.compartments()[&Compartment::PASTORAL]
            .retired
            .contains(&1)
    );
}

#[test]
fn a_wrong_pin_rotates_nothing_and_can_be_typed_again() {
    let school = School::new();
    let (first, _) = set_up(&school);
    let mut machine = Rotate::new(first.identity());
    let wrong = "739182".to_owned().into();
    let event = rotate::Event::Begin(Compartment::STAFF, wrong);
    first.driver().run(&mut machine, event);
    assert!(
        matches!(machine.trouble(), Some(Trouble::Refused(problem)) if problem.slug() == "pin-refused")
    );
    assert_eq!(machine.state(), &rotate::State::Idle);
    assert_eq!(school.roll().head().length, 1);
    let event = rotate::Event::Begin(Compartment::STAFF, pin());
    first.driver().run(&mut machine, event);
    assert!(matches!(
        machine.state(),
        rotate::State::Rotated { holders: 1, .. }
    ));
}
