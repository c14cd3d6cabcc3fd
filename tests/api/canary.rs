//! Nothing that was written can be read from what is kept: fifty marked words in five hundred records,
//! a day's work on them, and then a search for every word, in every encoding, through the database's
//! files, its write-ahead log, its freed pages, the log, the outbox and the mails.

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, OnceLock};

use diesel::connection::SimpleConnection as _;
use diesel::{Connection as _, PgConnection, SqliteConnection};
use domain::{Entropy, SeededEntropy};
use serde_json::json;
use testkit::{Database, Engine, MailServer, Scanner, TestApp, both_databases};

const RECORDS: usize = 500;
const WORDS: usize = 50;

/// Words that nobody says by accident: twelve letters, consonant and vowel by turns.
fn words() -> Vec<String> {
    const CONSONANTS: &[u8] = b"bdfgklmnprstvz";
    const VOWELS: &[u8] = b"aeiou";
    let entropy = SeededEntropy::new([77; 32]);
    (0..WORDS)
        .map(|_| {
            let mut chance = [0; 12];
            entropy.fill(&mut chance);
            let letters = chance.iter().enumerate().map(|(place, byte)| {
                let alphabet = if place % 2 == 0 { CONSONANTS } else { VOWELS };
                char::from(alphabet[usize::from(*byte) % alphabet.len()])
            });
            letters.collect()
        })
        .collect()
}

/// All that the process logs from now on, down to the last detail.
fn log() -> Arc<Mutex<Vec<u8>>> {
    static LOG: OnceLock<Arc<Mutex<Vec<u8>>>> = OnceLock::new();
    let log = LOG.get_or_init(|| {
        let log = Arc::new(Mutex::new(Vec::new()));
        let writer = Arc::clone(&log);
        tracing_subscriber::fmt()
            .with_max_level(tracing_subscriber::filter::LevelFilter::TRACE)
            .with_span_events(tracing_subscriber::fmt::format::FmtSpan::FULL)
            .with_writer(move || Tee(Arc::clone(&writer)))
            .init();
        log
    });
    Arc::clone(log)
}

struct Tee(Arc<Mutex<Vec<u8>>>);

impl std::io::Write for Tee {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Everything that the database keeps on disk.
fn files(database: &Database) -> PathBuf {
    match database.engine() {
        Engine::Sqlite => database.folder().to_owned(),
        Engine::Postgres => {
            let folder = std::env::var_os("SAFEHOLD_TEST_POSTGRES_FILES");
            PathBuf::from(folder.expect("run scripts/with-postgres cargo test")).join("data")
        }
    }
}

/// Writes all that the database still has in memory to its files.
fn settle(database: &Database) {
    match database.engine() {
        // The log is looked into as it is, and again after it was written back.
        Engine::Sqlite => {}
        Engine::Postgres => PgConnection::establish(&database.owner_url())
            .unwrap()
            .batch_execute("checkpoint")
            .unwrap(),
    }
}

both_databases! {
    fn no_word_that_was_written_can_be_found(app: TestApp) {
        let log = log();
        let words = words();
        let scanner = Scanner::new(words.iter().map(String::as_str));
        let mut mail_server = MailServer::start();
        let mut mails = String::new();

        let office = app.browser_of("Morag");
        office.post("/v1/alert-rules", &json!({
            "name": "Everything", "categories": [], "years": [],
            "recipients": [app.person("Bashir").member], "enabled": true,
        })).expect(201);

        // The morning: five hundred records, every field of which holds a word, and files.
        let mut concerns = Vec::new();
        for number in 0..RECORDS {
            let word = |place: usize| words[(number + place * 7) % WORDS].as_str();
            let narrative = format!("Said {} twice, then ran to the gate.", word(0));
            let file = format!("A note with {} in it.\n", word(4));
            let file_name = format!("{}.txt", word(5));
            let mut concern = app.concern().saying(&narrative).and(json!({
                "child_words": format!("it was {} and nobody came", word(1)),
                "location": format!("by the {}", word(2)),
                "staff_present": format!("Mr {}", word(3)),
                "told_lead": true,
                "told_whom": format!("Ms {}", word(3)),
            }));
            if number % 10 == 0 {
                concern = concern.with_file(&file_name, "text/plain", file.as_bytes());
            }
            concerns.push(concern.create());
            app.clock.advance_seconds(20);
            // Neither's session may end while the morning passes: minting a token is not using it.
            if number % 10 == 9 {
                for name in ["Carys", "Bashir"] {
                    app.browser_of(name).refresh().expect(200);
                    app.browser_of(name).get("/v1/me").expect(200);
                }
            }
        }
        app.pass(1);
        for mail in mail_server.deliver(&app) {
            writeln!(mails, "{}\n{}", mail.to, mail.raw).unwrap();
        }

        // The lead's day: unlock, which files them; read, search, act, answer, close.
        let lead = app.unlocked("Bashir");
        lead.get("/v1/dashboard").expect(200);
        for (number, concern) in concerns.iter().enumerate().step_by(10) {
            let word = words[number % WORDS].as_str();
            let read = lead.get(&concern.path()).expect(200);
            assert!(read["narrative"].as_str().unwrap().contains(word), "it does not open");
            let file = read["files"][0]["id"].as_str().unwrap();
            let downloaded = lead.get(&format!("{}/attachments/{file}", concern.path()));
            assert!(String::from_utf8_lossy(&downloaded.body).starts_with("A note with"));
            let found = lead.post("/v1/searches", &json!({ "words": word })).expect(200);
            assert!(!found["items"].as_array().unwrap().is_empty(), "{word} is not found");
            let action = json!({ "kind": "note", "text": format!("Wrote {word} down.") });
            lead.post_once(&format!("{}/actions", concern.path()), &action).expect(201);
            let reply = json!({ "text": format!("Thank you for {word}.") });
            lead.post_once(&format!("{}/replies", concern.path()), &reply).expect(201);
            let amendment = json!({ "narrative": format!("It was {word}."), "reason": format!("Not {word}.") });
            lead.post_once(&format!("{}/amendments", concern.path()), &amendment).expect(201);
            lead.post(&format!("{}/opening", concern.path()), &json!({}));
            lead.post(&format!("{}/closure", concern.path()), &json!({
                "summary": word, "follow_up": word, "action_taken": word, "decision": "monitored",
                "reasons": word, "outcome": word,
            })).expect(200);
            app.clock.advance_seconds(30);
            lead.refresh().expect(200);
        }
        // A refusal must not repeat what was refused either.
        lead.post("/v1/searches", &json!({ "words": "x", words[0].as_str(): words[1] }));
        app.browser_of("Carys").refresh().expect(200);
        app.browser_of("Carys").post("/v1/concerns", &json!({ "narrative": words[2] }));
        app.browser_of("Carys").post("/v1/pupil-lookups", &json!({ "letters": words[3] })).expect(200);
        for mail in mail_server.deliver(&app) {
            writeln!(mails, "{}\n{}", mail.to, mail.raw).unwrap();
        }
        assert!(mails.len() > 500, "no mail was sent: {mails}");
        lead.delete("/v1/unlock").expect(204);

        // While it runs, with the write-ahead log as it is; and after it was stopped.
        settle(app.database());
        assert_eq!(scanner.scan(&files(app.database())), [], "in the running database's files");
        let (database, _) = app.stop();
        settle(&database);
        assert_eq!(scanner.scan(&files(&database)), [], "in the database's files");
        let logged = log.lock().unwrap().clone();
        assert!(logged.len() > 100_000, "nothing was logged");
        assert_eq!(scanner.scan_bytes("the log".as_ref(), &logged), []);
        assert_eq!(scanner.scan_bytes("the mails".as_ref(), mails.as_bytes()), []);

        // The search can find: plant a word in a column, and look again.
        let plant = format!("update server_secret set name = name || '{}' where name = 'identity'", words[0]);
        match database.engine() {
            Engine::Sqlite => SqliteConnection::establish(&database.url()).unwrap().batch_execute(&plant),
            Engine::Postgres => PgConnection::establish(&database.owner_url()).unwrap().batch_execute(&plant),
        }
        .unwrap();
        settle(&database);
        let found = scanner.scan(&files(&database));
        assert!(found.iter().any(|hit| hit.word == words[0] && hit.encoding == "utf-8"), "the scan is blind");
        assert!(fs::metadata(files(&database)).is_ok());
    }
}
