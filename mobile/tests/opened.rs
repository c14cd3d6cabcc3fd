//! A page on the same device opens the app by a link, or another start of the app hands it one.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::expect_used,
    reason = "a test's helpers fail by panicking"
)]

#[expect(dead_code, reason = "each test file uses its own part")]
mod common;
#[expect(dead_code, reason = "each test file uses its own part")]
mod phone;

use std::sync::{Arc, Mutex};

use authenticator::{Call, MemoryProfile, Outcome, ProfileStore as _, Transport};
use common::Window;
use domain::{FixedClock, SchoolId, SeededEntropy, Timestamp};
use mobile::Device;
use phone::school::{self, NOW, PIN, School};
use phone::{Line, Phone, open, set_up_in_app};
use protocol::compartments::Compartment;
use protocol::links::Purpose;
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};

/// A school with its first phone, on which the app is.
fn school_and_phone() -> Phone {
    let phone = Phone::new(School::new());
    set_up_in_app(&phone);
    phone
}

/// A page asks, and this is the link that it opens the app with.
fn asks(phone: &Phone) -> String {
    let mut unlock = String::new();
    phone
        .school()
        .ask_with(phone.id(), &[Compartment::SAFEGUARDING], |challenge| {
            challenge.digits = 0;
            unlock = challenge.unlock.to_string();
        });
    let origin = phone.profile.load().unwrap().unwrap().origin;
    format!("safehold:unlock?u={unlock}&o={origin}")
}

/// The app, open, and the way by which links reach it.
fn running(phone: &Phone) -> (Window, UnboundedSender<String>) {
    let (send, links) = unbounded_channel();
    let device = phone.device.clone().with_links(links);
    let device = device.with_browser(|_| Ok(()));
    (open(&device), send)
}

fn arrives(window: &mut Window, send: &UnboundedSender<String>, link: &str) {
    send.send(link.to_owned()).unwrap();
    window.settle();
}

#[test]
fn a_link_that_reaches_the_running_app_is_answered_there() {
    let phone = school_and_phone();
    let (mut window, send) = running(&phone);
    window.press("go-about");
    let link = asks(&phone);
    arrives(&mut window, &send, &link);
    assert!(window.says("Is this you?"), "{}", window.html());
    window.press("me");
    window.type_digits(PIN);
    window.press("approve");
    assert!(window.says("Unlocked"), "{}", window.html());

    // Used once, it is no use again; and one that wants only the window changes nothing.
    arrives(&mut window, &send, "");
    assert!(window.says("Unlocked"));
    arrives(&mut window, &send, &link);
    assert!(window.says("That request is over"), "{}", window.html());
}

#[test]
fn a_link_does_not_take_away_what_somebody_is_in_the_middle_of() {
    let phone = school_and_phone();
    let (mut window, send) = running(&phone);
    window.press("go-grant");
    window.fill("other-words", "amber boat cedar drum elbow fern");
    let link = asks(&phone);
    arrives(&mut window, &send, &link);
    assert!(window.says("Give a key") && window.says("asks to be unlocked"));
    assert!(window.is_enabled("find"), "what was typed is there");
    window.press("link-later");
    assert!(window.says("Give a key") && !window.says("asks to be unlocked"));

    arrives(&mut window, &send, &link);
    window.press("link-now");
    assert!(window.says("Is this you?"), "{}", window.html());
    assert!(!window.says("asks to be unlocked"));
}

#[test]
fn a_link_never_changes_the_question_that_is_being_answered() {
    let phone = school_and_phone();
    let (mut window, send) = running(&phone);
    let number = phone.school().ask(phone.id(), &[Compartment::PASTORAL]);
    window.press("look");
    window.press("me");
    window.type_digits(&number);
    window.type_digits(PIN);
    let link = asks(&phone);
    arrives(&mut window, &send, &link);
    assert!(window.says("The number you typed: 47"), "{}", window.html());
    window.press("approve");
    assert!(window.says("Unlocked"), "{}", window.html());
    assert_ne!(
        phone.school().last_unlock_state(),
        "open",
        "the one of the link was not approved"
    );
}

#[test]
fn a_link_of_another_address_or_of_none_stops_the_app() {
    let phone = school_and_phone();
    let (mut window, send) = running(&phone);
    let link = asks(&phone).replace("safehold.example", "safehold.example.evil");
    arrives(&mut window, &send, &link);
    assert!(
        window.says("not at the address of your school"),
        "{}",
        window.html()
    );
    window.press("retry");
    assert!(window.says("Your key is ready"));
    arrives(&mut window, &send, "safehold:unlock?u=nonsense");
    assert!(window.says("not a code from Safehold"), "{}", window.html());
    assert!(phone.school().opened().is_none());
}

#[test]
fn a_device_without_a_key_says_so() {
    let phone = school_and_phone();
    let link = asks(&phone);
    let new = phone.another();
    let (mut window, send) = running(&new);
    arrives(&mut window, &send, &link);
    assert!(window.says("has no key of that page"), "{}", window.html());
    assert!(window.says("Make this device your key"));

    // Nor does one that waits for a key, or that is about to choose a PIN, lose where it was.
    let enrol = phone.school().link(Purpose::Enrol(school::member(2)));
    window.fill("link", &enrol);
    window.press("continue");
    arrives(&mut window, &send, &link);
    assert!(window.says("Choose a PIN") && window.says("has no key of that page"));
    phone::choose_pin(&mut window);
    arrives(&mut window, &send, &link);
    assert!(window.says("Your key is made") && window.says("has no key of that page"));
}

/// Two schools' servers; both may be at one address, which knows by the device's signature whose it is.
struct Lines {
    lines: Vec<Arc<Line>>,
    profile: Arc<MemoryProfile>,
}

impl Transport for Lines {
    fn send(&self, call: &Call) -> Outcome {
        let in_use = self.profile.load().unwrap().unwrap();
        assert_eq!(call.origin, in_use.origin);
        let of = self.lines.iter().find(|line| {
            let school = line.0.lock().unwrap();
            school.id == in_use.school
        });
        of.unwrap().send(call)
    }
}

/// One app with the keys of two schools, the first of which is in use.
fn at_two_schools(origin: &str) -> (Phone, Phone, Device) {
    let first = school_and_phone();
    let mut other = School::at(origin);
    other.id = SchoolId::from_bytes([0x52; 16]);
    let second = Phone {
        line: Arc::new(Line(Mutex::new(other))),
        ..first.another()
    };
    let device = |transport: Arc<dyn Transport + Send + Sync>| {
        Device::of_parts(
            first.keys.clone(),
            first.profile.clone(),
            transport,
            Arc::new(FixedClock::at(Timestamp::from_seconds(NOW))),
            Arc::new(SeededEntropy::new([44; 32])),
        )
    };
    let second = Phone {
        keys: first.keys.clone(),
        profile: first.profile.clone(),
        device: device(second.line.clone()),
        ..second
    };
    let link = second.school().link(Purpose::Setup);
    let lines = device(Arc::new(Lines {
        lines: vec![first.line.clone(), second.line.clone()],
        profile: first.profile.clone(),
    }));
    let mut window = open(&second.device);
    window.press("go-schools");
    window.press("add-school");
    window.fill("link", &link);
    window.press("continue");
    phone::choose_pin(&mut window);
    phone::print_sheets(&mut window);
    assert!(window.says("Your key is ready"), "{}", window.html());
    window.press("go-schools");
    window.press("school-1");
    assert_eq!(
        first.profile.load().unwrap().unwrap().school,
        first.school().id
    );
    (first, second, lines)
}

#[test]
fn a_link_is_answered_with_the_key_of_the_school_whose_address_it_names() {
    for origin in ["https://other.example", school::ORIGIN] {
        let (first, second, device) = at_two_schools(origin);
        // What the second school's page asks its own device.
        second.profile.choose(second.school().id).unwrap();
        let link = asks(&second);
        first.profile.choose(first.school().id).unwrap();

        let mut window = open(&device.with_link(Some(link)).with_browser(|_| Ok(())));
        assert!(window.says("Is this you?"), "{origin}: {}", window.html());
        window.press("me");
        window.type_digits(PIN);
        window.press("approve");
        assert!(window.says("Unlocked"), "{}", window.html());
        assert!(second.school().opened().is_some() && first.school().opened().is_none());
    }
}
