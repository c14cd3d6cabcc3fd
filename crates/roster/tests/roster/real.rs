//! Real exports. The numbers were counted by a script of a few lines over the files themselves.

use std::path::{Path, PathBuf};

use roster::{ContactLink, Files, Format, Limits, Part, Roster};

fn committed(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../tests/data/rosters")
        .join(name)
}

fn open(folder: &Path) -> Roster {
    let roster = roster::read(&Files::from_folder(folder, Limits::default()).unwrap()).unwrap();
    assert_eq!(roster.refused, []);
    assert!(roster.complete);
    assert!(roster.leaving.is_empty() && roster.withheld.is_empty());
    roster
}

/// Pupils, staff, contacts, classes, schools, pupils in classes, staff in classes.
fn counts(roster: &Roster) -> [usize; 7] {
    let summary = roster.summary();
    let members = |part| {
        roster
            .enrolments
            .iter()
            .filter(|member| member.part == part)
            .count()
    };
    [
        summary.pupils,
        summary.staff,
        summary.contacts,
        summary.classes,
        summary.schools,
        members(Part::Pupil),
        members(Part::Staff),
    ]
}

#[test]
fn the_whole_district() {
    let whole = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../../shared/data/rosters/gospelnerd-oneroster-1.1-district-small");
    if !whole.exists() {
        return;
    }
    let roster = open(&whole);
    assert_eq!(roster.format, Format::OneRoster11);
    assert_eq!(counts(&roster), [248, 20, 0, 119, 3, 1736, 119]);
    assert_eq!(
        roster
            .pupils
            .iter()
            .filter(|pupil| pupil.birth_date.is_some())
            .count(),
        248
    );
    assert_eq!(
        roster
            .classes
            .iter()
            .filter(|class| class.registration)
            .count(),
        17
    );
    let year = |label| {
        let of_year = |year: &domain::YearGroup| year.as_str() == label;
        roster
            .pupils
            .iter()
            .filter(|pupil| pupil.year.as_ref().is_some_and(of_year))
            .count()
    };
    assert_eq!(
        [year("KG"), year("1"), year("9"), year("12")],
        [12, 12, 35, 35]
    );

    let high = roster
        .schools
        .iter()
        .find(|school| school.name.starts_with("Huckleberry"))
        .unwrap()
        .external_id
        .clone();
    assert_eq!(
        counts(&roster.of_schools(&[high])),
        [140, 8, 0, 56, 1, 980, 56]
    );
}

#[test]
fn an_extract_of_the_district() {
    let roster = open(&committed("oneroster-1.1"));
    assert_eq!(roster.format, Format::OneRoster11);
    assert_eq!(counts(&roster), [12, 10, 0, 16, 3, 24, 16]);
    // The district's own administrator belongs to none of its schools.
    assert_eq!(
        roster
            .staff
            .iter()
            .filter(|member| member.places.is_empty())
            .count(),
        1
    );
}

#[test]
fn school_data_sync_v1_with_uk_headings() {
    let roster = open(&committed("sds-v1-uk"));
    assert_eq!(roster.format, Format::SdsV1);
    assert_eq!(counts(&roster), [22, 2, 0, 28, 2, 154, 4]);
    let ora = &roster.pupils[0];
    assert_eq!(ora.name.in_full().expose(), "Ora Klein");
    // 4/2/2000 is the second of April: 12/19/1997 further down settles it.
    assert_eq!(
        ora.birth_date.as_ref().unwrap().expose().to_string(),
        "2000-04-02"
    );
    assert_eq!(ora.places[0].school, "10001");
    assert_eq!(roster.schools[1].name, "Fabrikam High School");
    assert_eq!(roster.schools[1].identifier.as_deref(), Some("10002"));
    let programming = roster
        .classes
        .iter()
        .find(|class| class.external_id == "11011")
        .unwrap();
    assert_eq!(programming.title, "Technology - Programming 1");
}

#[test]
fn school_data_sync_v2() {
    let roster = open(&committed("sds-v2"));
    assert_eq!(roster.format, Format::SdsV2);
    // Two schools and a college; the university and the ministry stand above them.
    assert_eq!(counts(&roster), [22, 7, 0, 4, 3, 22, 7]);
    let years: Vec<_> = roster.pupils[14..]
        .iter()
        .map(|pupil| pupil.year.as_ref().unwrap().to_string())
        .collect();
    assert_eq!(
        years,
        ["PS1", "PS1", "PS1", "PS2", "UG", "PG", "PS3", "PS3"]
    );
    let craig = &roster.staff[0];
    assert_eq!(
        craig.email.as_ref().unwrap().as_str(),
        "Cbeane@classrmtest31.org"
    );
}

#[test]
fn school_data_sync_v2_1_with_parents() {
    let roster = open(&committed("sds-v2.1"));
    assert_eq!(roster.format, Format::SdsV21);
    assert_eq!(counts(&roster), [4, 2, 2, 2, 2, 4, 2]);
    let link = |pupil: &str, relationship: &str| ContactLink {
        pupil: pupil.to_owned(),
        relationship: relationship.to_owned(),
    };
    let jean = &roster.contacts[0];
    assert_eq!(
        jean.links,
        [link("114001", "guardian"), link("114003", "relative")]
    );
    assert_eq!(jean.phone.as_ref().unwrap().expose(), "+11234567890");
    assert_eq!(roster.contacts[1].links, [link("114004", "guardian")]);
    // Teaches at one school on behalf of the ministry.
    let kristen = roster
        .staff
        .iter()
        .find(|member| member.external_id == "114007")
        .unwrap();
    assert_eq!(kristen.places.len(), 1);
    assert_eq!(kristen.places[0].school, "110003");
    assert_eq!(kristen.places[0].ends_on.unwrap().to_string(), "2022-06-11");
    // A professor in a department of the college.
    let jason = roster
        .staff
        .iter()
        .find(|member| member.external_id == "114006")
        .unwrap();
    assert_eq!(jason.places[0].school, "110001");
}

#[test]
fn no_password_is_in_what_was_read() {
    for name in ["sds-v1-uk", "sds-v2", "sds-v2.1"] {
        let folder = committed(name);
        let files = Files::from_folder(&folder, Limits::default()).unwrap();
        let roster = roster::read(&files).unwrap();
        let mut shown = format!("{files:?}{roster:?}");
        for person in &roster.pupils {
            shown.push_str(person.name.in_full().expose());
        }
        for person in &roster.staff {
            shown.push_str(person.name.in_full().expose());
        }
        assert!(!shown.contains("P@ssw"), "{name}");
        // Nor does what is shown of a roster say who is in it.
        assert!(!format!("{files:?}{roster:?}").contains("Klein"), "{name}");
    }
}
