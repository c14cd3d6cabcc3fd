//! Each fault refused by itself, with its place and a reason; the rest is taken.

use crate::{ENROLMENTS, ORGS, USERS, one_roster, read, refusals};

#[test]
fn without_a_fault_everything_is_taken() {
    let roster = one_roster("users.csv", "", "");
    assert_eq!(refusals(&roster), [] as [&str; 0]);
    let summary = roster.summary();
    assert_eq!(
        [
            summary.pupils,
            summary.staff,
            summary.contacts,
            summary.classes,
            summary.schools
        ],
        [2, 2, 2, 2, 2]
    );
    // Named from both sides, the link is still one.
    assert_eq!(roster.contacts[1].links.len(), 1);
    assert_eq!(roster.contacts[0].links.len(), 2);
    assert_eq!(roster.contacts[0].links[1].relationship, "guardian");
    assert_eq!(
        roster.contacts[1].phone.as_ref().unwrap().expose(),
        "07700 900123"
    );
    // A class of a department is a class of its school.
    assert_eq!(roster.classes[1].school.as_deref(), Some("s2"));
    assert!(roster.pupils[0].upn.is_some());
    assert!(roster.complete && roster.classes_complete);
}

#[track_caller]
fn refused(file: &str, old: &str, new: &str, expected: &[&str]) -> roster::Roster {
    let roster = one_roster(file, old, new);
    assert_eq!(refusals(&roster), expected);
    roster
}

#[test]
fn a_missing_id() {
    let roster = refused(
        "users.csv",
        "p2,active",
        ",active",
        &[
            "demographics.csv:3 sourcedId: Nobody in users.csv has this id.",
            "enrollments.csv:3 userSourcedId: Nobody in users.csv has this id.",
            "users.csv:3 sourcedId: The id is missing.",
            "users.csv:7 agentSourcedIds: Nobody in users.csv has one of these ids; the person is taken without it.",
        ],
    );
    assert_eq!(roster.pupils.len(), 1);
    assert!(
        !roster.complete,
        "nobody knows who was meant, so nobody may be taken for a leaver"
    );
}

#[test]
fn an_id_twice() {
    let roster = refused(
        "users.csv",
        "p2,active",
        "p1,active",
        &[
            "demographics.csv:3 sourcedId: Nobody in users.csv has this id.",
            "enrollments.csv:3 userSourcedId: Nobody in users.csv has this id.",
            "users.csv:3 sourcedId: This id already stands in line 2; that row was used.",
            "users.csv:7 agentSourcedIds: Nobody in users.csv has one of these ids; the person is taken without it.",
        ],
    );
    assert_eq!(roster.pupils.len(), 1);
}

#[test]
fn a_refused_person_takes_along_what_leans_on_them() {
    let roster = refused(
        "users.csv",
        "Zoë,O'Neill",
        ",",
        &["users.csv:3 familyName: The name is missing."],
    );
    assert_eq!(roster.pupils.len(), 1);
    assert_eq!(roster.enrolments.len(), 2);
    assert!(roster.withheld.contains("p2"), "refused is not absent");
    assert!(roster.complete);
}

#[test]
fn one_name_is_enough() {
    let roster = refused("users.csv", "Zoë,O'Neill", ",Suharto", &[]);
    assert_eq!(roster.pupils[1].name.in_full().expose(), "Suharto");
}

#[test]
fn a_date_that_does_not_exist() {
    let reason = "This is not a date that exists; write it as 2010-12-31.";
    let roster = refused(
        "demographics.csv",
        "2014-02-03",
        "2014-02-30",
        &[&format!("demographics.csv:3 birthDate: {reason}")],
    );
    assert_eq!(roster.pupils.len(), 2);
    assert!(roster.pupils[1].birth_date.is_none());
    refused(
        "enrollments.csv",
        "2027-07-20",
        "20 July",
        &[&format!("enrollments.csv:2 endDate: {reason}")],
    );
    refused(
        "enrollments.csv",
        "2027-07-20",
        "2026-08-31",
        &["enrollments.csv:2 endDate: The last day is before the first."],
    );
}

#[test]
fn a_row_of_another_width_says_nothing_of_what_is_in_it() {
    let roster = refused(
        "users.csv",
        "t1,active",
        "t1,active,",
        &[
            "enrollments.csv:4 userSourcedId: Nobody in users.csv has this id.",
            "users.csv:4 -: This row has 16 cells under 15 headings.",
        ],
    );
    assert_eq!(roster.staff.len(), 1);
    assert!(!roster.complete);
}

#[test]
fn references_to_nothing() {
    let roster = refused(
        "enrollments.csv",
        "k2,p2",
        "k9,p2",
        &["enrollments.csv:3 classSourcedId: No class in classes.csv has this id."],
    );
    assert!(roster.complete && !roster.classes_complete);
    refused(
        "classes.csv",
        "x1",
        "x9",
        &["classes.csv:3 schoolSourcedId: No organisation in orgs.csv has this id."],
    );
    refused(
        "users.csv",
        "\"s1,s2\"",
        "\"s1,s9\"",
        &[
            "users.csv:4 orgSourcedIds: No organisation in orgs.csv has one of these ids; the person is taken without it.",
        ],
    );
    let roster = refused(
        "users.csv",
        "true,s1,student",
        "true,s9,student",
        &["users.csv:2 orgSourcedIds: No organisation in orgs.csv has this id."],
    );
    assert!(roster.withheld.contains("p1"));
    refused(
        "orgs.csv",
        "1002,d1",
        "1002,d9",
        &[
            "orgs.csv:4 parentSourcedId: No organisation in orgs.csv has this id; the row is used without it.",
        ],
    );
}

#[test]
fn a_role_or_address_that_is_none() {
    refused(
        "users.csv",
        "teacher",
        "wizard",
        &[
            "users.csv:4 role: This is not a role that is known, such as student, teacher, aide or parent.",
        ],
    );
    let roster = refused(
        "users.csv",
        "carys@emerald.example",
        "n/a",
        &["users.csv:4 email: This is not an e-mail address; the person is taken without it."],
    );
    assert_eq!(roster.staff.len(), 2);
    let roster = refused(
        "users.csv",
        ",07,",
        ",the seventh year,",
        &[
            "users.csv:3 grades: A year group is one to eight letters or digits; the person is taken without it.",
        ],
    );
    assert!(roster.pupils[1].year.is_none());
    refused(
        "enrollments.csv",
        "k2,t1,teacher",
        "k2,c1,teacher",
        &["enrollments.csv:4 userSourcedId: This person is neither a pupil nor a member of staff."],
    );
}

#[test]
fn a_missing_heading_is_said_once() {
    let roster = refused(
        "users.csv",
        "givenName",
        "forename",
        &[
            "users.csv:1 givenName: There is no column with this heading, so nothing in this file was read.",
        ],
    );
    assert!(!roster.complete);
}

#[test]
fn a_missing_file_is_said_once() {
    let roster = read(&[
        ("orgs.csv", ORGS),
        ("users.csv", USERS),
        ("enrollments.csv", ENROLMENTS),
    ]);
    assert_eq!(
        refusals(&roster),
        ["classes.csv:1 -: This file is missing, so nobody could be placed in classes by it."]
    );
    let roster = read(&[
        ("orgs.csv", ORGS),
        ("users.csv", ""),
        ("enrollments.csv", ENROLMENTS),
    ]);
    assert_eq!(
        roster.refused[1].reason,
        "This file has no line of headings."
    );
    assert_eq!(roster.refused.len(), 2);
}

#[test]
fn an_open_quotation_mark() {
    let roster = refused(
        "users.csv",
        "Jean",
        "\"Jean",
        &[
            "users.csv:6 -: A quotation mark in this row is never closed, so the rest of the file could not be read.",
        ],
    );
    assert_eq!(roster.pupils.len(), 2);
    assert!(!roster.complete);
}

#[test]
fn a_line_number_is_the_editors_after_a_quoted_line_end() {
    refused("users.csv", "Klein,A8", "\"Klein\r\n \",A8", &[]);
    let roster = one_roster("users.csv", "Klein,A8", "\"Klein\r\n \",A8");
    assert_eq!(roster.pupils[0].name.in_full().expose(), "Ora Klein");
    let users = USERS
        .replacen("Klein,A8", "\"Klein\r\n \",A8", 1)
        .replacen("teacher", "", 1);
    let roster = read(&[("orgs.csv", ORGS), ("users.csv", &users)]);
    assert_eq!(
        refusals(&roster),
        ["users.csv:5 role: The role is missing."]
    );
}

#[test]
fn leavers_are_those_whose_row_says_so() {
    let roster = refused("users.csv", "p2,active", "p2,tobedeleted", &[]);
    assert_eq!(roster.pupils.len(), 1);
    assert_eq!(roster.enrolments.len(), 2);
    assert!(roster.leaving.contains("p2") && !roster.withheld.contains("p2"));
    assert!(roster.complete);
}

#[test]
fn a_delta_makes_nobody_a_leaver_by_absence() {
    let manifest = "propertyName,value\noneroster.version,1.1\nfile.users,delta\n";
    let roster = read(&[
        ("manifest.csv", manifest),
        ("orgs.csv", ORGS),
        ("users.csv", USERS),
    ]);
    assert!(!roster.complete);
    assert_eq!(roster.pupils.len(), 2);
}

#[test]
fn a_thousand_refusals_are_listed_and_the_others_counted() {
    let mut text = ENROLMENTS.to_owned();
    for count in 0..1_500 {
        text.push_str(&format!("f{count},active,k1,nobody,student,,\n"));
    }
    let classes = crate::CLASSES;
    let roster = read(&[
        ("orgs.csv", ORGS),
        ("users.csv", USERS),
        ("classes.csv", classes),
        ("enrollments.csv", &text),
    ]);
    assert_eq!(roster.refused.len(), 1_001);
    assert_eq!(
        roster.refused[1_000].reason,
        "500 more refusals in this file are not listed"
    );
}

#[test]
fn one_roster_1_2_has_several_roles_a_person() {
    let users = "sourcedId,status,dateLastModified,enabledUser,username,givenName,familyName,\
                 preferredGivenName,grades,agentSourcedIds,email,primaryOrgSourcedId\n\
                 u1,,,true,sam,Samantha,Price,Sam,,,sam@s1.example,s1\n\
                 u2,,,true,lee,Lee,Price,,03,u1,,s1\n\
                 u3,,,true,kit,Kit,Marsh,,,,,s1\n";
    let roles = "sourcedId,status,dateLastModified,userSourcedId,roleType,role,beginDate,endDate,orgSourcedId\n\
                 r1,,,u1,primary,teacher,2020-09-01,,s1\n\
                 r2,,,u1,secondary,parent,,,s1\n\
                 r3,,,u2,primary,student,,,s1\n";
    let roster = read(&[
        ("orgs.csv", ORGS),
        ("users.csv", users),
        ("roles.csv", roles),
    ]);
    assert_eq!(roster.format, roster::Format::OneRoster12);
    assert_eq!(
        refusals(&roster),
        [
            "users.csv:4 sourcedId: Nothing says what this person is: roles.csv has no role for this id."
        ]
    );
    assert_eq!(
        [
            roster.pupils.len(),
            roster.staff.len(),
            roster.contacts.len()
        ],
        [1, 1, 1]
    );
    assert_eq!(roster.staff[0].name.in_full().expose(), "Sam Price");
    assert_eq!(roster.contacts[0].external_id, "u1");
    assert_eq!(roster.contacts[0].links[0].relationship, "parent");
    assert!(roster.withheld.contains("u3"));
}

#[test]
fn school_data_sync_v1_with_us_headings_and_parents() {
    let roster = read(&[
        ("school.csv", "SIS ID,Name\n1,Contoso\n"),
        (
            "Student.csv",
            "SIS ID,School SIS ID,First Name,Last Name,Password,Grade,Birthdate\n\
             10,1,Ora,Klein,P@ss,7,13/2/2012\n11,1,Noah,Gil,P@ss,7,5/6/2012\n12,1,Ann,Oh,P@ss,7,31/31/2012\n",
        ),
        (
            "Teacher.csv",
            "SIS ID,School SIS ID,First Name,Last Name,Username\n10,1,Craig,Beane,cb@x.example\n",
        ),
        ("Section.csv", "SIS ID,School SIS ID,Section Name\n5,1,7A\n"),
        (
            "StudentEnrollment.csv",
            "Section SIS ID,SIS ID\n5,10\n5,11\n5,12\n5,13\n",
        ),
        ("TeacherRoster.csv", "Section SIS ID,SIS ID\n5,10\n"),
        (
            "User.csv",
            "Email,First Name,Last Name,Phone,SIS ID\nmum@home.example,Jo,Klein,07700 900000,\n",
        ),
        (
            "GuardianRelationship.csv",
            "SIS ID,Email,Role\n10,mum@home.example,Parent\n11,mum@home.example,\n",
        ),
    ]);
    assert_eq!(
        refusals(&roster),
        [
            "Student.csv:4 Birthdate: This is not a date that exists; write it as 2010-12-31.",
            "StudentEnrollment.csv:5 SIS ID: No pupil in Student.csv has this id.",
        ]
    );
    // Day first, as the thirteenth tells.
    assert_eq!(
        roster.pupils[1]
            .birth_date
            .as_ref()
            .unwrap()
            .expose()
            .to_string(),
        "2012-06-05"
    );
    assert_eq!(roster.enrolments.len(), 3);
    let words: Vec<_> = roster.contacts[0]
        .links
        .iter()
        .map(|link| link.relationship.as_str())
        .collect();
    assert_eq!(words, ["parent", "other"]);
}
