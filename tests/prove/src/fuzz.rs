//! Hostile bytes for every parser, by libFuzzer: each target for a bounded time, from the kept corpus on.
//!
//! The targets are in `tests/fuzz`, their programs in `fuzz/`, built by cargo-fuzz with the stable compiler and
//! without a sanitizer (nothing of ours is unsafe). What an input breaks is kept beside the result.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::{Outcome, progress};

/// What to do.
#[derive(Clone, Debug)]
pub struct Plan {
    /// How long each target is run.
    pub seconds: u64,
    /// Only these targets; all if none is named.
    pub targets: Vec<String>,
    /// Whether new inputs that reach something new are added to the kept corpus.
    pub keep: bool,
    /// Where inputs that break something go, and what was found meanwhile.
    pub work: PathBuf,
}

/// The most inputs that are kept for a target: they are replayed by every `cargo test`.
const KEPT: usize = 20;
/// The longest input, in bytes: a roster of some lines, a zip of some files.
const LONGEST: usize = 8_192;

/// What libFuzzer says of itself at the end.
#[derive(Debug, Default)]
struct Told {
    executions: u64,
    edges: u64,
}

/// Runs them.
///
/// # Panics
/// If the targets cannot be built.
pub fn run(plan: &Plan) -> Outcome {
    let mut outcome = Outcome::of("fuzz", "stable");
    let targets = chosen(plan);
    build(&targets);
    let mut executions = 0;
    for (number, target) in targets.iter().enumerate() {
        let told = fuzz(target, plan, &mut outcome);
        executions += told.executions;
        outcome.figure(
            &format!("of_{target}"),
            format!("{} inputs, {} edges", told.executions, told.edges),
        );
        outcome.hold(told.executions > 0, || format!("{target} did not run"));
        progress("fuzz", number + 1, targets.len(), || {
            format!("{target}: {} inputs", told.executions)
        });
    }
    outcome.figure("targets", targets.len());
    outcome.figure("seconds_each", plan.seconds);
    outcome.figure("executions", executions);
    outcome.ended()
}

fn chosen(plan: &Plan) -> Vec<String> {
    let all = fuzz_targets::TARGETS.map(|(name, _)| name.to_owned());
    for name in &plan.targets {
        assert!(all.contains(name), "there is no target {name}: {all:?}");
    }
    match plan.targets.is_empty() {
        true => all.into(),
        false => plan.targets.clone(),
    }
}

fn root() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    root.canonicalize().unwrap()
}

fn kept(target: &str) -> PathBuf {
    root().join("tests/data/fuzz").join(target)
}

/// Programs of their own: what libFuzzer wants in every crate must not reach the product's.
fn program(target: &str) -> PathBuf {
    built().join(triple()).join("release").join(target)
}

fn triple() -> String {
    format!("{}-unknown-linux-gnu", std::env::consts::ARCH)
}

fn built() -> PathBuf {
    match std::env::var_os("CARGO_TARGET_DIR") {
        Some(folder) => Path::new(&folder).join("fuzz"),
        None => root().join("target/fuzz"),
    }
}

fn build(targets: &[String]) {
    eprintln!(
        "fuzz: building {} targets (the first time takes minutes)",
        targets.len()
    );
    let mut command = Command::new("cargo");
    command
        .args(["fuzz", "build", "-s", "none", "--target", &triple()])
        .arg("--target-dir")
        .arg(built())
        .current_dir(root().join("fuzz"));
    if let [only] = targets {
        command.arg(only);
    }
    let status = command.status();
    assert!(
        status.is_ok_and(|status| status.success()),
        "the targets are built by `cargo fuzz`"
    );
}

fn fuzz(target: &str, plan: &Plan, outcome: &mut Outcome) -> Told {
    let found = plan.work.join("corpus").join(target);
    let broken = plan.work.join("broken").join(target);
    for folder in [&found, &broken] {
        std::fs::create_dir_all(folder).unwrap();
    }
    let mut child = Command::new(program(target))
        .arg(&found)
        .arg(kept(target))
        .arg(format!("-max_total_time={}", plan.seconds))
        .arg(format!("-max_len={LONGEST}"))
        .arg(format!("-artifact_prefix={}/", broken.display()))
        .args(["-timeout=10", "-rss_limit_mb=2048", "-print_final_stats=1"])
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut told = Told::default();
    let mut why: Option<String> = None;
    for line in BufReader::new(child.stderr.take().unwrap()).lines() {
        let Ok(line) = line else { continue };
        if let Some(count) = line.strip_prefix("stat::number_of_executed_units:") {
            told.executions = count.trim().parse().unwrap_or_default();
        }
        if let Some((_, rest)) = line.split_once(" cov: ") {
            let edges = rest.split(' ').next().unwrap_or_default();
            told.edges = edges.parse().unwrap_or(told.edges);
        } else if line.contains("panicked at") || line.contains("ERROR:") {
            // The first is the cause; libFuzzer's own lines follow.
            why.get_or_insert(line);
        }
    }
    if !child.wait().unwrap().success() {
        let why = why.unwrap_or_else(|| "it ended badly".to_owned());
        outcome.violation(format!(
            "{target}: {why}; the input is in {}",
            broken.display()
        ));
    } else if plan.keep {
        keep(target, &found);
    }
    told
}

/// Takes what reaches something new into the kept corpus: the shortest, and no more than [`KEPT`] in all.
fn keep(target: &str, found: &Path) {
    let kept = kept(target);
    let merged = Command::new(program(target))
        .arg("-merge=1")
        .arg(format!("-max_len={LONGEST}"))
        .arg(&kept)
        .arg(found)
        .stderr(Stdio::null())
        .status();
    assert!(merged.is_ok_and(|status| status.success()));
    let mut files: Vec<_> = std::fs::read_dir(&kept)
        .unwrap()
        .map(|entry| entry.unwrap())
        .map(|entry| (entry.metadata().unwrap().len(), entry.path()))
        .collect();
    files.sort();
    // What somebody named stays; libFuzzer names by hash.
    let hashed = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        name.len() == 40 && name.bytes().all(|byte| byte.is_ascii_hexdigit())
    };
    files.retain(|(_, path)| hashed(path));
    for (_, path) in files.into_iter().skip(KEPT) {
        std::fs::remove_file(path).unwrap();
    }
}
