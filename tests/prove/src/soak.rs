//! A school's day, for as long as one likes: whether anything fails, grows or slows down.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use testkit::{Client, bring, fresh_key, roster};
use ureq::http::Method;

use crate::figures::{percentile, rounded};
use crate::kill::form;
use crate::load::{Shot, at_rate, times};
use crate::{Cluster, Outcome, Server, progress};

/// A campaign of patience.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// How long.
    pub lasting: Duration,
    /// Requests a second.
    pub rate: f64,
    /// Concerns that there are before.
    pub records: usize,
    /// Whether on PostgreSQL.
    pub postgres: bool,
}

/// Workers that ask; more than ever wait at once at 50 requests a second.
const WORKERS: usize = 24;
/// Seconds after which what the server keeps ought to be there.
const FIRST_MINUTE: f64 = 60.0;
/// Most memory that the server may come to have, in kilobytes.
const MEMORY: u64 = 512 * 1024;

/// One worker's browsers: of somebody who only records, and of the lead with the records open.
struct Desk {
    staff: Client,
    lead: Client,
    renewed: Mutex<Instant>,
}

/// Runs it.
///
/// # Panics
/// If the stage cannot be set.
pub fn run(plan: Plan) -> Outcome {
    let on = if plan.postgres { "postgres" } else { "sqlite" };
    let mut outcome = Outcome::of("soak", on);
    let folder = tempfile::tempdir().unwrap();
    let cluster = plan.postgres.then(Cluster::start);
    let mut server = Server::new(folder.path(), cluster.as_ref());
    server.start();
    let lead = server.found("Bashir", "Hollybank");
    bring(&lead.browser, &roster());
    let mut body = form(&lead.browser);
    body["narrative"] = json!(
        "Came in wet through, without a coat, and would not say why. "
            .repeat(12)
            .trim()
    );
    let first = lead.browser.post_once("/v1/concerns", &body).expect(201);
    let staff = Client::new(&server.origin());
    staff.sign_in(&lead.email, testkit::PASSWORD).expect(200);
    lead.phone().unlock(&lead.browser);
    record(&staff, &body, plan.records);
    let search = json!({ "words": "coat" });
    lead.browser.post("/v1/searches", &search).expect(200);
    let desks: Vec<Desk> = (0..WORKERS)
        .map(|_| Desk {
            staff: staff.copy(),
            lead: lead.browser.copy(),
            renewed: Mutex::new(Instant::now()),
        })
        .collect();
    // As each page does when it is opened: what that needs belongs to the first minute.
    for desk in &desks {
        desk.staff.refresh().expect(200);
        desk.lead.refresh().expect(200);
    }
    let concern = format!("/v1/concerns/{}", first["id"].as_str().unwrap());

    let over = Arc::new(AtomicBool::new(false));
    let (pid, watching) = (server.pid(), Arc::clone(&over));
    let seconds = plan.lasting.as_secs() as usize;
    let memory = std::thread::spawn(move || {
        let (begun, mut seen) = (Instant::now(), Vec::new());
        while !watching.load(Ordering::Relaxed) {
            // Each connection maps the file: VmRSS counts a page of it five times.
            let resident = crate::server::memory(pid, "Pss");
            let own = crate::server::memory(pid, "RssAnon");
            seen.push((begun.elapsed().as_secs_f64(), own, resident));
            progress(
                "soak",
                (begun.elapsed().as_secs() as usize).min(seconds),
                seconds,
                || format!("seconds, {} MB", resident / 1024),
            );
            std::thread::sleep(Duration::from_secs(1));
        }
        seen
    });
    let shots = at_rate(plan.rate, plan.lasting, WORKERS, |worker, number| {
        ask(&desks[worker], number, &body, &concern)
    });
    over.store(true, Ordering::Relaxed);
    let memory = memory.join().unwrap();
    tell(&mut outcome, plan, &shots, &memory);
    for fault in server.doctor() {
        outcome.violation(fault);
    }
    outcome.ended()
}

/// Writes so many down, from a few desks at once.
fn record(staff: &Client, body: &Value, many: usize) {
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..8 {
            let (next, staff) = (&next, staff.copy());
            scope.spawn(move || {
                while next.fetch_add(1, Ordering::Relaxed) < many {
                    staff.post_once("/v1/concerns", body).expect(201);
                }
            });
        }
    });
}

/// The request with this number of a day: mostly writing down, a little looking up, some reading.
fn ask(desk: &Desk, number: usize, body: &Value, concern: &str) -> (&'static str, u16) {
    // As the page does before its five minutes are over.
    let mut renewed = desk.renewed.lock().unwrap();
    if renewed.elapsed() > Duration::from_secs(200) {
        *renewed = Instant::now();
        for browser in [&desk.staff, &desk.lead] {
            if let Ok(answer) = browser
                .request(Method::POST, "/v1/session/token")
                .try_send()
            {
                browser.keep_token(&answer);
            }
        }
    }
    drop(renewed);
    let (kind, request) = match number % 20 {
        0..=9 => {
            let request = desk.staff.request(Method::POST, "/v1/concerns");
            ("record", request.idempotency_key(&fresh_key()).json(body))
        }
        10..=12 => {
            let request = desk.staff.request(Method::POST, "/v1/pupil-lookups");
            ("look up", request.json(&json!({ "letters": "To" })))
        }
        13 | 14 => ("receipts", desk.staff.request(Method::GET, "/v1/receipts")),
        15 => ("me", desk.staff.request(Method::GET, "/v1/me")),
        16 => ("alerts", desk.lead.request(Method::GET, "/v1/alerts")),
        17 => ("list", desk.lead.request(Method::GET, "/v1/concerns")),
        18 => ("read", desk.lead.request(Method::GET, concern)),
        _ if number % 200 == 19 => {
            let request = desk.lead.request(Method::POST, "/v1/searches");
            ("search", request.json(&json!({ "words": "coat" })))
        }
        _ => ("dashboard", desk.lead.request(Method::GET, "/v1/dashboard")),
    };
    (kind, request.try_send().map_or(0, |answer| answer.status))
}

/// Times are figures, not violations: the machine is shared. Failures and memory are.
fn tell(outcome: &mut Outcome, plan: Plan, shots: &[Shot], memory: &[(f64, u64, u64)]) {
    let failed: Vec<&Shot> = shots
        .iter()
        .filter(|shot| !(200..300).contains(&shot.status))
        .collect();
    for shot in failed.iter().take(20) {
        outcome.violation(format!(
            "{} at {:.0} s was answered {}",
            shot.kind, shot.due, shot.status
        ));
    }
    outcome.figure("requests", shots.len());
    outcome.figure("errors", failed.len());
    outcome.figure("rate", plan.rate);
    let lasted = plan.lasting.as_secs_f64();
    let quarter = |from: f64, to: f64| {
        let within: Vec<Shot> = shots
            .iter()
            .filter(|shot| shot.due >= lasted * from && shot.due < lasted * to)
            .copied()
            .collect();
        times(&within, Some("record"))
    };
    for (name, mut measured) in [
        ("record", times(shots, Some("record"))),
        ("all", times(shots, None)),
    ] {
        outcome.figure(
            &format!("{name}_p50_ms"),
            rounded(percentile(&mut measured, 0.5)),
        );
        outcome.figure(
            &format!("{name}_p99_ms"),
            rounded(percentile(&mut measured, 0.99)),
        );
    }
    let kinds = [
        "look up",
        "receipts",
        "me",
        "alerts",
        "list",
        "read",
        "dashboard",
        "search",
    ];
    for kind in kinds {
        let mut measured = times(shots, Some(kind));
        outcome.figure(
            &format!("{}_p50_ms", kind.replace(' ', "_")),
            rounded(percentile(&mut measured, 0.5)),
        );
    }
    let (mut early, mut late) = (quarter(0.0, 0.25), quarter(0.75, 1.0));
    let (early, late) = (percentile(&mut early, 0.99), percentile(&mut late, 0.99));
    outcome.figure("record_p99_first_quarter_ms", rounded(early));
    outcome.figure("record_p99_last_quarter_ms", rounded(late));
    // The first minute fills caches, of a short campaign the first fifth; what is asked is whether it goes on growing.
    // The database's own pages, which are mapped and which the kernel takes back when it likes, are counted in the most
    // and not in the growth.
    // What a search holds while it runs comes and goes: the middle of some moments is taken, not one.
    let filled = FIRST_MINUTE.min(lasted / 5.0);
    let many = (filled / 2.0).max(1.0) as usize;
    let since = memory.iter().position(|(at, ..)| *at >= filled);
    let since = since.unwrap_or_default();
    let own: Vec<f64> = memory.iter().map(|one| one.1 as f64).collect();
    let middle = |moments: &[f64]| percentile(&mut moments.to_vec(), 0.5);
    let settled = middle(&own[since..own.len().min(since + many)]);
    let last = middle(&own[own.len().saturating_sub(many)..]);
    let most = memory.iter().map(|one| one.2).max().unwrap_or_default();
    outcome.figure("own_memory_settled_kb", settled);
    outcome.figure("own_memory_end_kb", last);
    outcome.figure("resident_most_kb", most);
    let each = (memory.len() / 20).max(1);
    let course: Vec<u64> = memory.iter().step_by(each).map(|one| one.1).collect();
    outcome.figure("own_memory_course_kb", course);
    let growth = (last / settled.max(1.0) - 1.0) * 100.0;
    outcome.figure("own_memory_growth_percent", rounded(growth));
    outcome.hold(most < MEMORY, || format!("the server came to {most} kB"));
}
