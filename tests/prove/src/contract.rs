//! The contract against the server, by schemathesis: every operation with data that fits the contract and data
//! that does not, as each kind of caller, and sequences of operations that use each other's answers.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use testkit::{Client, Engine, TestApp};

use crate::{Outcome, progress};

/// What to do.
#[derive(Clone, Debug)]
pub struct Plan {
    /// About how many requests in all.
    pub cases: usize,
    /// On which database.
    pub engine: Engine,
    /// The order of chance.
    pub seed: u32,
    /// Only these callers; all if none is named.
    pub callers: Vec<String>,
    /// Where schemathesis writes what it found.
    pub work: PathBuf,
}

/// Who asks.
pub const CALLERS: [&str; 5] = ["nobody", "reporter", "locked", "unlocked", "administrator"];

/// What ends the session that asks: asked last, or everything after would be asked by nobody.
const ENDINGS: [&str; 3] = ["sign_out", "lock_session", "lose_device"];

/// What schemathesis holds against an answer. `positive_data_acceptance` is not among them: what fits the
/// contract may still be refused for what is in the school, such as an id that nothing has.
const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,\
                      response_headers_conformance,response_schema_conformance,negative_data_rejection,\
                      unsupported_method,allow_header_conformance,use_after_free,ensure_resource_availability";

/// Runs it.
///
/// # Panics
/// If schemathesis is not there: `scripts/setup` installs it.
pub fn run(plan: &Plan) -> Outcome {
    let mut outcome = Outcome::of_engine("contract", plan.engine);
    let chosen: Vec<_> = CALLERS
        .into_iter()
        .filter(|name| plan.callers.is_empty() || plan.callers.iter().any(|asked| asked == name))
        .collect();
    assert!(!chosen.is_empty(), "the callers are {CALLERS:?}");
    std::fs::create_dir_all(&plan.work).unwrap();
    let mut cases = 0;
    for (number, caller) in chosen.iter().enumerate() {
        let asked = ask(plan, caller, plan.cases / chosen.len(), &mut outcome);
        outcome.figure(&format!("by_{caller}"), asked);
        cases += asked;
        progress("contract", number + 1, chosen.len(), || {
            format!("{caller}: {asked} cases")
        });
    }
    outcome.figure("cases", cases);
    outcome.figure("seed", plan.seed);
    outcome.ended()
}

fn ask(plan: &Plan, caller: &str, cases: usize, outcome: &mut Outcome) -> usize {
    let app = TestApp::start(plan.engine);
    app.concern().raised_by("Carys").create();
    let browser = match caller {
        "nobody" => None,
        "reporter" => Some(app.browser_of("Carys")),
        "locked" => Some(app.browser_of("Bashir")),
        "unlocked" => Some(app.unlocked("Bashir")),
        _ => Some(app.browser_of("Morag")),
    };
    let mut sum = 0;
    for endings in [false, true] {
        let report = plan.work.join(format!(
            "{caller}{}.json",
            if endings { "-endings" } else { "" }
        ));
        let log = report.with_extension("log");
        let status = command(plan, app.address(), browser, endings, cases, &report)
            .stdout(std::fs::File::create(&log).unwrap())
            .status();
        let code = status.expect("scripts/setup installs schemathesis").code();
        let read = std::fs::read(&report).unwrap_or_default();
        let read: Value = serde_json::from_slice(&read).unwrap_or_default();
        let asked = cases_of(&read);
        sum += asked;
        outcome.hold(code == Some(0), || {
            format!(
                "{caller}: schemathesis ended with {code:?}: see {}",
                log.display()
            )
        });
        outcome.hold(asked > 0, || format!("{caller}: nothing was asked"));
    }
    // Whatever was sent, the server is well. (The school may not be: an administrator may have closed categories.)
    app.browser().get("/v1/health").expect(200);
    sum
}

fn command(
    plan: &Plan,
    address: &str,
    browser: Option<&Client>,
    endings: bool,
    cases: usize,
    report: &Path,
) -> Command {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let python = std::env::var_os("SAFEHOLD_PYTHON").expect("scripts/prove says where Python is");
    let operations = std::fs::read_to_string(root.join("openapi/v1.json")).unwrap();
    let each = (cases / operations.matches("operationId").count()).max(1);
    let mut command = Command::new(Path::new(&python).with_file_name("schemathesis"));
    command
        .arg("run")
        .arg(root.join("openapi/v1.json"))
        .args([
            "--url",
            address,
            "--phases",
            "examples,coverage,fuzzing,stateful",
        ])
        .args([
            "--checks",
            CHECKS,
            "--mode",
            "all",
            "--max-examples",
            &each.to_string(),
        ])
        .args([
            "--seed",
            &plan.seed.to_string(),
            "--workers",
            // Python 3.11 now and then fails to read a syntax tree in two threads at once.
            "1",
        ])
        .args([
            "--continue-on-failure",
            "--no-color",
            "--suppress-health-check",
            "all",
        ])
        .args([
            "--generation-database",
            "none",
            // The session is in headers of every request; without one is what nobody asks.
            "--generation-with-security-parameters",
            "false",
            "--warnings",
            "off",
            "--request-timeout",
            "30",
        ])
        .arg("--report-json-path")
        .arg(report)
        .current_dir(&plan.work);
    for ending in ENDINGS {
        let how = if endings {
            "--include-operation-id"
        } else {
            "--exclude-operation-id"
        };
        command.args([how, ending]);
    }
    if let Some(browser) = browser {
        let token = browser.token().unwrap_or_default();
        command.args(["--header", &format!("authorization:Bearer {token}")]);
        command.args(["--header", &format!("cookie:{}", browser.cookies())]);
    }
    command
}

/// How many requests were sent, as the report says.
fn cases_of(report: &Value) -> usize {
    let generated = report["test_cases"]["generated"].as_u64();
    generated.unwrap_or_default() as usize
}
