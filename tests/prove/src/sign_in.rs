//! A flood of bogus sign-ins: whoever records a concern meanwhile has to get through, and nobody may learn
//! who has an account.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use serde_json::json;
use testkit::{Client, Engine, Response, TestApp, bring, fresh_key, roster};
use ureq::http::Method;

use crate::figures::{percentile, rounded};
use crate::kill::form;
use crate::load::{at_rate, times};
use crate::{Cluster, Outcome, Server, progress};

/// A campaign of sign-ins.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// How long the flood lasts.
    pub lasting: Duration,
    /// Bogus sign-ins a second.
    pub flood: f64,
    /// Concerns recorded a second meanwhile.
    pub rate: f64,
    /// Wrong passwords for accounts that there are, and as many for such that there are not.
    pub samples: usize,
}

/// Most memory that the server may come to have, in kilobytes: that of one hash a core, not of one a thread.
const MEMORY: u64 = 192 * 1024;

/// Floods the real server.
///
/// # Panics
/// If the stage cannot be set.
pub fn flood(plan: Plan, engine: Engine) -> Outcome {
    let mut outcome = Outcome::of_engine("sign-in-flood", engine);
    let folder = tempfile::tempdir().unwrap();
    let cluster = (engine == Engine::Postgres).then(Cluster::start);
    let mut server = Server::new(folder.path(), cluster.as_ref());
    server.start();
    let lead = server.found("Bashir", "Hollybank");
    bring(&lead.browser, &roster());
    let mut body = form(&lead.browser);
    body["narrative"] = json!("Came in wet through, without a coat, and would not say why.");
    let browsers: Vec<Client> = (0..8).map(|_| lead.browser.copy()).collect();
    let record = |lasting| {
        for browser in &browsers {
            browser.refresh();
        }
        at_rate(plan.rate, lasting, browsers.len(), |worker, _| {
            let sent = browsers[worker]
                .request(Method::POST, "/v1/concerns")
                .idempotency_key(&fresh_key())
                .json(&body)
                .try_send();
            ("record", sent.map_or(0, |answer| answer.status))
        })
    };
    let quiet = record(plan.lasting / 4);
    let ahead = crate::server::niceness(server.pid(), "hashing");
    outcome.hold(ahead.is_some_and(|steps| steps > 0), || {
        format!("hashes do not give way: {ahead:?} steps behind the other threads")
    });

    let origin = server.origin();
    let over = AtomicBool::new(false);
    let (flooded, bogus, most) = std::thread::scope(|scope| {
        let flooding = scope.spawn(|| {
            const WORKERS: usize = 96;
            let strangers: Vec<Client> = (0..WORKERS).map(|_| Client::new(&origin)).collect();
            at_rate(plan.flood, plan.lasting, WORKERS, |worker, number| {
                // One in ten is for somebody who is there.
                let email = match number % 10 {
                    0 => lead.email.clone(),
                    _ => format!("nobody{number}@hollybank.example"),
                };
                let sent = strangers[worker]
                    .request(Method::POST, "/v1/session")
                    .json(&json!({ "email": email, "password": "wrong wrong wrong" }))
                    .try_send();
                ("sign in", sent.map_or(0, |answer| answer.status))
            })
        });
        let pid = server.pid();
        let over = &over;
        let memory = scope.spawn(move || {
            let (begun, mut most) = (Instant::now(), 0);
            while !over.load(Ordering::Relaxed) {
                most = most.max(crate::server::memory(pid, "VmRSS"));
                let seconds = plan.lasting.as_secs() as usize;
                let gone = (begun.elapsed().as_secs() as usize).min(seconds);
                progress("sign-in: flood", gone, seconds, || {
                    format!("seconds, {} MB", most / 1024)
                });
                std::thread::sleep(Duration::from_millis(250));
            }
            most
        });
        let flooded = record(plan.lasting);
        let bogus = flooding.join().unwrap();
        over.store(true, Ordering::Relaxed);
        (flooded, bogus, memory.join().unwrap())
    });

    let mut answers: BTreeMap<String, usize> = BTreeMap::new();
    for shot in &bogus {
        *answers.entry(shot.status.to_string()).or_default() += 1;
    }
    let strange: Vec<_> = answers
        .keys()
        .filter(|status| !["401", "429"].contains(&status.as_str()))
        .collect();
    outcome.hold(strange.is_empty(), || {
        format!("bogus sign-ins were answered {strange:?}")
    });
    let lost = quiet
        .iter()
        .chain(&flooded)
        .filter(|shot| shot.status != 201)
        .count();
    outcome.hold(lost == 0, || format!("{lost} concerns were not taken"));
    outcome.hold(most < MEMORY, || format!("the server came to {most} kB"));
    outcome.figure("bogus_sign_ins", bogus.len());
    outcome.figure("bogus_answers", json!(answers));
    outcome.figure("recorded", flooded.len());
    for (name, shots) in [("quiet", &quiet), ("flooded", &flooded)] {
        let mut measured = times(shots, None);
        outcome.figure(
            &format!("record_p50_{name}_ms"),
            rounded(percentile(&mut measured, 0.5)),
        );
        outcome.figure(
            &format!("record_p99_{name}_ms"),
            rounded(percentile(&mut measured, 0.99)),
        );
    }
    outcome.figure("memory_most_kb", most);
    for fault in server.doctor() {
        outcome.violation(fault);
    }
    outcome.ended()
}

/// Compares accounts that there are with such that there are not, one after the other, in this process: its
/// clock is moved, so that the waits after wrong passwords are over each time.
///
/// # Panics
/// If the stage cannot be set.
pub fn telling_apart(plan: Plan, engine: Engine) -> Outcome {
    const PEOPLE: [&str; 6] = ["Bashir", "Morag", "Carys", "Aled", "Dilys", "Gwen"];
    let mut outcome = Outcome::of_engine("sign-in-telling-apart", engine);
    let app = TestApp::start(engine);
    let stranger = app.browser();
    let wrong = |email: &str| {
        stranger
            .request(Method::POST, "/v1/session")
            .json(&json!({ "email": email, "password": "wrong wrong wrong" }))
            .send()
    };
    let (mut known, mut unknown) = (Vec::new(), Vec::new());
    let mut shown: BTreeMap<String, [usize; 2]> = BTreeMap::new();
    for number in 0..plan.samples {
        let turn = number % PEOPLE.len();
        if turn == 0 {
            // Nobody's wrong passwords are remembered after an hour.
            app.clock.advance_seconds(3_700);
        }
        let there = app.person(PEOPLE[turn]).email.clone();
        let absent = format!("{}{number}@hollybank.example", PEOPLE[turn].to_lowercase());
        // Which comes first changes, so that neither has the warmer machine.
        let mut pair = [(true, there), (false, absent)];
        if number / PEOPLE.len() % 2 == 1 {
            pair.swap(0, 1);
        }
        for (is_known, email) in pair {
            let begun = Instant::now();
            let answer = wrong(&email);
            let took = begun.elapsed().as_secs_f64() * 1_000.0;
            if is_known { &mut known } else { &mut unknown }.push(took);
            outcome.hold(answer.status == 401, || {
                format!("answered {}", answer.status)
            });
            shown.entry(answer.fingerprint()).or_default()[usize::from(is_known)] += 1;
        }
        progress(
            "sign-in: telling apart",
            number + 1,
            plan.samples,
            String::new,
        );
    }
    outcome.hold(shown.len() == 1, || {
        format!("the answers differ: {shown:#?}")
    });
    // And when it has been too often.
    app.clock.advance_seconds(3_700);
    let often = |email: &str| -> Vec<Response> { (0..8).map(|_| wrong(email)).collect() };
    let (one, other) = (
        often(&app.person("Carys").email),
        often("nobody.at.all@hollybank.example"),
    );
    for (place, (one, other)) in one.iter().zip(&other).enumerate() {
        outcome.hold(one.fingerprint() == other.fingerprint(), || {
            format!("wrong password {} is answered {one} and {other}", place + 1)
        });
    }
    outcome.hold(one.iter().any(|answer| answer.status == 429), || {
        "nobody is ever made to wait".to_owned()
    });

    outcome.apart(("known", known), ("unknown", unknown));
    outcome.ended()
}
