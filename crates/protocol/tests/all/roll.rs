//! Who may do what to the roll, and that nothing else gets in.

use std::collections::BTreeSet;

use domain::{CategoryId, SchoolId, SeededEntropy};
use proptest::prelude::*;
use protocol::compartments::{Compartment, CompartmentSecret};
use protocol::log::LogHead;
use protocol::roll::{Author, Body, Capability, Entry, Integration, Rights, RollError, RollState};
use protocol::signing::SigningKey;

use super::roll_school::{
    PASTORAL, SAFEGUARDING, SCHOOL, STAFF, School, genesis, grant, grant_to, id, keys, kit, rights,
};

#[test]
fn a_genesis_gives_its_device_everything() {
    let school = School::new();
    assert_eq!(school.rights(1).compartments.len(), 4);
    assert_eq!(school.rights(1).capabilities.len(), 8);
    assert_eq!(school.state.head().length, 1);
    assert_eq!(school.state.words().list().len(), 6);
    assert_eq!(school.state.compartment(&STAFF).unwrap().generation, 1);
}

#[test]
fn a_genesis_without_the_kit_or_of_another_school_is_none() {
    let mut without = genesis();
    without.second = None;
    assert_eq!(
        RollState::replay(SCHOOL, [&without]),
        Err(RollError::BadSignature)
    );
    let other = SchoolId::from_bytes([2; 16]);
    assert_eq!(
        RollState::replay(other, [&genesis()]),
        Err(RollError::OtherSchool)
    );
    assert_eq!(RollState::replay(SCHOOL, []), Err(RollError::DoesNotFollow));
}

#[test]
fn a_grant_gives_what_its_author_has_and_no_more() {
    let mut school = School::new();
    let lead = rights(
        &[PASTORAL, SAFEGUARDING],
        &[Capability::Grant, Capability::Revoke],
    );
    school.by(1, grant(2, lead)).unwrap();
    school.by(2, grant(3, rights(&[PASTORAL], &[]))).unwrap();

    assert_eq!(
        school.by(3, grant(4, rights(&[PASTORAL], &[]))),
        Err(RollError::LacksCapability(Capability::Grant))
    );
    assert_eq!(
        school.by(2, grant(4, rights(&[STAFF], &[]))),
        Err(RollError::LacksCompartment(STAFF))
    );
    assert_eq!(
        school.by(2, grant(4, rights(&[PASTORAL], &[Capability::Kit]))),
        Err(RollError::TooWide)
    );
    // Nor may it touch a device that has more than itself, nor itself.
    assert_eq!(
        school.by(2, grant(1, rights(&[PASTORAL], &[]))),
        Err(RollError::TooWide)
    );
    let more = rights(&[PASTORAL, SAFEGUARDING], &Capability::ALL);
    assert_eq!(school.by(2, grant(2, more)), Err(RollError::TooWide));
    assert_eq!(
        school.by(9, grant(4, rights(&[PASTORAL], &[]))),
        Err(RollError::UnknownAuthor)
    );
}

#[test]
fn limits_are_handed_on() {
    let mut school = School::new();
    let category = CategoryId::from_bytes([7; 16]);
    let limited = Rights {
        categories: Some([category].into()),
        years: Some(["Year 7".to_owned(), "Year 8".to_owned()].into()),
        excluded: [[6; 16]].into(),
        expires: Some(5000),
        ..rights(&[PASTORAL], &[Capability::Grant])
    };
    school.by(1, grant(2, limited.clone())).unwrap();
    assert_eq!(school.rights(2), &limited);

    let narrower = Rights {
        years: Some(["Year 8".to_owned()].into()),
        expires: Some(4000),
        ..limited.clone()
    };
    school.by(2, grant(3, narrower)).unwrap();
    let wider: [Rights; 4] = [
        Rights {
            categories: None,
            ..limited.clone()
        },
        Rights {
            years: Some(["Year 9".to_owned()].into()),
            ..limited.clone()
        },
        Rights {
            excluded: BTreeSet::new(),
            ..limited.clone()
        },
        Rights {
            expires: None,
            ..limited
        },
    ];
    for wide in wider {
        assert_eq!(school.by(2, grant(4, wide)), Err(RollError::TooWide));
    }
    // And after its end it may do nothing.
    school.at = 5000;
    assert!(school.state.active(id(2), 5000).is_none());
    assert_eq!(
        school.by(2, Body::Revoke(id(2))),
        Err(RollError::UnknownAuthor)
    );
}

#[test]
fn an_exclusion_follows_the_person_to_a_new_phone() {
    let mut school = School::new();
    let excluded = Rights {
        excluded: [[6; 16]].into(),
        ..rights(&[SAFEGUARDING], &[])
    };
    school.by(1, grant(2, excluded.clone())).unwrap();
    assert_eq!(
        school.by(1, grant_to(3, 2, rights(&[SAFEGUARDING], &[]))),
        Err(RollError::TooWide)
    );
    school.by(1, grant_to(3, 2, excluded)).unwrap();
}

#[test]
fn a_revoked_device_is_gone_for_ever() {
    let mut school = School::new();
    school.by(1, grant(2, rights(&[PASTORAL], &[]))).unwrap();
    assert_eq!(
        school.by(2, Body::Revoke(id(1))),
        Err(RollError::LacksCapability(Capability::Revoke))
    );
    school.by(2, Body::Revoke(id(2))).unwrap();
    assert!(school.state.active(id(2), school.at).is_none());
    assert_eq!(
        school.by(1, grant(2, rights(&[PASTORAL], &[]))),
        Err(RollError::WrongDevice)
    );
    assert_eq!(
        school.by(2, Body::Revoke(id(1))),
        Err(RollError::UnknownAuthor)
    );
}

#[test]
fn a_restriction_only_narrows() {
    let mut school = School::new();
    let wide = rights(&[PASTORAL, SAFEGUARDING], &[Capability::Restrict]);
    school.by(1, grant(2, wide.clone())).unwrap();
    school
        .by(1, grant(3, rights(&[PASTORAL], &[Capability::Restrict])))
        .unwrap();
    // Device 3 cannot take away what it does not hold itself.
    assert_eq!(
        school.by(3, Body::Restrict(id(2), rights(&[PASTORAL], &[]))),
        Err(RollError::LacksCompartment(SAFEGUARDING))
    );
    let years = Rights {
        years: Some(["Year 7".to_owned()].into()),
        ..rights(&[PASTORAL, SAFEGUARDING], &[])
    };
    school.by(1, Body::Restrict(id(2), years.clone())).unwrap();
    assert_eq!(school.rights(2), &years);
    assert_eq!(
        school.by(1, Body::Restrict(id(2), wide)),
        Err(RollError::TooWide)
    );
}

#[test]
fn keys_rotate_one_generation_at_a_time() {
    let mut school = School::new();
    let entropy = SeededEntropy::new([8; 32]);
    let fresh = || CompartmentSecret::new_pair(&entropy).1;
    let first = school.state.compartment(&PASTORAL).unwrap().public;
    assert_eq!(
        school.by(1, Body::Rotate(PASTORAL, 3, fresh())),
        Err(RollError::WrongKey)
    );
    assert_eq!(
        school.by(1, Body::Rotate(PASTORAL, 2, first)),
        Err(RollError::WrongKey)
    );
    let second = fresh();
    school.by(1, Body::Rotate(PASTORAL, 2, second)).unwrap();
    let keys = school.state.compartment(&PASTORAL).unwrap();
    assert_eq!((keys.generation, keys.public), (2, second));
    assert_eq!(
        school.by(1, Body::Retire(PASTORAL, 2)),
        Err(RollError::WrongKey)
    );
    school.by(1, Body::Retire(PASTORAL, 1)).unwrap();
    assert_eq!(
        school.by(1, Body::Retire(PASTORAL, 1)),
        Err(RollError::WrongKey)
    );

    let own: Compartment = "boarding".parse().unwrap();
    school
        .by(1, Body::Compartment(own.clone(), fresh()))
        .unwrap();
    assert!(school.rights(1).compartments.contains(&own));
    assert_eq!(
        school.by(1, Body::Compartment(own, fresh())),
        Err(RollError::WrongKey)
    );
}

#[test]
fn the_kit_recovers_and_does_nothing_else() {
    let mut school = School::new();
    school.by_kit(1, Body::Revoke(id(1))).unwrap();
    school
        .by_kit(
            1,
            grant(2, rights(&[PASTORAL, STAFF], &[Capability::Grant])),
        )
        .unwrap();
    assert_eq!(
        school.by_kit(1, Body::Policy("unknown-browser".into(), "bound".into())),
        Err(RollError::UnknownAuthor)
    );
    assert_eq!(
        school.by_kit(2, Body::Revoke(id(2))),
        Err(RollError::BadSignature)
    );

    // A new kit needs the new kit's own signature, and ends the old one.
    let replace = |school: &School| {
        school
            .state
            .next(Body::Kit(kit(2).public()), Author::Kit, school.at + 1)
            .sign(kit(1).sign())
    };
    let alone = replace(&school);
    assert_eq!(school.append(alone), Err(RollError::BadSignature));
    let both = replace(&school).countersign(kit(2).sign());
    school.append(both).unwrap();
    assert_eq!(
        school.by_kit(1, Body::Revoke(id(2))),
        Err(RollError::BadSignature)
    );
    school.by_kit(2, Body::Revoke(id(2))).unwrap();
}

#[test]
fn every_kind_of_entry_reads_back() {
    let mut school = School::new();
    let log = LogHead::genesis(SCHOOL);
    let integration = Integration {
        client: [4; 16],
        kem: keys(9).public().kem,
        compartments: vec![PASTORAL],
        fields: vec!["category".to_owned(), "date".to_owned()],
        filter: "year=7".to_owned(),
        expires: 9000,
    };
    school
        .by(1, Body::Policy("unknown-browser".into(), "bound".into()))
        .unwrap();
    school
        .by(1, Body::Integration(integration.clone()))
        .unwrap();
    school.by(1, Body::RestoreAccept(log, log)).unwrap();
    let server = SigningKey::from_seed(&[98; 32]).unwrap().public();
    school.by(1, Body::ServerKey(server)).unwrap();
    assert_eq!(school.state.policy("unknown-browser"), Some("bound"));
    assert_eq!(school.state.integrations().next(), Some(&integration));
    assert_eq!(school.state.server(), &server);
    for signed in &school.entries {
        let entry = Entry::decode(&signed.bytes).unwrap();
        assert_eq!(entry.encode(), signed.bytes);
    }
    assert_eq!(
        RollState::replay(SCHOOL, &school.entries),
        Ok(school.state.clone())
    );
}

#[test]
fn an_entry_out_of_its_place_is_refused() {
    let mut school = School::new();
    let here = school.state.next(
        grant(2, rights(&[PASTORAL], &[])),
        Author::Device(id(1)),
        1001,
    );
    school.by(1, grant(3, rights(&[PASTORAL], &[]))).unwrap();
    assert_eq!(
        school.append(here.sign(keys(1).sign())),
        Err(RollError::DoesNotFollow)
    );
    let mut early = school
        .state
        .next(Body::Revoke(id(3)), Author::Device(id(1)), 2000);
    early.at = 1000;
    assert_eq!(
        school.append(early.sign(keys(1).sign())),
        Err(RollError::DoesNotFollow)
    );
    // The chain cannot be cut in its middle either.
    let mut cut = school.entries.clone();
    cut.remove(0);
    assert!(RollState::replay(SCHOOL, &cut).is_err());
}

fn any_rights() -> impl Strategy<Value = Rights> {
    (
        proptest::sample::subsequence(Compartment::ALL_COMMON.to_vec(), 0..=4),
        proptest::sample::subsequence(Capability::ALL.to_vec(), 0..=8),
        proptest::option::of(proptest::collection::btree_set(0u8..3, 0..3)),
        proptest::option::of(1000u64..1100),
    )
        .prop_map(|(compartments, capabilities, years, expires)| Rights {
            years: years.map(|years| years.iter().map(|year| format!("Year {year}")).collect()),
            expires,
            ..rights(&compartments, &capabilities)
        })
}

/// Who does what to whom: often nonsense, which must then change nothing.
fn any_act() -> impl Strategy<Value = (u8, u8, u8, Rights, u8)> {
    (1u8..6, 0u8..5, 1u8..6, any_rights(), any::<u8>())
}

proptest! {
    #[test]
    fn nobody_ever_gets_what_the_author_did_not_have(
        acts in proptest::collection::vec(any_act(), 1..24),
        flipped in any::<usize>(),
    ) {
        let mut school = School::new();
        // A few who may grant, so that much of what follows is allowed.
        school.by(1, grant(2, rights(&Compartment::ALL_COMMON, &Capability::ALL))).unwrap();
        let head = school.state.head();
        prop_assert!(school.state.device(id(2)).unwrap().pending.is_none(), "{head:?}");

        for (author, act, target, wanted, number) in acts {
            let waiting = school.state.devices().find_map(|holder| holder.pending.clone());
            let body = match (act, waiting) {
                (0 | 1, _) => grant_to(target, 1 + target % 4, wanted),
                (2, Some(waiting)) => Body::Endorse(waiting.seq, waiting.head),
                (2, None) | (3, _) => Body::Restrict(id(target), wanted),
                _ if number < 64 => Body::Revoke(id(target)),
                _ => Body::Policy("a".into(), "b".into()),
            };
            let before = school.state.clone();
            let done = school.by(author, body.clone());
            let Ok(()) = done else {
                prop_assert_eq!(&school.state, &before, "a refused entry changed something");
                continue;
            };
            let had = &before.active(id(author), school.at).expect("the author was on the roll").rights;
            for after in school.state.devices() {
                let now = &after.grant.rights;
                let none = Rights::default();
                let earlier = before.device(after.grant.device).map_or(&none, |holder| &holder.grant.rights);
                let new_compartments: BTreeSet<_> = now.compartments.difference(&earlier.compartments).collect();
                prop_assert!(new_compartments.iter().all(|name| had.compartments.contains(*name)), "{body:?}");
                let new_capabilities: BTreeSet<_> = now.capabilities.difference(&earlier.capabilities).collect();
                prop_assert!(new_capabilities.iter().all(|one| had.capabilities.contains(one)), "{body:?}");
                if let Body::Grant(granted) = &body && granted.device == after.grant.device {
                    prop_assert!(had.covers(now), "{body:?}");
                    // Compartments about adults come with two members' consent.
                    for name in new_compartments.iter().filter(|name| name.is_about_adults()) {
                        prop_assert!(before.granters_of(name, school.at).len() < 2, "{body:?}");
                    }
                }
            }
        }

        prop_assert_eq!(&RollState::replay(SCHOOL, &school.entries).unwrap(), &school.state);

        // Any flipped bit anywhere breaks the chain.
        let mut entries = school.entries.clone();
        let total: usize = entries.iter().map(|entry| entry.bytes.len() + 64).sum();
        let mut at = flipped % (total * 8);
        for entry in &mut entries {
            let size = (entry.bytes.len() + 64) * 8;
            if at < size {
                match entry.bytes.get_mut(at / 8) {
                    Some(byte) => *byte ^= 1 << (at % 8),
                    None => entry.signature[at / 8 - entry.bytes.len()] ^= 1 << (at % 8),
                }
                break;
            }
            at -= size;
        }
        prop_assert!(RollState::replay(SCHOOL, &entries).is_err());
    }
}
