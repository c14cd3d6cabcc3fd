//! A page on the same device opens the app by a link, and the app opens the page again: with no network.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test's helpers fail by panicking"
)]

#[expect(dead_code, reason = "each test file uses its own part")]
mod common;

use std::sync::{Arc, Mutex};

use authenticator::approve::{Event, State};
use authenticator::contract::{ApproveUnlockBody, Bytes};
use authenticator::{ApproveUnlock, Trouble};
use common::{Phone, School, pin, set_up};
use domain::UnlockId;
use protocol::challenge::{Challenge, Suspicion};
use protocol::compartments::Compartment;
use protocol::hand_off::{HandOff, ReturnToken};

const SAFEGUARDING: [Compartment; 1] = [Compartment::SAFEGUARDING];

/// A browser on this very device asks; the link of its page.
fn asks(school: &School, phone: &Phone<'_>, change: impl FnOnce(&mut Challenge)) -> HandOff {
    let mut unlock = UnlockId::from_bytes([0; 16]);
    school.ask_with(
        phone.identity().profile.device,
        &SAFEGUARDING,
        |challenge| {
            challenge.digits = 0;
            challenge.known_browser = false;
            change(challenge);
            unlock = challenge.unlock;
        },
    );
    HandOff {
        origin: school.origin.clone(),
        unlock,
    }
}

fn open(phone: &Phone<'_>, link: &str) -> ApproveUnlock {
    let mut machine = ApproveUnlock::new(phone.identity());
    phone
        .driver()
        .run(&mut machine, Event::Link(link.to_owned()));
    machine
}

fn approve(phone: &Phone<'_>, machine: &mut ApproveUnlock) {
    let event = Event::Approve {
        number: String::new(),
        pin: pin(),
        only: None,
    };
    phone.driver().run(machine, event);
}

#[test]
fn the_app_goes_on_at_its_pinned_address_with_a_token_of_its_own() {
    let school = School::new();
    let phone = set_up(&school);
    let sent: Arc<Mutex<Option<ApproveUnlockBody>>> = Arc::default();
    let seen = Arc::clone(&sent);
    *school.tamper.borrow_mut() = Some(Box::new(move |call, answer| {
        if call.target.ends_with("/approve") {
            *seen.lock().unwrap() = serde_json::from_slice(&call.body).ok();
        }
        answer
    }));
    for scheme in [false, true] {
        let link = asks(&school, &phone, |_| {});
        let text = if scheme {
            link.to_scheme()
        } else {
            link.to_url()
        };
        let mut machine = open(&phone, &text);
        let State::Asking(question) = machine.state() else {
            panic!("{:?}", machine.trouble());
        };
        assert_eq!((question.digits, &question.origin), (0, &school.origin));
        assert_eq!(machine.return_url(), None, "before anybody said yes");
        approve(&phone, &mut machine);
        assert_eq!(machine.state(), &State::Approved, "{:?}", machine.trouble());
        assert!(school.opened().is_some());

        let url = machine.return_url().unwrap().to_owned();
        let before = format!("{}/app/return#{}.", school.origin, link.unlock);
        let token = url.strip_prefix(&before).unwrap();
        let bytes = base64_bytes(token);
        let hash = sent.lock().unwrap().take().unwrap().return_hash.unwrap();
        let expected = ReturnToken::from_bytes(bytes).hash(school.id, link.unlock);
        assert_eq!(hash.0, expected);
    }
}

#[test]
fn a_link_of_another_address_stops_the_app_before_it_asks_anybody() {
    let school = School::new();
    let phone = set_up(&school);
    let link = asks(&school, &phone, |_| {});
    let other = HandOff {
        origin: "https://safehold.example.evil".to_owned(),
        ..link
    };
    school.calls.borrow_mut().clear();
    for text in [other.to_url(), other.to_scheme()] {
        let mut machine = open(&phone, &text);
        assert_eq!(machine.trouble(), Some(&Trouble::OtherAddress));
        assert_eq!(machine.state(), &State::Failed);
        approve(&phone, &mut machine);
        assert_eq!(machine.return_url(), None);
    }
    assert_eq!(school.calls.borrow().len(), 0);
    for text in ["", "https://safehold.example/app#abc", "safehold:unlock"] {
        assert_eq!(open(&phone, text).trouble(), Some(&Trouble::BadLink));
    }
}

#[test]
fn a_server_cannot_turn_a_number_into_a_link_or_a_link_into_a_number() {
    let school = School::new();
    let phone = set_up(&school);
    // Something without a number, in the list of what waits.
    asks(&school, &phone, |_| {});
    let mut listed = ApproveUnlock::new(phone.identity());
    phone.driver().run(&mut listed, Event::Look);
    assert_eq!(
        listed.trouble(),
        Some(&Trouble::BadChallenge(Suspicion::Digits))
    );
    school.end_pending();
    // A number, where a link has opened the app.
    let link = asks(&school, &phone, |challenge| challenge.digits = 6);
    assert_eq!(
        open(&phone, &link.to_url()).trouble(),
        Some(&Trouble::BadChallenge(Suspicion::Digits))
    );
    school.end_pending();
    // Another request than the link is for, and one of another address.
    let link = asks(&school, &phone, |_| {});
    let mut swapped = serde_json::Value::Null;
    asks(&school, &phone, |other| {
        swapped = serde_json::json!({
            "unlock": other.unlock,
            "challenge": Bytes::from(other.encode()),
            "signature": Bytes::from(other.sign(&school.key)),
        });
    });
    let path = format!("/v1/device/unlocks/{}", link.unlock);
    *school.tamper.borrow_mut() = Some(Box::new(move |call, answer| {
        if call.target == path {
            swapped.clone()
        } else {
            answer
        }
    }));
    assert!(matches!(
        open(&phone, &link.to_url()).trouble(),
        Some(Trouble::Suspicious(_))
    ));
    *school.tamper.borrow_mut() = None;
    school.end_pending();
    let link = asks(&school, &phone, |challenge| {
        challenge.origin = "https://safehold.example.evil".to_owned();
    });
    assert_eq!(
        open(&phone, &link.to_url()).trouble(),
        Some(&Trouble::BadChallenge(Suspicion::OtherOrigin))
    );
    assert_eq!(school.opened(), None);
}

#[test]
fn not_me_and_a_wrong_pin_are_as_with_a_number() {
    let school = School::new();
    let phone = set_up(&school);
    let link = asks(&school, &phone, |_| {});
    let mut machine = open(&phone, &link.to_url());
    let wrong = Event::Approve {
        number: String::new(),
        pin: "739182".to_owned().into(),
        only: None,
    };
    phone.driver().run(&mut machine, wrong);
    assert!(
        matches!(machine.trouble(), Some(Trouble::Refused(problem)) if problem.slug() == "pin-refused")
    );
    assert_eq!(machine.return_url(), None);
    approve(&phone, &mut machine);
    assert!(machine.return_url().is_some());

    let link = asks(&school, &phone, |_| {});
    let mut machine = open(&phone, &link.to_scheme());
    phone.driver().run(&mut machine, Event::Refuse);
    assert_eq!(machine.state(), &State::Refused);
    assert_eq!(machine.return_url(), None);
    assert_eq!(school.last_unlock_state(), "refused");
}

fn base64_bytes(text: &str) -> [u8; 32] {
    use base64::Engine as _;
    let bytes = base64::prelude::BASE64_URL_SAFE_NO_PAD
        .decode(text)
        .unwrap();
    bytes.try_into().unwrap()
}
