//! Every text that the contract takes, in bodies, paths, queries and headers, of every operation.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use testkit::{Engine, Response, fresh_key};

use super::strings::{all, for_place};
use crate::scene::{Body, Operation, Playing, Scene, operations};

fn contract() -> Value {
    serde_json::to_value(api::openapi::document()).unwrap()
}

/// The beginnings of what can be done again and again: nothing stands in the way of the next one.
const AGAIN: [&str; 13] = [
    "add_",
    "amend_",
    "create_",
    "find_",
    "invite_",
    "list_",
    "lock_from_",
    "record_concern",
    "reply_",
    "request_",
    "search_",
    "start_enrolment",
    "update_",
];

/// Who may do most: the one whose answers come from deepest within.
fn caller(operation: &Operation) -> &'static str {
    let path = operation.path.as_str();
    let office = [
        "/v1/people",
        "/v1/alert-rules",
        "/v1/categories",
        "/v1/imports",
    ];
    if path.starts_with("/v1/device/") || path == "/v1/device" {
        "device"
    } else if office.iter().any(|start| path.starts_with(start)) {
        "administrator"
    } else if matches!(
        operation.name.as_str(),
        "sign_in" | "request_password_link" | "set_password" | "start_setup"
    ) {
        "nobody"
    } else {
        "unlocked"
    }
}

/// Where texts stand in a body, as JSON pointers.
fn places(document: &Value, schema: &Value, at: &str, found: &mut BTreeSet<String>) {
    if let Some(name) = schema["$ref"].as_str() {
        let schema = &document["components"]["schemas"][name.rsplit('/').next().unwrap()];
        return places(document, schema, at, found);
    }
    for several in ["allOf", "oneOf", "anyOf"] {
        for one in schema[several].as_array().into_iter().flatten() {
            places(document, one, at, found);
        }
    }
    let kind = &schema["type"];
    if kind == "string"
        || kind
            .as_array()
            .is_some_and(|kinds| kinds.contains(&json!("string")))
    {
        found.insert(at.to_owned());
    }
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        places(document, property, &format!("{at}/{name}"), found);
    }
    if schema["items"].is_object() {
        places(document, &schema["items"], &format!("{at}/0"), found);
    }
}

/// The same body with a text at a place that may not be there yet.
fn with(body: &Value, place: &str, text: &str) -> Value {
    let mut body = body.clone();
    let mut here = &mut body;
    for part in place.split('/').skip(1) {
        here = if part == "0" {
            if here.as_array().is_none_or(Vec::is_empty) {
                *here = json!([{}]);
            }
            &mut here[0]
        } else {
            if !here.is_object() {
                *here = json!({});
            }
            &mut here[part]
        };
    }
    *here = json!(text);
    body
}

impl Playing<'_> {
    fn send_text(
        &self,
        operation: &Operation,
        path: &str,
        body: Option<&Value>,
        key: &str,
    ) -> Response {
        let caller = caller(operation);
        let method = operation.method.parse().unwrap();
        if caller == "device" {
            return self.phone().ask(method, path, body);
        }
        let browser = self.scene.browsers[caller].copy_to(self.served.address());
        let request = browser.request(method, path).header("idempotency-key", key);
        match body {
            Some(body) => request.json(body).send(),
            None => request.send(),
        }
    }
}

/// What an answer must not be; what was refused is a problem document, and says of a wrong field which it is.
fn wrong(response: &Response, place: &str) -> Option<String> {
    let refused = response.status >= 400;
    let in_body = place.starts_with('/');
    let words = |value: &Value| value.as_str().is_some_and(|text| text.contains(' '));
    let problem = || {
        let body: Result<Value, _> = serde_json::from_slice(&response.body);
        body.is_ok_and(|body| {
            let slug = body["type"].as_str().unwrap_or_default();
            let errors = body["errors"].as_array().cloned().unwrap_or_default();
            let told = errors
                .iter()
                .all(|error| error["pointer"].is_string() && words(&error["detail"]));
            let which = match slug == "/problems/invalid-input" {
                true if in_body => !errors.is_empty(),
                true => !errors.is_empty() || words(&body["detail"]),
                false => true,
            };
            slug.starts_with("/problems/") && words(&body["title"]) && told && which
        })
    };
    // 503 is said to whom Argon2 has no room for at the moment.
    (response.status >= 500 || refused && !problem()).then(|| format!("{response}"))
}

fn percent(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

fn no_text_is_a_fault_on(engine: Engine) {
    // A fault of the server says here what it was, which its answer may not.
    let _other_test_has_set_it = tracing_subscriber::fmt()
        .with_test_writer()
        .with_max_level(tracing_subscriber::filter::LevelFilter::ERROR)
        .try_init();
    let document = contract();
    let scene = Scene::set(engine);
    let (mut asked, mut taken, mut faults, mut place_number) = (0, 0, Vec::new(), 0);
    for operation in operations() {
        if all() {
            println!(
                "{engine:?} {}, after {place_number} places and {asked} texts",
                operation.name
            );
        }
        let item = &document["paths"][&operation.path][operation.method.to_lowercase()];
        let schema = &item["requestBody"]["content"]["application/json"]["schema"];
        let mut found = BTreeSet::new();
        places(&document, schema, "", &mut found);
        let mut playing = scene.play();
        let path = scene.path(&operation);
        let body = match scene.body(&operation.name) {
            Body::Json(body) => body,
            Body::None | Body::File(..) => json!({}),
        };
        let mut note = |response: &Response, what: &str, text: &str| {
            asked += 1;
            if let Some(wrong) = wrong(response, what) {
                let text: String = text.chars().take(40).collect();
                faults.push(format!("{} {what} {text:?}: {wrong}", operation.name));
            }
            // Whoever was let do what can be done only once finds the school as it was before.
            let done = response.status < 300;
            taken += usize::from(done);
            let again = AGAIN.iter().any(|word| operation.name.starts_with(word));
            done && operation.method != "GET" && !again
        };
        for place in &found {
            place_number += 1;
            for text in for_place(place_number, 60) {
                let body = with(&body, place, &text);
                let response = playing.send_text(&operation, &path, Some(&body), &fresh_key());
                if note(&response, place, &text) {
                    playing = scene.play();
                }
            }
        }
        let sends = (!schema.is_null()).then_some(&body);
        for parameter in item["parameters"].as_array().into_iter().flatten() {
            place_number += 1;
            let name = parameter["name"].as_str().unwrap();
            for text in for_place(place_number, 120) {
                if text.len() > 2_000 {
                    continue; // longer than a line of HTTP: see `requests.rs`
                }
                let what = format!("{} {name}", parameter["in"]);
                let response = match parameter["in"].as_str().unwrap() {
                    "path" => {
                        let path = operation
                            .path
                            .replace(&format!("{{{name}}}"), &percent(&text));
                        let path = scene.path(&Operation {
                            path,
                            name: operation.name.clone(),
                            method: operation.method.clone(),
                        });
                        playing.send_text(&operation, &path, sends, &fresh_key())
                    }
                    "query" => {
                        let path = format!("{path}?{name}={}", percent(&text));
                        playing.send_text(&operation, &path, sends, &fresh_key())
                    }
                    _ if text.chars().all(|letter| (' '..='~').contains(&letter)) => {
                        playing.send_text(&operation, &path, sends, &text)
                    }
                    _ => continue,
                };
                if note(&response, &what, &text) {
                    playing = scene.play();
                }
            }
        }
    }
    println!("{engine:?}: {place_number} places, {asked} texts, {taken} taken");
    assert!(
        faults.is_empty(),
        "{} faults:\n{}",
        faults.len(),
        faults.join("\n")
    );
    assert!(
        place_number > 150 && taken > 150,
        "{place_number} places, {taken} taken"
    );
}

#[test]
fn no_text_anywhere_is_a_fault_of_the_server_on_sqlite() {
    no_text_is_a_fault_on(Engine::Sqlite);
}

#[test]
fn no_text_anywhere_is_a_fault_of_the_server_on_postgres() {
    no_text_is_a_fault_on(Engine::Postgres);
}
