//! SIGKILL, at any moment, and nothing that was acknowledged is lost or there twice.
//!
//! Eight writers record concerns through HTTP, each under an idempotency key, some with a file. What is
//! acknowledged goes into a ledger that is synced before the writer's next request. The server, or the
//! database beneath it, is killed at a random moment and started again; before the writers go on, the
//! database is read past the server: all that is in the ledger is there once, with its alert, its line in
//! the audit log and its kept answer, and what was not acknowledged is there whole or not at all. At the end
//! a phone unlocks the school and every concern shows its own words.

mod gate;
mod reading;
mod writer;

use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use domain::{
    Clock as _, ConcernId, Entropy, OutboxId, SchoolId, SeededEntropy, SystemClock, Timestamp,
};
use serde_json::{Value, json};
use testkit::{Client, Person, bring, roster};

use crate::ledger::{Ledger, Line};
use crate::state::{State, chain, only_school, open};
use crate::{Cluster, Outcome, Server, progress};
use gate::Gate;
pub(crate) use reading::compare;
use writer::{Tally, Writer};
pub(crate) use writer::{content, notes, words};

/// How many write at once.
const WRITERS: usize = 8;

/// What is killed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Victim {
    /// The server.
    Server,
    /// PostgreSQL beneath it; the server lives on.
    Database,
}

/// A campaign of kills.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// How often.
    pub kills: usize,
    /// Whether on PostgreSQL; else on the embedded database.
    pub postgres: bool,
    /// What is killed.
    pub victim: Victim,
    /// At most so many concerns are opened at the end, evenly spread.
    pub open: usize,
    /// Of the moments; another seed kills at others.
    pub seed: u8,
}

/// The campaign as it stands.
struct Campaign {
    server: Server,
    cluster: Option<Cluster>,
    lead: Person,
    school: SchoolId,
    ledger: Arc<Ledger>,
    outcome: Outcome,
    /// How much of the ledger has been looked for.
    checked: usize,
    /// The keys in that part of it.
    acknowledged: HashSet<OutboxId>,
    /// What the database had of requests that nobody had an answer to.
    found: HashMap<OutboxId, ConcernId>,
}

/// Runs it.
///
/// # Panics
/// If the stage cannot be set, or a server does not come back.
pub fn run(plan: Plan) -> Outcome {
    let on = match (plan.postgres, plan.victim) {
        (false, _) => "sqlite",
        (true, Victim::Server) => "postgres",
        (true, Victim::Database) => "postgres-itself",
    };
    let folder = tempfile::Builder::new()
        .prefix("safehold-prove-kill.")
        .tempdir()
        .unwrap();
    let (mut campaign, forms) = Campaign::begin(folder.path(), plan, on);
    let gate = Arc::new(Gate::new());
    let tally = Arc::new(Tally::default());
    let threads: Vec<_> = (0..WRITERS)
        .map(|number| {
            let browser = Client::new(&campaign.server.origin());
            browser
                .sign_in(&campaign.lead.email, testkit::PASSWORD)
                .expect(200);
            let writer = Writer {
                number: number as u64,
                browser,
                form: forms.clone(),
                ledger: Arc::clone(&campaign.ledger),
                gate: Arc::clone(&gate),
                tally: Arc::clone(&tally),
                database_dies: plan.victim == Victim::Database,
            };
            std::thread::spawn(move || writer.run())
        })
        .collect();

    let chance = SeededEntropy::new([plan.seed; 32]);
    let mut before = SystemClock.now();
    let mut starts = Vec::new();
    for round in 1..=plan.kills {
        // A request of the round before may have been kept without an answer: its repetition is this round's.
        let since = std::mem::replace(&mut before, SystemClock.now());
        gate.open();
        let moment = u64::from_be_bytes((&chance as &dyn Entropy).bytes());
        std::thread::sleep(Duration::from_millis(50 + moment % 1951));
        campaign.kill(plan.victim);
        gate.close();
        gate.wait_for(WRITERS);
        starts.push(campaign.revive(plan.victim));
        campaign.check(since.plus_seconds(-1), round);
        campaign.lead.browser.refresh();
        progress("kill", round, plan.kills, || {
            format!("{} acknowledged", campaign.ledger.len())
        });
    }
    gate.finish();
    for thread in threads {
        thread.join().expect("a writer");
    }
    campaign.outcome.figure("kills", plan.kills);
    campaign.outcome.figure("seed", plan.seed);
    campaign.finish(plan, &tally, &mut starts)
}

impl Campaign {
    fn begin(folder: &Path, plan: Plan, on: &str) -> (Self, Value) {
        let cluster = plan.postgres.then(Cluster::start);
        let mut server = Server::new(folder, cluster.as_ref());
        server.start();
        let lead = server.found("Bashir", "Hollybank");
        bring(&lead.browser, &roster());
        let form = form(&lead.browser);
        let school = only_school(&open(&server.database_url()));
        let campaign = Self {
            server,
            cluster,
            lead,
            school,
            ledger: Arc::new(Ledger::new(&folder.join("ledger"))),
            outcome: Outcome::of("kill", on),
            checked: 0,
            acknowledged: HashSet::new(),
            found: HashMap::new(),
        };
        (campaign, form)
    }

    fn kill(&mut self, victim: Victim) {
        match (victim, &mut self.cluster) {
            (Victim::Server, _) | (Victim::Database, None) => self.server.kill(),
            (Victim::Database, Some(cluster)) => cluster.kill(),
        }
    }

    /// Starts the victim again; how many milliseconds that took.
    fn revive(&mut self, victim: Victim) -> f64 {
        let took = match (victim, &mut self.cluster) {
            (Victim::Server, _) | (Victim::Database, None) => self.server.start(),
            (Victim::Database, Some(cluster)) => {
                let begun = std::time::Instant::now();
                cluster.run();
                begun.elapsed()
            }
        };
        took.as_secs_f64() * 1_000.0
    }

    /// Looks at what came since the last look, while every writer stands still.
    fn check(&mut self, since: Timestamp, round: usize) {
        let db = open(&self.server.database_url());
        let state = State::read(&db, self.school, since).unwrap();
        for fault in state.faults() {
            self.outcome
                .violation(format!("after kill {round}: {fault}"));
        }
        let lines = self.ledger.lines(self.checked);
        self.checked += lines.len();
        for line in &lines {
            self.look_for(&state, line, round, false);
        }
        self.acknowledged
            .extend(lines.iter().filter_map(|line| match line {
                Line::Recorded { key, .. } => Some(*key),
                Line::Attached { .. } => None,
            }));
        for (key, id) in &state.keys {
            if !self.acknowledged.contains(key) {
                self.found.entry(*key).or_insert(*id);
            }
        }
    }

    fn look_for(&mut self, state: &State, line: &Line, round: usize, at_the_end: bool) {
        match line {
            // Seen before its acknowledgement, in a look of an earlier round; all of them are looked for at the end.
            Line::Recorded { key, concern, .. }
                if !state.keys.contains_key(key)
                    && self.found.get(key) == Some(concern)
                    && !at_the_end => {}
            Line::Recorded { key, concern, .. } => {
                let there = state.concerns.contains_key(concern);
                self.outcome.hold(there, || {
                    format!("after kill {round}: {concern} was acknowledged and is not there")
                });
                let kept = state.keys.get(key) == Some(concern);
                self.outcome.hold(kept, || {
                    format!("after kill {round}: {concern}'s key is not kept")
                });
            }
            Line::Attached {
                concern,
                attachment,
                ..
            } => {
                // A concern from before this look is looked at once more at the end.
                if let Some(kept) = state.concerns.get(concern) {
                    let there = kept.attachments.contains_key(attachment);
                    self.outcome.hold(there, || {
                        format!(
                            "after kill {round}: {attachment} was acknowledged and is not there"
                        )
                    });
                }
            }
        }
    }

    /// All of it, from the first line to the last, and with the key.
    fn finish(mut self, plan: Plan, tally: &Tally, starts: &mut [f64]) -> Outcome {
        let db = open(&self.server.database_url());
        let state = State::read(&db, self.school, Timestamp::from_seconds(0)).unwrap();
        for fault in state.faults() {
            self.outcome.violation(format!("at the end: {fault}"));
        }
        match chain(&db, self.school).unwrap() {
            Ok(lines) => self.outcome.figure("audit_lines", lines),
            Err(fault) => self.outcome.violation(format!("the audit log: {fault}")),
        }
        drop(db);
        for fault in self.server.doctor() {
            self.outcome.violation(fault);
        }
        let lines = self.ledger.lines(0);
        let mut of_key = HashMap::new();
        let mut attached = 0;
        for line in &lines {
            self.look_for(&state, line, plan.kills, true);
            match line {
                Line::Recorded { key, concern, .. } => {
                    let before = of_key.insert(*key, *concern);
                    self.outcome.hold(before.is_none(), || {
                        format!("{concern}: its key was acknowledged twice")
                    });
                }
                Line::Attached { .. } => attached += 1,
            }
        }
        for (key, found) in &self.found {
            let acknowledged = of_key.get(key);
            self.outcome.hold(acknowledged == Some(found), || {
                format!("{found} was there unacknowledged; its repetition gave {acknowledged:?}")
            });
        }
        let (there, acknowledged) = (state.concerns.len(), of_key.len());
        self.outcome.hold(there == acknowledged, || {
            format!("{acknowledged} concerns were acknowledged in the end, and {there} are there")
        });
        self.outcome.figure("acknowledged", acknowledged);
        self.outcome.figure("acknowledged_files", attached);
        self.outcome
            .figure("kept_but_not_acknowledged", self.found.len());
        for (name, count) in tally.figures() {
            self.outcome.figure(name, count);
        }
        for what in tally.unexpected() {
            self.outcome.violation(what);
        }
        let worst = crate::figures::percentile(starts, 1.0);
        self.outcome
            .figure("slowest_start_ms", crate::figures::rounded(worst));
        let opened = reading::open_all(&self.lead, &lines, plan.open, &mut self.outcome);
        self.outcome.figure("opened_with_the_key", opened);
        self.outcome.ended()
    }
}

/// A concern without its words.
pub(crate) fn form(browser: &Client) -> Value {
    let found = browser
        .post("/v1/pupil-lookups", &json!({ "letters": "Tomos" }))
        .expect(200);
    let categories = browser.get("/v1/categories").expect(200);
    let category = categories["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|category| category["compartment"] == "safeguarding");
    json!({
        "pupils": [{ "pupil": found["items"][0]["id"], "role": "subject" }],
        "categories": [category.unwrap()["id"]],
        "occurred_at": "2026-09-21T08:40:00Z",
        "occurred_precision": "about",
        "urgent": false,
    })
}
