//! What a school's information system exports, or somebody who wants to look like one.

use std::io::Cursor;

use roster::{Files, Limits, Roster};

/// How large a zip may become here: small, so that a bomb is met within a fuzzer's inputs.
const LIMITS: Limits = Limits {
    entries: 20,
    bytes: 1024 * 1024,
    ratio: 100,
};

/// The files of each kind of roster: a target takes its bytes for their contents, one after the other.
pub const SETS: [(&str, &[&str]); 4] = [
    (
        "roster_oneroster",
        &[
            "manifest.csv",
            "orgs.csv",
            "users.csv",
            "roles.csv",
            "classes.csv",
            "enrollments.csv",
            "demographics.csv",
            "academicSessions.csv",
            "courses.csv",
        ],
    ),
    (
        "roster_sds_v1",
        &[
            "School.csv",
            "Student.csv",
            "Teacher.csv",
            "Section.csv",
            "StudentEnrollment.csv",
            "TeacherRoster.csv",
        ],
    ),
    (
        "roster_sds_v2",
        &["orgs.csv", "users.csv", "classes.csv", "enrollments.csv"],
    ),
    (
        "roster_sds_v21",
        &[
            "orgs.csv",
            "users.csv",
            "roles.csv",
            "classes.csv",
            "enrollments.csv",
            "academicSessions.csv",
            "courses.csv",
            "demographics.csv",
            "userFlags.csv",
            "relationships.csv",
        ],
    ),
];

/// Where one file ends and the next begins, in what the targets take.
pub const BETWEEN: &[u8] = b"\n====\n";

/// The contents of the files in what a target takes.
pub fn split_files<'a>(
    data: &'a [u8],
    names: &'static [&'static str],
) -> Vec<(&'static str, &'a [u8])> {
    let mut rest = data;
    let mut files = Vec::new();
    for name in names {
        let end = rest
            .windows(BETWEEN.len())
            .position(|window| window == BETWEEN);
        let (content, after) = match end {
            Some(end) => (&rest[..end], &rest[end + BETWEEN.len()..]),
            None => (rest, &[][..]),
        };
        // An empty one is a file that is not there.
        if !content.is_empty() {
            files.push((*name, content));
        }
        rest = after;
    }
    files
}

/// OneRoster 1.1 and 1.2.
pub fn roster_oneroster(data: &[u8]) {
    read_set(data, 0);
}

/// School Data Sync v1.
pub fn roster_sds_v1(data: &[u8]) {
    read_set(data, 1);
}

/// School Data Sync v2.
pub fn roster_sds_v2(data: &[u8]) {
    read_set(data, 2);
}

/// School Data Sync v2.1.
pub fn roster_sds_v21(data: &[u8]) {
    read_set(data, 3);
}

fn read_set(data: &[u8], set: usize) {
    let files = split_files(data, SETS[set].1);
    let owned = files
        .iter()
        .map(|(name, content)| (*name, content.to_vec()));
    let read = Files::from_memory(owned, Limits::default()).unwrap();
    if let Ok(roster) = roster::read(&read) {
        holds_together(&roster);
        for refusal in &roster.refused {
            assert!(SETS[set].1.contains(&refusal.file.as_str()), "{refusal:?}");
            // Of a file that is not there, its first line is refused.
            let content = files.iter().find(|(name, _)| *name == refusal.file);
            let bytes = content.map_or(0, |(_, content)| content.len() as u64);
            assert!(refusal.line <= bytes + 1, "{refusal:?}");
        }
    }
}

/// A zip, whole: its directory, its names, its packed files, and what stands in them.
pub fn roster_zip(data: &[u8]) {
    if let Ok(files) = Files::from_zip(Cursor::new(data), LIMITS) {
        assert!(files.names().all(|name| !name.contains(['/', '\\', '\0'])));
        if let Ok(roster) = roster::read(&files) {
            holds_together(&roster);
        }
    }
}

fn holds_together(roster: &Roster) {
    let summary = roster.summary();
    assert_eq!(summary.pupils, roster.pupils.len());
    for contact in &roster.contacts {
        for link in &contact.links {
            assert!(
                roster
                    .pupils
                    .iter()
                    .any(|pupil| pupil.external_id == link.pupil)
            );
        }
    }
    for pupil in &roster.pupils {
        let full = pupil.name.in_full();
        assert!(!full.expose().is_empty());
        assert!(!full.expose().chars().any(char::is_control));
    }
    for member in &roster.enrolments {
        assert!(
            roster
                .classes
                .iter()
                .any(|class| class.external_id == member.class)
        );
    }
}
