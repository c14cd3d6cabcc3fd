//! Whether the tests of the protocol, the policy and the roll notice when one of their lines is wrong, by
//! cargo-mutants: each change of a line in turn, and the crate's own tests.
//!
//! What no test notices has to stand in `docs/mutants.md` with the reason why it is no fault.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::Outcome;

/// What to do.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Only files that this pattern names; everything in the crates if there is none.
    pub files: Vec<String>,
    /// Only this part of them, as `1/8`.
    pub shard: Option<String>,
    /// How many at a time.
    pub jobs: usize,
    /// Where cargo-mutants writes what it found.
    pub work: PathBuf,
}

/// The crates that everything rests on.
const CRATES: [&str; 2] = ["policy", "protocol"];
/// The longest that a crate's tests may take, in seconds: a change that makes them wait for ever is noticed.
const LONGEST: &str = "60";

/// Runs it.
///
/// # Panics
/// If cargo-mutants is not there: `scripts/prove` installs it.
pub fn run(plan: &Plan) -> Outcome {
    let mut outcome = Outcome::of("mutants", &CRATES.join("-"));
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    std::fs::create_dir_all(&plan.work).unwrap();
    let mut command = Command::new("cargo");
    command
        .args(["mutants", "--timeout", LONGEST, "--no-times", "--jobs"])
        .arg(plan.jobs.to_string())
        .arg("--output")
        .arg(&plan.work)
        .current_dir(&root)
        // Built apart, and with a few features only; what is built there is found again the next time.
        .env("CARGO_TARGET_DIR", built())
        .env("CARGO_PROFILE_DEV_DEBUG", "0")
        .env("CARGO_PROFILE_TEST_DEBUG", "0");
    for name in CRATES {
        command.args(["-p", name]);
    }
    for file in &plan.files {
        command.args(["-f", file]);
    }
    if let Some(shard) = &plan.shard {
        command.args(["--shard", shard]);
    }
    // Without the examples in the documentation, which take longest to build and are not what tests a rule.
    command.args(["--", "--tests"]);
    let status = command.status().expect("cargo-mutants is there");
    // 0: all were noticed; 2: some were not; 3: some took too long. Anything else is no answer.
    let code = status.code().unwrap_or(-1);
    outcome.hold(matches!(code, 0 | 2 | 3), || {
        format!("cargo-mutants ended with {code}")
    });

    let found = plan.work.join("mutants.out");
    let told = std::fs::read(found.join("outcomes.json")).unwrap_or_default();
    let told: Value = serde_json::from_slice(&told).unwrap_or_default();
    for figure in ["total_mutants", "caught", "missed", "timeout", "unviable"] {
        outcome.figure(figure, told[figure].as_u64().unwrap_or_default());
    }
    outcome.hold(told["total_mutants"].as_u64() > Some(0), || {
        "nothing was changed".to_owned()
    });
    let explained = std::fs::read_to_string(root.join("docs/mutants.md")).unwrap_or_default();
    let explained = explained_in(&explained);
    let missed = std::fs::read_to_string(found.join("missed.txt")).unwrap_or_default();
    let mut known = 0;
    for line in missed.lines() {
        let name = without_place(line);
        match explained.contains(&name) {
            true => known += 1,
            false => outcome.violation(format!("no test notices: {line}")),
        }
    }
    outcome.figure("explained", known);
    outcome.ended()
}

fn built() -> PathBuf {
    match std::env::var_os("CARGO_TARGET_DIR") {
        Some(folder) => Path::new(&folder).join("mutants"),
        None => Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/mutants"),
    }
}

/// The changes that a list explains: the lines in it that begin with "- `".
fn explained_in(list: &str) -> BTreeSet<String> {
    list.lines()
        .filter_map(|line| line.strip_prefix("- `")?.split_once('`'))
        .map(|(name, _)| name.to_owned())
        .collect()
}

/// A change as cargo-mutants names it, without its line and column, which move.
fn without_place(line: &str) -> String {
    let mut parts = line.splitn(4, ':');
    match (parts.next(), parts.next(), parts.next(), parts.next()) {
        (Some(file), Some(_), Some(_), Some(what)) => format!("{file}:{what}"),
        _ => line.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_is_known_wherever_its_line_has_moved() {
        let list = "# Title\n\n- `a/b.rs: replace < with <= in f` no two are equal\n- not one\n";
        let explained = explained_in(list);
        assert_eq!(explained.len(), 1);
        assert!(explained.contains(&without_place("a/b.rs:7:9: replace < with <= in f")));
        assert!(!explained.contains(&without_place("a/b.rs:7:9: replace < with == in f")));
    }
}
