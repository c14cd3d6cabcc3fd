//! Which database the server's commands use.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on must say so and end"
)]

use std::path::Path;
use std::process::Command;

/// `server migrate` in a folder of its own, with no variables but these.
fn migrate(folder: &Path, variables: &[(&str, String)]) {
    let output = Command::new(env!("CARGO_BIN_EXE_server"))
        .arg("migrate")
        .current_dir(folder)
        .env_clear()
        .envs(variables.iter().map(|(name, value)| (*name, value)))
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

#[test]
fn the_embedded_database_lies_in_the_data_folder_unless_another_is_named() {
    let folder = tempfile::tempdir().unwrap();
    migrate(folder.path(), &[]);
    assert!(folder.path().join("data/safehold.sqlite").is_file());
}

#[test]
fn database_url_names_the_database_and_the_servers_own_variable_comes_before_it() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| format!("sqlite:{}", folder.path().join(name).display());
    migrate(folder.path(), &[("DATABASE_URL", at("one.sqlite"))]);
    assert!(folder.path().join("one.sqlite").is_file());

    migrate(
        folder.path(),
        &[
            ("DATABASE_URL", at("two.sqlite")),
            ("SAFEHOLD_DATABASE_URL", at("three.sqlite")),
        ],
    );
    assert!(folder.path().join("three.sqlite").is_file());
    assert!(!folder.path().join("two.sqlite").exists());
}
