//! Keys are given, narrowed and taken away from a device that may.

use chrono::DateTime;
use domain::{CategoryId, ConcernId};
use protocol::compartments::Compartment;
use protocol::roll::{Capability, Rights};

use crate::phone::school::{self, PIN, School, member};
use crate::phone::{Phone, find_waiting, set_up_in_app};

#[test]
fn a_head_gives_a_key_from_her_app() {
    let phone = Phone::new(School::new());
    set_up_in_app(&phone);
    let words = {
        let school = phone.school();
        let (_, words) = school::enrol(&school, 2);
        words.to_string()
    };
    let mut window = phone.open();
    window.press("go-grant");
    window.fill("other-words", "zoo zoo zoo zoo zoo zoo");
    window.press("find");
    assert!(window.says("No device that waits at your school has those words"));
    window.fill("other-words", &words);
    window.press("find");
    assert!(window.says("A key for Ben Ali"), "{}", window.html());
    window.tick("opens-safeguarding", false);
    window.tick("year-8", true);
    window.fill("pin", "739182");
    window.press("give");
    assert!(window.says("That was not your PIN"));
    window.fill("pin", PIN);
    window.press("give");
    assert!(window.says("Ben Ali has a key"), "{}", window.html());
    let roll = phone.school().roll();
    let given = roll
        .devices()
        .find(|holder| holder.grant.member == member(2))
        .unwrap();
    assert_eq!(
        given.grant.rights.compartments,
        [Compartment::PASTORAL].into()
    );
    assert_eq!(given.grant.rights.years, Some(["8".to_owned()].into()));
    assert!(given.grant.rights.capabilities.is_empty());
    window.press("back");
    assert!(window.says("Your key is ready"));
}

/// The rights of the second person's device, as the roll has them.
fn given_rights(phone: &Phone) -> Rights {
    let roll = phone.school().roll();
    let holder = roll
        .devices()
        .find(|holder| holder.grant.member == member(2))
        .unwrap();
    holder.grant.rights.clone()
}

#[test]
fn a_key_is_given_for_a_while_for_some_categories_without_one_record_and_with_one_right() {
    let phone = Phone::new(School::new());
    set_up_in_app(&phone);
    let mut window = find_waiting(&phone);
    window.tick("category-1", true);
    window.tick("may-change-keys", true);
    window.fill("pin", PIN);
    assert!(window.is_enabled("give"));

    // What is not understood is not passed over.
    window.fill("last-day", "31 6 2027");
    assert!(window.says("That is no day."), "{}", window.html());
    assert!(!window.is_enabled("give"));
    window.fill("last-day", "");
    assert!(window.is_enabled("give") && !window.says("That is no day."));
    let brother = ConcernId::from_bytes([7; 16]);
    window.fill("excluded", "the one about her brother");
    assert!(
        window.says("not the address of a record"),
        "{}",
        window.html()
    );
    assert!(!window.is_enabled("give"));
    window.fill(
        "excluded",
        &format!("https://safehold.example/concerns/{brother}\n"),
    );
    window.fill("last-day", "1 1 2020");
    window.press("give");
    assert!(window.says("That day is over."), "{}", window.html());
    window.fill("last-day", "31 7 2031");
    window.press("give");
    assert!(window.says("Ben Ali has a key"), "{}", window.html());

    let rights = given_rights(&phone);
    assert_eq!(
        rights.categories,
        Some([CategoryId::from_bytes([2; 16])].into())
    );
    assert_eq!(rights.capabilities, [Capability::Rotate].into());
    assert_eq!(rights.excluded, [[7; 16]].into());
    let end = DateTime::from_timestamp(i64::try_from(rights.expires.unwrap()).unwrap(), 0);
    assert_eq!(end.unwrap().to_rfc3339(), "2031-08-01T00:00:00+00:00");

    // The list says it as it was chosen, and from there it is narrowed further, and not widened.
    window.press("back");
    window.press("go-holders");
    for said in [
        "only 1 category",
        "some records excluded",
        "until 31 July 2031",
        "may change keys",
    ] {
        assert!(window.says(said), "{said}: {}", window.html());
    }
    window.press("holder-1");
    assert!(window.says("Nothing typed: 31 July 2031, and no later."));
    window.fill("pin", PIN);
    window.fill("last-day", "1 8 2031");
    window.press("narrow");
    assert!(
        window.says("has not been given that right"),
        "{}",
        window.html()
    );
    assert_eq!(given_rights(&phone), rights);
    let sister = ConcernId::from_bytes([8; 16]);
    window.fill("excluded", &sister.to_string());
    window.fill("last-day", "2030-12-31");
    window.tick("may-change-keys", false);
    window.press("narrow");
    assert!(window.says("key is changed"), "{}", window.html());
    let narrowed = given_rights(&phone);
    assert_eq!(narrowed.excluded, [[7; 16], [8; 16]].into());
    assert!(narrowed.capabilities.is_empty() && narrowed.expires < rights.expires);
    assert_eq!(narrowed.categories, rights.categories);
}

#[test]
fn a_key_is_narrowed_and_then_taken_away() {
    let phone = Phone::new(School::new());
    set_up_in_app(&phone);
    let mut window = find_waiting(&phone);
    window.fill("pin", PIN);
    window.press("give");
    window.press("back");
    window.press("go-holders");
    assert!(window.says("this device"), "{}", window.html());
    window.press("holder-1");
    assert!(window.says("pastoral, safeguarding"), "{}", window.html());
    window.fill("pin", PIN);
    assert!(!window.is_enabled("narrow"), "nothing was unticked");
    window.tick("opens-safeguarding", false);
    window.tick("year-7", true);
    window.fill("pin", "739182");
    window.press("narrow");
    assert!(window.says("4 tries are left"), "{}", window.html());
    window.fill("pin", PIN);
    window.press("narrow");
    assert!(window.says("key is changed"), "{}", window.html());
    let rights = |phone: &Phone| {
        let roll = phone.school().roll();
        let holder = roll
            .devices()
            .find(|holder| holder.grant.member == member(2))
            .unwrap();
        (holder.grant.rights.clone(), holder.revoked)
    };
    let (narrowed, revoked) = rights(&phone);
    assert_eq!(narrowed.compartments, [Compartment::PASTORAL].into());
    assert_eq!(narrowed.years, Some(["7".to_owned()].into()));
    assert!(!revoked);

    window.press("back");
    window.press("holder-1");
    window.fill("pin", PIN);
    assert!(!window.is_enabled("revoke"), "not by one press");
    window.tick("sure", true);
    window.press("revoke");
    assert!(window.says("key is taken away"), "{}", window.html());
    assert!(rights(&phone).1);
    window.press("back");
    assert!(window.says("Taken away"), "{}", window.html());
}
