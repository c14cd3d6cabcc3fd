//! Compartments about adults: who is granted one waits for a second holder, once there are two.
#![expect(clippy::unwrap_used, reason = "a test's helpers fail by panicking")]

use protocol::roll::{Body, Capability, RollError, RollHead};

use super::roll_school::{PASTORAL, SAFEGUARDING, STAFF, School, grant, grant_to, id, rights};

#[test]
fn adults_compartments_need_a_second_holder_once_two_exist() {
    let mut school = School::new();
    let holder = rights(
        &[STAFF, SAFEGUARDING],
        &[Capability::Grant, Capability::Revoke],
    );
    // The first and only holder grants the second alone.
    school.by(1, grant(2, holder.clone())).unwrap();
    assert!(school.rights(2).compartments.contains(&STAFF));

    // Now there are two: the third waits.
    school.by(1, grant(3, holder)).unwrap();
    assert_eq!(
        school.rights(3).compartments,
        [SAFEGUARDING].into(),
        "the rest is there at once"
    );
    let seq = school.state.head().length;
    let head = school.state.head().head;
    for (device, endorsed) in [(1, head), (3, head), (2, [0; 32])] {
        assert!(school.by(device, Body::Endorse(seq, endorsed)).is_err());
    }
    school.by(2, Body::Endorse(seq, head)).unwrap();
    assert!(school.rights(3).compartments.contains(&STAFF));
    assert_eq!(
        school.by(2, Body::Endorse(seq, head)),
        Err(RollError::NothingToEndorse)
    );
}

#[test]
fn a_second_phone_of_the_granter_is_no_second_holder() {
    let mut school = School::new();
    let holder = rights(&[STAFF], &[Capability::Grant]);
    school.by(1, grant_to(2, 1, holder.clone())).unwrap();
    assert!(school.rights(2).compartments.contains(&STAFF));
    school.by(1, grant(3, holder.clone())).unwrap();
    school.by(1, grant(4, holder)).unwrap();
    let head = school.state.head();
    assert_eq!(
        school.by(2, Body::Endorse(head.length, head.head)),
        Err(RollError::NothingToEndorse)
    );
}

#[test]
fn an_endorsement_dies_with_the_rights_of_who_granted() {
    let mut school = School::new();
    let holder = rights(&[STAFF], &[Capability::Grant, Capability::Revoke]);
    school.by(1, grant(2, holder.clone())).unwrap();
    school.by(2, grant(3, holder)).unwrap();
    let head = school.state.head();
    school.by(1, Body::Revoke(id(2))).unwrap();
    assert_eq!(
        school.by(1, Body::Endorse(head.length, head.head)),
        Err(RollError::NothingToEndorse)
    );
}

#[test]
fn a_compartment_about_adults_waits_once_and_not_again() {
    let mut school = School::new();
    let holder = rights(&[STAFF], &[Capability::Grant]);
    school.by(1, grant(2, holder.clone())).unwrap();
    // The second has it already: nothing waits when its grant is written anew.
    school.by(1, grant(2, holder.clone())).unwrap();
    assert_eq!(school.state.device(id(2)).unwrap().pending, None);
    assert!(school.rights(2).compartments.contains(&STAFF));
    // A compartment about children never waits.
    let both = rights(&[STAFF, SAFEGUARDING], &[]);
    school.by(1, grant(3, both)).unwrap();
    assert_eq!(school.rights(3).compartments, [SAFEGUARDING].into());
    let waits = school.state.device(id(3)).unwrap().pending.clone().unwrap();
    assert_eq!(waits.compartments, [STAFF].into());
    assert_eq!(waits.author, id(1));
    // Whoever narrows the grant, or takes the device off, means what waits as well.
    school
        .by(1, Body::Restrict(id(3), rights(&[SAFEGUARDING], &[])))
        .unwrap();
    assert_eq!(
        school.by(2, Body::Endorse(waits.seq, waits.head)),
        Err(RollError::NothingToEndorse)
    );
    school.by(1, grant(4, holder)).unwrap();
    let head = school.state.head();
    school.by(1, Body::Revoke(id(4))).unwrap();
    assert_eq!(
        school.by(2, Body::Endorse(head.length, head.head)),
        Err(RollError::NothingToEndorse)
    );
}

/// Device 3 waits for `staff`, by device 2; its seq and head.
fn waiting() -> (School, RollHead) {
    let mut school = School::new();
    let holder = rights(&[STAFF, PASTORAL], &[Capability::Grant]);
    school.by(1, grant(2, holder.clone())).unwrap();
    school
        .by(1, grant(4, rights(&[PASTORAL], &Capability::ALL)))
        .unwrap();
    school
        .by(1, grant(5, rights(&[PASTORAL], &[Capability::Revoke])))
        .unwrap();
    school.by(2, grant(3, holder)).unwrap();
    let head = school.state.head();
    (school, head)
}

#[test]
fn an_endorsement_names_what_waits_and_comes_from_who_could_have_granted_it() {
    let (mut school, head) = waiting();
    let other = [7; 32];
    for (seq, endorsed) in [(head.length, other), (head.length + 1, head.head)] {
        assert_eq!(
            school.by(1, Body::Endorse(seq, endorsed)),
            Err(RollError::NothingToEndorse)
        );
    }
    let endorse = Body::Endorse(head.length, head.head);
    assert_eq!(
        school.by(4, endorse.clone()),
        Err(RollError::LacksCompartment(STAFF))
    );
    assert_eq!(
        school.by(5, endorse.clone()),
        Err(RollError::LacksCapability(Capability::Grant))
    );
    assert_eq!(
        school.by_kit(1, endorse.clone()),
        Err(RollError::UnknownAuthor)
    );
    school.by(1, endorse).unwrap();
    assert_eq!(school.rights(3).compartments, [STAFF, PASTORAL].into());
}

#[test]
fn a_grant_that_waits_does_not_outlive_any_of_what_its_author_needed_for_it() {
    let left = [
        rights(&[STAFF, PASTORAL], &[]),
        rights(&[PASTORAL], &[Capability::Grant]),
    ];
    for left in left {
        let (mut school, head) = waiting();
        school.by(1, Body::Restrict(id(2), left)).unwrap();
        assert_eq!(
            school.by(1, Body::Endorse(head.length, head.head)),
            Err(RollError::NothingToEndorse)
        );
    }
    // What it did not need may go.
    let (mut school, head) = waiting();
    let left = rights(&[STAFF], &[Capability::Grant]);
    school.by(1, Body::Restrict(id(2), left)).unwrap();
    school.by(1, Body::Endorse(head.length, head.head)).unwrap();
}
