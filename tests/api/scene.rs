//! A school in which everything that the contract can be asked for is there once, and what is asked of it: for
//! tests that go through every operation.

use std::collections::BTreeMap;

use domain::ConcernId;
use protocol::roll::Rights;
use serde_json::{Value, json};
use testkit::{
    Client, Engine, PASSWORD, Phone, Response, Served, Template, TestApp, Upload, fresh_key, full,
};

/// One operation of the contract.
pub struct Operation {
    pub name: String,
    pub method: String,
    pub path: String,
}

/// A school in which everything that can be asked for is there once, standing still to be copied.
pub struct Scene {
    pub template: Template,
    pub now: i64,
    pub browsers: BTreeMap<&'static str, Client>,
    pub phone: Phone,
    /// Ids and other values by the names that [`body`] and paths use.
    pub things: BTreeMap<&'static str, String>,
    /// The same of the other school on the server.
    pub others: BTreeMap<&'static str, String>,
}

/// A copy of the scene that is running.
pub struct Playing<'a> {
    pub scene: &'a Scene,
    pub served: Served,
}

pub enum Body {
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
pub fn operations() -> Vec<Operation> {
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

impl Scene {
    pub fn set(engine: Engine) -> Self {
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
        things.insert("concern", concern.id.clone());
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

        // Somebody whose key reaches no category of the concern, and somebody from whom it is kept.
        let elsewhere = app.category("pastoral").parse().unwrap();
        let category = join(
            &app,
            "Rhian",
            Rights {
                categories: Some([elsewhere].into()),
                ..full()
            },
        );
        let hidden = concern.id.parse::<ConcernId>().unwrap();
        let excluded = join(
            &app,
            "Sioned",
            Rights {
                excluded: [*hidden.as_bytes()].into(),
                ..full()
            },
        );
        let others = other_school(&app);

        let locked = app.browser();
        locked
            .sign_in(&app.person("Bashir").email, testkit::PASSWORD)
            .expect(200);
        app.unlocked("Dilys");
        let session = lead.refresh().expect(200);
        things.insert("unlock", id(&session["unlock"]));

        let mut browsers = BTreeMap::from([("nobody", app.browser()), ("locked", locked)]);
        for (caller, name) in [
            ("reporter", "Carys"),
            ("author", "Aled"),
            ("unlocked", "Bashir"),
            ("restricted", "Dilys"),
            ("administrator", "Morag"),
            ("other_school", "Eluned"),
        ] {
            let browser = app.browser_of(name);
            browser.refresh().expect(200);
            browsers.insert(caller, browser.copy());
        }
        browsers.insert("category", category);
        browsers.insert("excluded", excluded);
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
            others,
        }
    }

    pub fn play(&self) -> Playing<'_> {
        Playing {
            scene: self,
            served: Served::on(self.template.thaw(), self.now),
        }
    }

    pub fn thing(&self, name: &str) -> &str {
        &self.things[name]
    }

    /// The path with the ids of what is there.
    pub fn path(&self, operation: &Operation) -> String {
        path_with(&self.things, operation)
    }

    /// The path with the ids of what is there in the other school.
    pub fn path_elsewhere(&self, operation: &Operation) -> String {
        path_with(&self.others, operation)
    }

    /// A body that the operation would take.
    pub fn body(&self, operation: &str) -> Body {
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
            "return_unlock" => json!({ "token": "A".repeat(43) }),
            "unlock_by_slot" => json!({ "code": "J28S 54WM JPB9 F64S KADS S7CY KP" }),
            "hand_over_actions" => json!({ "to": self.thing("deputy") }),
            "keep_browser" => json!({ "pin_tag": self.phone.pin_tag() }),
            _ => return Body::None,
        })
    }
}

fn path_with(things: &BTreeMap<&'static str, String>, operation: &Operation) -> String {
    let thing = |name: &str| things[name].as_str();
    let mut before = "";
    let parts: Vec<_> = operation
        .path
        .split('/')
        .map(|part| {
            let filled = match before {
                _ if !part.starts_with('{') => part,
                "concerns" | "receipts" => thing("concern"),
                "pupils" => thing("pupil"),
                "actions" => thing("action"),
                "alerts" => thing("alert"),
                "alert-rules" => thing("rule"),
                "attachments" => thing("attachment"),
                "categories" => thing("category"),
                "people" | "staff" => thing("teacher"),
                "devices" => thing("device"),
                "unlocks" | "sessions" => thing("unlock"),
                _ => panic!("what is {part} in {}?", operation.path),
            };
            before = part;
            filled.to_owned()
        })
        .collect();
    parts.join("/")
}

impl Playing<'_> {
    /// Asks as this caller for what there is.
    pub fn ask(&self, operation: &Operation, caller: &str) -> Response {
        let (path, body) = (self.scene.path(operation), self.scene.body(&operation.name));
        self.send(operation, caller, &path, body)
    }

    /// The lead's phone, as it asks this server.
    pub fn phone(&self) -> Phone {
        self.scene.phone.copy_to(
            self.served.address(),
            std::sync::Arc::new(self.served.clock.clone()),
            std::sync::Arc::clone(&self.served.entropy),
        )
    }

    /// Asks as this caller.
    pub fn send(&self, operation: &Operation, caller: &str, path: &str, body: Body) -> Response {
        let method = operation.method.parse().unwrap();
        if caller == "device" {
            let phone = self.phone();
            let body = match body {
                Body::Json(body) => Some(body),
                Body::None | Body::File(..) => (operation.method != "GET").then(|| json!({})),
            };
            return phone.ask(method, path, body.as_ref());
        }
        let browser = self.scene.browsers[caller].copy_to(self.served.address());
        match body {
            Body::File(name, content_type, bytes, fields) => {
                let file = Upload {
                    name,
                    content_type,
                    bytes: &bytes,
                };
                browser.upload(path, file, &fields)
            }
            Body::Json(body) => browser
                .request(method, path)
                .idempotency_key(&fresh_key())
                .json(&body)
                .send(),
            Body::None => browser.request(method, path).send(),
        }
    }
}

/// The same path with ids that nothing has.
pub fn nowhere(path: &str) -> String {
    let parts = path.split('/').map(|part| match part.split_once('_') {
        Some((prefix, digits)) if digits.len() == 32 => format!("{prefix}_{}", "0".repeat(32)),
        _ => part.to_owned(),
    });
    parts.collect::<Vec<_>>().join("/")
}

/// Invites somebody to the school, with a phone of these rights and the records open: their browser.
fn join(app: &TestApp, name: &str, rights: Rights) -> Client {
    let office = app.browser_of("Morag");
    let email = format!("{}@hollybank.example", name.to_lowercase());
    let body = json!({ "name": name, "email": email, "roles": [] });
    office.post("/v1/people", &body).expect(201);
    let browser = app.browser();
    let body = json!({ "token": app.mailed_token(&email), "password": PASSWORD });
    browser.post("/v1/passwords", &body).expect(204);
    browser.sign_in(&email, PASSWORD).expect(200);
    app.make_known(&browser, &email);
    let enrolment = browser.post("/v1/enrolments", &json!({})).expect(201);
    let phone = app.phone();
    phone.enrol(enrolment["link"].as_str().unwrap());
    app.person("Bashir").phone().grant(&phone, rights);
    app.unlock(&browser, &phone);
    browser.refresh().expect(200);
    browser
}

/// Everything that can be asked for, once more in the other school.
fn other_school(app: &TestApp) -> BTreeMap<&'static str, String> {
    let id = |answer: &Value| answer["id"].as_str().unwrap().to_owned();
    let lead = app.browser_of("Eluned");
    let archive = testkit::roster();
    let file = Upload {
        name: "roster.zip",
        content_type: "application/zip",
        bytes: &archive,
    };
    lead.upload("/v1/imports", file, &[]).expect(200);
    let found = lead.post("/v1/pupil-lookups", &json!({ "letters": "Tomos" }));
    let pupil = id(&found.expect(200)["items"][0]);
    let categories = lead.get("/v1/categories").expect(200);
    let category = categories["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|category| {
            category["compartment"] == "safeguarding" && category["disabled"] == json!(false)
        });
    let category = id(category.unwrap());
    let member = app.person("Eluned").member.clone();
    let rule = json!({
        "name": "Everything", "categories": [], "years": [], "recipients": [member], "enabled": true,
    });
    let rule = id(&lead.post("/v1/alert-rules", &rule).expect(201));
    let mut body = app.concern().body();
    body["pupils"] = json!([{ "pupil": pupil, "role": "subject" }]);
    body["categories"] = json!([category]);
    let concern = id(&lead.post_once("/v1/concerns", &body).expect(201));
    let note = Upload {
        name: "note.txt",
        content_type: "text/plain",
        bytes: b"Seen at the gate.\n",
    };
    let path = format!("/v1/concerns/{concern}");
    let attached = lead.upload(&format!("{path}/attachments"), note, &[]);
    let attachment = id(&attached.expect(201));
    app.unlocked("Eluned");
    let action = json!({ "kind": "note", "text": "Rang home.", "assignee": member });
    let action = id(&lead
        .post_once(&format!("{path}/actions"), &action)
        .expect(201));
    let alert = id(&lead.get("/v1/alerts").expect(200)["items"][0]);
    let unlock = id(&lead.refresh().expect(200)["unlock"]);
    let device = app.person("Eluned").phone().profile().device.to_string();
    BTreeMap::from([
        ("concern", concern),
        ("pupil", pupil),
        ("action", action),
        ("alert", alert),
        ("rule", rule),
        ("attachment", attachment),
        ("category", category),
        ("teacher", member.clone()),
        ("lead", member.clone()),
        ("deputy", member),
        ("device", device),
        ("unlock", unlock),
    ])
}
