//! Recovery sheets in the app: coming back with two, trying two out, making three; with no window and no network.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::expect_used,
    reason = "a test's helpers fail by panicking"
)]

mod common;
#[expect(dead_code, reason = "each test file uses its own part")]
mod phone;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use authenticator::{KeyStore, StoreError, Trouble};
use common::Window;
use phone::school::{self, PIN, School, member};
use phone::{Phone, enrol_in_app, open, print_sheets, set_up_in_app, unlock};
use protocol::compartments::Compartment;
use protocol::links::Purpose;
use protocol::signing::SigningKey;

/// A school with its first phone, on which the app is; and the three sheets.
fn school_and_sheets() -> (Phone, [String; 3]) {
    let phone = Phone::new(School::new());
    let sheets = set_up_in_app(&phone);
    (phone, sheets)
}

/// A new phone of the first phone's owner, enrolled and waiting.
fn new_phone(old: &Phone) -> (Phone, Window) {
    let new = old.another();
    let window = enrol_in_app(&new, Purpose::Enrol(member(1)));
    (new, window)
}

fn give(window: &mut Window, sheet: &str) {
    window.fill("sheet", sheet);
    window.press("give-sheet");
}

/// The sheet with one wrong character in this line.
fn with_slip(sheet: &str, line: usize) -> String {
    let lines: Vec<String> = sheet
        .lines()
        .enumerate()
        .map(|(at, text)| {
            let wrong = if text.starts_with('7') { "8" } else { "7" };
            match at + 1 == line {
                true => format!("{wrong}{}", &text[1..]),
                false => text.to_owned(),
            }
        })
        .collect();
    lines.join("\n")
}

#[test]
fn somebody_who_lost_their_phone_comes_back_with_two_sheets() {
    let (old, [_, second, third]) = school_and_sheets();
    let lost = old.id();
    old.school().lost.borrow_mut().push(lost);
    let (new, mut window) = new_phone(&old);
    window.press("go-recover");
    assert!(window.says("Your first sheet"), "{}", window.html());
    assert!(!window.is_enabled("give-sheet"));

    // While it is typed, and when it is given: the line is named.
    let typed: Vec<&str> = third.lines().take(2).collect();
    window.fill("sheet", &typed.join("\n"));
    assert!(window.says("Lines 1 to 2 are right."));
    give(&mut window, &with_slip(&third, 4));
    assert!(window.says("Line 4 has a wrong character"));
    assert!(
        window.says("In sheet 3: there is a slip in line 4"),
        "{}",
        window.html()
    );
    give(&mut window, "I cannot find them.");
    assert!(window.says("There is no recovery sheet in that"));

    give(&mut window, &third.to_lowercase());
    assert!(window.says("Now another sheet") && window.says("Sheet 3 is right."));
    assert!(!window.is_enabled("give-sheet"), "the field is empty again");
    give(&mut window, &third);
    assert!(window.says("That is sheet 3 again"));

    // The server is away when both are there: nobody types them twice.
    old.school().away.set(true);
    give(&mut window, &second);
    assert!(window.says("Both sheets are here") && window.says("could not be reached"));
    window.press("again");
    assert!(window.says("Both sheets are here"));
    old.school().away.set(false);
    window.press("again");
    assert!(window.says("The sheets fit"), "{}", window.html());
    assert!(window.says("Test phone, shut out"));
    assert!(!window.is_enabled("take-keys"), "not without the PIN");

    window.fill("pin", "739182");
    window.press("take-keys");
    assert!(window.says("4 tries are left"), "{}", window.html());
    window.fill("pin", PIN);
    window.press("take-keys");
    assert!(window.says("You have the keys again"), "{}", window.html());
    assert!(window.says("25 November 2026"));

    // The lost one, ticked from the beginning, is off; this one opens everything.
    let roll = old.school().roll();
    assert!(roll.device(lost).unwrap().revoked);
    let now = u64::try_from(school::NOW).unwrap();
    let rights = &roll.active(new.id(), now).unwrap().rights;
    assert_eq!(rights.compartments, Compartment::ALL_COMMON.into());
    window.press("later");
    assert!(window.says("Your key is ready"));
    unlock(&new, &mut window);
    let mut window = new.open();
    assert!(window.says("Your key is ready"), "after a restart too");
    window.press("go-kit");
    window.press("go-new-kit");
    assert!(window.says("Make new recovery sheets"));
}

#[test]
fn a_device_that_is_still_there_keeps_its_key() {
    let (old, [first, second, _]) = school_and_sheets();
    let (new, mut window) = new_phone(&old);
    window.press("go-recover");
    // Both at once, as they would be pasted.
    give(&mut window, &format!("{first}\n\n{second}"));
    assert!(
        window.says("Which of your devices have you lost?"),
        "{}",
        window.html()
    );
    window.tick("gone-0", true);
    window.tick("gone-0", false);
    window.fill("pin", PIN);
    window.press("take-keys");
    assert!(window.says("You have the keys again"), "{}", window.html());
    let roll = old.school().roll();
    assert!(!roll.device(old.id()).unwrap().revoked);
    assert!(!roll.device(new.id()).unwrap().revoked);
}

#[test]
fn sheets_of_two_kits_and_of_an_older_kit_are_told_apart() {
    let (old, [first, second, third]) = school_and_sheets();
    let [new_first, ..] = {
        let mut window = old.open();
        window.press("go-kit");
        window.press("go-new-kit");
        window.fill("pin", PIN);
        window.press("make-sheets");
        let sheets = print_sheets(&mut window);
        assert!(window.says("The new sheets count"), "{}", window.html());
        sheets
    };
    let (_, mut window) = new_phone(&old);
    window.press("go-recover");
    give(&mut window, &new_first);
    give(&mut window, &third);
    assert!(window.says("of different kits"), "{}", window.html());
    assert!(window.says("Your first sheet"), "both are asked for again");
    give(&mut window, &first);
    give(&mut window, &second);
    assert!(
        window.says("older kit: they no longer open this school"),
        "{}",
        window.html()
    );
    assert!(window.says("Your first sheet"));
    window.press("back");
    assert!(window.says("Your key is made"), "it waits as before");
}

#[test]
fn after_a_restore_without_the_servers_secret_a_person_says_so() {
    let (old, [first, second, _]) = school_and_sheets();
    // A new secret, and with it another identity.
    old.line.0.lock().unwrap().key = SigningKey::from_seed(&[9; 32]).unwrap();
    let (new, mut window) = new_phone(&old);
    window.press("go-recover");
    assert!(
        window.says("This is another server than before"),
        "{}",
        window.html()
    );
    assert!(window.says(school::ORIGIN));
    assert!(!window.is_enabled("was-restored"), "not by one press");
    window.press("back");
    assert!(window.says("Your key is made"));
    window.press("go-recover");
    window.tick("sure", true);
    window.press("was-restored");
    give(&mut window, &first);
    give(&mut window, &second);
    window.fill("pin", PIN);
    window.press("take-keys");
    assert!(window.says("You have the keys again"), "{}", window.html());
    let pin = old.school().roll().server().pin();
    assert_eq!(pin, old.school().key.public().pin());
    window.press("later");
    unlock(&new, &mut window);
}

#[test]
fn five_wrong_pins_stop_whoever_found_two_sheets() {
    let (old, [first, second, _]) = school_and_sheets();
    let (new, mut window) = new_phone(&old);
    window.press("go-recover");
    give(&mut window, &first);
    give(&mut window, &second);
    for left in [
        "4 tries are",
        "3 tries are",
        "2 tries are",
        "One try is",
        "0 tries are",
    ] {
        window.fill("pin", "739182");
        window.press("take-keys");
        assert!(window.says(&format!("{left} left")), "{}", window.html());
        new.pass(&mut window, 45);
    }
    window.fill("pin", PIN);
    window.press("take-keys");
    assert!(window.says("This device is suspended"), "{}", window.html());
    assert!(old.school().roll().device(new.id()).is_none());
}

#[test]
fn a_server_that_is_away_or_lies_stops_a_recovery_before_any_sheet_is_typed() {
    let (old, _) = school_and_sheets();
    let (_, mut window) = new_phone(&old);
    old.school().away.set(true);
    window.press("go-recover");
    assert!(
        window.says("No connection to your school"),
        "{}",
        window.html()
    );
    old.school().away.set(false);
    window.press("retry");
    assert!(window.says("Your key is made"), "{}", window.html());
    // A list of key holders that ends before the one that was seen at enrolment.
    old.school().tamper.replace(Some(Box::new(|call, mut body| {
        if call.target.starts_with("/v1/device/roll") {
            body["items"] = serde_json::json!([]);
        }
        body
    })));
    window.press("go-recover");
    assert!(
        window.says("That answer makes no sense"),
        "{}",
        window.html()
    );
    assert!(!window.says("Your first sheet"));
}

#[test]
fn two_sheets_are_tried_out() {
    let (phone, [first, _, third]) = school_and_sheets();
    let mut window = phone.open();
    window.press("go-kit");
    window.press("go-test-kit");
    give(&mut window, &with_slip(&first, 2));
    assert!(
        window.says("In sheet 1: there is a slip in line 2"),
        "{}",
        window.html()
    );
    give(&mut window, &first);
    give(&mut window, &third);
    assert!(window.says("The sheets work"), "{}", window.html());
    assert!(window.says("Sheets 1 and 3") && window.says("18 November 2026"));
    assert!(
        phone
            .school()
            .calls
            .borrow()
            .iter()
            .any(|call| call == "POST /v1/device/kit/tests")
    );
    window.press("back");
    assert!(window.says("Practise a restore"));
    window.press("go-drill");
    assert!(window.says("server restore"), "{}", window.html());
    window.press("back");
    window.press("back");
    assert!(window.says("Your key is ready"));
}

#[test]
fn new_sheets_take_the_place_of_the_old_ones_when_the_last_is_checked_and_no_sooner() {
    let folder = tempfile::tempdir().unwrap();
    let (phone, [first, second, _]) = school_and_sheets();
    let old = *phone.school().roll().kit();
    let mut window = open(&phone.device.clone().with_papers(folder.path().to_owned()));
    let saved = || std::fs::read_dir(folder.path()).unwrap().count();
    window.press("go-kit");
    window.press("go-new-kit");
    window.fill("pin", "739182");
    window.press("make-sheets");
    assert!(window.says("4 tries are left"), "{}", window.html());
    window.fill("pin", PIN);
    window.press("make-sheets");
    assert!(window.says("sheet 1 of 3"), "{}", window.html());
    window.press("save-sheet");
    assert_eq!(saved(), 1);
    // Begun and left: the old ones count, and no sheet stays on the disk.
    window.press("back");
    assert!(window.says("Make new sheets"), "{}", window.html());
    assert_eq!(saved(), 0);
    assert_eq!(*phone.school().roll().kit(), old);

    window.press("go-new-kit");
    window.fill("pin", PIN);
    window.press("make-sheets");
    window.fill("last-four", "0000");
    window.press("next-sheet");
    assert!(window.says("not the last four characters of sheet 1"));
    for number in 1..=3 {
        if number == 3 {
            phone.school().away.set(true);
        }
        window.fill("last-four", &phone::last_four(&window));
        window.press("next-sheet");
    }
    assert!(window.says("Not finished yet"), "{}", window.html());
    phone.school().away.set(false);
    window.press("retry");
    assert!(window.says("The new sheets count"), "{}", window.html());
    assert_ne!(*phone.school().roll().kit(), old);

    window.press("go-test-kit");
    give(&mut window, &first);
    give(&mut window, &second);
    assert!(
        window.says("older kit: they no longer open this school"),
        "{}",
        window.html()
    );
}

#[test]
fn a_locked_keychain_costs_nobody_a_sheet() {
    let (phone, [first, second, _]) = school_and_sheets();
    let locked = Arc::new(AtomicBool::new(false));
    let keys: Arc<dyn KeyStore + Send + Sync> = phone.keys.clone();
    let device = phone.device.clone().with_keychain({
        let locked = locked.clone();
        move || match locked.load(Ordering::Relaxed) {
            true => Err(Trouble::Store(StoreError::Locked)),
            false => Ok(keys.clone()),
        }
    });
    // One that is being printed.
    let mut window = open(&device);
    window.press("go-kit");
    window.press("go-new-kit");
    window.fill("pin", PIN);
    window.press("make-sheets");
    let four = phone::last_four(&window);
    locked.store(true, Ordering::Relaxed);
    window.fill("last-four", &four);
    window.press("next-sheet");
    assert!(
        window.says("The keychain is locked") && window.says("sheet 1 of 3"),
        "{}",
        window.html()
    );
    locked.store(false, Ordering::Relaxed);
    window.press("next-sheet");
    assert!(window.says("sheet 2 of 3"), "{}", window.html());
    window.press("back");

    // One that was typed.
    window.press("go-test-kit");
    give(&mut window, &first);
    locked.store(true, Ordering::Relaxed);
    give(&mut window, &second);
    assert!(
        window.says("The keychain is locked") && window.says("Now another sheet"),
        "{}",
        window.html()
    );
    locked.store(false, Ordering::Relaxed);
    window.press("give-sheet");
    assert!(window.says("The sheets work"), "{}", window.html());
}

#[test]
fn what_the_server_calls_things_is_text_without_tricks() {
    let (old, [first, second, _]) = school_and_sheets();
    let (_, mut window) = new_phone(&old);
    old.school().tamper.replace(Some(Box::new(|call, mut body| {
        match &*call.target {
            "/v1/device/kit/parts" => {
                body["devices"][0]["name"] = "<b>Ada</b>\u{202e}\u{7}s phone".into();
            }
            "/v1/device/recovery" => body["new_kit_by"] = "<script>soon</script>".into(),
            "/v1/device/rotations" => {
                body["items"] = serde_json::json!([{
                    "compartment": "<img src=x>", "generation": 1,
                    "records_left": -3, "may_retire_at": "\u{202e}never",
                }]);
            }
            _ => {}
        }
        body
    })));
    window.press("go-recover");
    give(&mut window, &first);
    give(&mut window, &second);
    assert!(
        window.says("&#60;b&#62;Ada&#60;/b&#62;s phone"),
        "{}",
        window.html()
    );
    window.fill("pin", PIN);
    window.press("take-keys");
    assert!(window.says("within seven days"), "{}", window.html());
    assert!(!window.html().contains("<script"));
    window.press("later");
    window.press("go-keys");
    assert!(
        window.says("Choose a key to change it"),
        "{}",
        window.html()
    );
    assert!(!window.says("img src") && !window.says("Still under way"));
}
