use std::path::{Path, PathBuf};

use diesel::connection::SimpleConnection as _;
use diesel::{Connection as _, PgConnection};
use serde_json::{Value, json};
use tempfile::TempDir;
use testkit::{Client, Engine, Person, bring, roster_of};

use super::cpu;
use super::table::Side;
use super::wrk::{Answered, Ask, ask};
use crate::{Cluster, Server};

/// Pupils whom the records are about in turn.
const SUBJECTS: usize = 50;

/// A school on the real server, with a holder whose key opens all that is recorded.
pub(super) struct Stage {
    pub(super) server: Server,
    pub(super) cluster: Option<Cluster>,
    pub(super) lead: Person,
    pub(super) pupils: Vec<String>,
    category: Value,
    /// Last, so that it goes when nobody uses it any more.
    folder: TempDir,
}

impl Stage {
    pub(super) fn set(engine: Engine) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let cluster = (engine == Engine::Postgres).then(Cluster::start);
        let mut server = Server::new(folder.path(), cluster.as_ref());
        server.start();
        let lead = server.found("Bashir", "Hollybank");
        let pupils = subjects(&lead.browser);
        let categories = lead.browser.get("/v1/categories").expect(200);
        let category = categories["items"]
            .as_array()
            .unwrap()
            .iter()
            .find(|category| category["compartment"] == "safeguarding")
            .unwrap()["id"]
            .clone();
        Self {
            server,
            cluster,
            lead,
            pupils,
            category,
            folder,
        }
    }

    pub(super) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The embedded database's file.
    pub(super) fn file(&self) -> PathBuf {
        self.server.data().join("safehold.sqlite")
    }

    /// What is recorded: one form a pupil, with a narrative of about so many characters.
    pub(super) fn forms(&self, characters: usize) -> Vec<Value> {
        const WORDS: &str =
            "At 8:40 he came through the side gate without a coat and stood by the wall. ";
        let narrative = WORDS.repeat(characters.div_ceil(WORDS.len()));
        let form = |pupil| {
            json!({
                "pupils": [{ "pupil": pupil, "role": "subject" }],
                "categories": [self.category],
                "occurred_at": "2026-11-20T08:40:00Z",
                "occurred_precision": "about",
                "narrative": narrative,
                "urgent": false,
            })
        };
        self.pupils.iter().map(form).collect()
    }

    /// Records until there are so many.
    pub(super) fn record(&self, count: usize, characters: usize) {
        let forms = self.forms(characters);
        let mut there = self.recorded();
        while there < count {
            self.lead.browser.refresh().expect(200);
            self.load("POST", "/v1/concerns", &forms, 16, 1);
            there = self.recorded();
            crate::progress("recording", there.min(count), count, String::new);
        }
    }

    /// How many concerns there are.
    pub(super) fn recorded(&self) -> usize {
        let (mut count, mut after) = (0, String::new());
        loop {
            let path = format!("/v1/receipts?limit=100{after}");
            let page = self.lead.browser.get(&path).expect(200);
            count += page["items"].as_array().unwrap().len();
            match page["next"].as_str() {
                Some(next) => after = format!("&after={next}"),
                None => return count,
            }
        }
    }

    /// Opens the records, for as long as an unlock lasts, and files what waits: a search does that before it looks.
    pub(super) fn open(&self) {
        self.lead.phone().unlock(&self.lead.browser);
        let search = json!({ "words": "zephyrquoin" });
        let answer = self.lead.browser.post("/v1/searches", &search).expect(200);
        let (filed, recorded) = (answer["scanned"].as_u64().unwrap(), self.recorded());
        assert!(
            filed as usize >= recorded,
            "{filed} of {recorded} were searched"
        );
    }

    /// Has PostgreSQL count and tidy what is in its tables, and write out what it has put off.
    pub(super) fn settle(&self) {
        if let Some(cluster) = &self.cluster {
            let mut superuser =
                PgConnection::establish(&cluster.superuser_url("safehold")).unwrap();
            superuser.batch_execute("vacuum analyze").unwrap();
            superuser.batch_execute("checkpoint").unwrap();
        }
    }

    pub(super) fn load(
        &self,
        method: &'static str,
        path: &str,
        bodies: &[Value],
        clients: usize,
        seconds: u64,
    ) -> Answered {
        let asked = Ask {
            method,
            path,
            bodies,
            clients,
            seconds,
        };
        ask(
            &self.server.origin(),
            self.folder(),
            &self.lead.browser,
            asked,
        )
    }

    /// Asks for a second to get warm and then for so long: what it took.
    pub(super) fn measure(
        &self,
        method: &'static str,
        path: &str,
        bodies: &[Value],
        clients: usize,
        seconds: u64,
    ) -> Side {
        eprintln!("{method} {path}, {clients} clients");
        self.lead.browser.refresh().expect(200);
        self.load(method, path, bodies, clients, 1);
        let (server, database) = self.cpu();
        let answered = self.load(method, path, bodies, clients, seconds);
        let (server_after, database_after) = self.cpu();
        let each = 1_000.0 / answered.count;
        Side {
            count: answered.count,
            refused: answered.refused,
            rate: answered.rate,
            p50: answered.p50,
            p95: answered.p95,
            p99: answered.p99,
            server: (server_after - server) * each,
            database: (database_after - database) * each,
        }
    }

    fn cpu(&self) -> (f64, f64) {
        let database = self.cluster.as_ref().map(Cluster::pid);
        (
            cpu::of(self.server.pid()),
            database.map_or(0.0, cpu::of_family),
        )
    }
}

/// Brings the pupils onto the roll; their ids.
fn subjects(browser: &Client) -> Vec<String> {
    let letter = |place| char::from(b'a' + u8::try_from(place).unwrap());
    let name = |number: usize| format!("B{}{}rin Holm", letter(number / 10), letter(number % 10));
    let names: Vec<_> = (0..SUBJECTS).map(|number| (name(number), "9")).collect();
    bring(browser, &roster_of(&names));
    let find = |(name, _): &(String, &str)| {
        let letters = json!({ "letters": name });
        let found = browser.post("/v1/pupil-lookups", &letters).expect(200);
        found["items"][0]["id"].as_str().unwrap().to_owned()
    };
    names.iter().map(find).collect()
}
