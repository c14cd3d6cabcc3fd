//! One school out of a district.

use crate::one_roster;

#[test]
fn the_roster_of_one_school_holds_nobody_of_another() {
    let roster = one_roster("users.csv", "", "").of_schools(&["s1".to_owned()]);
    let ids: Vec<_> = roster
        .pupils
        .iter()
        .map(|pupil| pupil.external_id.as_str())
        .collect();
    assert_eq!(ids, ["p1"]);
    // The teacher of both is there, the administrator of the district is not.
    let ids: Vec<_> = roster
        .staff
        .iter()
        .map(|member| member.external_id.as_str())
        .collect();
    assert_eq!(ids, ["t1"]);
    let links: Vec<_> = roster
        .contacts
        .iter()
        .map(|contact| &contact.links[..])
        .collect();
    assert_eq!(links.len(), 1);
    assert_eq!(links[0].len(), 1);
    assert_eq!(roster.classes.len(), 1);
    assert_eq!(roster.enrolments.len(), 1);
}

#[test]
fn no_school_named_means_all_of_them() {
    assert_eq!(
        one_roster("users.csv", "", "").of_schools(&[]).pupils.len(),
        2
    );
    assert_eq!(
        one_roster("users.csv", "", "")
            .of_schools(&["s9".to_owned()])
            .pupils
            .len(),
        0
    );
}
