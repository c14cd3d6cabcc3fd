//! The wait after a wrong PIN, as its owner has it before them.
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

use common::Window;
use phone::school::{self, PIN};
use phone::schools::at_two_schools;
use phone::{Phone, open, school_and_phone};
use protocol::compartments::Compartment;

const WRONG: &str = "739182";

/// A browser asks, and its owner gets as far as the PIN.
fn asks(phone: &Phone, window: &mut Window) {
    let number = phone.school().ask(phone.id(), &[Compartment::PASTORAL]);
    window.press("look");
    window.press("me");
    window.type_digits(&number);
}

fn answers(window: &mut Window, pin: &str) {
    window.type_digits(pin);
    window.press("approve");
}

#[test]
fn a_first_slip_costs_nothing() {
    let phone = school_and_phone();
    let mut window = phone.open();
    asks(&phone, &mut window);
    answers(&mut window, WRONG);
    assert!(window.says("4 tries are left") && !window.says("try again"));
    answers(&mut window, PIN);
    assert!(window.says("Unlocked"), "{}", window.html());
}

#[test]
fn whoever_is_in_a_hurry_is_shown_how_long_to_wait_and_keeps_what_was_typed() {
    let phone = school_and_phone();
    let mut window = phone.open();
    asks(&phone, &mut window);
    answers(&mut window, WRONG);
    answers(&mut window, WRONG);
    assert!(window.says("3 tries are left"), "{}", window.html());
    assert!(window.says("You can try again in 5 seconds."));
    window.type_digits(PIN);
    assert!(!window.is_enabled("approve"), "it waits");
    assert!(window.is_enabled("refuse"), "\"not me\" never does");

    phone.pass(&mut window, 2);
    assert!(
        window.says("You can try again in 3 seconds."),
        "{}",
        window.html()
    );
    assert!(window.says("Wait 5 seconds before you try again."));
    assert!(!window.is_enabled("approve"));
    phone.pass(&mut window, 3);
    assert!(window.says("You can try again now."), "{}", window.html());
    window.press("approve");
    assert!(window.says("Unlocked"), "{}", window.html());
    assert!(!window.says("try again"));
}

#[test]
fn the_wait_stands_before_whatever_asks_for_the_pin() {
    let phone = school_and_phone();
    let mut window = phone.open();
    window.press("go-code");
    window.fill("pin", WRONG);
    window.press("turn-on");
    window.press("turn-on");
    assert!(
        window.says("You can try again in 5 seconds."),
        "{}",
        window.html()
    );
    window.press("back");

    window.press("go-keys");
    window.press("key-0");
    window.fill("pin", PIN);
    assert!(window.says("You can try again in 5 seconds.") && !window.is_enabled("change-key"));
    window.press("back");
    window.press("back");
    window.press("go-kit");
    window.press("go-new-kit");
    window.fill("pin", PIN);
    assert!(!window.is_enabled("make-sheets"));
    phone.pass(&mut window, 5);
    assert!(window.is_enabled("make-sheets"), "{}", window.html());
    window.press("make-sheets");
    assert!(window.says("sheet 1 of 3") && !window.says("try again"));
}

#[test]
fn a_wrong_pin_at_one_school_makes_nobody_wait_at_another() {
    let (_, _, device) = at_two_schools(school::ORIGIN);
    let mut window = open(&device);
    window.press("go-code");
    window.fill("pin", WRONG);
    window.press("turn-on");
    window.press("turn-on");
    assert!(window.says("in 5 seconds"), "{}", window.html());
    window.press("back");
    window.press("go-schools");
    window.press("school-1");
    window.press("go-code");
    window.fill("pin", PIN);
    assert!(!window.says("in 5 seconds"));
    window.press("turn-on");
    assert!(window.says("Good for"), "{}", window.html());
}

#[test]
fn an_app_that_was_closed_meanwhile_is_told_by_the_server_and_loses_no_try() {
    let phone = school_and_phone();
    let mut window = phone.open();
    asks(&phone, &mut window);
    for wait in [0, 5, 15] {
        answers(&mut window, WRONG);
        phone.pass(&mut window, wait);
    }
    answers(&mut window, WRONG);
    assert!(window.says("One try is left") && window.says("in 45 seconds"));
    let mut again = phone.open();
    phone.pass(&mut again, 10);
    asks(&phone, &mut again);
    answers(&mut again, PIN);
    assert!(
        again.says("too soon for another PIN, so that one was not looked at. One try is left."),
        "{}",
        again.html()
    );
    assert!(again.says("You can try again in 35 seconds."));
    phone.pass(&mut again, 35);
    answers(&mut again, PIN);
    assert!(again.says("Unlocked"), "{}", again.html());
}
