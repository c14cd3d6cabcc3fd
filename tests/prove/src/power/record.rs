//! The product at work, and all that its disk was told.

use std::sync::{Arc, Mutex};

use domain::{ConcernId, MemberId, SchoolId};
use testkit::{Engine, TestApp, Upload};

use crate::disk::{Fault, Part, Watch, watch};
use crate::state::school_of;

/// One thing that the disk was told, in the order in which it was told.
#[derive(Clone, Debug)]
pub(super) enum Told {
    Write(Part, usize, Box<[u8]>),
    Cut(Part, usize),
    Synced(Part),
}

#[derive(Debug, Default)]
struct Tape(Mutex<Vec<Told>>);

impl Tape {
    fn keep(&self, told: Told) {
        self.0.lock().unwrap().push(told);
    }
}

impl Watch for Tape {
    fn write(&self, part: Part, at: u64, bytes: &[u8]) -> Result<(), Fault> {
        self.keep(Told::Write(part, at as usize, bytes.into()));
        Ok(())
    }
    fn truncate(&self, part: Part, length: u64) -> Result<(), Fault> {
        self.keep(Told::Cut(part, length as usize));
        Ok(())
    }
    fn sync(&self, _: Part) -> Result<(), Fault> {
        Ok(())
    }
    fn synced(&self, part: Part) {
        self.keep(Told::Synced(part));
    }
    fn delete(&self, part: Part) {
        assert_ne!(part, Part::Log, "the log is not removed while the app runs");
    }
}

/// An acknowledged concern, and how much the disk had been told when its answer had come.
#[derive(Clone, Debug)]
pub(super) struct Acknowledged {
    pub(super) after: usize,
    pub(super) concern: ConcernId,
    pub(super) words: String,
    pub(super) files: usize,
}

/// A tape from beginning to end.
pub(super) struct Recording {
    pub(super) school: SchoolId,
    /// The database before the first of it.
    pub(super) before: Vec<u8>,
    pub(super) tape: Vec<Told>,
    pub(super) acknowledged: Vec<Acknowledged>,
}

impl Recording {
    /// Four people record so many concerns at once, every fifth with a file.
    /// The app is given too, for its people's browsers and phones.
    pub(super) fn make(concerns: usize) -> (Self, TestApp) {
        const WRITERS: usize = 4;
        let tape = Arc::new(Tape::default());
        let (mut watching, mut before) = (None, Vec::new());
        let app = TestApp::start_on(Engine::Sqlite, |database| {
            before = std::fs::read(database.sqlite_path()).unwrap();
            watching = Some(watch(database.folder(), tape.clone()));
        });
        let acknowledged = Mutex::new(Vec::new());
        let body = app.concern().body();
        std::thread::scope(|scope| {
            for writer in 0..WRITERS {
                let name = ["Carys", "Aled", "Dilys", "Morag"][writer];
                let browser = app.browser_of(name).copy();
                let (tape, acknowledged, mut body) = (&tape, &acknowledged, body.clone());
                scope.spawn(move || {
                    for number in (writer..concerns).step_by(WRITERS) {
                        let words = format!(
                            "Account {number}: {}",
                            "by the wall again, ".repeat(number % 90)
                        );
                        let words = words.trim_end().to_owned();
                        body["narrative"] = words.clone().into();
                        let receipt = browser.post_once("/v1/concerns", &body).expect(201);
                        let concern: ConcernId = receipt["id"].as_str().unwrap().parse().unwrap();
                        let acknowledge = |files| {
                            let after = tape.0.lock().unwrap().len();
                            acknowledged.lock().unwrap().push(Acknowledged {
                                after,
                                concern,
                                words: words.clone(),
                                files,
                            });
                        };
                        acknowledge(0);
                        if number.is_multiple_of(5) {
                            let bytes = b"Seen by the wall.\n".repeat(500 + number * 997 % 20_000);
                            let file = Upload {
                                name: "notes.txt",
                                content_type: "text/plain",
                                bytes: &bytes,
                            };
                            let path = format!("/v1/concerns/{concern}/attachments");
                            browser.upload(&path, file, &[]).expect(201);
                            acknowledge(1);
                        }
                    }
                });
            }
        });
        let carys: MemberId = app.person("Carys").member.parse().unwrap();
        let recording = Self {
            school: school_of(&app.app.db, carys),
            before,
            tape: tape.0.lock().unwrap().clone(),
            acknowledged: acknowledged.into_inner().unwrap(),
        };
        (recording, app)
    }

    /// Where the tape has syncs.
    pub(super) fn syncs(&self) -> Vec<usize> {
        let told = self.tape.iter().enumerate();
        told.filter(|(_, told)| matches!(told, Told::Synced(_)))
            .map(|(place, _)| place)
            .collect()
    }

    pub(super) fn checkpoints(&self) -> usize {
        let synced = |told: &&Told| matches!(told, Told::Synced(Part::Database));
        self.tape.iter().filter(synced).count()
    }

    pub(super) fn writes(&self) -> usize {
        let written = |told: &&Told| matches!(told, Told::Write(..));
        self.tape.iter().filter(written).count()
    }

    /// What was acknowledged before this place of the tape.
    pub(super) fn acknowledged_before(&self, place: usize) -> Vec<&Acknowledged> {
        let before = |one: &&Acknowledged| one.after <= place;
        self.acknowledged.iter().filter(before).collect()
    }
}
