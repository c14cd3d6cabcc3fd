//! What a campaign ends with.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::Instant;

use serde::Serialize;
use serde_json::Value;
use testkit::Engine;

use crate::figures::{percentile, rounded, welch};

/// How a campaign went: written to a file as it is, and said in one line.
#[derive(Debug, Serialize)]
pub struct Outcome {
    /// Which campaign, such as `kill`.
    pub campaign: String,
    /// On what, such as `sqlite`.
    pub on: String,
    /// Whether nothing was found.
    pub passed: bool,
    /// How long it took.
    pub seconds: f64,
    /// What was done and measured, by name.
    pub figures: BTreeMap<String, Value>,
    /// What was found, in words; the first hundred.
    pub violations: Vec<String>,
    /// How many things were found.
    pub violation_count: usize,
    /// Cores of the machine, who else used them (the load average when it ended), and how we were built.
    pub machine: String,
    #[serde(skip)]
    begun: Instant,
}

impl Outcome {
    /// A campaign on one of the databases that has found nothing yet.
    pub fn of_engine(campaign: &str, engine: Engine) -> Self {
        let on = match engine {
            Engine::Sqlite => "sqlite",
            Engine::Postgres => "postgres",
        };
        Self::of(campaign, on)
    }

    /// A campaign that has found nothing yet.
    pub fn of(campaign: &str, on: &str) -> Self {
        Self {
            campaign: campaign.to_owned(),
            on: on.to_owned(),
            passed: true,
            seconds: 0.0,
            figures: BTreeMap::new(),
            violations: Vec::new(),
            violation_count: 0,
            machine: String::new(),
            begun: Instant::now(),
        }
    }

    /// Notes a figure.
    pub fn figure(&mut self, name: &str, value: impl Into<Value>) {
        self.figures.insert(name.to_owned(), value.into());
    }

    /// Notes how far two samples of times in milliseconds, asked for in turn, can be told apart.
    pub fn apart(&mut self, one: (&str, Vec<f64>), other: (&str, Vec<f64>)) {
        self.figure("samples_each", one.1.len());
        self.figure("welch_t", rounded(welch(&one.1, &other.1)));
        let mut median = |(name, mut times): (&str, Vec<f64>)| {
            let median = percentile(&mut times, 0.5);
            self.figure(&format!("median_{name}_ms"), rounded(median));
            median
        };
        let difference = median(one) - median(other);
        self.figure("median_difference_ms", rounded(difference));
    }

    /// Notes that something is not as it has to be.
    pub fn violation(&mut self, what: impl Into<String>) {
        const KEPT: usize = 100;
        let what = what.into();
        eprintln!("  VIOLATION: {what}");
        self.passed = false;
        self.violation_count += 1;
        if self.violations.len() < KEPT {
            self.violations.push(what);
        }
    }

    /// Notes a violation unless this holds.
    pub fn hold(&mut self, holds: bool, otherwise: impl FnOnce() -> String) {
        if !holds {
            self.violation(otherwise());
        }
    }

    /// Ends the campaign: what it took, and on what machine.
    #[must_use]
    pub fn ended(mut self) -> Self {
        self.seconds = (self.begun.elapsed().as_secs_f64() * 10.0).round() / 10.0;
        let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
        let load: Vec<&str> = load.split(' ').take(3).collect();
        let cores = std::thread::available_parallelism().map_or(0, usize::from);
        let build = if cfg!(debug_assertions) {
            "debug"
        } else {
            "release"
        };
        self.machine = format!("{cores} cores, load {}, {build} build", load.join(" "));
        self
    }

    /// Writes it into a folder, as `<campaign>-<on>.json`; where that is.
    ///
    /// # Panics
    /// If it cannot be written.
    pub fn write(&self, folder: &Path) -> PathBuf {
        std::fs::create_dir_all(folder).unwrap();
        let file = folder.join(format!("{}-{}.json", self.campaign, self.on));
        std::fs::write(&file, serde_json::to_vec_pretty(self).unwrap()).unwrap();
        file
    }

    /// Ends a test: a violation is its failure.
    ///
    /// # Panics
    /// If anything was found.
    pub fn assert(&self) {
        assert!(self.passed, "{self}\n{}", self.violations.join("\n"));
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = if self.passed { "passed" } else { "FAILED" };
        write!(
            formatter,
            "{} on {}: {word} in {:.0} s",
            self.campaign, self.on, self.seconds
        )?;
        // A table was printed as one, and stands in the file.
        for (name, value) in self.figures.iter().filter(|(_, value)| !value.is_array()) {
            write!(formatter, "; {} {value}", name.replace('_', " "))?;
        }
        write!(formatter, "; violations {}", self.violation_count)
    }
}

/// Says how far a campaign is: not more than once in two seconds, and always when it is through.
pub fn progress(campaign: &str, done: usize, of: usize, more: impl FnOnce() -> String) {
    static LAST: Mutex<Option<Instant>> = Mutex::new(None);
    let mut last = LAST.lock().unwrap();
    if done == of || last.is_none_or(|last| last.elapsed().as_secs() >= 2) {
        *last = Some(Instant::now());
        eprintln!("{campaign}: {done} of {of}  {}", more());
    }
}
