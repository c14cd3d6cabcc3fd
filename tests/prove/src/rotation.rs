//! SIGKILL while a compartment's key is changed, and every record is within reach all the while.
//!
//! A lead's phone makes the compartment a new key, and then the records move to it in batches. The server is killed
//! at a random moment of each of these requests and started again: the key is the old one or the new one, a batch
//! moved whole or not at all, records open and show their own words and their files, and the work goes on where it
//! was. Some records are looked at after each kill, others each time. At the end nothing is sealed to the old key,
//! and a new unlock opens all of them.

use std::time::{Duration, Instant};

use domain::{AttachmentId, ConcernId, Entropy, SeededEntropy};
use protocol::compartments::Compartment;
use serde_json::json;
use testkit::{Client, Person, bring, roster};
use ureq::http::Method;

use crate::kill::{compare, content, form, notes, words};
use crate::{Cluster, Outcome, Server, progress};

/// Each such record has a file.
const WITH_FILE: u64 = 4;
/// By how much later the change of the key itself is broken off, from one time to the next.
const LATER: Duration = Duration::from_millis(3);
/// Records that are looked at after each kill: others each time.
const LOOKED_AT: usize = 24;

/// A campaign of kills while a key is changed.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// How many records move to the new key.
    pub records: usize,
    /// Records in one batch.
    pub batch: u32,
    /// Whether on PostgreSQL; else on the embedded database.
    pub postgres: bool,
    /// Of the moments; another seed kills at others.
    pub seed: u8,
}

/// A record, and the number from which its words and its file follow.
struct Recorded {
    concern: ConcernId,
    number: u64,
    files: Vec<(AttachmentId, u64)>,
}

struct Campaign {
    server: Server,
    lead: Person,
    recorded: Vec<Recorded>,
    chance: SeededEntropy,
    kills: usize,
    unanswered: usize,
    /// Of these, how many had been kept.
    unheard: usize,
    /// From which record on it is looked next.
    looked_at: usize,
    outcome: Outcome,
    /// Last, so that it goes when nobody uses it any more.
    _cluster: Option<Cluster>,
}

/// Runs it.
///
/// # Panics
/// If the stage cannot be set, or the server does not come back.
pub fn run(plan: Plan) -> Outcome {
    let folder = tempfile::Builder::new()
        .prefix("safehold-prove-rotation.")
        .tempdir()
        .unwrap();
    let cluster = plan.postgres.then(Cluster::start);
    let mut server = Server::new(folder.path(), cluster.as_ref());
    server.start();
    let lead = server.found("Bashir", "Hollybank");
    bring(&lead.browser, &roster());
    lead.phone().unlock(&lead.browser);
    let recorded = record(&lead.browser, plan.records);
    let mut campaign = Campaign {
        server,
        lead,
        recorded,
        chance: SeededEntropy::new([plan.seed; 32]),
        kills: 0,
        unanswered: 0,
        unheard: 0,
        looked_at: 0,
        outcome: Outcome::of(
            "rotation",
            if plan.postgres { "postgres" } else { "sqlite" },
        ),
        _cluster: cluster,
    };
    campaign.change();
    campaign.lead.phone().unlock(&campaign.lead.browser);
    campaign.read("once the key was changed");
    campaign.move_all(plan.batch);
    campaign.finish(plan)
}

/// Records so many concerns, and files the first half of them under the compartment's key, as a search does.
fn record(browser: &Client, count: usize) -> Vec<Recorded> {
    let mut body = form(browser);
    let mut recorded = Vec::new();
    for number in 0..count as u64 {
        if recorded.len() == count / 2 {
            let search = json!({ "words": "account" });
            browser.post("/v1/searches", &search).expect(200);
        }
        if number % 200 == 199 {
            browser.refresh().expect(200);
        }
        body["narrative"] = words(number).into();
        let receipt = browser.post_once("/v1/concerns", &body).expect(201);
        let concern: ConcernId = receipt["id"].as_str().unwrap().parse().unwrap();
        let mut files = Vec::new();
        if number.is_multiple_of(WITH_FILE) {
            let bytes = content(number);
            let path = format!("/v1/concerns/{concern}/attachments");
            let attached = browser.upload(&path, notes(&bytes), &[]).expect(201);
            files.push((attached["id"].as_str().unwrap().parse().unwrap(), number));
        }
        recorded.push(Recorded {
            concern,
            number,
            files,
        });
    }
    recorded
}

impl Campaign {
    /// Makes the compartment a new key: broken off again and again, each time a little later, until it is through.
    fn change(&mut self) {
        for attempt in 0.. {
            let phone = self.lead.phone();
            let moment = LATER * attempt + moment(&self.chance, LATER);
            let change = || phone.try_rotate(Compartment::SAFEGUARDING).is_ok();
            let (heard, _) = kill_after(&mut self.server, moment, change);
            self.kills += 1;
            // The phone may not have heard of what was kept.
            let changed = !self.lead.phone().rotations().is_empty();
            self.outcome.hold(changed || !heard, || {
                "a change of the key was acknowledged and is not there".to_owned()
            });
            if changed {
                self.outcome.figure("change_unheard_of", !heard);
                self.outcome.figure("changes_broken_off", attempt);
                return;
            }
            // The old key still opens all of it, in the session that there was.
            self.read(&format!("after break {attempt} of the change"));
        }
    }

    /// Moves every record to the new key, killing the server in each batch.
    fn move_all(&mut self, batch: u32) {
        let mut left = self.left();
        let all = left;
        let files: usize = self.recorded.iter().map(|one| one.files.len()).sum();
        let filed = (self.recorded.len() / 2 + files) as i64;
        self.outcome.hold(all >= filed, || {
            format!("{all} records are to move, of at least {filed}")
        });
        let mut within = Duration::from_millis(5);
        while left > 0 {
            self.lead.browser.refresh().expect(200);
            let browser = &self.lead.browser;
            let request = browser.request(Method::POST, "/v1/rewraps");
            let ask = || request.json(&json!({ "limit": batch })).try_send();
            let (answer, took) = kill_after(&mut self.server, moment(&self.chance, within), ask);
            self.kills += 1;
            match &answer {
                Ok(_) => within = took * 3 / 2,
                Err(_) => {
                    self.unanswered += 1;
                    // However slow the machine, a batch comes through in the end.
                    within = within * 9 / 8;
                }
            }
            let before = std::mem::replace(&mut left, self.left());
            let (moved, whole) = (before - left, i64::from(batch).min(before));
            self.outcome.hold(moved == 0 || moved == whole, || {
                format!("{moved} of a batch of {whole} moved")
            });
            if let Ok(answer) = &answer {
                let said = answer.expect(200)["rewrapped"].as_i64();
                self.outcome.hold(said == Some(moved), || {
                    format!("{moved} moved, and the answer was {said:?}")
                });
            } else if moved > 0 {
                self.unheard += 1;
            }
            self.read(&format!("with {left} left"));
            progress("rotation", (all - left) as usize, all as usize, || {
                format!("moved, {} kills", self.kills)
            });
        }
        self.outcome.figure("records_moved", all);
        self.outcome.hold(self.unanswered > 0, || {
            "no batch was broken off: nothing was tried".to_owned()
        });
    }

    /// How many records need the old key.
    fn left(&self) -> i64 {
        let rotations = self.lead.phone().rotations();
        rotations.iter().map(|(_, _, left, _)| left).sum()
    }

    /// Some of the records, in the session that is open.
    fn read(&mut self, when: &str) {
        let many = self.recorded.len();
        for _ in 0..LOOKED_AT.min(many) {
            self.compare(self.looked_at % many, when);
            self.looked_at += 1;
        }
    }

    fn compare(&mut self, place: usize, when: &str) {
        let one = &self.recorded[place];
        let browser = &self.lead.browser;
        if place.is_multiple_of(LOOKED_AT) {
            browser.refresh().expect(200);
        }
        if let Err(what) = compare(browser, one.concern, one.number, &one.files) {
            self.outcome.violation(format!("{when}: {what}"));
        }
    }

    fn finish(mut self, plan: Plan) -> Outcome {
        self.lead.browser.delete("/v1/unlock").expect(204);
        self.lead.phone().unlock(&self.lead.browser);
        for place in 0..self.recorded.len() {
            self.compare(place, "at the end");
        }
        for fault in self.server.doctor() {
            self.outcome.violation(fault);
        }
        self.outcome.figure("records", self.recorded.len());
        self.outcome.figure("kills", self.kills);
        self.outcome.figure("batches_unanswered", self.unanswered);
        self.outcome
            .figure("batches_moved_and_unanswered", self.unheard);
        self.outcome.figure("seed", plan.seed);
        self.outcome.ended()
    }
}

/// Kills the server so long after `act` began, and starts it again when that is over; what came of it, and how long
/// it took.
fn kill_after<T>(server: &mut Server, moment: Duration, act: impl FnOnce() -> T) -> (T, Duration) {
    let killed = &mut *server;
    let result = std::thread::scope(|scope| {
        let killer = scope.spawn(move || {
            std::thread::sleep(moment);
            killed.kill();
        });
        let begun = Instant::now();
        let result = (act(), begun.elapsed());
        killer.join().expect("it was killed");
        result
    });
    server.start();
    result
}

/// A moment within so long.
fn moment(chance: &SeededEntropy, within: Duration) -> Duration {
    let drawn = u64::from_be_bytes((chance as &dyn Entropy).bytes());
    Duration::from_micros(drawn % (within.as_micros() as u64).max(1))
}
