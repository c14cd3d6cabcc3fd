//! What goes wrong, and that its screen says what happened and what to do. The rest of the list is in
//! `docs/mobile.md`: squares in `pictures.rs`, sheets in `recovery.rs`.
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

use std::sync::Arc;

use authenticator::{Call, KeyStore, MemoryStore, Outcome, StoreError, Transport, Trouble};
use domain::{FixedClock, SeededEntropy, Timestamp};
use mobile::Device;
use phone::school::{NOW, PIN, School, member};
use phone::{Phone, choose_pin, open, set_up_in_app};
use protocol::compartments::Compartment;
use protocol::links::Purpose;

#[test]
fn a_wrong_number_ends_the_unlock_and_says_where_to_begin_again() {
    let phone = Phone::new(School::new());
    set_up_in_app(&phone);
    let mut window = phone.open();
    phone.school().ask(phone.id(), &[Compartment::PASTORAL]);
    window.press("look");
    window.press("me");
    assert!(window.says("One wrong number ends this unlock"));
    window.type_digits("99");
    window.type_digits(PIN);
    window.press("approve");
    for said in [
        "Not unlocked",
        "That was not the number. This unlock is over: start again in the browser.",
        "Nothing was opened.",
    ] {
        assert!(window.says(said), "{}", window.html());
    }
    assert_eq!(phone.school().last_unlock_state(), "failed");
    window.press("retry");
    assert!(window.says("Your key is ready"), "{}", window.html());
}

/// A server whose clock and this device's are so many seconds apart.
struct Apart(i64);

impl Transport for Apart {
    fn send(&self, _: &Call) -> Outcome {
        Outcome::WrongTime(self.0)
    }
}

#[test]
fn a_clock_that_is_years_off_is_said_to_be_by_how_much() {
    let phone = Phone::new(School::new());
    set_up_in_app(&phone);
    for (seconds, said) in [
        (-94_608_000, "clock is 3 years behind"),
        (31_536_000 * 2, "clock is 2 years ahead"),
        (-7_200, "clock is 2 hours behind"),
    ] {
        let device = Device::of_parts(
            phone.keys.clone(),
            phone.profile.clone(),
            Arc::new(Apart(seconds)),
            Arc::new(FixedClock::at(Timestamp::from_seconds(NOW))),
            Arc::new(SeededEntropy::new([45; 32])),
        );
        let mut window = open(&device);
        for way in ["look", "go-holders", "go-keys", "go-kit"] {
            window.press(way);
            if way == "go-kit" {
                window.press("go-test-kit");
            }
            for said in [
                "This device’s clock is wrong",
                said,
                "Set its date and time to automatic and try again",
            ] {
                assert!(window.says(said), "{way}: {}", window.html());
            }
            window.press("retry");
            let back = match way {
                "go-kit" => "Three sheets of paper",
                _ => "Your key is ready",
            };
            assert!(window.says(back), "{}", window.html());
        }
    }

    // And where a key is only about to be made.
    let new = phone.another();
    let link = phone.school().link(Purpose::Enrol(member(2)));
    let device = Device::of_parts(
        new.keys.clone(),
        new.profile.clone(),
        Arc::new(Apart(-94_608_000)),
        Arc::new(FixedClock::at(Timestamp::from_seconds(NOW))),
        Arc::new(SeededEntropy::new([46; 32])),
    );
    let mut window = open(&device);
    window.fill("link", &link);
    window.press("continue");
    choose_pin(&mut window);
    assert!(window.says("clock is 3 years behind"), "{}", window.html());
}

#[test]
fn without_a_keychain_no_key_is_made_and_none_is_used() {
    let phone = Phone::new(School::new());
    let link = phone.school().link(Purpose::Setup);
    let missing = phone
        .device
        .clone()
        .with_keychain(|| Err(Trouble::Store(StoreError::Missing)));
    let mut window = open(&missing);
    for said in [
        "No keychain on this device",
        "no keychain answers",
        "start GNOME Keyring or KDE Wallet",
        "not kept anywhere weaker",
    ] {
        assert!(window.says(said), "{said}: {}", window.html());
    }
    window.press("retry");
    assert!(window.says("No keychain on this device"));
    assert!(phone.school().calls.borrow().is_empty(), "nobody was asked");

    // It goes away after the app was opened: the link is not followed.
    let there = Arc::new(std::sync::atomic::AtomicBool::new(true));
    let keys: Arc<dyn KeyStore + Send + Sync> = phone.keys.clone();
    let device = phone.device.clone().with_keychain({
        let there = Arc::clone(&there);
        move || match there.load(std::sync::atomic::Ordering::Relaxed) {
            true => Ok(keys.clone()),
            false => Err(Trouble::Store(StoreError::Missing)),
        }
    });
    let mut window = open(&device);
    there.store(false, std::sync::atomic::Ordering::Relaxed);
    window.fill("link", &link);
    window.press("continue");
    assert!(!window.says("Choose a PIN"), "{}", window.html());
    assert!(window.says("no keychain answers") && !window.says("--key-store"));
}

#[test]
fn what_stops_a_person_has_a_next_step() {
    let phone = Phone::new(School::new());
    set_up_in_app(&phone);

    // The keychain is locked, and then it is not.
    let locked = Arc::new(std::sync::atomic::AtomicBool::new(true));
    let keys: Arc<dyn KeyStore + Send + Sync> = phone.keys.clone();
    let device = phone.device.clone().with_keychain({
        let (locked, keys) = (locked.clone(), keys.clone());
        move || {
            if locked.load(std::sync::atomic::Ordering::Relaxed) {
                Err(Trouble::Store(StoreError::Locked))
            } else {
                Ok(keys.clone())
            }
        }
    });
    let mut window = open(&device);
    assert!(window.says("Your keychain is locked") && window.says("Your key is still in it"));
    window.press("retry");
    assert!(window.says("Your keychain is locked"));
    locked.store(false, std::sync::atomic::Ordering::Relaxed);
    window.press("retry");
    assert!(window.says("Your key is ready"));

    // The server is away, and then it is not.
    phone.school().away.set(true);
    window.press("look");
    assert!(
        window.says("No connection to your school"),
        "{}",
        window.html()
    );
    phone.school().away.set(false);
    window.press("retry");
    assert!(window.says("Your key is ready"));
    window.press("go-grant");
    assert!(window.says("Give a key"));

    // The keychain was emptied: a new key is the way.
    let empty: Arc<dyn KeyStore + Send + Sync> = Arc::new(MemoryStore::default());
    let device = phone
        .device
        .clone()
        .with_keychain(move || Ok(empty.clone()));
    let mut window = open(&device);
    assert!(
        window.says("This device has lost its key"),
        "{}",
        window.html()
    );
    window.press("renew");
    assert!(window.says("Make this device your key"));
}

#[test]
fn five_wrong_pins_are_counted_down_and_end_in_a_suspension() {
    let phone = Phone::new(School::new());
    set_up_in_app(&phone);
    let mut window = phone.open();
    let number = phone.school().ask(phone.id(), &[Compartment::PASTORAL]);
    window.press("look");
    window.press("me");
    window.type_digits(&number);
    for (left, wait) in [
        ("4 tries are", 0),
        ("3 tries are", 5),
        ("2 tries are", 15),
        ("One try is", 45),
        ("0 tries are", 0),
    ] {
        window.type_digits("739182");
        window.press("approve");
        assert!(window.says(&format!("{left} left")), "{}", window.html());
        let waits = format!("You can try again in {wait} seconds.");
        assert_eq!(window.says(&waits), wait > 0, "{}", window.html());
        phone.pass(&mut window, wait);
        assert_eq!(window.says("You can try again now."), wait > 0);
    }
    window.type_digits(PIN);
    window.press("approve");
    assert!(window.says("This device is suspended"), "{}", window.html());
    assert!(phone.school().opened().is_none());
}
