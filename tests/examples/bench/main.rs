//! What the server's work costs: CPU-seconds for a thousand requests, and requests a second.
//!
//! Run by `scripts/bench`, which builds for release. A school is founded on the real server through
//! HTTP, with a phone that unlocks it; then `wrk` asks for one thing at a time. The CPU time is the
//! server's own, of all its threads, out of `/proc`; on PostgreSQL the database's comes on top.

mod server;

use std::time::Instant;

use serde_json::{Value, json};
use testkit::{Client, PASSWORD, Person, Phone, Upload, roster_of};

use server::{Server, postgres_cpu};

/// Filed records that are searched, and from which the newest 50 are listed.
const RECORDS: usize = 10_000;
/// Pupils whom the records are about in turn, so that a chronology has 200 entries.
const SUBJECTS: usize = 50;
/// Holders who unlock at once: enough for the ticks in which CPU time is counted.
const HOLDERS: usize = 64;
/// How often each does: five times an hour are allowed, and the first is two of them.
const ROUNDS: usize = 3;

/// One line of the table.
struct Measured {
    what: &'static str,
    cpu: f64,
    database: f64,
    rate: f64,
    budget: Option<f64>,
    note: String,
}

fn main() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(folder.path());
    let seconds: u64 = std::env::var("SAFEHOLD_BENCH_SECONDS")
        .ok()
        .and_then(|seconds| seconds.parse().ok())
        .unwrap_or(8);
    eprintln!("bench: founding a school");
    let lead = server.found("Bashir");
    let pupils = subjects(&lead.browser);
    let category = lead.browser.get("/v1/categories").expect(200)["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|category| category["compartment"] == "safeguarding")
        .unwrap()["id"]
        .clone();
    let records: Vec<Value> = pupils
        .iter()
        .map(|pupil| {
            json!({
                "pupils": [{ "pupil": pupil, "role": "subject" }],
                "categories": [category],
                "occurred_at": "2026-11-20T08:40:00Z",
                "occurred_precision": "about",
                "narrative": narrative(),
                "urgent": false,
            })
        })
        .collect();

    let mut table = Vec::new();
    table.push(server.measure(
        "empty handler",
        None,
        "GET",
        "/v1/health",
        &lead.browser,
        &[],
        seconds,
    ));
    table.push(server.measure(
        "recording",
        Some(0.5),
        "POST",
        "/v1/concerns",
        &lead.browser,
        &records,
        seconds,
    ));

    eprintln!("bench: recording until there are {RECORDS}");
    let mut there = receipts(&lead.browser);
    while there < RECORDS {
        server.load("POST", "/v1/concerns", &lead.browser, &records, 2);
        there = receipts(&lead.browser);
        lead.browser.refresh().expect(200);
    }
    unlock(&lead.browser, lead.phone());
    // In none of them: a search that finds enough stops early, and would say nothing of the rest.
    let search = json!({ "words": "zephyrquoin" });
    // The first search files what waits in the inbox before it looks.
    let answer = lead.browser.post("/v1/searches", &search).expect(200);
    let scanned = answer["scanned"].as_u64().unwrap_or_default();
    assert!(scanned >= RECORDS as u64, "only {scanned} were searched");
    eprintln!("bench: {scanned} records are filed");
    server.know_its_rows();

    for (what, budget, method, path, body) in [
        (
            "newest 50",
            Some(0.5),
            "GET",
            "/v1/concerns".to_owned(),
            vec![],
        ),
        (
            "chronology",
            Some(0.5),
            "GET",
            format!("/v1/pupils/{}/chronology", pupils[0]),
            vec![],
        ),
        (
            "chronology, 100",
            None,
            "GET",
            format!("/v1/pupils/{}/chronology?limit=100", pupils[0]),
            vec![],
        ),
        (
            "search",
            Some(25.0 * scanned as f64 / RECORDS as f64),
            "POST",
            "/v1/searches".to_owned(),
            vec![search],
        ),
    ] {
        lead.browser.refresh().expect(200);
        table.push(server.measure(what, budget, method, &path, &lead.browser, &body, seconds));
    }

    table.push(server.sign_in(&lead));
    table.push(server.unlocks());
    print(&table, scanned);
}

/// Brings the pupils onto the roll; their ids.
fn subjects(browser: &Client) -> Vec<String> {
    let name = |number: usize| {
        let letter = |place| char::from(b'a' + u8::try_from(place).unwrap());
        format!("B{}{}rin Holm", letter(number / 10), letter(number % 10))
    };
    let names: Vec<_> = (0..SUBJECTS).map(|number| (name(number), "9")).collect();
    let archive = roster_of(&names);
    let file = Upload {
        name: "roster.zip",
        content_type: "application/zip",
        bytes: &archive,
    };
    browser.upload("/v1/imports", file, &[]).expect(200);
    let find = |(name, _): &(String, &str)| {
        let found = browser
            .post("/v1/pupil-lookups", &json!({ "letters": name }))
            .expect(200);
        found["items"][0]["id"].as_str().unwrap().to_owned()
    };
    names.iter().map(find).collect()
}

/// How many concerns this person has recorded.
fn receipts(browser: &Client) -> usize {
    let mut count = 0;
    let mut after = String::new();
    loop {
        let page = browser
            .get(&format!("/v1/receipts?limit=100{after}"))
            .expect(200);
        count += page["items"].as_array().unwrap().len();
        match page["next"].as_str() {
            Some(next) => after = format!("&after={next}"),
            None => return count,
        }
    }
}

/// About 1.2 kB.
fn narrative() -> String {
    "At 8:40 he came through the side gate without a coat and stood by the wall. ".repeat(16)
}

fn unlock(browser: &Client, phone: &Phone) {
    let opened = look(browser, phone);
    if opened["unlock"]["probation"] == json!(true) {
        phone.keep(opened["unlock"]["id"].as_str().unwrap());
        look(browser, phone);
    }
}

fn look(browser: &Client, phone: &Phone) -> Value {
    let started = browser.post("/v1/unlocks", &json!({})).expect(201);
    phone.approve(started["number"].as_str().unwrap());
    let id = started["id"].as_str().unwrap();
    let state = browser.get(&format!("/v1/unlocks/{id}")).expect(200);
    assert_eq!(state["state"], "open");
    browser.refresh().expect(200)
}

impl Server {
    #[expect(clippy::too_many_arguments, reason = "one call a line of the table")]
    fn measure(
        &self,
        what: &'static str,
        budget: Option<f64>,
        method: &str,
        path: &str,
        browser: &Client,
        bodies: &[Value],
        seconds: u64,
    ) -> Measured {
        eprintln!("bench: {what}");
        self.load(method, path, browser, bodies, 1); // warm
        let (before, database) = (self.cpu(), postgres_cpu());
        let (answered, refused, rate) = self.load(method, path, browser, bodies, seconds);
        let cpu = self.cpu() - before;
        Measured {
            what,
            cpu: cpu * 1_000.0 / answered,
            database: (postgres_cpu() - database) * 1_000.0 / answered,
            rate,
            budget,
            note: match refused > 0.0 {
                true => format!("{refused} of {answered} refused"),
                false => String::new(),
            },
        }
    }

    /// Signs in again and again, as often as one account may.
    fn sign_in(&self, lead: &Person) -> Measured {
        eprintln!("bench: sign-in");
        let mut done = 0.0;
        let before = self.cpu();
        let begun = Instant::now();
        for _ in 0..60 {
            let answer = Client::new(&self.origin).sign_in(&lead.email, PASSWORD);
            if answer.status != 200 {
                break;
            }
            done += 1.0;
        }
        Measured {
            what: "sign-in",
            cpu: (self.cpu() - before) * 1_000.0 / done,
            database: 0.0,
            rate: done / begun.elapsed().as_secs_f64(),
            budget: None,
            note: "one after another; Argon2id is most of it".to_owned(),
        }
    }

    /// Unlocks: from the number to a token for the open records, without the phone's own work.
    fn unlocks(&self) -> Measured {
        eprintln!("bench: founding schools whose holders unlock");
        let holders: Vec<_> = (0..HOLDERS).map(|_| self.found("Holder")).collect();
        let everyone = |act: fn(&Person)| {
            std::thread::scope(|scope| {
                for holder in &holders {
                    scope.spawn(move || act(holder));
                }
            });
        };
        // The first look makes the browser known; what it leaves behind is not measured.
        everyone(|holder| unlock(&holder.browser, holder.phone()));
        eprintln!("bench: unlock");
        let (mut cpu, mut database, mut seconds) = (0.0, 0.0, 0.0);
        for _ in 0..ROUNDS {
            everyone(|holder| {
                holder.browser.delete("/v1/unlock").expect(204);
                holder.browser.refresh().expect(200);
            });
            let (before, of_database, begun) = (self.cpu(), postgres_cpu(), Instant::now());
            everyone(|holder| unlock(&holder.browser, holder.phone()));
            seconds += begun.elapsed().as_secs_f64();
            cpu += self.cpu() - before;
            database += postgres_cpu() - of_database;
        }
        let done = (ROUNDS * HOLDERS) as f64;
        Measured {
            what: "unlock",
            cpu: cpu * 1_000.0 / done,
            database: database * 1_000.0 / done,
            rate: done / seconds,
            budget: Some(1.5),
            note: "all six requests of one: start, list, claim, approve, poll, token".to_owned(),
        }
    }
}

fn print(table: &[Measured], scanned: u64) {
    println!(
        "\n{scanned} filed records of 1.2 kB; CPU-seconds for 1,000 requests, and requests a second"
    );
    println!(
        "{:<16}{:>10}{:>10}{:>10}{:>12}",
        "", "server", "database", "budget", "requests/s"
    );
    let mut over = false;
    for line in table {
        let budget = line
            .budget
            .map_or(String::new(), |budget| format!("{budget:.1}"));
        let database = match line.database {
            cpu if cpu > 0.0 => format!("{cpu:.3}"),
            _ => String::new(),
        };
        println!(
            "{:<16}{:>10.3}{:>10}{:>10}{:>12.0}  {}",
            line.what, line.cpu, database, budget, line.rate, line.note
        );
        over |= line.budget.is_some_and(|budget| line.cpu > budget);
    }
    if over {
        println!("over budget");
    }
}
