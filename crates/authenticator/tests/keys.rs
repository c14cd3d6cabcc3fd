//! Setting up, enrolling and granting, with no network.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test's helpers fail by panicking"
)]

#[expect(dead_code, reason = "each test file uses its own part")]
mod common;

use authenticator::{
    Amend, Enrol, GrantKey, Identity, KeyStore, ProfileStore, Setup, Trouble, amend, enrol, grant,
    setup,
};
use common::{
    PIN, Phone, School, enrol as enrol_device, grant_by_words, member, pin, rights, set_up,
};
use protocol::compartments::Compartment;
use protocol::kit::Sheet;
use protocol::links::Purpose;
use protocol::roll::{Capability, Rights, StoreKind};
use zeroize::Zeroizing;

#[test]
fn a_school_is_set_up_and_any_two_sheets_open_its_keys() {
    let school = School::new();
    let phone = Phone::new(&school, 1);
    let mut machine = Setup::new("Ada's phone", StoreKind::Memory);
    let driver = phone.driver();
    driver.run(
        &mut machine,
        setup::Event::Link(school.link(Purpose::Setup)),
    );
    driver.run(
        &mut machine,
        setup::Event::Pin(Zeroizing::new("111111".to_owned())),
    );
    assert!(matches!(machine.trouble(), Some(Trouble::WeakPin(_))));
    driver.run(&mut machine, setup::Event::Pin(pin()));
    let setup::State::Sheets { sheets, .. } = machine.state() else {
        panic!("{:?}", machine.trouble());
    };
    let printed: Vec<String> = sheets
        .iter()
        .map(|sheet| {
            sheet
                .lines()
                .iter()
                .map(|line| line.to_string())
                .collect::<Vec<_>>()
                .join("\n")
        })
        .collect();

    // Nothing is kept and nothing is begun before all three sheets were looked at.
    driver.run(&mut machine, setup::Event::Finish);
    assert_eq!(machine.trouble(), Some(&Trouble::WrongSheet(1)));
    assert_eq!(phone.profile.load(), Ok(None));
    driver.run(&mut machine, setup::Event::LastFour(1, "0000".to_owned()));
    assert_eq!(machine.trouble(), Some(&Trouble::WrongSheet(1)));
    for number in 1..=3u8 {
        let sheet = &printed[usize::from(number) - 1];
        let end = sheet.rsplit('\n').next().unwrap().to_lowercase();
        driver.run(&mut machine, setup::Event::LastFour(number, end));
        assert_eq!(machine.trouble(), None);
    }
    driver.run(&mut machine, setup::Event::Finish);
    let identity = machine.into_identity().unwrap();
    assert!(identity.profile.granted);
    let roll = school.roll();
    assert_eq!(roll.head().length, 1);
    assert_eq!(
        roll.device(identity.profile.device).unwrap().grant.member,
        member(1)
    );

    let read = |at: usize| Sheet::parse(school.id, &printed[at]).unwrap();
    for (one, other) in [(0, 1), (0, 2), (1, 2)] {
        let kit = protocol::kit::combine(&read(one), &read(other))
            .unwrap()
            .keys()
            .unwrap();
        assert_eq!(&kit.public(), roll.kit());
    }
    assert_eq!(phone.identity().words(), identity.words());
}

#[test]
fn a_setup_goes_on_after_the_server_was_away() {
    let school = School::new();
    let phone = Phone::new(&school, 1);
    let mut machine = Setup::new("Ada's phone", StoreKind::Memory);
    let driver = phone.driver();
    driver.run(
        &mut machine,
        setup::Event::Link(school.link(Purpose::Setup)),
    );
    school.away.set(true);
    driver.run(&mut machine, setup::Event::Pin(pin()));
    assert!(matches!(machine.trouble(), Some(Trouble::Unreachable(_))));
    assert!(matches!(machine.state(), setup::State::ChoosingPin { .. }));
    school.away.set(false);
    driver.run(&mut machine, setup::Event::Retry);
    let setup::State::Sheets { sheets, .. } = machine.state() else {
        panic!("{:?}", machine.trouble());
    };
    let ends: Vec<String> = sheets
        .iter()
        .map(|sheet| sheet.last_four().to_string())
        .collect();
    for (number, end) in (1..).zip(ends) {
        driver.run(&mut machine, setup::Event::LastFour(number, end));
    }
    school.away.set(true);
    driver.run(&mut machine, setup::Event::Finish);
    assert!(matches!(machine.trouble(), Some(Trouble::Unreachable(_))));
    school.away.set(false);
    driver.run(&mut machine, setup::Event::Retry);
    assert!(
        matches!(machine.state(), setup::State::Ready(_)),
        "{:?}",
        machine.trouble()
    );
}

#[test]
fn a_second_device_waits_with_six_words_and_is_granted_by_them() {
    let school = School::new();
    let first = set_up(&school);
    let (second, words) = enrol_device(&school, 2);

    let mut waiting = Enrol::waiting(second.identity()).unwrap();
    second.driver().run(&mut waiting, enrol::Event::Look);
    assert!(matches!(waiting.state(), enrol::State::Waiting { .. }));

    let given = Rights {
        years: Some(["7".to_owned()].into()),
        ..rights(&[Compartment::PASTORAL, Compartment::SAFEGUARDING])
    };
    let granted = grant_by_words(&first, words, given.clone());
    assert_eq!(
        granted.state(),
        &grant::State::Granted {
            member_name: "Ben Ali".to_owned(),
            waiting: Vec::new()
        },
        "{:?}",
        granted.trouble()
    );

    second.driver().run(&mut waiting, enrol::Event::Look);
    assert!(
        matches!(waiting.state(), enrol::State::Ready { compartments, .. } if compartments == &["pastoral", "safeguarding"]),
        "{:?}",
        waiting.trouble()
    );
    let roll = school.roll();
    let device = second.identity().profile.device;
    assert_eq!(roll.active(device, 0).unwrap().rights, given);
    assert!(second.identity().profile.granted);
}

#[test]
fn a_device_is_granted_by_what_its_screen_shows() {
    let school = School::new();
    let first = set_up(&school);
    let (second, words) = enrol_device(&school, 2);
    let mut machine = GrantKey::new(first.identity());
    let driver = first.driver();
    driver.run(&mut machine, grant::Event::Start);
    let link = second.identity().link().unwrap();
    let bare = link.rsplit_once('=').unwrap().1;
    for text in [
        "nonsense",
        "safehold:grant?d=",
        bare,
        &link[..link.len() - 4],
    ] {
        driver.run(&mut machine, grant::Event::Link(text.to_owned()));
        assert_eq!(machine.trouble(), Some(&Trouble::NoSuchDevice), "{text}");
    }
    driver.run(&mut machine, grant::Event::Link(link));
    let grant::State::Deciding { words: shown, .. } = machine.state() else {
        panic!("{:?}", machine.trouble());
    };
    assert_eq!(*shown, words);
    let wanted = Box::new(rights(&[Compartment::PASTORAL]));
    driver.run(&mut machine, grant::Event::Decide(wanted, pin()));
    assert!(matches!(machine.state(), grant::State::Granted { .. }));
}

#[test]
fn wrong_words_and_a_wrong_pin_grant_nothing() {
    let school = School::new();
    let first = set_up(&school);
    let (second, words) = enrol_device(&school, 2);
    let mut machine = GrantKey::new(first.identity());
    let driver = first.driver();
    driver.run(&mut machine, grant::Event::Start);
    let other = "zoo zoo zoo zoo zoo zoo".to_owned();
    driver.run(&mut machine, grant::Event::Words(other));
    assert_eq!(machine.trouble(), Some(&Trouble::NoSuchDevice));
    driver.run(&mut machine, grant::Event::Words(words.to_string()));
    let wanted = Box::new(rights(&[Compartment::PASTORAL]));
    let wrong = Zeroizing::new("739182".to_owned());
    driver.run(&mut machine, grant::Event::Decide(wanted, wrong));
    let Some(Trouble::Refused(problem)) = machine.trouble() else {
        panic!("{:?}", machine.trouble());
    };
    assert_eq!((problem.slug(), problem.left), ("pin-refused", Some(4)));
    assert!(machine.trouble().unwrap().to_string().contains("4 tries"));
    assert!(matches!(machine.state(), grant::State::Deciding { .. }));
    assert_eq!(school.roll().head().length, 1);
    assert!(
        school
            .roll()
            .device(second.identity().profile.device)
            .is_none()
    );
}

#[test]
fn a_pin_that_came_too_soon_leaves_the_question_and_a_wait_that_makes_no_sense_is_not_kept() {
    let school = School::new();
    let first = set_up(&school);
    let (_, words) = enrol_device(&school, 2);
    let mut machine = GrantKey::new(first.identity());
    let driver = first.driver();
    driver.run(&mut machine, grant::Event::Start);
    driver.run(&mut machine, grant::Event::Words(words.to_string()));
    let mut tries = |pin: &str| {
        let wanted = Box::new(rights(&[Compartment::PASTORAL]));
        let pin = Zeroizing::new(pin.to_owned());
        driver.run(&mut machine, grant::Event::Decide(wanted, pin));
        let waits = machine.trouble().and_then(Trouble::pin_wait);
        (waits, machine.state().clone())
    };
    assert_eq!(tries("739182").0, None);
    assert_eq!(tries("739182").0, Some(5));
    let (wait, state) = tries(PIN);
    assert_eq!(wait, Some(5), "a right one is not looked at");
    assert!(matches!(state, grant::State::Deciding { .. }));

    school.tamper.replace(Some(Box::new(|_, mut body| {
        body["wait_seconds"] = serde_json::json!(u32::MAX);
        body
    })));
    assert_eq!(tries(PIN).0, Some(600));
    school.tamper.replace(None);
    school.clock.advance_seconds(5);
    assert!(matches!(tries(PIN).1, grant::State::Granted { .. }));
}

#[test]
fn a_key_that_may_not_give_keys_says_so_before_anything_is_typed() {
    let school = School::new();
    let first = set_up(&school);
    let (second, words) = enrol_device(&school, 2);
    grant_by_words(&first, words, rights(&[Compartment::PASTORAL]));
    let mut machine = GrantKey::new(second.identity());
    second.driver().run(&mut machine, grant::Event::Start);
    assert_eq!(machine.trouble(), Some(&Trouble::MayNotGive));
    assert_eq!(machine.state(), &grant::State::Failed);
}

#[test]
fn nobody_gives_more_than_they_have() {
    let school = School::new();
    let first = set_up(&school);
    let (second, words) = enrol_device(&school, 2);
    let lead = Rights {
        capabilities: [Capability::Grant].into(),
        ..rights(&[Compartment::PASTORAL])
    };
    grant_by_words(&first, words, lead);
    let (_, words) = enrol_device(&school, 3);
    let refused = grant_by_words(&second, words, rights(&[Compartment::SAFEGUARDING]));
    assert_eq!(refused.trouble(), Some(&Trouble::NotAllowed));
    assert_eq!(school.roll().head().length, 2);
}

#[test]
fn staff_concerns_wait_for_a_second_holder_and_are_endorsed() {
    let school = School::new();
    let first = set_up(&school);
    let holder = Rights {
        capabilities: [Capability::Grant].into(),
        ..rights(&[Compartment::STAFF, Compartment::PASTORAL])
    };
    let (second, words) = enrol_device(&school, 2);
    grant_by_words(&first, words, holder.clone());
    let (third, words) = enrol_device(&school, 3);
    let granted = grant_by_words(&first, words, holder);
    assert!(
        matches!(granted.state(), grant::State::Granted { waiting, .. } if waiting == &[Compartment::STAFF])
    );
    let device = third.identity().profile.device;
    let holds = |name| {
        school
            .roll()
            .active(device, 0)
            .unwrap()
            .rights
            .compartments
            .contains(&name)
    };
    assert!(holds(Compartment::PASTORAL) && !holds(Compartment::STAFF));

    let mut machine = Amend::new(second.identity());
    second
        .driver()
        .run(&mut machine, amend::Event::Endorse(device, pin()));
    assert_eq!(
        (machine.state(), machine.trouble()),
        (amend::State::Done, None)
    );
    assert!(holds(Compartment::STAFF));
}

#[test]
fn a_lost_phone_is_revoked() {
    let school = School::new();
    let first = set_up(&school);
    let (second, words) = enrol_device(&school, 2);
    grant_by_words(&first, words, rights(&[Compartment::PASTORAL]));
    let device = second.identity().profile.device;
    let mut machine = Amend::new(second.identity());
    let own = first.identity().profile.device;
    second
        .driver()
        .run(&mut machine, amend::Event::Revoke(own, pin()));
    assert_eq!(machine.trouble(), Some(&Trouble::NotAllowed));
    let mut machine = Amend::new(first.identity());
    first
        .driver()
        .run(&mut machine, amend::Event::Revoke(device, pin()));
    assert_eq!(machine.state(), amend::State::Done);
    assert!(school.roll().active(device, 0).is_none());
}

#[test]
fn a_link_for_something_else_is_said_to_be_that() {
    let school = School::new();
    let phone = Phone::new(&school, 1);
    let mut setup = Setup::new("x", StoreKind::Memory);
    let link = school.link(Purpose::Enrol(member(1)));
    phone.driver().run(&mut setup, setup::Event::Link(link));
    assert_eq!(setup.trouble(), Some(&Trouble::OtherLink));
    phone
        .driver()
        .run(&mut setup, setup::Event::Link("hello".to_owned()));
    assert_eq!(setup.trouble(), Some(&Trouble::BadLink));
    assert!(
        school.calls.borrow().is_empty(),
        "nothing was sent anywhere"
    );
}

#[test]
fn the_pin_and_the_seed_are_in_no_call() {
    let school = School::new();
    let phone = set_up(&school);
    let profile = serde_json::to_string(&phone.profile.load().unwrap().unwrap()).unwrap();
    assert!(!profile.contains(PIN));
    let identity = phone.identity();
    let name = format!("{} {}", identity.profile.school, identity.profile.device);
    let seed = phone.keys.get(&name).unwrap().unwrap();
    assert_eq!(seed.len(), 32);
    phone.keys.forget(&name).unwrap();
    assert_eq!(
        Identity::load(&phone.profile, &phone.keys).unwrap_err(),
        Trouble::KeyGone
    );
}
