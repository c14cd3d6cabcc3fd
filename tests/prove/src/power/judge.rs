//! Looks at a disk after the power came back.

use std::collections::HashMap;
use std::path::PathBuf;

use diesel::prelude::*;
use diesel::sql_types::Text;
use domain::{ConcernId, SchoolId, Timestamp};
use policy::Caller;
use serde_json::json;
use store::{AnyConnection, Tx};
use tempfile::TempDir;
use testkit::{Served, Template, TestApp};

use super::rebuild::{Files, Moment, Rebuilder};
use super::record::{Acknowledged, Recording};
use crate::Outcome;
use crate::state::State;

pub(super) struct Judge {
    school: SchoolId,
    folder: TempDir,
}

#[derive(QueryableByName)]
struct Said {
    #[diesel(sql_type = Text)]
    integrity_check: String,
}

#[derive(QueryableByName)]
struct Broken {
    #[diesel(sql_type = Text)]
    table: String,
}

impl Judge {
    pub(super) fn new(school: SchoolId) -> Self {
        // In memory if there is such a place: thousands of disks come and go.
        let memory = PathBuf::from("/dev/shm");
        let within = if memory.is_dir() {
            memory
        } else {
            std::env::temp_dir()
        };
        Self {
            school,
            folder: tempfile::Builder::new()
                .prefix("safehold-prove-power.")
                .tempdir_in(within)
                .unwrap(),
        }
    }

    /// What is wrong with this disk.
    pub(super) fn faults(&self, files: &Files, acknowledged: &[&Acknowledged]) -> Vec<String> {
        // Each lies in a folder of its own: the product may still be closing the one before.
        let folder = tempfile::tempdir_in(self.folder.path()).unwrap();
        let path = folder.path().join("safehold.sqlite");
        std::fs::write(&path, &files.database).unwrap();
        std::fs::write(folder.path().join("safehold.sqlite-wal"), &files.log).unwrap();
        let settings = store::Settings {
            url: path.display().to_string(),
            connections: Some(1),
        };
        let opened = store::Db::open(
            &settings,
            std::sync::Arc::new(domain::SystemClock),
            std::sync::Arc::new(domain::SystemEntropy::new()),
        );
        let db = match opened {
            Ok(db) => db,
            Err(error) => return vec![format!("it does not open: {error:?}")],
        };
        let looked = db.write_blocking(Caller::system(self.school), look);
        match looked {
            Err(error) => vec![format!("it cannot be read: {error:?}")],
            Ok((mut faults, state)) => {
                faults.extend(state.faults());
                faults.extend(missing(&state, acknowledged));
                faults
            }
        }
    }
}

fn look(tx: &mut Tx<'_>) -> store::Result<(Vec<String>, State)> {
    let mut faults = Vec::new();
    if let AnyConnection::Sqlite(connection) = tx.connection() {
        let said: Vec<Said> = diesel::sql_query("pragma integrity_check").load(connection)?;
        let said = said.into_iter().map(|said| said.integrity_check);
        faults.extend(said.filter(|said| said != "ok"));
        let broken: Vec<Broken> = diesel::sql_query("pragma foreign_key_check").load(connection)?;
        faults.extend(
            broken
                .into_iter()
                .map(|row| format!("{} points nowhere", row.table)),
        );
    }
    if let Err(fault) = store::verify_audit(tx)? {
        faults.push(format!("the audit log: {fault}"));
    }
    let state = State::of(tx, Timestamp::from_seconds(0))?;
    Ok((faults, state))
}

fn missing(state: &State, acknowledged: &[&Acknowledged]) -> Vec<String> {
    let mut faults = Vec::new();
    for one in acknowledged {
        match state.concerns.get(&one.concern) {
            None => faults.push(format!("{} was acknowledged and is not there", one.concern)),
            Some(kept) if kept.attachments.len() < one.files => {
                faults.push(format!(
                    "a file of {} was acknowledged and is not there",
                    one.concern
                ));
            }
            Some(_) => {}
        }
    }
    faults
}

/// Serves a few of the disks, unlocks each with a phone and reads what was acknowledged; how many concerns.
pub(super) fn read_with_the_key(
    app: &TestApp,
    recording: &Recording,
    moments: &[usize],
    outcome: &mut Outcome,
) -> usize {
    const DISKS: usize = 4;
    let mut opened = 0;
    let mut disk = Rebuilder::new(recording, false);
    for number in 1..=DISKS {
        let at = moments[moments.len() * number / DISKS - 1];
        disk.advance_to(at);
        // Any variant: what was acknowledged is in all of them.
        let files = disk.state(Moment::of(at, 2 + number));
        let database = Template::Sqlite(files.database).thaw();
        let log = database.folder().join("safehold.sqlite-wal");
        std::fs::write(log, files.log).unwrap();
        let served = Served::on(database, app.now());
        let lead = app.person("Bashir");
        let phone = lead.phone().copy_to(
            served.address(),
            std::sync::Arc::new(served.clock.clone()),
            std::sync::Arc::clone(&served.entropy),
        );
        let browser = lead.browser.copy_to(served.address());
        browser.refresh().expect(200);
        let started = browser.post("/v1/unlocks", &json!({})).expect(201);
        phone.approve(started["number"].as_str().unwrap());
        let path = format!("/v1/unlocks/{}", started["id"].as_str().unwrap());
        assert_eq!(browser.get(&path).expect(200)["state"], "open");
        browser.refresh().expect(200);
        let words: HashMap<ConcernId, &str> = recording
            .acknowledged_before(at)
            .into_iter()
            .map(|one| (one.concern, one.words.as_str()))
            .collect();
        for (concern, words) in words {
            let shown = browser.get(&format!("/v1/concerns/{concern}"));
            let right = shown.status == 200 && shown.json()["narrative"] == words;
            outcome.hold(right, || {
                format!("sync {at}: {concern} does not show its words")
            });
            opened += 1;
        }
    }
    opened
}
