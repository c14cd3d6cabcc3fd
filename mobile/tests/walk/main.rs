//! A person walks through the app: every step that they take, with no window and no network.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::expect_used,
    reason = "a test's helpers fail by panicking"
)]

#[path = "../common/mod.rs"]
mod common;
mod giving;
#[expect(dead_code, reason = "each test file uses its own part")]
#[path = "../phone/mod.rs"]
mod phone;

use std::sync::{Arc, Mutex};

use authenticator::ProfileStore as _;
use domain::{FixedClock, SeededEntropy, Timestamp};
use mobile::{Device, Input, Phase, View};
use phone::school::{self, NOW, PIN, School, grant_by_words, member, rights, set_up};
use phone::{Line, Phone, choose_pin, last_four, open, page_asks, set_up_in_app, unlock, words_on};
use protocol::compartments::Compartment;
use protocol::links::Purpose;

#[test]
fn a_wrong_link_is_said_to_be_wrong() {
    let phone = Phone::new(School::new());
    let mut window = phone.open();
    assert!(window.says("Make this device your key"));
    assert!(!window.is_enabled("continue"));
    window.fill("link", "hello");
    window.press("continue");
    assert!(window.says("not a code from Safehold"));
    assert!(phone.school().calls.borrow().is_empty());
}

#[test]
fn a_second_device_is_enrolled_granted_and_unlocks_a_browser() {
    let school = School::new();
    let (head_keys, head_profile) = {
        let head = set_up(&school);
        (head.keys, head.profile)
    };
    let link = school.link(Purpose::Enrol(member(2)));
    let phone = Phone::new(school);
    let mut window = phone.open();
    window.fill("link", &link);
    window.press("continue");
    assert!(window.says("Choose a PIN"));

    window.fill("pin", PIN);
    window.fill("pin-again", "111222");
    window.press("make-key");
    assert!(window.says("two different PINs"));
    window.fill("pin", "123456");
    window.fill("pin-again", "123456");
    window.press("make-key");
    assert!(window.says("too easy to guess"));
    choose_pin(&mut window);
    assert!(window.says("Your key is made"), "{}", window.html());
    assert_eq!(words_on(&window).split(' ').count(), 6);
    window.press("look");
    assert!(window.says("Your key is made"));

    // Closed and opened again it still waits, with the same words.
    let words = words_on(&window);
    let mut window = phone.open();
    assert_eq!(words_on(&window), words);

    {
        // The head grants it on her own device.
        let school = phone.school();
        let mut head = school::Phone::new(&school, 9);
        head.keys = head_keys;
        head.profile = head_profile;
        let granted = grant_by_words(
            &head,
            words.parse().unwrap(),
            rights(&[Compartment::PASTORAL]),
        );
        assert_eq!(granted.trouble(), None);
    }
    window.press("look");
    assert!(window.says("Your key is ready"), "{}", window.html());
    window.press("look");
    assert!(window.says("Nothing waits"));

    let number = phone.school().ask(phone.id(), &[Compartment::PASTORAL]);
    window.press("look");
    assert!(window.says("Is this you?") && window.says("Chrome on Windows"));
    window.press("me");
    window.type_digits(&number[..1]);
    assert!(!window.says("Your PIN"), "one digit is not enough");
    window.type_digits(&number[1..]);
    assert!(!window.is_enabled("approve"));
    window.type_digits("739182");
    window.press("approve");
    assert!(window.says("That was not your PIN. 4 tries are left."));
    assert!(!window.is_enabled("approve"), "the wrong PIN is gone");
    window.type_digits("4839201");
    window.press("key-delete");
    window.press("approve");
    assert!(window.says("Unlocked"), "{}", window.html());
    assert!(phone.school().opened().is_some());
    window.press("look");
    assert!(window.says("Your key is ready"));

    phone.school().ask(phone.id(), &[Compartment::PASTORAL]);
    window.press("look");
    window.press("refuse");
    assert!(window.says("Refused"));
    assert_eq!(phone.school().last_unlock_state(), "refused");
}

#[test]
fn a_school_is_set_up_sheet_by_sheet() {
    let school = School::new();
    let link = school.link(Purpose::Setup);
    let phone = Phone::new(school);
    let mut window = phone.open();
    window.fill("link", &link);
    window.press("continue");
    choose_pin(&mut window);
    for number in 1..=3 {
        assert!(
            window.says(&format!("sheet {number} of 3")),
            "{}",
            window.html()
        );
        assert!(!window.is_enabled("next-sheet"), "nothing is typed yet");
        let four = last_four(&window).to_lowercase();
        window.fill("last-four", "0000");
        window.press("next-sheet");
        assert!(window.says("not the last four characters"));
        if number == 3 {
            phone.school().away.set(true);
        }
        window.fill("last-four", &four);
        window.press("next-sheet");
    }
    assert!(window.says("Not finished yet"), "{}", window.html());
    phone.school().away.set(false);
    window.press("retry");
    assert!(window.says("Your key is ready"), "{}", window.html());
    assert_eq!(phone.school().roll().head().length, 1);
}

#[test]
fn an_unknown_browser_is_warned_of() {
    let phone = Phone::new(School::new());
    set_up_in_app(&phone);
    let mut window = phone.open();
    phone
        .school()
        .ask_with(phone.id(), &[Compartment::PASTORAL], |asked| {
            asked.known_browser = false;
            asked.digits = 6;
        });
    window.press("look");
    assert!(window.says("not used this browser before"));
    window.press("me");
    assert!(window.says("It has 6 digits"));
}

#[test]
fn a_browser_is_locked_from_the_app() {
    let phone = Phone::new(School::new());
    set_up_in_app(&phone);
    let mut window = phone.open();
    unlock(&phone, &mut window);
    window.press("go-sessions");
    assert!(window.says("Chrome on Windows"), "{}", window.html());
    window.press("lock-0");
    assert!(window.says("No browser of yours is unlocked"));
    assert_eq!(phone.school().last_unlock_state(), "locked");
    window.press("back");
    assert!(window.says("Your key is ready"));
}

#[test]
fn the_app_shows_what_it_is_and_what_it_saw() {
    let phone = Phone::new(School::new());
    set_up_in_app(&phone);
    let mut window = phone.open();
    window.press("go-about");
    let words = phone.school().roll().words().to_string();
    assert!(window.says(&words), "{}", window.html());
    assert!(window.says("Nothing yet") && window.says("1 entry."));
    window.press("back");
    unlock(&phone, &mut window);
    window.press("go-about");
    assert!(window.says("1 entry of the record"), "{}", window.html());
    window.press("back");
    window.press("go-code");
    assert!(window.says("It opens no record"));
}

#[test]
fn a_page_on_this_device_opens_the_app_and_the_app_opens_the_page_again() {
    let phone = Phone::new(School::new());
    set_up_in_app(&phone);
    let mut unlock = String::new();
    phone
        .school()
        .ask_with(phone.id(), &[Compartment::SAFEGUARDING], |challenge| {
            challenge.digits = 0;
            challenge.known_browser = false;
            unlock = challenge.unlock.to_string();
        });
    let origin = phone.profile.load().unwrap().unwrap().origin;
    let opened: Arc<Mutex<Vec<String>>> = Arc::default();
    let seen = Arc::clone(&opened);
    let open_by = |link: String| {
        let seen = Arc::clone(&seen);
        let device = phone.device.clone().with_link(Some(link));
        let device = device.with_browser(move |url| {
            seen.lock().unwrap().push(url.to_owned());
            Ok(())
        });
        open(&device)
    };
    let elsewhere = "https://safehold.example.evil";
    let window = open_by(format!("safehold:unlock?u={unlock}&o={elsewhere}"));
    assert!(
        window.says("not at the address of your school"),
        "{}",
        window.html()
    );

    let mut window = open_by(format!("safehold:unlock?u={unlock}&o={origin}"));
    assert!(window.says("Is this you?"), "{}", window.html());
    window.press("me");
    assert!(
        window.says("Your browser then goes on by itself"),
        "{}",
        window.html()
    );
    window.type_digits(PIN);
    window.press("approve");
    assert!(window.says("Unlocked"), "{}", window.html());
    let opened = opened.lock().unwrap();
    assert_eq!(opened.len(), 1);
    assert!(opened[0].starts_with(&format!("{origin}/app/return#{unlock}.")));
    assert!(
        !window.html().contains(&opened[0]),
        "the token is not shown"
    );
}

#[test]
fn a_browser_that_does_not_open_is_said_so() {
    let phone = Phone::new(School::new());
    set_up_in_app(&phone);
    let link = page_asks(&phone);
    let device = phone.device.clone().with_link(Some(link));
    let mut window = open(&device);
    window.press("me");
    window.type_digits(PIN);
    window.press("approve");
    assert!(
        window.says("Your browser could not be opened"),
        "{}",
        window.html()
    );
}

#[test]
fn a_request_that_another_device_has_answered_is_no_longer_asked() {
    let phone = Phone::new(School::new());
    set_up_in_app(&phone);
    let look = |phase: Phase| phase.step(Input::Look, &phone.device);
    let mut phase = Phase::Closed.step(Input::Open, &phone.device);
    phone.school().ask(phone.id(), &[Compartment::PASTORAL]);
    phase = look(phase);
    let asked = View::of(&phase);
    assert!(matches!(asked, View::Asking { .. }) && asked.looks_by_itself());

    // While it waits nothing changes, not even what was said of a wrong PIN; nor while the server is away.
    phase = phase.step(
        Input::Approve("47".to_owned(), "739182".to_owned().into()),
        &phone.device,
    );
    let wrong = View::of(&phase);
    phase = look(phase);
    assert_eq!(View::of(&phase), wrong);
    phone.school().away.set(true);
    phase = look(phase);
    assert_eq!(View::of(&phase), wrong);
    phone.school().away.set(false);

    phone.school().end_pending();
    phase = look(phase);
    assert_eq!(View::of(&phase), View::Elsewhere);
    // It is said until there is something else to say.
    phase = look(phase);
    assert_eq!(View::of(&phase), View::Elsewhere);
    phone.school().ask(phone.id(), &[Compartment::SAFEGUARDING]);
    phase = look(phase);
    assert!(matches!(View::of(&phase), View::Asking { .. }));
    phone.school().end_pending();
    phase = look(phase);
    phase = phase.step(Input::Back, &phone.device);
    assert_eq!(View::of(&phase), View::Ready);
}

#[test]
fn a_request_by_link_is_over_when_its_time_is() {
    let phone = Phone::new(School::new());
    set_up_in_app(&phone);
    let link = page_asks(&phone);
    let look = |phase: Phase| phase.step(Input::Look, &phone.device);
    let phase = Phase::Closed.step(Input::Open, &phone.device);
    let phase = look(phase.step(Input::Link(link), &phone.device));
    assert!(matches!(View::of(&phase), View::Asking { .. }));
    phone.school().end_pending();
    assert_eq!(View::of(&look(phase)), View::Elsewhere);
}

#[test]
fn ten_codes_are_written_down_and_destroyed_when_the_paper_is_lost() {
    let phone = Phone::new(School::new());
    set_up_in_app(&phone);
    let mut window = phone.open();
    window.press("go-code");
    window.press("go-paper-codes");
    assert!(window.says("There are none"), "{}", window.html());
    assert!(!window.is_enabled("make-codes"));
    window.fill("pin", "739182");
    window.press("make-codes");
    assert!(window.says("That was not your PIN"), "{}", window.html());
    window.fill("pin", PIN);
    window.press("make-codes");
    assert!(window.says("Write these down now"), "{}", window.html());
    let html = window.html();
    let codes: Vec<&str> = html
        .split("<li>")
        .skip(1)
        .filter_map(|rest| rest.split("</li>").next())
        .collect();
    assert_eq!(codes.len(), 10, "{html}");
    for code in &codes {
        assert!(protocol::slots::SlotCode::parse(code).is_ok(), "{code}");
    }
    window.press("written");
    assert!(window.says("Your key is ready"));
    // Once: the app keeps none of them.
    window.press("go-code");
    window.press("go-paper-codes");
    assert!(window.says("10 codes are left") && !window.says(codes[0]));
    window.press("forget-codes");
    assert!(window.says("There are none"), "{}", window.html());
}

#[test]
fn one_app_has_the_keys_of_several_schools() {
    let phone = Phone::new(School::new());
    set_up_in_app(&phone);
    let mut window = phone.open();
    window.press("go-schools");
    assert!(window.says("In use") && window.says("Hill School"));
    window.press("add-school");
    assert!(window.says("Make this device your key"));
    window.press("back");
    assert!(window.says("Your key is ready"), "{}", window.html());

    // A second school, at another server.
    let mut other = School::new();
    other.id = domain::SchoolId::from_bytes([0x52; 16]);
    drop(set_up(&other));
    let second = Phone {
        line: Arc::new(Line(Mutex::new(other))),
        ..phone.another()
    };
    let link = second.school().link(Purpose::Enrol(member(3)));
    let device = Device::of_parts(
        phone.keys.clone(),
        phone.profile.clone(),
        second.line.clone(),
        Arc::new(FixedClock::at(Timestamp::from_seconds(NOW))),
        Arc::new(SeededEntropy::new([43; 32])),
    );
    let mut window = open(&device);
    window.press("go-schools");
    window.press("add-school");
    window.fill("link", &link);
    window.press("continue");
    choose_pin(&mut window);
    assert!(window.says("Your key is made"), "{}", window.html());
    window.press("go-schools");
    assert!(window.says("waits for a key"), "{}", window.html());
    // Back to the first, whose key is where it was.
    window.press("school-1");
    assert!(window.says("Your key is ready"), "{}", window.html());
    assert_eq!(phone.profile.all().unwrap().len(), 2);
}

#[test]
fn a_sheet_saved_to_be_printed_is_deleted_once_it_was_checked() {
    let folder = tempfile::tempdir().unwrap();
    let phone = Phone::new(School::new());
    let device = phone.device.clone().with_papers(folder.path().to_owned());
    let link = phone.school().link(Purpose::Setup);
    let mut window = open(&device);
    window.fill("link", &link);
    window.press("continue");
    choose_pin(&mut window);
    window.press("save-sheet");
    assert!(window.says("Print it now"), "{}", window.html());
    let saved = || std::fs::read_dir(folder.path()).unwrap().count();
    assert_eq!(saved(), 1);
    window.fill("last-four", "0000");
    window.press("next-sheet");
    assert_eq!(saved(), 1, "it is needed still");
    let four = last_four(&window);
    window.fill("last-four", &four);
    window.press("next-sheet");
    assert!(window.says("sheet 2 of 3"));
    assert_eq!(saved(), 0);
}
