//! Nothing that was written can be read from what is kept: fifty marked words in five hundred records,
//! a day's work on them, and then a search for every word, in every encoding, through the database's
//! files, its write-ahead log, its freed pages, its own log, the app's log, the outbox and the mails.

use std::fs;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, OnceLock};

use diesel::connection::SimpleConnection as _;
use diesel::{Connection as _, PgConnection, QueryableByName, RunQueryDsl as _, SqliteConnection};
use domain::{Entropy, SeededEntropy};
use serde_json::json;
use testkit::{Database, Engine, Hit, Mail, MailServer, Scanner, TestApp, Upload, both_databases};

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

/// All that the app logs from now on, down to the last detail. Only the people's browsers are left out, which run
/// in this process too and write down all that they send.
fn log() -> Arc<Mutex<Vec<u8>>> {
    static LOG: OnceLock<Arc<Mutex<Vec<u8>>>> = OnceLock::new();
    let log = LOG.get_or_init(|| {
        let log = Arc::new(Mutex::new(Vec::new()));
        let writer = Arc::clone(&log);
        tracing_subscriber::fmt()
            .with_env_filter(tracing_subscriber::EnvFilter::new(
                "trace,ureq=off,ureq_proto=off",
            ))
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

/// Everything that the database keeps on disk: its own files, what it shares with others (the write-ahead
/// log), and what it says.
fn files(database: &Database) -> Vec<PathBuf> {
    if database.engine() == Engine::Sqlite {
        return vec![database.folder().to_owned()];
    }
    let folder = std::env::var_os("SAFEHOLD_TEST_POSTGRES_FILES");
    let folder = PathBuf::from(folder.expect("run scripts/with-postgres cargo test"));
    let of_this_database =
        "select oid::text as name from pg_database where datname = current_database()";
    let own: Named = diesel::sql_query(of_this_database)
        .get_result(&mut PgConnection::establish(&database.owner_url()).unwrap())
        .unwrap();
    let base = folder.join("data/base");
    assert!(base.join(&own.name).is_dir(), "its files are not there");
    // Other tests' databases lie beside it.
    let rest = fs::read_dir(folder.join("data")).unwrap();
    let rest = rest
        .map(|entry| entry.unwrap().path())
        .filter(|path| *path != base);
    rest.chain([base.join(own.name), folder.join("postgres.log")])
        .collect()
}

#[derive(QueryableByName)]
struct Named {
    #[diesel(sql_type = diesel::sql_types::Text)]
    name: String,
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

fn scan(scanner: &Scanner, database: &Database) -> Vec<Hit> {
    settle(database);
    let files = files(database);
    files.iter().flat_map(|path| scanner.scan(path)).collect()
}

/// A mail as it went over the wire, and with its lines joined: a word may be broken at the end of one.
fn unbroken(mail: &Mail) -> String {
    let quoted = mail.raw.replace("=\r\n", "");
    let joined = mail.raw.replace("\r\n", "");
    format!("{}\n{}\n{quoted}\n{joined}\n", mail.to, mail.raw)
}

both_databases! {
    fn no_word_that_was_written_can_be_found(app: TestApp) {
        let log = log();
        let words = words();
        let marked = words.iter().map(String::as_str).chain([testkit::ROSTER_PASSWORD]);
        let scanner = Scanner::new(marked);
        let mut mail_server = MailServer::start();
        let mut mails = String::new();

        let office = app.browser_of("Morag");
        office.post("/v1/alert-rules", &json!({
            "name": "Everything", "categories": [], "years": [],
            "recipients": [app.person("Bashir").member], "enabled": true,
        })).expect(201);
        // A roster comes with everybody's password in it.
        let roster = testkit::roster();
        for path in ["/v1/imports/previews", "/v1/imports"] {
            let file = Upload { name: "roster.zip", content_type: "application/zip", bytes: &roster };
            office.upload(path, file, &[]).expect(200);
        }

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
            mails += &unbroken(&mail);
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
            let action = json!({
                "kind": "note", "text": format!("Wrote {word} down."), "assignee": app.person("Bashir").member,
            });
            let action = lead.post_once(&format!("{}/actions", concern.path()), &action).expect(201);
            let completion = format!("/v1/actions/{}/completion", action["id"].as_str().unwrap());
            lead.post(&completion, &json!({ "note": format!("They said {word}.") })).expect(200);
            let reply = json!({ "text": format!("Thank you for {word}.") });
            lead.post_once(&format!("{}/replies", concern.path()), &reply).expect(201);
            let amendment = json!({ "narrative": format!("It was {word}."), "reason": format!("Not {word}.") });
            lead.post_once(&format!("{}/amendments", concern.path()), &amendment).expect(201);
            lead.post(&format!("{}/opening", concern.path()), &json!({}));
            lead.post(&format!("{}/closure", concern.path()), &json!({
                "summary": word, "follow_up": word, "action_taken": word, "decision": "monitored",
                "reasons": word, "outcome": word,
            })).expect(200);
            let reopening = json!({ "reason": format!("{word} again") });
            lead.post(&format!("{}/reopening", concern.path()), &reopening).expect(200);
            app.clock.advance_seconds(30);
            lead.refresh().expect(200);
        }
        // A refusal must not repeat what was refused either.
        lead.post("/v1/searches", &json!({ "words": "x", words[0].as_str(): words[1] }));
        app.browser_of("Carys").refresh().expect(200);
        app.browser_of("Carys").post("/v1/concerns", &json!({ "narrative": words[2] }));
        app.browser_of("Carys").post("/v1/pupil-lookups", &json!({ "letters": words[3] })).expect(200);
        for mail in mail_server.deliver(&app) {
            mails += &unbroken(&mail);
        }
        assert!(mails.len() > 500, "no mail was sent: {mails}");
        lead.delete("/v1/unlock").expect(204);

        // While it runs, with the write-ahead log as it is; and after it was stopped.
        assert_eq!(scan(&scanner, app.database()), [], "in the running database's files");
        let (database, _) = app.stop();
        assert_eq!(scan(&scanner, &database), [], "in the database's files");
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
        let found = scan(&scanner, &database);
        assert!(found.iter().any(|hit| hit.word == words[0] && hit.encoding == "utf-8"), "the scan is blind");
    }
}
