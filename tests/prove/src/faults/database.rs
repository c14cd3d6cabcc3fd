//! PostgreSQL is stopped, and started again; the server stays.

use std::time::Instant;

use serde_json::json;
use testkit::{bring, fresh_key, roster};
use ureq::http::Method;

use super::misgivings;
use crate::figures::rounded;
use crate::kill::form;
use crate::{Cluster, Outcome, Server, progress};

/// Longest that whoever asks may wait for a refusal, in seconds.
const PATIENCE: f64 = 8.0;

/// Stops and starts it, so often.
///
/// # Panics
/// If the stage cannot be set.
pub fn run(rounds: usize) -> Outcome {
    let mut outcome = Outcome::of("faults-database", "postgres");
    let folder = tempfile::tempdir().unwrap();
    let mut cluster = Cluster::start();
    let mut server = Server::new(folder.path(), Some(&cluster));
    server.start();
    let lead = server.found("Bashir", "Hollybank");
    bring(&lead.browser, &roster());
    let mut body = form(&lead.browser);
    body["narrative"] = json!("Wet through, and would not say why.");
    let record = |key: &str| {
        lead.browser
            .request(Method::POST, "/v1/concerns")
            .idempotency_key(key)
            .json(&body)
            .send()
    };
    let (mut slowest, mut back) = (0.0_f64, 0.0_f64);
    let (mut refused, mut recorded) = (0, 0);
    for round in 1..=rounds {
        lead.browser.refresh().expect(200);
        // Several connections lie in the pool, and each will be dead.
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| record(&fresh_key()).expect(201));
            }
        });
        recorded += 8;
        cluster.stop();
        let key = fresh_key();
        for _ in 0..2 {
            let begun = Instant::now();
            let answer = record(&key);
            slowest = slowest.max(begun.elapsed().as_secs_f64());
            refused += 1;
            if let Some(what) = misgivings(&answer, false) {
                outcome.violation(format!("round {round}: {what}"));
            }
        }
        let read = lead.browser.get("/v1/me");
        if let Some(what) = misgivings(&read, false) {
            outcome.violation(format!("round {round}, reading: {what}"));
        }
        outcome.hold(lead.browser.get("/v1/health").status == 200, || {
            "it does not even answer".to_owned()
        });
        cluster.run();
        let begun = Instant::now();
        let receipt = record(&key);
        back = back.max(begun.elapsed().as_secs_f64());
        outcome.hold(receipt.status == 201, || {
            format!("round {round}: the database is back, and: {receipt}")
        });
        recorded += 1;
        // No connection that died may be handed out again, whichever it is.
        let answers = std::thread::scope(|scope| {
            let asking: Vec<_> = (0..16)
                .map(|_| scope.spawn(|| record(&fresh_key())))
                .collect();
            asking
                .into_iter()
                .map(|asked| asked.join().unwrap())
                .collect::<Vec<_>>()
        });
        for answer in answers {
            outcome.hold(answer.status == 201, || {
                let what = answer.problem();
                format!("round {round}: refused after the database was back: {what}")
            });
            recorded += usize::from(answer.status == 201);
        }
        progress("faults: database", round, rounds, || {
            format!("{recorded} recorded")
        });
    }
    outcome.hold(slowest < PATIENCE, || {
        format!("a refusal took {slowest:.1} s")
    });
    for fault in server.doctor() {
        outcome.violation(fault);
    }
    let listed = crate::state::open(&server.database_url());
    let school = crate::state::only_school(&listed);
    let state =
        crate::state::State::read(&listed, school, domain::Timestamp::from_seconds(0)).unwrap();
    for what in state.faults() {
        outcome.violation(what);
    }
    let there = state.concerns.len();
    outcome.hold(there == recorded, || {
        format!("{recorded} were acknowledged and {there} are there")
    });
    outcome.figure("rounds", rounds);
    outcome.figure("recorded", recorded);
    outcome.figure("refused", refused);
    outcome.figure("slowest_refusal_s", rounded(slowest));
    outcome.figure("slowest_first_answer_s", rounded(back));
    outcome.ended()
}
