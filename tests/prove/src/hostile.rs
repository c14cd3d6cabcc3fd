//! Every string that has broken something somewhere, in every text that the contract takes: the tests of
//! `tests/api/hostile`, on both databases, with all of the strings and not a sample of them.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::Outcome;

/// What to do.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Only tests whose name holds this; all of them if it is empty.
    pub only: String,
    /// Where what the tests say is kept.
    pub work: PathBuf,
}

/// Runs them.
///
/// # Panics
/// If cargo is not there.
pub fn run(plan: &Plan) -> Outcome {
    let mut outcome = Outcome::of("hostile", "both");
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    std::fs::create_dir_all(&plan.work).unwrap();
    let mut child = Command::new("cargo")
        // As scripts/test builds: naming fewer packages would choose other features and build anew.
        .args(["test", "--locked", "--workspace", "--test", "api", "--"])
        .args([&format!("hostile::{}", plan.only), "--nocapture"])
        .current_dir(&root)
        .env("SAFEHOLD_HOSTILE", "all")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .expect("cargo is there");
    let mut said = String::new();
    for line in BufReader::new(child.stdout.take().unwrap()).lines() {
        let Ok(line) = line else { continue };
        eprintln!("hostile: {line}");
        look_at(&line, &mut outcome);
        said += &format!("{line}\n");
    }
    std::fs::write(plan.work.join("hostile.log"), said).unwrap();
    let ended = child.wait().unwrap();
    outcome.hold(ended.success() || !outcome.passed, || {
        format!("the tests could not be run: {ended}")
    });
    outcome.hold(outcome.figures.contains_key("tests_passed"), || {
        "no test was run".to_owned()
    });
    outcome.ended()
}

/// Takes figures and failures from what the tests print.
fn look_at(line: &str, outcome: &mut Outcome) {
    if let Some(counts) = line.strip_prefix("test result: ") {
        let passed = counts
            .split(' ')
            .nth(1)
            .and_then(|count| count.parse().ok());
        // None at all is no answer.
        if let Some(passed) = passed.filter(|passed: &u64| *passed > 0) {
            outcome.figure("tests_passed", passed);
        }
    } else if let Some(name) = line
        .strip_prefix("test ")
        .and_then(|line| line.strip_suffix(" ... FAILED"))
    {
        outcome.violation(name);
    } else if let Some((name, counts)) = line.split_once(": ")
        && counts.ends_with(" taken")
    {
        outcome.figure(&format!("fields_on_{}", name.to_lowercase()), counts);
    } else if line.ends_with(" texts refused") {
        let ran = 1 + outcome
            .figures
            .keys()
            .filter(|name| name.starts_with("kept_"))
            .count();
        outcome.figure(&format!("kept_{ran}"), line);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_tests_print_is_what_the_campaign_says() {
        let mut outcome = Outcome::of("hostile", "both");
        for line in [
            "Sqlite: 182 places, 7149 texts, 900 taken",
            "67 lives of a concern, 9 texts refused",
            "66 lives of a concern, 9 texts refused",
            "test hostile::kept::on_sqlite ... ok",
            "test result: ok. 31 passed; 0 failed; 0 ignored; 0 measured; 438 filtered out; finished in 9 s",
        ] {
            look_at(line, &mut outcome);
        }
        assert!(outcome.passed);
        assert_eq!(
            outcome.figures["fields_on_sqlite"],
            "182 places, 7149 texts, 900 taken"
        );
        assert_eq!(
            outcome.figures["kept_2"],
            "66 lives of a concern, 9 texts refused"
        );
        assert_eq!(outcome.figures["tests_passed"], 31);
        look_at("test hostile::kept::on_postgres ... FAILED", &mut outcome);
        assert_eq!(outcome.violations, ["hostile::kept::on_postgres"]);
    }
}
