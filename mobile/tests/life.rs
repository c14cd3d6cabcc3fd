//! A key's life in the app: changed, lost, taken away, replaced, and kept through a restore; with no window and
//! no network.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::expect_used,
    reason = "a test's helpers fail by panicking"
)]

mod common;
#[expect(dead_code, reason = "each test file uses its own part")]
mod phone;

use authenticator::Identity;
use common::Window;
use phone::school::{self, PIN, School, grant_by_words, member, rights};
use phone::{Phone, enrol_in_app, find_waiting, school_and_phone, unlock};
use protocol::compartments::Compartment;
use protocol::links::Purpose;

#[test]
fn a_key_is_changed_and_its_old_one_destroyed_over_several_openings_of_the_app() {
    let phone = school_and_phone();
    phone.school().records_left.set(1204);
    phone.school().records.set(3500);
    let mut window = phone.open();
    window.press("go-keys");
    assert!(window.says("Safeguarding: the safety of a child") && window.says("Held by 1 device"));
    assert!(!window.says("Still under way"));
    let place = Compartment::ALL_COMMON
        .iter()
        .collect::<std::collections::BTreeSet<_>>()
        .into_iter()
        .position(|one| *one == Compartment::SAFEGUARDING)
        .unwrap();
    window.press(&format!("key-{place}"));
    assert!(
        window.says("A new key for safeguarding"),
        "{}",
        window.html()
    );
    window.fill("pin", "739182");
    window.press("change-key");
    assert!(window.says("4 tries are left"), "{}", window.html());
    window.press("back");
    window.press(&format!("key-{place}"));
    phone.school().away.set(true);
    window.fill("pin", PIN);
    window.press("change-key");
    assert!(window.says("could not be reached"), "{}", window.html());
    phone.school().away.set(false);
    window.press("change-key");
    assert!(
        window.says("Safeguarding has a new key"),
        "{}",
        window.html()
    );
    assert_eq!(phone.school().roll().head().length, 2);

    // Closed in the middle: how far it is, is there again.
    let mut window = phone.open();
    window.press("go-keys");
    assert!(window.says("Still under way"), "{}", window.html());
    assert!(
        window.says("1,204 of 3,500 records have still to move to the new key"),
        "{}",
        window.html()
    );
    assert!(!window.says("Destroy the old key"));
    phone.school().records_left.set(0);
    window.press("back");
    window.press("go-keys");
    assert!(
        window.says("Nothing needs the old key"),
        "{}",
        window.html()
    );
    window.press("old-0");
    window.fill("pin", "739182");
    window.press("destroy-key");
    assert!(window.says("tries are left"), "{}", window.html());
    window.fill("pin", PIN);
    window.press("destroy-key");
    assert!(window.says("The old key is destroyed"), "{}", window.html());
    let roll = phone.school().roll();
    let keys = roll.compartment(&Compartment::SAFEGUARDING).unwrap();
    assert_eq!((keys.generation, keys.retired.contains(&1)), (2, true));
    window.press("back");
    assert!(!window.says("Still under way"), "{}", window.html());
    // The new key opens.
    window.press("back");
    unlock(&phone, &mut window);
}

#[test]
fn a_change_whose_answer_was_lost_is_found_and_not_made_twice() {
    let phone = school_and_phone();
    phone.school().records_left.set(3);
    let mut window = phone.open();
    window.press("go-keys");
    window.press("key-0");
    // The server takes it, and its answer does not arrive whole.
    phone
        .school()
        .tamper
        .replace(Some(Box::new(|call, body| match &*call.target {
            "/v1/device/roll" => serde_json::json!("half an answ"),
            _ => body,
        })));
    window.fill("pin", PIN);
    window.press("change-key");
    assert!(window.says("cannot be understood"), "{}", window.html());
    phone.school().tamper.replace(None);
    let mut window = phone.open();
    window.press("go-keys");
    assert!(
        window.says("3 records have still to move"),
        "{}",
        window.html()
    );
    assert_eq!(phone.school().roll().head().length, 2);
}

#[test]
fn whoever_may_not_change_keys_sees_them_and_no_more() {
    let head = school_and_phone();
    let (_, mut window) = colleague(&head);
    window.press("go-keys");
    assert!(
        window.says("does not let you change this one"),
        "{}",
        window.html()
    );
    window.press("back");
    window.press("go-kit");
    window.press("go-new-kit");
    window.fill("pin", PIN);
    window.press("make-sheets");
    assert!(
        window.says("has not been given that right"),
        "{}",
        window.html()
    );
}

/// A colleague's phone, which opens one compartment and may do nothing beside.
fn colleague(head: &Phone) -> (Phone, Window) {
    let phone = head.another();
    let mut window = enrol_in_app(&phone, Purpose::Enrol(member(2)));
    {
        let school = head.school();
        let granter = granter(head, &school);
        let identity = Identity::load(phone.profile.as_ref(), phone.keys.as_ref());
        let words = identity.unwrap().unwrap().words();
        let granted = grant_by_words(&granter, words, rights(&[Compartment::PASTORAL]));
        assert_eq!(granted.trouble(), None);
    }
    window.press("look");
    assert!(window.says("Your key is ready"), "{}", window.html());
    (phone, window)
}

/// The first phone as the machines know it, with what the app's has kept.
fn granter<'s>(phone: &Phone, school: &'s School) -> school::Phone<'s> {
    use authenticator::{KeyStore as _, ProfileStore as _};
    let granter = school::Phone::new(school, 9);
    let profile = phone.profile.load().unwrap().unwrap();
    let name = format!("{} {}", profile.school, profile.device);
    let seed = phone.keys.get(&name).unwrap().unwrap();
    granter.keys.put(&name, &seed).unwrap();
    granter.profile.save(&profile).unwrap();
    granter
}

#[test]
fn a_restore_is_accepted_by_whoever_knows_of_it() {
    let phone = school_and_phone();
    let mut window = phone.open();
    unlock(&phone, &mut window);
    phone.school().write_line(7);
    phone.school().write_line(8);
    unlock(&phone, &mut window);
    phone.school().put_log_back(1);

    phone.school().ask(phone.id(), &[Compartment::PASTORAL]);
    window.press("look");
    assert!(
        window.says("The record of what was done is shorter"),
        "{}",
        window.html()
    );
    window.press("go-restore");
    assert!(
        window.says("Was it restored from a backup?"),
        "{}",
        window.html()
    );
    assert!(
        window.says("3 lines when this device last looked, 1 now"),
        "{}",
        window.html()
    );
    window.fill("pin", PIN);
    assert!(!window.is_enabled("accept-restore"), "not by one press");
    window.tick("sure", true);
    window.fill("pin", "739182");
    window.press("accept-restore");
    assert!(window.says("4 tries are left"), "{}", window.html());
    phone.school().away.set(true);
    window.fill("pin", PIN);
    window.press("accept-restore");
    assert!(window.says("could not be reached"), "{}", window.html());
    phone.school().away.set(false);
    window.press("accept-restore");
    assert!(window.says("The restore is accepted"), "{}", window.html());
    assert_eq!(phone.school().roll().head().length, 2);
    window.press("back");
    phone.school().end_pending();
    unlock(&phone, &mut window);
    // There is nothing to accept any more.
    let mut window = phone.open();
    phone.school().put_log_back(0);
    phone.school().ask(phone.id(), &[Compartment::PASTORAL]);
    window.press("look");
    phone.school().write_line(1);
    window.press("go-restore");
    assert!(window.says("Nothing is gone"), "{}", window.html());
}

#[test]
fn whoever_may_not_accept_a_restore_is_sent_to_somebody_who_may() {
    let head = school_and_phone();
    let (phone, mut window) = colleague(&head);
    phone.school().write_line(7);
    unlock(&phone, &mut window);
    phone.school().put_log_back(1);
    phone.school().ask(phone.id(), &[Compartment::PASTORAL]);
    window.press("look");
    window.press("go-restore");
    assert!(
        window.says("Your key does not let you say so first"),
        "{}",
        window.html()
    );
    assert!(!window.is_enabled("accept-restore"));
    window.press("back");
    assert!(window.says("Your key is ready"), "{}", window.html());
}

#[test]
fn a_list_of_key_holders_that_was_put_back_is_shown_with_its_words() {
    let phone = school_and_phone();
    let mut window = find_waiting(&phone);
    window.fill("pin", PIN);
    window.press("give");
    window.press("back");
    phone.school().entries.borrow_mut().truncate(1);
    window.press("go-holders");
    assert!(
        window.says("list of key holders is shorter"),
        "{}",
        window.html()
    );
    window.press("go-restore");
    assert!(
        window.says("2 entries when this device last looked, 1 now"),
        "{}",
        window.html()
    );
    let words = phone.school().roll().words().to_string();
    assert!(window.says(&words) && window.says("Somebody who was taken off"));
    window.press("back");
    assert!(window.says("Your key is ready"), "{}", window.html());
}

#[test]
fn offline_codes_count_once_their_owner_has_turned_them_on() {
    let phone = school_and_phone();
    let mut window = phone.open();
    window.press("go-code");
    assert!(window.says("do not count yet") && window.says("It opens no record"));
    window.fill("pin", "739182");
    window.press("turn-on");
    assert!(window.says("4 tries are left"), "{}", window.html());
    assert!(phone.school().codes.borrow().is_empty());
    window.fill("pin", PIN);
    window.press("turn-on");
    assert!(window.says("more seconds, once"), "{}", window.html());
    assert_eq!(*phone.school().codes.borrow(), [phone.id()]);
    // It is remembered; and can be done again.
    let mut window = phone.open();
    phone.school().away.set(true);
    window.press("go-code");
    assert!(window.says("more seconds, once"), "{}", window.html());
    window.fill("pin", PIN);
    window.press("turn-on");
    assert!(window.says("could not be reached"), "{}", window.html());
}

#[test]
fn after_a_leavers_key_was_taken_away_the_app_says_what_is_left_to_do() {
    let phone = school_and_phone();
    for chance in [2, 3] {
        let words = {
            let school = phone.school();
            school::enrol_as(&school, chance, member(2)).1.to_string()
        };
        let mut window = phone.open();
        window.press("go-grant");
        window.fill("other-words", &words);
        window.press("find");
        window.fill("pin", PIN);
        window.press("give");
        assert!(window.says("Ben Ali has a key"), "{}", window.html());
    }
    let mut window = phone.open();
    window.press("go-holders");
    window.press("holder-1");
    window.tick("sure", true);
    window.fill("pin", PIN);
    window.press("revoke");
    assert!(window.says("key is taken away"), "{}", window.html());
    assert!(
        window.says("holds a key on 1 device more"),
        "{}",
        window.html()
    );
    assert!(window.says("Change the keys that it opened: pastoral and safeguarding"));
    assert!(window.says("hand over the actions"));
    window.press("go-keys");
    assert!(window.says("Held by 2 devices"), "{}", window.html());
    window.press("key-0");
    assert!(window.says("A new key for"), "{}", window.html());
}

#[test]
fn a_lost_device_of_ones_own_is_taken_off_by_another() {
    let phone = school_and_phone();
    let mut window = phone.open();
    window.press("go-lost");
    assert!(window.says("the only device of yours"), "{}", window.html());
    window.press("back");
    let words = {
        let school = phone.school();
        school::enrol_as(&school, 2, member(1)).1.to_string()
    };
    window.press("go-grant");
    window.fill("other-words", &words);
    window.press("find");
    window.fill("pin", PIN);
    window.press("give");
    window.press("back");
    window.press("go-lost");
    assert!(window.says("Second phone"), "{}", window.html());
    window.press("holder-0");
    window.tick("sure", true);
    window.fill("pin", PIN);
    window.press("revoke");
    assert!(window.says("key is taken away"), "{}", window.html());
    assert!(!window.says("hand over the actions"), "it is one's own");
    let roll = phone.school().roll();
    assert_eq!(roll.devices().filter(|holder| holder.revoked).count(), 1);
    assert!(!roll.device(phone.id()).unwrap().revoked);
}

#[test]
fn a_second_key_of_the_same_school_takes_the_place_of_the_first_only_if_its_owner_says_so() {
    let phone = school_and_phone();
    let first = phone.id();
    let mut window = phone.open();
    window.press("go-schools");
    window.press("add-school");
    let link = phone.school().link(Purpose::Enrol(member(1)));
    window.fill("link", &link);
    window.press("continue");
    assert!(
        window.says("This device has a key of Hill School already"),
        "{}",
        window.html()
    );
    window.press("back");
    assert!(window.says("Your key is ready"), "{}", window.html());
    assert_eq!(phone.id(), first);

    window.press("go-schools");
    window.press("add-school");
    window.fill("link", &link);
    window.press("continue");
    window.press("replace");
    phone::choose_pin(&mut window);
    assert!(window.says("Your key is made"), "{}", window.html());
    assert_ne!(phone.id(), first);
}
