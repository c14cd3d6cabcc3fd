//! The k-th write, cut or sync of the disk fails, for every k; once, or until there is room again.

use std::sync::{Arc, Mutex};

use domain::Timestamp;
use serde_json::Value;
use testkit::{Client, Engine, Response, TestApp, Upload, fresh_key};

use super::{misgivings, record};
use crate::disk::{Fault, Part, Watch, watch};
use crate::state::{State, chain, school_of};
use crate::{Outcome, progress};

/// Which faults are tried.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// The last k.
    pub until: u64,
    /// From one k to the next.
    pub step: u64,
}

/// What failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum What {
    Write,
    Cut,
    Sync,
}

#[derive(Debug)]
struct Armed {
    left: u64,
    fault: Fault,
    lasting: bool,
    hit: Option<What>,
}

/// A disk that fails when it is told to.
#[derive(Debug, Default)]
struct Failing(Mutex<Option<Armed>>);

impl Failing {
    fn arm(&self, k: u64, fault: Fault, lasting: bool) {
        *self.0.lock().unwrap() = Some(Armed {
            left: k,
            fault,
            lasting,
            hit: None,
        });
    }

    /// Whether it failed yet, and at what.
    fn hit(&self) -> Option<What> {
        self.0.lock().unwrap().as_ref().and_then(|armed| armed.hit)
    }

    fn mend(&self) {
        *self.0.lock().unwrap() = None;
    }

    fn ask(&self, what: What) -> Result<(), Fault> {
        let mut inside = self.0.lock().unwrap();
        let Some(armed) = inside.as_mut() else {
            return Ok(());
        };
        armed.left = armed.left.saturating_sub(1);
        let fails = match armed.hit {
            Some(_) => armed.lasting,
            None => armed.left == 0,
        };
        if !fails {
            return Ok(());
        }
        armed.hit.get_or_insert(what);
        Err(armed.fault)
    }
}

impl Watch for Failing {
    fn write(&self, _: Part, _: u64, _: &[u8]) -> Result<(), Fault> {
        self.ask(What::Write)
    }
    fn truncate(&self, _: Part, _: u64) -> Result<(), Fault> {
        self.ask(What::Cut)
    }
    fn sync(&self, _: Part) -> Result<(), Fault> {
        self.ask(What::Sync)
    }
}

/// A request that can be sent again.
enum Ask {
    Record {
        key: String,
        body: Value,
    },
    Attach {
        key: String,
        concern: String,
        bytes: Vec<u8>,
    },
}

impl Ask {
    fn send(&self, browser: &Client) -> Response {
        match self {
            Self::Record { key, body } => record(browser, key, body),
            Self::Attach {
                key,
                concern,
                bytes,
            } => {
                let file = Upload {
                    name: "notes.txt",
                    content_type: "text/plain",
                    bytes,
                };
                let path = format!("/v1/concerns/{concern}/attachments");
                let sending = browser.uploading(&path, file, &[]);
                sending.idempotency_key(key).send()
            }
        }
    }
}

/// Runs it.
///
/// # Panics
/// If the stage cannot be set.
pub fn run(plan: Plan) -> Outcome {
    let mut outcome = Outcome::of("faults-disk", "sqlite");
    let disk = Arc::new(Failing::default());
    let mut watching = None;
    let app = TestApp::start_on(Engine::Sqlite, |database| {
        watching = Some(watch(database.folder(), disk.clone()));
    });
    let carys: domain::MemberId = app.person("Carys").member.parse().unwrap();
    let school = school_of(&app.app.db, carys);
    let (mut cases, mut refused, mut hits) = (0, 0, 0);
    let all: Vec<u64> = (1..=plan.until).step_by(plan.step as usize).collect();
    for (place, k) in all.iter().copied().enumerate() {
        for fault in [Fault::Full, Fault::Broken] {
            let lasting = place.is_multiple_of(2);
            app.clock.advance_seconds(2);
            if place.is_multiple_of(25) {
                app.browser_of("Carys").refresh().expect(200);
                app.browser_of("Aled").refresh().expect(200);
            }
            cases += 1;
            let since = Timestamp::from_seconds(app.now());
            let concern = app.concern().create();
            disk.arm(k, fault, lasting);
            // A file of many pages and a concern of few, at once: they may lie in one commit.
            let file = Ask::Attach {
                key: fresh_key(),
                concern: concern.id.clone(),
                // Now and then more than SQLite keeps in memory: it then writes before the commit, and a
                // fault ends the transaction in the middle of a statement.
                bytes: b"Seen at the gate again.\n".repeat(if place % 10 > 7 {
                    800_000
                } else {
                    60_000
                }),
            };
            let record = Ask::Record {
                key: fresh_key(),
                body: app.concern().body(),
            };
            let (carys, aled) = (app.browser_of("Carys"), app.browser_of("Aled"));
            let answers = std::thread::scope(|scope| {
                let attaching = scope.spawn(|| file.send(carys));
                let recording = record.send(aled);
                [
                    (attaching.join().unwrap(), &file, carys),
                    (recording, &record, aled),
                ]
            });
            let hit = disk.hit();
            let about = || format!("{fault:?} at {k}, {hit:?}, lasting {lasting}");
            // It is while the disk fails that nobody may be shown half of anything.
            disk.mend();
            let mut after = Vec::new();
            for (answer, ask, browser) in answers {
                if answer.status == 201 {
                    after.push(answer);
                    continue;
                }
                refused += 1;
                // What SQLite is told of a full disk is told by a write; a sync only says that it failed.
                let full = fault == Fault::Full && (lasting || hit == Some(What::Write));
                let either = full && hit != Some(What::Write);
                let wrong = misgivings(&answer, full);
                if let Some(what) =
                    wrong.filter(|_| !(either && misgivings(&answer, false).is_none()))
                {
                    outcome.violation(format!("{}: {what}", about()));
                }
                let again = ask.send(browser);
                outcome.hold(again.status == 201, || {
                    format!("{}: not well at once afterwards: {again}", about())
                });
                after.push(again);
            }
            hits += usize::from(hit.is_some());
            let state = app
                .app
                .db
                .write_blocking(policy::Caller::system(school), move |tx| {
                    State::of(tx, since)
                })
                .unwrap();
            for what in state.faults() {
                outcome.violation(format!("{}: {what}", about()));
            }
            let recorded = state.concerns.len();
            outcome.hold(recorded == 2, || {
                format!("{}: {recorded} concerns of 2", about())
            });
        }
        progress("faults: disk", place + 1, all.len(), || {
            format!("{refused} refused")
        });
    }
    match chain(&app.app.db, school).unwrap() {
        Ok(lines) => outcome.figure("audit_lines", lines),
        Err(fault) => outcome.violation(format!("the audit log: {fault}")),
    }
    outcome.hold(hits * 10 >= cases * 9, || {
        format!("only {hits} of {cases} faults were met")
    });
    outcome.hold(refused > 0, || "no fault was seen by anybody".to_owned());
    outcome.figure("cases", cases);
    outcome.figure("faults_met", hits);
    outcome.figure("requests_refused", refused);
    outcome.ended()
}
