//! A link opens the app: of a page on the same device, or of the square of a device that waits. Or another start
//! of the app hands it one.
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

use authenticator::ProfileStore as _;
use common::Window;
use domain::{DeviceId, SchoolId};
use phone::school::{self, PIN};
use phone::schools::at_two_schools;
use phone::{Phone, give_what_is_shown, open, page_asks, school_and_phone, words_on};
use protocol::compartments::Compartment;
use protocol::device::{DeviceKeys, DevicePayload, DeviceSeed};
use protocol::links::Purpose;
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};

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

/// What the screen of one more device says that waits.
fn shown_by_another(phone: &Phone, number: u8) -> String {
    let school = phone.school();
    let (other, _) = school::enrol(&school, number);
    other.identity().link().unwrap()
}

#[test]
fn a_link_that_reaches_the_running_app_is_answered_there() {
    let phone = school_and_phone();
    let (mut window, send) = running(&phone);
    window.press("go-about");
    let link = page_asks(&phone);
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
    let link = page_asks(&phone);
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
    let link = page_asks(&phone);
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
    let link = page_asks(&phone).replace("safehold.example", "safehold.example.evil");
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
    let link = page_asks(&phone);
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

#[test]
fn the_square_of_a_device_that_waits_opens_the_app_of_a_key_holder_at_that_device() {
    let phone = school_and_phone();
    let new = phone.another();
    let mut waiting = phone::enrol_in_app(&new, Purpose::Enrol(school::member(2)));
    let link = phone::link_on(&waiting);
    assert!(link.starts_with("safehold:grant?d="), "{link}");

    // Opened by it, or open already at another page.
    let opened = open(&phone.device.clone().with_link(Some(link.clone())));
    assert!(opened.says("A key for Ben Ali"), "{}", opened.html());
    let (mut window, send) = running(&phone);
    window.press("go-about");
    arrives(&mut window, &send, &link);
    assert!(window.says("A key for Ben Ali"), "{}", window.html());
    assert!(window.says("Their screen must show these six words"));
    assert_eq!(words_on(&window), words_on(&waiting));
    assert!(!window.is_enabled("give"), "a link is no PIN");
    give_what_is_shown(&mut window, &mut waiting);
}

#[test]
fn a_device_that_is_shown_takes_no_screen_from_somebody() {
    let phone = school_and_phone();
    let new = phone.another();
    let waiting = phone::enrol_in_app(&new, Purpose::Enrol(school::member(2)));
    let link = phone::link_on(&waiting);
    let (mut window, send) = running(&phone);
    let number = phone.school().ask(phone.id(), &[Compartment::PASTORAL]);
    window.press("look");
    window.press("me");
    window.type_digits(&number);
    arrives(&mut window, &send, &link);
    assert!(window.says("device asks for a key"), "{}", window.html());
    window.type_digits(PIN);
    window.press("approve");
    assert!(window.says("Unlocked"), "the question was not changed");
    window.press("link-now");
    assert!(window.says("A key for Ben Ali"), "{}", window.html());

    // Nor does a second one take the place of the first.
    arrives(&mut window, &send, &shown_by_another(&phone, 3));
    assert!(window.says("A key for Ben Ali") && window.says("device asks for a key"));
    window.press("link-later");
    assert_eq!(words_on(&window), words_on(&waiting));
}

#[test]
fn a_device_that_is_shown_is_judged_as_if_it_was_pasted() {
    let phone = school_and_phone();
    let new = phone.another();
    let waiting = phone::enrol_in_app(&new, Purpose::Enrol(school::member(2)));
    let link = phone::link_on(&waiting);
    let (mut window, send) = running(&phone);
    let mut says = |link: &str, said: &str| {
        arrives(&mut window, &send, link);
        assert!(window.says(said), "{said}: {}", window.html());
        assert!(!window.is_enabled("give"));
        window.press(if window.is_enabled("retry") {
            "retry"
        } else {
            "back"
        });
        assert!(window.says("Your key is ready"), "{}", window.html());
    };
    // Spoilt, and more than any square says.
    let spoilt = link.replace("grant?d=", "grant?d=A");
    says(&spoilt, "not a code from Safehold");
    says("safehold:grant?d=", "not a code from Safehold");
    says(
        &format!("{link}{}", "A".repeat(4_000)),
        "not a code from Safehold",
    );
    // Of a device that nobody enrolled here, though it has signed for itself.
    let keys = DeviceKeys::of(&DeviceSeed::from_bytes([7; 32])).unwrap();
    let stranger = DevicePayload {
        device: DeviceId::from_bytes([7; 16]),
        keys: keys.public(),
        ..DevicePayload::from_link(&link).unwrap()
    };
    says(
        &stranger.to_link(&keys),
        "No device that waits at your school",
    );
    // And with other keys than the school knows of that device.
    let other_keys = DevicePayload {
        device: new.id(),
        ..stranger.clone()
    };
    says(
        &other_keys.to_link(&keys),
        "lists other keys for that device",
    );
    // Of another school.
    let elsewhere = DevicePayload {
        school: SchoolId::from_bytes([0x52; 16]),
        ..stranger
    };
    says(
        &elsewhere.to_link(&keys),
        "no key of the school where that one waits",
    );
    assert_eq!(
        phone.school().roll().head().length,
        1,
        "nobody has a key by it"
    );
}

#[test]
fn a_device_that_can_give_no_key_says_so() {
    let phone = school_and_phone();
    let new = phone.another();
    let (mut waiting, send) = running(&new);
    let enrol = phone.school().link(Purpose::Enrol(school::member(2)));
    waiting.fill("link", &enrol);
    waiting.press("continue");
    phone::choose_pin(&mut waiting);
    let link = phone::link_on(&waiting);
    // Its own square, or somebody else's: it has no key to give one with.
    arrives(&mut waiting, &send, &link);
    assert!(waiting.says("so it can give it none") && waiting.says("Your key is made"));

    // Nor may everybody who has a key give one.
    let mut giving = phone.open();
    giving.press("go-grant");
    giving.fill("other-words", &link);
    giving.press("find");
    giving.fill("pin", PIN);
    giving.press("give");
    waiting.press("look");
    arrives(&mut waiting, &send, &shown_by_another(&phone, 3));
    assert!(
        waiting.says("may not give keys to others"),
        "{}",
        waiting.html()
    );
    waiting.press("retry");
    assert!(waiting.says("Your key is ready"));
}

#[test]
fn a_link_is_answered_with_the_key_of_the_school_whose_address_it_names() {
    for origin in ["https://other.example", school::ORIGIN] {
        let (first, second, device) = at_two_schools(origin);
        // What the second school's page asks its own device.
        second.profile.choose(second.school().id).unwrap();
        let link = page_asks(&second);
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

#[test]
fn a_device_that_is_shown_is_given_a_key_of_its_own_school() {
    let (first, second, device) = at_two_schools(school::ORIGIN);
    let link = shown_by_another(&second, 2);
    first.profile.choose(first.school().id).unwrap();
    let mut window = open(&device.with_link(Some(link)));
    assert!(window.says("A key for Ben Ali"), "{}", window.html());
    window.fill("pin", PIN);
    window.press("give");
    assert!(window.says("Ben Ali has a key"), "{}", window.html());
    let length = |phone: &Phone| phone.school().roll().head().length;
    assert_eq!((length(&first), length(&second)), (1, 2));
}
