use serde::Serialize;
use serde_json::json;

use crate::Outcome;
use crate::figures::rounded;

/// What one side of a comparison took; times in milliseconds, CPU-seconds for a thousand.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub(super) struct Side {
    pub(super) count: f64,
    pub(super) refused: f64,
    pub(super) rate: f64,
    pub(super) p50: f64,
    pub(super) p95: f64,
    pub(super) p99: f64,
    /// Of the server, or of whatever asked the engine.
    pub(super) server: f64,
    pub(super) database: f64,
}

/// What may be asked of a figure.
#[derive(Clone, Copy, Debug)]
pub(super) enum Wanted {
    Least(f64),
    Most(f64),
    Nothing,
}

/// What was measured, in the order in which it was.
#[derive(Debug, Default)]
pub(super) struct Table {
    lines: Vec<String>,
    kept: Vec<serde_json::Value>,
    missed: Vec<String>,
}

impl Table {
    /// One side, by itself.
    pub(super) fn side(&mut self, outcome: &mut Outcome, what: &str, side: &Side) {
        outcome.hold(side.refused == 0.0, || {
            format!("{what}: {} of {} were refused", side.refused, side.count)
        });
        self.line(format!(
            "{what:<46}{:>9.0}{:>9.1}{:>9.1}{:>9.3}{:>9.3}",
            side.rate, side.p50, side.p99, side.server, side.database
        ));
        self.kept.push(json!({ "what": what, "measured": side }));
    }

    /// A figure by itself, against what is wanted of it.
    pub(super) fn figure(&mut self, what: &str, value: f64, unit: &str, wanted: Wanted) {
        let (words, met) = match wanted {
            Wanted::Least(least) => (format!("at least {least}"), value >= least),
            Wanted::Most(most) => (format!("at most {most}"), value <= most),
            Wanted::Nothing => (String::new(), true),
        };
        let verdict = if met { "" } else { "MISSED" };
        self.line(format!(
            "{what:<46}{:>9} {unit:<8} {words:<14} {verdict}",
            rounded(value)
        ));
        self.kept.push(
            json!({ "what": what, "value": value, "unit": unit, "wanted": words, "met": met }),
        );
        if !met {
            self.missed.push(what.to_owned());
        }
    }

    /// Said at once too: a long run that is broken off has told what it knew.
    fn line(&mut self, line: String) {
        eprintln!("{line}");
        self.lines.push(line);
    }

    /// Prints it, and keeps it in the outcome. A figure that is missed is no violation: the machine may be shared.
    pub(super) fn end(self, outcome: &mut Outcome) {
        println!(
            "\n{:<46}{:>9}{:>9}{:>9}{:>9}{:>9}\n{:<46}{:>9}{:>9}{:>9}{:>18}",
            "",
            "a second",
            "p50",
            "p99",
            "server",
            "database",
            "",
            "",
            "ms",
            "ms",
            "CPU-s for 1,000"
        );
        for line in &self.lines {
            println!("{line}");
        }
        outcome.figure("lines", self.kept);
        outcome.figure("missed", self.missed.join(", "));
    }
}

/// The one in the middle.
pub(super) fn median(mut values: Vec<f64>) -> f64 {
    crate::figures::percentile(&mut values, 0.5)
}
