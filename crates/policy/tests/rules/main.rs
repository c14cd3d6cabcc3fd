//! Each rule, for each action that it is for, beside the table through HTTP (`tests/access.tsv`): there each cell
//! is one school's day, here every fact that a rule looks at is turned around on its own.

mod groups;
mod people;

use std::collections::BTreeSet;
use std::sync::Arc;

use Action::*;
use domain::{CategoryId, ConcernId, SchoolId};
use policy::{
    Action, Actor, Caller, ConcernFacts, Decision, DeviceFacts, Facts, Level, Reach, Roles, Why,
    decide,
};
use protocol::compartments::Compartment;

use groups::{ADDING, ANY_DEVICE, EVERYBODY, GRANTED_DEVICE, LOOKING, OFFICE, OPEN, OWN};
use people::{
    ADMINISTRATOR, AUDITOR, BULLYING, COLLEAGUE, CONCERN, HOLDER, ME, NEGLECT, REPORTER, caller,
    concern, device, locked, opened, probation, reach, reporter, year,
};

const ALLOW: Decision = Decision::Allow;
const HIDE: fn(Why) -> Decision = Decision::Hide;
const DENY: fn(Why) -> Decision = Decision::Deny;

#[track_caller]
fn all(actions: &[Action], caller: &Caller, facts: Facts<'_>, expected: Decision) {
    for action in actions {
        assert_eq!(decide(caller, *action, facts), expected, "{action:?}");
    }
}

#[test]
fn an_action_has_the_name_of_its_operation_and_a_reason_has_words() {
    let names: BTreeSet<_> = Action::ALL.iter().map(|action| action.name()).collect();
    assert_eq!(names.len(), Action::ALL.len());
    assert_eq!(RecordConcern.name(), "record_concern");
    let reasons = [
        (Why::NotSignedIn, "not signed in"),
        (Why::NotTheRole, "not the role"),
        (Why::Locked, "locked"),
        (Why::TwoHats, "two hats"),
        (Why::NeedToKnow, "need to know"),
        (Why::NotTheirs, "not theirs"),
        (Why::NotPresent, "not present"),
        (Why::Probation, "probation"),
    ];
    for (why, words) in reasons {
        assert_eq!(why.as_str(), words);
    }
}

#[test]
fn nobody_may_do_anything_and_neither_may_the_server_in_its_own_name() {
    let facts = [Facts::School, Facts::Of(ME), Facts::Concern(&concern())];
    for facts in facts {
        let refused = DENY(Why::NotSignedIn);
        all(Action::ALL, &Caller::nobody(), facts, refused);
        all(
            Action::ALL,
            &Caller::system(SchoolId::from_bytes([8; 16])),
            facts,
            refused,
        );
    }
    let half_signed_in = caller(HOLDER, Level::Anonymous);
    all(
        Action::ALL,
        &half_signed_in,
        Facts::School,
        DENY(Why::NotSignedIn),
    );
    assert_eq!(Caller::nobody().member(), None);
    let server = Caller::system(SchoolId::from_bytes([8; 16]));
    assert_eq!(server.member(), None);
    assert_eq!(server.actor, Actor::System);
    assert_eq!(server.school, Some(SchoolId::from_bytes([8; 16])));
}

#[test]
fn everybody_may_record_and_look_after_their_own() {
    for person in [reporter(), locked(), opened(reach()), probation()] {
        all(EVERYBODY, &person, Facts::School, ALLOW);
        all(OWN, &person, Facts::Of(ME), ALLOW);
        all(OWN, &person, Facts::Of(COLLEAGUE), HIDE(Why::NotTheirs));
        all(OWN, &person, Facts::School, HIDE(Why::NotTheirs));
        assert_eq!(person.member(), Some(ME));
    }
    assert_eq!(device().member(), Some(ME));
}

#[test]
fn an_author_amends_for_ever_and_adds_files_for_an_hour() {
    let mine = ConcernFacts {
        author: Some(ME),
        ..concern()
    };
    let old = ConcernFacts {
        fresh: false,
        ..mine.clone()
    };
    all(ADDING, &reporter(), Facts::Concern(&mine), ALLOW);
    all(&[AmendConcern], &reporter(), Facts::Concern(&old), ALLOW);
    all(
        &[AttachFile],
        &reporter(),
        Facts::Concern(&old),
        HIDE(Why::NotTheRole),
    );
    all(&[AttachFile], &opened(reach()), Facts::Concern(&old), ALLOW);
    // Another's, and one whose author is sealed.
    let sealed = ConcernFacts {
        author: None,
        ..concern()
    };
    for facts in [&concern(), &sealed] {
        let nobodys = Caller {
            actor: Actor::System,
            ..reporter()
        };
        all(
            ADDING,
            &reporter(),
            Facts::Concern(facts),
            HIDE(Why::NotTheRole),
        );
        all(
            ADDING,
            &nobodys,
            Facts::Concern(facts),
            HIDE(Why::NotTheRole),
        );
        all(ADDING, &locked(), Facts::Concern(facts), HIDE(Why::Locked));
        all(ADDING, &opened(reach()), Facts::Concern(facts), ALLOW);
        all(
            ADDING,
            &probation(),
            Facts::Concern(facts),
            HIDE(Why::Probation),
        );
    }
    all(ADDING, &locked(), Facts::School, HIDE(Why::Locked));
    all(
        ADDING,
        &opened(reach()),
        Facts::Of(ME),
        HIDE(Why::NeedToKnow),
    );
}

#[test]
fn the_records_are_there_for_whoever_has_them_open() {
    for actions in [LOOKING, OPEN] {
        for facts in [
            Facts::School,
            Facts::Concern(&concern()),
            Facts::Pupil(None),
        ] {
            all(actions, &reporter(), facts, HIDE(Why::NotTheRole));
            all(actions, &locked(), facts, DENY(Why::Locked));
            let present = caller(HOLDER, Level::Present);
            all(actions, &present, facts, DENY(Why::Locked));
            all(actions, &opened(reach()), facts, ALLOW);
        }
        all(
            actions,
            &opened(reach()),
            Facts::Of(ME),
            HIDE(Why::NeedToKnow),
        );
    }
    all(LOOKING, &probation(), Facts::Concern(&concern()), ALLOW);
    all(
        OPEN,
        &probation(),
        Facts::Concern(&concern()),
        DENY(Why::Probation),
    );
}

#[test]
fn need_to_know_is_compartment_and_category_and_year_and_not_being_shut_out() {
    let sees = |reach: Reach, concern: &ConcernFacts| {
        let facts = Facts::Concern(concern);
        match decide(&opened(reach), ReadConcern, facts) {
            Decision::Allow => true,
            Decision::Hide(Why::NeedToKnow) => false,
            other => panic!("{other:?}"),
        }
    };
    assert!(sees(reach(), &concern()));
    let staff = ConcernFacts {
        compartment: Compartment::STAFF,
        ..concern()
    };
    assert!(!sees(reach(), &staff));
    let shut_out = |id| Reach {
        excluded: [id].into(),
        ..reach()
    };
    assert!(!sees(shut_out(CONCERN), &concern()));
    assert!(sees(shut_out(ConcernId::from_bytes([9; 16])), &concern()));

    // Every category of it.
    let both = ConcernFacts {
        categories: vec![BULLYING, NEGLECT],
        ..concern()
    };
    let only = |categories: &[CategoryId]| Reach {
        categories: Some(categories.iter().copied().collect()),
        ..reach()
    };
    assert!(sees(only(&[BULLYING]), &concern()));
    assert!(!sees(only(&[BULLYING]), &both));
    assert!(sees(only(&[BULLYING, NEGLECT]), &both));
    assert!(!sees(only(&[]), &concern()));
    assert!(sees(reach(), &both));

    // The year group of one of its subjects.
    let of_year = |years: &[&str]| Reach {
        years: Some(years.iter().map(|text| year(text)).collect()),
        ..reach()
    };
    let subjects = |years: &[Option<&str>]| ConcernFacts {
        subject_years: years.iter().map(|text| text.map(year)).collect(),
        ..concern()
    };
    assert!(sees(of_year(&["9"]), &concern()));
    assert!(!sees(of_year(&["5"]), &concern()));
    assert!(sees(of_year(&["5"]), &subjects(&[Some("9"), Some("5")])));
    assert!(!sees(of_year(&["5"]), &subjects(&[None])));
    assert!(!sees(of_year(&["5"]), &subjects(&[])));
    assert!(sees(reach(), &subjects(&[])));
    assert!(sees(reach(), &subjects(&[None])));
    // Both at once: either alone is not enough.
    let narrow = Reach {
        years: Some([year("5")].into()),
        ..only(&[BULLYING])
    };
    assert!(!sees(narrow.clone(), &concern()));
    assert!(!sees(
        narrow.clone(),
        &ConcernFacts {
            categories: vec![NEGLECT],
            ..subjects(&[Some("5")])
        }
    ));
    assert!(sees(narrow, &subjects(&[Some("5")])));
}

#[test]
fn a_pupil_is_there_for_whose_grant_has_their_year() {
    let year_5 = opened(Reach {
        years: Some([year("5")].into()),
        ..reach()
    });
    let (five, nine) = (year("5"), year("9"));
    all(&[ReadPupil], &year_5, Facts::Pupil(Some(&five)), ALLOW);
    all(
        &[ReadPupil],
        &year_5,
        Facts::Pupil(Some(&nine)),
        HIDE(Why::NeedToKnow),
    );
    all(
        &[ReadPupil],
        &year_5,
        Facts::Pupil(None),
        HIDE(Why::NeedToKnow),
    );
    all(&[ReadPupil], &opened(reach()), Facts::Pupil(None), ALLOW);
}

#[test]
fn an_alert_is_its_readers_own() {
    let mark = &[MarkAlertRead];
    all(mark, &opened(reach()), Facts::Of(ME), ALLOW);
    all(mark, &probation(), Facts::Of(ME), ALLOW);
    all(
        mark,
        &opened(reach()),
        Facts::Of(COLLEAGUE),
        HIDE(Why::NotTheirs),
    );
    all(mark, &locked(), Facts::Of(ME), DENY(Why::Locked));
    all(mark, &reporter(), Facts::Of(ME), HIDE(Why::NotTheRole));
}

#[test]
fn numbers_are_for_whoever_has_shown_their_device() {
    let waiting = &[ReadWaiting];
    all(
        waiting,
        &caller(HOLDER, Level::Present),
        Facts::School,
        ALLOW,
    );
    all(waiting, &opened(reach()), Facts::School, ALLOW);
    all(waiting, &locked(), Facts::School, DENY(Why::NotPresent));
    for level in [Level::SignedIn, Level::Present] {
        all(
            waiting,
            &caller(REPORTER, level),
            Facts::School,
            HIDE(Why::NotTheRole),
        );
    }
    all(&[ListKeyHolders], &locked(), Facts::School, ALLOW);
    all(
        &[ListKeyHolders],
        &reporter(),
        Facts::School,
        HIDE(Why::NotTheRole),
    );
}

#[test]
fn the_office_works_with_the_records_shut() {
    let office = |level| caller(ADMINISTRATOR, level);
    all(OFFICE, &office(Level::SignedIn), Facts::School, ALLOW);
    all(OFFICE, &office(Level::Present), Facts::School, ALLOW);
    let open = office(Level::Unlocked(Arc::new(reach())));
    all(OFFICE, &open, Facts::School, DENY(Why::TwoHats));
    for person in [
        reporter(),
        locked(),
        opened(reach()),
        caller(AUDITOR, Level::SignedIn),
    ] {
        all(OFFICE, &person, Facts::School, HIDE(Why::NotTheRole));
    }
}

#[test]
fn the_log_is_for_auditors_and_open_records() {
    let log = &[ListAuditEntries];
    for level in [Level::SignedIn, Level::Unlocked(Arc::new(reach()))] {
        all(log, &caller(AUDITOR, level), Facts::School, ALLOW);
    }
    all(log, &opened(reach()), Facts::School, ALLOW);
    all(log, &probation(), Facts::School, DENY(Why::Probation));
    all(log, &locked(), Facts::School, DENY(Why::Locked));
    all(log, &reporter(), Facts::School, HIDE(Why::NotTheRole));
    let shy = Caller {
        roles: Roles {
            auditor: true,
            ..HOLDER
        },
        ..probation()
    };
    all(log, &shy, Facts::School, ALLOW);
}

#[test]
fn a_device_asks_for_keys_and_never_for_records() {
    let facts = |granted, may_grant, may_make_kit| {
        Facts::Device(DeviceFacts {
            granted,
            may_grant,
            may_make_kit,
        })
    };
    let refused = DENY(Why::NotTheRole);
    let known = [ANY_DEVICE, GRANTED_DEVICE].concat();
    let special = [RecoverDevice, BeginKit, CompleteKit, ListSchoolDevices];
    for (granted, may_grant, may_make_kit) in [false, true].into_iter().flat_map(|granted| {
        [false, true]
            .into_iter()
            .flat_map(move |grant| [false, true].map(|kit| (granted, grant, kit)))
    }) {
        let facts = facts(granted, may_grant, may_make_kit);
        let when = |holds| if holds { ALLOW } else { refused };
        all(ANY_DEVICE, &device(), facts, ALLOW);
        all(GRANTED_DEVICE, &device(), facts, when(granted));
        all(&[RecoverDevice], &device(), facts, when(!granted));
        all(
            &[BeginKit, CompleteKit],
            &device(),
            facts,
            when(granted && may_make_kit),
        );
        all(
            &[ListSchoolDevices],
            &device(),
            facts,
            when(granted && may_grant),
        );
        for action in Action::ALL {
            if !known.contains(action) && !special.contains(action) {
                all(&[*action], &device(), facts, HIDE(Why::NotTheRole));
            }
        }
    }
    // Of nothing else, and nobody else in its name.
    all(Action::ALL, &device(), Facts::School, HIDE(Why::NotTheRole));
    all(Action::ALL, &device(), Facts::Of(ME), HIDE(Why::NotTheRole));
    for person in [
        reporter(),
        locked(),
        opened(reach()),
        caller(ADMINISTRATOR, Level::SignedIn),
    ] {
        let facts = facts(true, true, true);
        all(&known, &person, facts, HIDE(Why::NotTheRole));
        all(&special, &person, facts, HIDE(Why::NotTheRole));
    }
    all(
        OPEN,
        &opened(reach()),
        facts(true, true, true),
        HIDE(Why::NeedToKnow),
    );
}
