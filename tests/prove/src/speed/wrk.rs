use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

use serde_json::Value;
use testkit::Client;

/// One thing that is asked again and again.
#[derive(Clone, Copy)]
pub(super) struct Ask<'a> {
    pub(super) method: &'static str,
    pub(super) path: &'a str,
    /// Asked with one of these in turn; nothing, if there are none.
    pub(super) bodies: &'a [Value],
    pub(super) clients: usize,
    pub(super) seconds: u64,
}

/// What became of it; times in milliseconds.
#[derive(Clone, Copy, Debug)]
pub(super) struct Answered {
    pub(super) count: f64,
    pub(super) refused: f64,
    pub(super) rate: f64,
    pub(super) p50: f64,
    pub(super) p95: f64,
    pub(super) p99: f64,
}

/// Has `wrk` ask.
///
/// # Panics
/// If it is not installed (`scripts/setup`), or says nothing.
pub(super) fn ask(origin: &str, folder: &Path, browser: &Client, ask: Ask<'_>) -> Answered {
    let script = folder.join("wrk.lua");
    std::fs::write(&script, lua(browser, ask)).unwrap();
    let printed = Command::new("wrk")
        .args(["-t1", "--timeout", "30s"])
        .arg(format!("-c{}", ask.clients))
        .arg(format!("-d{}s", ask.seconds))
        .arg("-s")
        .arg(&script)
        .arg(format!("{origin}{}", ask.path))
        .output()
        .expect("wrk: run scripts/setup");
    let printed = String::from_utf8_lossy(&printed.stdout).into_owned();
    let told: Vec<f64> = printed
        .lines()
        .find_map(|line| line.strip_prefix("told "))
        .unwrap_or_else(|| panic!("{printed}"))
        .split(' ')
        .map(|number| number.parse().unwrap())
        .collect();
    let [count, refused, microseconds, p50, p95, p99] = told[..] else {
        panic!("{printed}");
    };
    Answered {
        count,
        refused,
        rate: count * 1e6 / microseconds,
        p50: p50 / 1e3,
        p95: p95 / 1e3,
        p99: p99 / 1e3,
    }
}

fn lua(browser: &Client, ask: Ask<'_>) -> String {
    let mut lua = format!("wrk.method = {:?}\n", ask.method);
    if let Some(token) = browser.token() {
        writeln!(lua, "wrk.headers[\"Authorization\"] = \"Bearer {token}\"").unwrap();
    }
    writeln!(lua, "wrk.headers[\"Cookie\"] = {:?}", browser.cookies()).unwrap();
    if !ask.bodies.is_empty() {
        lua += "wrk.headers[\"Content-Type\"] = \"application/json\"\nlocal bodies = {\n";
        for body in ask.bodies {
            writeln!(lua, "[==[{body}]==],").unwrap();
        }
        // Each request is a new one: its key counts up, from where no other run begins.
        write!(
            lua,
            "}}\nlocal count = 0\nrequest = function()\n  count = count + 1\n  \
             wrk.headers[\"Idempotency-Key\"] = string.format(\"{:08x}-0000-4000-8000-%012x\", count)\n  \
             return wrk.format(nil, nil, nil, bodies[count % #bodies + 1])\nend\n",
            std::time::UNIX_EPOCH.elapsed().unwrap().subsec_nanos()
        )
        .unwrap();
    }
    lua + "done = function(summary, latency)\n  \
           io.write(string.format(\"told %d %d %d %d %d %d\\n\", summary.requests, summary.errors.status \
           + summary.errors.connect + summary.errors.read + summary.errors.timeout, summary.duration, \
           latency:percentile(50), latency:percentile(95), latency:percentile(99)))\nend\n"
}
