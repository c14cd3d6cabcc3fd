//! The rules of the roll one by one, each from both sides of its edge.
#![expect(clippy::unwrap_used, reason = "a test's helpers fail by panicking")]

use std::collections::BTreeSet;

use domain::{DeviceId, SeededEntropy};
use protocol::compartments::{Compartment, CompartmentSecret};
use protocol::device::DevicePublicKeys;
use protocol::hpke::PublicKey;
use protocol::log::LogHead;
use protocol::roll::{
    Author, Body, Capability, Entry, Genesis, Grant, Integration, Rights, RollError, RollHead,
    RollState, SignedEntry, StoreKind,
};

use super::roll_school::{
    PASTORAL, SAFEGUARDING, SCHOOL, STAFF, School, genesis, grant, grant_to, id, keys, kit, member,
    rights,
};

fn fresh(number: u8) -> PublicKey {
    CompartmentSecret::new_pair(&SeededEntropy::new([number; 32])).1
}

fn own(number: usize) -> Compartment {
    format!("own-{number}").parse().unwrap()
}

/// A genesis like any other but for what is done to it.
fn begun(change: impl Fn(&mut Genesis)) -> Result<RollState, RollError> {
    let mut entry = Entry::decode(&genesis().bytes).unwrap();
    let Body::Genesis(begins) = &mut entry.body else {
        unreachable!("a genesis is one");
    };
    change(begins);
    begin(&entry)
}

fn begin(entry: &Entry) -> Result<RollState, RollError> {
    let signed = entry.sign(keys(1).sign()).countersign(kit(1).sign());
    RollState::replay(SCHOOL, [&signed])
}

#[test]
fn a_genesis_names_every_common_compartment_and_a_few_of_its_own_each_with_its_own_key() {
    let with_own = |count: usize| {
        begun(|genesis| {
            for number in 0..count {
                let key = fresh(100 + u8::try_from(number).unwrap());
                genesis.compartments.push((own(number), key));
            }
        })
    };
    for count in 0..=Compartment::MAX_OWN {
        let state = with_own(count).unwrap();
        assert_eq!(state.compartments().len(), 4 + count);
        let held = &state.active(id(1), 1000).unwrap().rights.compartments;
        assert_eq!(held.len(), 4 + count);
    }
    assert!(with_own(Compartment::MAX_OWN + 1).is_err());

    let without = begun(|genesis| {
        genesis.compartments.pop();
    });
    assert!(without.is_err());
    let another_in_its_place = begun(|genesis| genesis.compartments[0].0 = own(1));
    assert!(another_in_its_place.is_err());
    let one_key_for_two = begun(|genesis| genesis.compartments[1].1 = genesis.compartments[0].1);
    assert_eq!(one_key_for_two, Err(RollError::WrongKey));
    let one_twice = begun(|genesis| genesis.compartments.push((STAFF, fresh(100))));
    assert!(one_twice.is_err());
}

#[test]
fn a_genesis_is_the_first_entry_and_its_own_devices() {
    let first = Entry::decode(&genesis().bytes).unwrap();
    assert!(begin(&first).is_ok());
    let by_another = Entry {
        author: Author::Device(id(2)),
        ..first.clone()
    };
    assert_eq!(begin(&by_another), Err(RollError::UnknownAuthor));
    for after in [
        RollHead {
            length: 1,
            ..RollHead::EMPTY
        },
        RollHead {
            head: [1; 32],
            ..RollHead::EMPTY
        },
    ] {
        let later = Entry {
            after,
            ..first.clone()
        };
        assert_eq!(begin(&later), Err(RollError::DoesNotFollow));
    }
    let no_genesis = Entry {
        body: Body::Revoke(id(1)),
        ..first.clone()
    };
    assert_eq!(begin(&no_genesis), Err(RollError::DoesNotFollow));
    // And nowhere but at the beginning.
    let mut school = School::new();
    let again = school.state.next(first.body, Author::Device(id(1)), 1001);
    let signed = again.sign(keys(1).sign());
    assert!(school.append(signed).is_err());
}

#[test]
fn a_limit_may_be_handed_on_as_it_is() {
    let mut school = School::new();
    let limited = Rights {
        years: Some(["Year 7".to_owned()].into()),
        excluded: [[6; 16]].into(),
        expires: Some(5000),
        ..rights(&[PASTORAL], &[Capability::Grant])
    };
    school.by(1, grant(2, limited.clone())).unwrap();
    let none = Rights {
        years: None,
        ..limited.clone()
    };
    let later = Rights {
        expires: Some(5001),
        ..limited.clone()
    };
    for wider in [none, later] {
        assert_eq!(school.by(2, grant(3, wider)), Err(RollError::TooWide));
    }
    school.by(2, grant(3, limited)).unwrap();
    // It lasts until its end, and not for that second.
    assert!(school.state.active(id(3), 4999).is_some());
    assert!(school.state.active(id(3), 5000).is_none());
    let at = |at| school.state.active_grants(at).count();
    assert_eq!((at(4999), at(5000)), (3, 1));
}

#[test]
fn what_a_member_holds_is_what_their_devices_on_the_roll_hold() {
    let mut school = School::new();
    school
        .by(1, grant_to(2, 1, rights(&[PASTORAL], &[])))
        .unwrap();
    school
        .by(1, grant_to(3, 3, rights(&[PASTORAL], &[])))
        .unwrap();
    let devices = |school: &School, owner| -> Vec<DeviceId> {
        let grants = school.state.grants_of(member(owner), school.at);
        grants.map(|grant| grant.device).collect()
    };
    assert_eq!(devices(&school, 1), [id(1), id(2)]);
    assert_eq!(devices(&school, 3), [id(3)]);
    assert_eq!(devices(&school, 4), []);
    school.by(1, Body::Revoke(id(2))).unwrap();
    assert_eq!(devices(&school, 1), [id(1)]);
    assert_eq!(school.state.active_grants(school.at).count(), 2);
    assert_eq!(school.state.devices().count(), 3);
    assert_eq!(school.state.last_at(), school.at);
}

#[test]
fn who_may_grant_a_compartment_both_holds_it_and_may_grant() {
    let mut school = School::new();
    let grants: [(u8, &[Compartment], &[Capability]); 3] = [
        (2, &[STAFF], &[Capability::Revoke]),
        (3, &[PASTORAL], &[Capability::Grant]),
        (4, &[PASTORAL, STAFF], &[Capability::Grant]),
    ];
    for (device, compartments, capabilities) in grants {
        school
            .by(1, grant(device, rights(compartments, capabilities)))
            .unwrap();
    }
    let of = |name| school.state.granters_of(&name, school.at);
    assert_eq!(of(STAFF), [member(1), member(4)].into());
    assert_eq!(of(PASTORAL), [member(1), member(3), member(4)].into());
    assert_eq!(of(SAFEGUARDING), [member(1)].into());
}

#[test]
fn no_two_devices_share_a_key_and_none_changes_its_owner_or_keys() {
    let mut school = School::new();
    school.by(1, grant(2, rights(&[PASTORAL], &[]))).unwrap();
    let granted = |device: u8, owner: u8, keys: DevicePublicKeys| {
        Body::Grant(Grant {
            device: id(device),
            member: member(owner),
            keys,
            store_kind: StoreKind::Desktop,
            rights: rights(&[PASTORAL], &[]),
        })
    };
    let (old, new) = (keys(2).public(), keys(3).public());
    let same_sign = DevicePublicKeys {
        kem: new.kem,
        ..old
    };
    let same_kem = DevicePublicKeys {
        sign: new.sign,
        ..old
    };
    for wrong in [
        granted(3, 3, old),
        granted(3, 3, same_sign),
        granted(3, 3, same_kem),
        granted(2, 3, old),
        granted(2, 2, new),
        granted(2, 2, same_sign),
        granted(2, 2, same_kem),
    ] {
        assert_eq!(school.by(1, wrong), Err(RollError::WrongDevice));
    }
    school.by(1, granted(2, 2, old)).unwrap();
    school.by(1, granted(3, 3, new)).unwrap();
    // The keys of a device that was taken off are nobody's again.
    school.by(1, Body::Revoke(id(3))).unwrap();
    for gone in [granted(3, 3, new), granted(4, 4, new)] {
        assert_eq!(school.by(1, gone), Err(RollError::WrongDevice));
    }
    assert_eq!(
        school.by(1, Body::Revoke(id(3))),
        Err(RollError::WrongDevice)
    );
    assert_eq!(
        school.by(1, Body::Restrict(id(9), rights(&[], &[]))),
        Err(RollError::WrongDevice)
    );
}

#[test]
fn a_grant_touches_no_device_that_had_more_than_its_author_has() {
    let mut school = School::new();
    let lead = rights(&[PASTORAL], &[Capability::Grant]);
    school.by(1, grant(2, lead.clone())).unwrap();
    school.by(1, grant(3, rights(&[STAFF], &[]))).unwrap();
    school.by(1, grant(4, rights(&[PASTORAL], &[]))).unwrap();
    assert_eq!(
        school.by(2, grant(3, lead.clone())),
        Err(RollError::TooWide)
    );
    school.by(2, grant(4, lead.clone())).unwrap();
    school.by(2, grant(5, lead)).unwrap();
    // The kit holds nothing, and gives what there is.
    school.by_kit(1, grant(3, rights(&[STAFF], &[]))).unwrap();
    assert_eq!(
        school.by_kit(1, grant(3, rights(&[own(1)], &[]))),
        Err(RollError::WrongKey)
    );
}

#[test]
fn a_device_may_always_narrow_itself_and_another_only_if_it_may_restrict() {
    let mut school = School::new();
    let both = rights(&[PASTORAL, SAFEGUARDING], &[]);
    school.by(1, grant(2, both.clone())).unwrap();
    school.by(1, grant(3, both)).unwrap();
    let less = rights(&[PASTORAL], &[]);
    assert_eq!(
        school.by(2, Body::Restrict(id(3), less.clone())),
        Err(RollError::LacksCapability(Capability::Restrict))
    );
    school.by(2, Body::Restrict(id(2), less.clone())).unwrap();
    assert_eq!(school.rights(2), &less);
    assert_eq!(
        school.by_kit(1, Body::Restrict(id(3), less)),
        Err(RollError::UnknownAuthor)
    );
}

#[test]
fn a_key_is_made_and_retired_by_who_may_rotate_and_holds_it() {
    let mut school = School::new();
    school
        .by(1, grant(2, rights(&[PASTORAL], &[Capability::Rotate])))
        .unwrap();
    school
        .by(1, grant(3, rights(&[STAFF], &[Capability::Grant])))
        .unwrap();
    let rotate = |name: &Compartment, key: u8| Body::Rotate(name.clone(), 2, fresh(key));
    let retire = |name: &Compartment, generation| Body::Retire(name.clone(), generation);
    for (body, name) in [(rotate(&STAFF, 50), STAFF), (retire(&STAFF, 1), STAFF)] {
        assert_eq!(school.by(2, body), Err(RollError::LacksCompartment(name)));
    }
    for body in [
        rotate(&STAFF, 50),
        retire(&STAFF, 1),
        Body::Compartment(own(1), fresh(50)),
    ] {
        let lacks = Err(RollError::LacksCapability(Capability::Rotate));
        assert_eq!(school.by(3, body.clone()), lacks);
        assert_eq!(school.by_kit(1, body), Err(RollError::UnknownAuthor));
    }
    school.by(2, rotate(&PASTORAL, 50)).unwrap();
    let mut keys = school.state.compartment(&PASTORAL).unwrap().clone();
    assert_eq!(keys.generations.remove(&2), Some(fresh(50)));
    assert_eq!(keys.generations.len(), 1);
    assert_eq!(keys.retired, BTreeSet::new());
    // The newest, one to come, and one that never was are not retired.
    for generation in [2, 3, 0] {
        assert_eq!(
            school.by(2, retire(&PASTORAL, generation)),
            Err(RollError::WrongKey)
        );
    }
    school.by(2, retire(&PASTORAL, 1)).unwrap();
    let keys = school.state.compartment(&PASTORAL).unwrap();
    assert_eq!(keys.retired, [1].into());
    // No key comes again: not an old one, not another compartment's.
    let staff = school.state.compartment(&STAFF).unwrap().public;
    for used in [staff, keys.generations[&1], fresh(50)] {
        for body in [
            Body::Rotate(PASTORAL, 3, used),
            Body::Compartment(own(1), used),
        ] {
            assert_eq!(school.by(2, body), Err(RollError::WrongKey));
        }
    }
}

#[test]
fn a_school_has_a_few_compartments_of_its_own_beside_the_common_ones() {
    let mut school = School::new();
    for number in 0..Compartment::MAX_OWN {
        let key = fresh(100 + u8::try_from(number).unwrap());
        school.by(1, Body::Compartment(own(number), key)).unwrap();
        assert!(school.rights(1).compartments.contains(&own(number)));
    }
    let one_more = Body::Compartment(own(9), fresh(90));
    assert_eq!(school.by(1, one_more), Err(RollError::WrongKey));
    let common = Body::Compartment(PASTORAL, fresh(90));
    assert_eq!(School::new().by(1, common), Err(RollError::WrongKey));
}

#[test]
fn each_kind_of_entry_needs_its_capability_and_its_compartments() {
    let integration = |compartments: &[Compartment]| {
        Body::Integration(Integration {
            client: [4; 16],
            kem: keys(9).public().kem,
            compartments: compartments.to_vec(),
            fields: vec!["date".to_owned()],
            filter: String::new(),
            expires: 9000,
        })
    };
    let log = LogHead::genesis(SCHOOL);
    let lacks = |capability| Err(RollError::LacksCapability(capability));
    let mut school = School::new();
    school.by(1, grant(2, rights(&[PASTORAL], &[]))).unwrap();
    let most = [Capability::Kit, Capability::Export];
    school.by(1, grant(3, rights(&[PASTORAL], &most))).unwrap();
    let needed = [
        (Body::RestoreAccept(log, log), Capability::Kit),
        (Body::ServerKey(keys(9).public().sign), Capability::Kit),
        (integration(&[PASTORAL]), Capability::Export),
        (Body::Policy("a".into(), "b".into()), Capability::Grant),
    ];
    for (body, capability) in needed {
        assert_eq!(school.by(2, body), lacks(capability));
    }
    school.by(3, Body::RestoreAccept(log, log)).unwrap();
    school.by(3, integration(&[PASTORAL])).unwrap();
    assert_eq!(
        school.by(3, integration(&[STAFF])),
        Err(RollError::LacksCompartment(STAFF))
    );
    assert_eq!(
        school.by_kit(1, integration(&[PASTORAL])),
        Err(RollError::UnknownAuthor)
    );
    // A new kit holds every compartment, so its maker must.
    let new_kit = |school: &School, device: u8| {
        school
            .state
            .next(
                Body::Kit(kit(2).public()),
                Author::Device(id(device)),
                school.at,
            )
            .sign(keys(device).sign())
            .countersign(kit(2).sign())
    };
    let by_another = new_kit(&school, 2);
    assert_eq!(school.append(by_another), lacks(Capability::Kit));
    let by_part = new_kit(&school, 3);
    assert!(matches!(
        school.append(by_part),
        Err(RollError::LacksCompartment(_))
    ));
    let by_first = new_kit(&school, 1);
    school.append(by_first).unwrap();
    assert_eq!(school.state.kit(), &kit(2).public());
}

#[test]
fn a_second_signature_stands_where_it_must_and_nowhere_else() {
    let mut school = School::new();
    let plain = school.state.next(
        grant(2, rights(&[PASTORAL], &[])),
        Author::Device(id(1)),
        school.at,
    );
    let signed: SignedEntry = plain.sign(keys(1).sign());
    let doubled = signed.clone().countersign(kit(1).sign());
    assert_eq!(school.append(doubled), Err(RollError::BadSignature));
    // At the very second of the one before it.
    assert_eq!(plain.at, 1000);
    school.append(signed).unwrap();
}
