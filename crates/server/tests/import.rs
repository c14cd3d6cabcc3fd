//! `server import --dry-run`, as a script runs it: no database, no school, one line of JSON.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on must say so and end"
)]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

/// `path` is below the committed rosters, or anywhere.
fn dry_run(path: impl AsRef<Path>) -> Output {
    let rosters = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/data/rosters");
    Command::new(env!("CARGO_BIN_EXE_server"))
        .args(["import", "--dry-run", "--json"])
        .arg(rosters.join(path))
        .output()
        .unwrap()
}

#[test]
fn each_kind_of_roster_is_counted() {
    // pupils, staff, contacts, classes, schools: counted by hand in the files.
    for (path, counts) in [
        ("oneroster-1.1", [12, 10, 0, 16, 3]),
        ("sds-v1-uk", [22, 2, 0, 28, 2]),
        ("sds-v2", [22, 7, 0, 4, 3]),
        ("sds-v2.1", [4, 2, 2, 2, 2]),
    ] {
        let output = dry_run(path);
        assert!(output.status.success(), "{path}");
        let answer: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        let [pupils, staff, contacts, classes, schools] = counts;
        let expected = serde_json::json!({
            "pupils": pupils, "staff": staff, "contacts": contacts, "classes": classes,
            "schools": schools, "refused": [],
        });
        assert_eq!(answer, expected, "{path}");
    }
}

#[test]
fn each_refusal_is_named_by_file_line_and_column() {
    let rosters = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/data/rosters");
    let folder = tempfile::tempdir().unwrap();
    for file in fs::read_dir(rosters.join("oneroster-1.1")).unwrap() {
        let file = file.unwrap();
        fs::copy(file.path(), folder.path().join(file.file_name())).unwrap();
    }
    // A role that nobody knows, and a password that nobody may repeat.
    let users = folder.path().join("users.csv");
    let text = fs::read_to_string(&users).unwrap();
    let text = text.replacen(",student,", ",wizard,", 1);
    let text = text.replace(",KG,", ",KG,canarypassword");
    assert!(text.contains("canarypassword"));
    fs::write(users, text).unwrap();

    let output = dry_run(folder.path());
    assert!(output.status.success(), "what is sound is taken");
    let answer: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let expected = serde_json::json!({
        "pupils": 11, "staff": 10, "contacts": 0, "classes": 16, "schools": 3,
        "refused": [{
            "file": "users.csv",
            "line": 3,
            "column": "role",
            "reason": "This is not a role that is known, such as student, teacher, aide or parent.",
        }],
    });
    assert_eq!(answer, expected);
    let said = [output.stdout, output.stderr].concat();
    assert!(!String::from_utf8(said).unwrap().contains("canarypassword"));
}

#[test]
fn what_is_no_roster_is_said_and_fails() {
    let output = dry_run("../csv-spectrum/csvs");
    assert!(!output.status.success());
    assert!(output.stdout.is_empty());
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("not a roster"), "{said}");
}
