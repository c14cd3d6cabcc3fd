//! Whatever stands in the files, reading ends, without a panic, and the counts hold together.

use std::io::Cursor;

use proptest::prelude::*;
use roster::{Files, Format, Limits, Part};

/// Cells that are likely to meet: ids that fit each other, and all that is odd.
fn cell() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => "[abs][1-3]",
        2 => prop::sample::select(vec![
            "student", "teacher", "parent", "school", "district", "active", "tobedeleted", "a1,a2",
            "2014-02-03", "2014-02-30", "4/2/2000", "07", "x@y.example", "", "",
        ]).prop_map(str::to_owned),
        1 => any::<String>().prop_map(|text| text.chars().take(12).collect()),
    ]
}

fn file(
    name: &'static str,
    headings: &'static str,
) -> impl Strategy<Value = (&'static str, String)> {
    let width = headings.split(',').count();
    prop::collection::vec(prop::collection::vec(cell(), width - 1..=width), 0..12).prop_map(
        move |rows| {
            let mut writer = csv::WriterBuilder::new()
                .flexible(true)
                .from_writer(Vec::new());
            writer.write_record(headings.split(',')).unwrap();
            for row in rows {
                writer.write_record(row).unwrap();
            }
            (
                name,
                String::from_utf8(writer.into_inner().unwrap()).unwrap(),
            )
        },
    )
}

fn check(files: Vec<(&'static str, String)>) {
    check_bytes(
        files
            .into_iter()
            .map(|(name, text)| (name, text.into_bytes()))
            .collect(),
    );
}

fn check_bytes(files: Vec<(&'static str, Vec<u8>)>) {
    let files = Files::from_memory(files, Limits::default()).unwrap();
    let Ok(roster) = roster::read(&files) else {
        return;
    };
    let pupils: Vec<_> = roster
        .pupils
        .iter()
        .map(|pupil| &pupil.external_id)
        .collect();
    for member in &roster.enrolments {
        assert!(
            roster
                .classes
                .iter()
                .any(|class| class.external_id == member.class)
        );
        if member.part == Part::Pupil {
            assert!(pupils.contains(&&member.person));
        }
    }
    for contact in &roster.contacts {
        for link in &contact.links {
            assert!(pupils.contains(&&link.pupil));
        }
    }
    // Where pupils and staff have their ids apart, the same id may be taken here and refused there.
    if roster.format != Format::SdsV1 {
        assert!(pupils.iter().all(|id| !roster.withheld.contains(*id)));
    }
    serde_json::to_string(&roster.summary()).unwrap();
}

proptest! {
    #[test]
    fn one_roster(files in (
        file("orgs.csv", "sourcedId,status,name,type,parentSourcedId"),
        file("users.csv", "sourcedId,status,orgSourcedIds,role,givenName,familyName,agentSourcedIds,grades"),
        file("classes.csv", "sourcedId,status,title,schoolSourcedId"),
        file("enrollments.csv", "sourcedId,status,classSourcedId,userSourcedId,role,beginDate,endDate"),
        file("demographics.csv", "sourcedId,birthDate"),
    )) {
        check(vec![files.0, files.1, files.2, files.3, files.4]);
    }

    #[test]
    fn school_data_sync_v2_1(files in (
        file("orgs.csv", "sourcedId,name,type,parentSourcedId"),
        file("users.csv", "sourcedId,username,givenName,familyName,password,email,phone"),
        file("roles.csv", "userSourcedId,orgSourcedId,role,grade,roleStartDate,roleEndDate"),
        file("relationships.csv", "userSourcedId,relationshipUserSourcedId,relationshipRole"),
        file("enrollments.csv", "classSourcedId,userSourcedId,role"),
        file("classes.csv", "sourcedId,orgSourcedId,title"),
    )) {
        check(vec![files.0, files.1, files.2, files.3, files.4, files.5]);
    }

    #[test]
    fn school_data_sync_v1(files in (
        file("School.csv", "DfE Number,Name"),
        file("Student.csv", "ID,School DfE Number,First Name,Last Name,Grade,Status,Birthdate"),
        file("Teacher.csv", "ID,School DfE Number,First Name,Last Name,Username,Status"),
        file("Section.csv", "ID,School DfE Number,Section Name,Term StartDate,Term EndDate,Status"),
        file("StudentEnrollment.csv", "Section ID,ID"),
        file("GuardianRelationship.csv", "ID,Email,Role"),
        file("User.csv", "Email,First Name,Last Name,Phone,SIS ID"),
    )) {
        check(vec![files.0, files.1, files.2, files.3, files.4, files.5, files.6]);
    }

    #[test]
    fn bytes_of_any_kind(orgs in any::<Vec<u8>>(), users in any::<Vec<u8>>(), zip in any::<Vec<u8>>()) {
        check_bytes(vec![("orgs.csv", orgs), ("users.csv", users)]);
        let _ = Files::from_zip(Cursor::new(zip), Limits::default());
    }
}
