//! Codes on paper, as a device makes them, with no network.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test's helpers fail by panicking"
)]

#[expect(dead_code, reason = "each test file uses its own part")]
mod common;

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use authenticator::contract::DepositSlots;
use authenticator::{Rotate, Slots, Trouble, rotate, slots};
use common::{Phone, School, enrol, grant_by_words, pin, rights, set_up};
use protocol::approve::{Bundle, SealedBundle};
use protocol::compartments::Compartment;
use protocol::slots::{Slot, SlotCode, Terms};

fn make(phone: &Phone<'_>, only: Option<Vec<Compartment>>) -> Slots {
    let mut machine = Slots::new(phone.identity());
    let event = slots::Event::Make { pin: pin(), only };
    phone.driver().run(&mut machine, event);
    machine
}

/// Everything that the phone sends from now on, in one text, and what it deposits.
fn listen(school: &School) -> (Arc<Mutex<String>>, Arc<Mutex<Option<DepositSlots>>>) {
    let all: Arc<Mutex<String>> = Arc::default();
    let deposited: Arc<Mutex<Option<DepositSlots>>> = Arc::default();
    let (heard, seen) = (Arc::clone(&all), Arc::clone(&deposited));
    *school.tamper.borrow_mut() = Some(Box::new(move |call, answer| {
        let mut heard = heard.lock().unwrap();
        heard.push_str(&call.target);
        heard.push_str(&String::from_utf8_lossy(&call.body));
        if call.target == "/v1/device/slots" {
            *seen.lock().unwrap() = serde_json::from_slice(&call.body).ok();
        }
        answer
    }));
    (all, deposited)
}

/// What the server would open with a code that somebody typed.
fn open(phone: &Phone<'_>, deposit: &DepositSlots, code: &str) -> Option<(u8, Bundle)> {
    let profile = phone.identity().profile;
    let code = SlotCode::parse(code).unwrap();
    let reference = code.reference(profile.school, profile.member);
    let found = deposit
        .slots
        .iter()
        .find(|slot| slot.reference.0 == reference)?;
    let names: BTreeSet<Compartment> = deposit
        .keys
        .iter()
        .map(|key| key.compartment.parse().unwrap())
        .collect();
    let terms = Terms {
        slot: Slot {
            school: profile.school,
            member: profile.member,
            device: profile.device,
            number: found.number,
        },
        compartments: names.into_iter().collect(),
        session_seconds: deposit.session_seconds,
    };
    let sealed = SealedBundle {
        encapsulated: found.enc.array().unwrap(),
        ciphertext: found.ciphertext.0.clone(),
    };
    let secret = code.secret(&terms.slot);
    assert_eq!(
        secret.pair().public().as_bytes().as_slice(),
        found.session_key.0
    );
    Some((
        found.number,
        secret.open_bundle(&terms.hash(), &sealed).ok()?,
    ))
}

#[test]
fn each_code_opens_its_own_slot_with_every_key_in_use() {
    let school = School::new();
    let first = set_up(&school);
    let mut rotation = Rotate::new(first.identity());
    let event = rotate::Event::Begin(Compartment::SAFEGUARDING, pin());
    first.driver().run(&mut rotation, event);
    let (_, deposited) = listen(&school);

    let machine = make(&first, None);
    let slots::State::Made(paper) = machine.state() else {
        panic!("{:?}", machine.trouble());
    };
    assert_eq!(paper.codes.len(), 10);
    let deposit = deposited.lock().unwrap().take().unwrap();
    let roll = school.roll();
    for (code, number) in paper.codes.iter().zip(1..) {
        let (found, bundle) = open(&first, &deposit, code).unwrap();
        assert_eq!(found, number);
        for (name, announced) in roll.compartments() {
            for (generation, public) in &announced.generations {
                let secret = bundle.key(name, *generation).unwrap();
                assert_eq!(&secret.key_pair().unwrap().public(), public);
            }
        }
        assert_eq!(
            bundle.keys().len(),
            5,
            "four compartments, one of them twice"
        );
    }
    let different: BTreeSet<&str> = paper.codes.iter().map(|code| code.as_str()).collect();
    assert_eq!(different.len(), 10);
}

#[test]
fn no_code_leaves_the_device_and_none_is_shown_by_accident() {
    let school = School::new();
    let first = set_up(&school);
    let (all, _) = listen(&school);
    let machine = make(&first, None);
    let slots::State::Made(paper) = machine.state() else {
        panic!("{:?}", machine.trouble());
    };
    let sent = all.lock().unwrap();
    let shown = format!("{machine:?}");
    for code in &paper.codes {
        let bare = code.replace(' ', "");
        for text in [sent.as_str(), shown.as_str()] {
            assert!(!text.contains(&bare) && !text.contains(code.as_str()));
        }
    }
}

#[test]
fn paper_holds_what_its_owner_chose_and_what_the_roll_grants() {
    let school = School::new();
    let first = set_up(&school);
    let (second, words) = enrol(&school, 2);
    let granted = rights(&[Compartment::PASTORAL, Compartment::SAFEGUARDING]);
    grant_by_words(&first, words, granted);
    let (_, deposited) = listen(&school);
    let machine = make(
        &second,
        Some(vec![Compartment::PASTORAL, Compartment::STAFF]),
    );
    let slots::State::Made(paper) = machine.state() else {
        panic!("{:?}", machine.trouble());
    };
    assert_eq!(paper.compartments, [Compartment::PASTORAL]);
    let deposit = deposited.lock().unwrap().take().unwrap();
    let (_, bundle) = open(&second, &deposit, &paper.codes[0]).unwrap();
    assert_eq!(bundle.keys().len(), 1);

    let none = make(&second, Some(vec![Compartment::STAFF]));
    assert_eq!(none.trouble(), Some(&Trouble::NotAllowed));
}

#[test]
fn a_server_that_keeps_a_key_back_gets_no_deposit() {
    let school = School::new();
    let first = set_up(&school);
    *school.tamper.borrow_mut() = Some(Box::new(|call, mut answer| {
        if call.target == "/v1/device/wraps" {
            answer["wraps"].as_array_mut().unwrap().pop();
        }
        answer
    }));
    school.calls.borrow_mut().clear();
    let machine = make(&first, None);
    assert!(matches!(machine.trouble(), Some(Trouble::Suspicious(_))));
    assert_eq!(machine.state(), &slots::State::Idle);
    let asked = school.calls.borrow();
    assert!(
        !asked.iter().any(|call| call.contains("slots")),
        "{asked:?}"
    );
}

#[test]
fn a_wrong_pin_makes_nothing_and_can_be_typed_again() {
    let school = School::new();
    let first = set_up(&school);
    let mut machine = Slots::new(first.identity());
    let pin_of = |text: &str| text.to_owned().into();
    let wrong = slots::Event::Make {
        pin: pin_of("739182"),
        only: None,
    };
    first.driver().run(&mut machine, wrong);
    assert!(
        matches!(machine.trouble(), Some(Trouble::Refused(problem)) if problem.slug() == "pin-refused")
    );
    let event = slots::Event::Make {
        pin: pin(),
        only: None,
    };
    first.driver().run(&mut machine, event);
    assert!(matches!(machine.state(), slots::State::Made(_)));
}
