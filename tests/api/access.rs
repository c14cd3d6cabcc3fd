//! Who may do what: every operation of the contract, asked by every kind of caller, against the committed
//! table `tests/access.tsv`; and nobody can tell what is hidden from what does not exist.
//!
//! An operation without a row fails, and so does a row without an operation. To see the whole table as it
//! is, run with `SAFEHOLD_ACCESS_PRINT=1`; what it prints is judged by a person, not copied.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU8, Ordering};

use serde_json::{Value, json};
use testkit::{Client, Engine, Phone, Response, Served, Template, TestApp, Upload, fresh_key};

const TABLE: &str = include_str!("../access.tsv");

/// The kinds of caller, in the order of the table's columns.
const CALLERS: [&str; 8] = [
    "nobody",
    "reporter",
    "locked",
    "unlocked",
    "restricted",
    "administrator",
    "other_school",
    "device",
];

/// One operation of the contract.
struct Operation {
    name: String,
    method: String,
    path: String,
}

/// A school in which everything that can be asked for is there once, standing still to be copied.
struct Scene {
    template: Template,
    now: i64,
    browsers: BTreeMap<&'static str, Client>,
    phone: Phone,
    /// Ids and other values by the names that [`body`] and paths use.
    things: BTreeMap<&'static str, String>,
}

/// A copy of the scene that is running.
struct Playing<'a> {
    scene: &'a Scene,
    served: Served,
}

enum Body {
    None,
    Json(Value),
    File(
        &'static str,
        &'static str,
        Vec<u8>,
        Vec<(&'static str, &'static str)>,
    ),
}

/// Every operation, as the contract has it.
fn operations() -> Vec<Operation> {
    let document = serde_json::to_value(api::openapi::document()).unwrap();
    let mut operations = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            if let Some(name) = operation["operationId"].as_str() {
                operations.push(Operation {
                    name: name.to_owned(),
                    method: method.to_uppercase(),
                    path: path.clone(),
                });
            }
        }
    }
    operations.sort_by(|one, other| one.name.cmp(&other.name));
    operations
}

/// The table: what each caller is answered, by operation.
fn expected() -> BTreeMap<&'static str, Vec<&'static str>> {
    let mut lines = TABLE.lines().filter(|line| !line.starts_with('#'));
    let head: Vec<_> = lines.next().unwrap().split('\t').collect();
    assert_eq!(head[1..], CALLERS, "the table's columns");
    lines
        .map(|line| {
            let mut cells = line.split('\t');
            (cells.next().unwrap(), cells.collect())
        })
        .collect()
}

impl Scene {
    fn set(engine: Engine) -> Self {
        let app = TestApp::start(engine);
        let mut things = BTreeMap::new();
        let id = |answer: &Value| answer["id"].as_str().unwrap().to_owned();

        // Year 9, by Aled: outside the deputy's key, and not the reporter's own.
        let concern = app.concern().about("Tomos Gale").raised_by("Aled");
        let concern = concern
            .with_file("note.txt", "text/plain", b"Seen at the gate.\n")
            .create();
        let lead = app.unlocked("Bashir");
        let read = lead.get(&concern.path()).expect(200);
        things.insert("attachment", id(&read["files"][0]));
        let action = json!({ "kind": "note", "text": "Rang home.", "assignee": app.person("Bashir").member });
        things.insert(
            "action",
            id(&lead
                .post_once(&format!("{}/actions", concern.path()), &action)
                .expect(201)),
        );
        things.insert("concern", concern.id);
        things.insert("pupil", app.pupil("Tomos Gale").to_owned());
        things.insert("category", app.category("safeguarding").to_owned());
        let device = app.person("Bashir").phone().profile().device;
        things.insert("device", device.to_string());
        things.insert("lead", app.person("Bashir").member.clone());
        things.insert("deputy", app.person("Dilys").member.clone());
        things.insert("teacher", app.person("Aled").member.clone());

        let office = app.browser_of("Morag");
        let rule = json!({
            "name": "Everything", "categories": [], "years": [],
            "recipients": [app.person("Bashir").member], "enabled": true,
        });
        things.insert(
            "rule",
            id(&office.post("/v1/alert-rules", &rule).expect(201)),
        );
        // The rule's first alert.
        app.concern().about("Tomos Gale").raised_by("Aled").create();
        let alerts = lead.get("/v1/alerts").expect(200);
        things.insert("alert", id(&alerts["items"][0]));

        let locked = app.browser();
        locked
            .sign_in(&app.person("Bashir").email, testkit::PASSWORD)
            .expect(200);
        app.unlocked("Dilys");
        app.unlocked("Eluned");
        let session = lead.refresh().expect(200);
        things.insert("unlock", id(&session["unlock"]));

        let mut browsers = BTreeMap::from([("nobody", app.browser()), ("locked", locked)]);
        for (caller, name) in [
            ("reporter", "Carys"),
            ("unlocked", "Bashir"),
            ("restricted", "Dilys"),
            ("administrator", "Morag"),
            ("other_school", "Eluned"),
        ] {
            let browser = app.browser_of(name);
            browser.refresh().expect(200);
            browsers.insert(caller, browser.copy());
        }
        let phone = app.person("Bashir").phone().copy_to(
            app.address(),
            std::sync::Arc::new(app.clock.clone()),
            std::sync::Arc::clone(&app.entropy),
        );
        let (database, now) = app.stop();
        Self {
            template: database.freeze(),
            now,
            browsers,
            phone,
            things,
        }
    }

    fn play(&self) -> Playing<'_> {
        static SEED: AtomicU8 = AtomicU8::new(100);
        let seed = SEED.fetch_add(1, Ordering::Relaxed).max(100);
        Playing {
            scene: self,
            served: Served::on(self.template.thaw(), self.now, seed),
        }
    }

    fn thing(&self, name: &str) -> &str {
        &self.things[name]
    }

    /// The path with the ids of what is there.
    fn path(&self, operation: &Operation) -> String {
        let mut before = "";
        let parts: Vec<_> = operation
            .path
            .split('/')
            .map(|part| {
                let filled = match before {
                    _ if !part.starts_with('{') => part,
                    "concerns" | "receipts" => self.thing("concern"),
                    "pupils" => self.thing("pupil"),
                    "actions" => self.thing("action"),
                    "alerts" => self.thing("alert"),
                    "alert-rules" => self.thing("rule"),
                    "attachments" => self.thing("attachment"),
                    "categories" => self.thing("category"),
                    "people" | "staff" => self.thing("teacher"),
                    "devices" => self.thing("device"),
                    "unlocks" | "sessions" => self.thing("unlock"),
                    _ => panic!("what is {part} in {}?", operation.path),
                };
                before = part;
                filled.to_owned()
            })
            .collect();
        parts.join("/")
    }

    /// A body that the operation would take.
    fn body(&self, operation: &str) -> Body {
        Body::Json(match operation {
            "record_concern" => json!({
                "pupils": [{ "pupil": self.thing("pupil"), "role": "subject" }],
                "categories": [self.thing("category")],
                "occurred_at": "2026-11-23T08:00:00Z", "occurred_precision": "about",
                "narrative": "Came to school without a coat.", "urgent": false,
            }),
            "amend_concern" => {
                json!({ "narrative": "It was on Friday.", "reason": "I had the wrong day." })
            }
            "add_action" => json!({ "kind": "note", "text": "Rang home." }),
            "reply_to_reporter" => json!({ "text": "Thank you." }),
            "close_concern" => json!({
                "summary": "S", "follow_up": "None", "action_taken": "A", "decision": "monitored",
                "reasons": "R", "outcome": "O",
            }),
            "reopen_concern" => json!({ "reason": "It happened again." }),
            "search_records" => json!({ "words": "coat" }),
            "search_pupils" => json!({ "letters": "To" }),
            "find_pupil_names" => json!({ "letters": "To" }),
            "sign_in" => {
                // Another stranger each time: a wrong password slows the next one down.
                let email = format!("{}@hollybank.example", testkit::fresh_key());
                json!({ "email": email, "password": "quite wrong words" })
            }
            "choose_school" => json!({ "school": format!("sch_{}", "0".repeat(32)) }),
            "request_password_link" => json!({ "email": "nobody@hollybank.example" }),
            "set_password" => {
                json!({ "token": "A".repeat(43), "password": "lantern ferry quince" })
            }
            "start_setup" => json!({
                "code": "00000-00000-00000-00000-000000", "school_name": "S", "name": "N",
                "email": "n@n.example", "password": "lantern ferry quince",
            }),
            "invite_person" => {
                json!({ "name": "Rhys", "email": "rhys@hollybank.example", "roles": [] })
            }
            "update_person" => json!({ "name": "Aled Rees" }),
            "create_category" => json!({
                "parent": null, "name": "Clubs and trips", "colour": "#886600", "help": "After school.",
                "high_priority": false, "compartment": "pastoral",
            }),
            "update_category" => json!({ "name": "Another name" }),
            "create_alert_rule" | "update_alert_rule" => json!({
                "name": "Year 9", "categories": [], "years": ["9"],
                "recipients": [self.thing("lead")], "enabled": true,
            }),
            "attach_file" => {
                return Body::File("more.txt", "text/plain", b"More.\n".to_vec(), Vec::new());
            }
            "preview_roster" | "import_roster" => {
                return Body::File(
                    "roster.zip",
                    "application/zip",
                    testkit::roster(),
                    Vec::new(),
                );
            }
            "start_enrolment" | "start_unlock" | "open_concern" | "complete_action"
            | "refuse_unlock" | "rewrap_records" => json!({}),
            "deposit_code_secret" => {
                json!({ "secret": "A".repeat(43), "pin_tag": self.phone.pin_tag() })
            }
            "prove_presence" => json!({ "code": "00000000" }),
            "hand_over_actions" => json!({ "to": self.thing("deputy") }),
            "return_unlock" => json!({ "token": "A".repeat(43) }),
            "unlock_by_slot" => json!({ "code": "J28S 54WM JPB9 F64S KADS S7CY KP" }),
            "keep_browser" => json!({ "pin_tag": self.phone.pin_tag() }),
            _ => return Body::None,
        })
    }
}

impl Playing<'_> {
    /// Asks as this caller; `absent` asks for something that never was in place of what is there.
    fn ask(&self, operation: &Operation, caller: &str, absent: bool) -> Response {
        let mut path = self.scene.path(operation);
        if absent {
            path = nowhere(&path);
        }
        let method = operation.method.parse().unwrap();
        let body = self.scene.body(&operation.name);
        if caller == "device" {
            let phone = self.scene.phone.copy_to(
                self.served.address(),
                std::sync::Arc::new(self.served.clock.clone()),
                std::sync::Arc::clone(&self.served.entropy),
            );
            let body = match body {
                Body::Json(body) => Some(body),
                Body::None | Body::File(..) => (operation.method != "GET").then(|| json!({})),
            };
            return phone.ask(method, &path, body.as_ref());
        }
        let browser = self.scene.browsers[caller].copy_to(self.served.address());
        match body {
            Body::File(name, content_type, bytes, fields) => {
                let file = Upload {
                    name,
                    content_type,
                    bytes: &bytes,
                };
                browser.upload(&path, file, &fields)
            }
            Body::Json(body) => browser
                .request(method, &path)
                .idempotency_key(&fresh_key())
                .json(&body)
                .send(),
            Body::None => browser.request(method, &path).send(),
        }
    }
}

/// The same path with ids that nothing has.
fn nowhere(path: &str) -> String {
    let parts = path.split('/').map(|part| match part.split_once('_') {
        Some((prefix, digits)) if digits.len() == 32 => format!("{prefix}_{}", "0".repeat(32)),
        _ => part.to_owned(),
    });
    parts.collect::<Vec<_>>().join("/")
}

/// What the table says of an answer: the status, and a refusal's slug.
fn told(response: &Response) -> String {
    match response.status {
        200..=299 => response.status.to_string(),
        status => format!("{status} {}", response.problem()),
    }
}

fn holds_on(engine: Engine) {
    let scene = Scene::set(engine);
    let expected = expected();
    let operations = operations();
    let print = std::env::var_os("SAFEHOLD_ACCESS_PRINT").is_some();
    let (mut wrong, mut asked, mut compared) = (Vec::new(), 0, 0);

    for operation in &operations {
        let name = operation.name.as_str();
        let row = expected.get(name);
        if row.is_none() {
            wrong.push(format!("{name} has no row in tests/access.tsv"));
        }
        let mut cells = Vec::new();
        let mut playing = scene.play();
        for (column, caller) in CALLERS.into_iter().enumerate() {
            let answer = playing.ask(operation, caller, false);
            let told = told(&answer);
            if row.is_some_and(|row| row.get(column).copied() != Some(told.as_str())) {
                let wanted = row.and_then(|row| row.get(column)).unwrap_or(&"nothing");
                wrong.push(format!(
                    "{name} by {caller}: {told}, the table says {wanted}"
                ));
            }
            // Hidden is absent: status, headers and body, byte for byte.
            let path = scene.path(operation);
            if answer.status == 404 && nowhere(&path) != path {
                let absent = playing.ask(operation, caller, true);
                compared += 1;
                if absent.fingerprint() != answer.fingerprint() {
                    wrong.push(format!(
                        "{name} by {caller}: hidden\n{}\nabsent\n{}",
                        answer.fingerprint(),
                        absent.fingerprint()
                    ));
                }
            }
            // What was allowed may have changed the school: the next caller finds it as it was.
            if answer.status < 300 && operation.method != "GET" {
                playing = scene.play();
            }
            cells.push(told);
            asked += 1;
        }
        if print {
            println!("{name}\t{}", cells.join("\t"));
        }
    }
    for name in expected.keys() {
        if !operations.iter().any(|operation| operation.name == *name) {
            wrong.push(format!(
                "{name} has a row in tests/access.tsv and is no operation"
            ));
        }
    }
    println!(
        "{engine:?}: {asked} cells asked, {compared} hidden answers compared with absent ones"
    );
    assert!(
        wrong.is_empty(),
        "{} wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    assert!(compared > 20, "nothing was hidden");
}

#[test]
fn the_table_holds_on_sqlite() {
    holds_on(Engine::Sqlite);
}

#[test]
fn the_table_holds_on_postgres() {
    holds_on(Engine::Postgres);
}
