//! Every text that the contract takes, in bodies, paths, queries and headers, of every operation.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value, json};
use testkit::{Engine, Response, at_once, fresh_key};

use super::strings::{all, for_place};
use crate::scene::{Body, Operation, Playing, Scene, operations};

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
fn pointers(document: &Value, schema: &Value, at: &str, found: &mut BTreeSet<String>) {
    if let Some(name) = schema["$ref"].as_str() {
        let schema = &document["components"]["schemas"][name.rsplit('/').next().unwrap()];
        return pointers(document, schema, at, found);
    }
    for several in ["allOf", "oneOf", "anyOf"] {
        for one in schema[several].as_array().into_iter().flatten() {
            pointers(document, one, at, found);
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
        pointers(document, property, &format!("{at}/{name}"), found);
    }
    if schema["items"].is_object() {
        pointers(document, &schema["items"], &format!("{at}/0"), found);
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

/// Where a text stands in what is sent.
enum Place {
    /// In the body, as a JSON pointer.
    Body(String),
    /// In the path, the query or a header: which of them, and the parameter's name.
    Parameter(String, String),
}

/// An operation, where it takes texts, and the number of the first of these places among all that there are.
struct Target {
    operation: Operation,
    places: Vec<Place>,
    first: usize,
}

/// Every place in the contract.
fn targets() -> Vec<Target> {
    let document = serde_json::to_value(api::openapi::document()).unwrap();
    let mut first = 1;
    let each = operations().into_iter().map(|operation| {
        let item = &document["paths"][&operation.path][operation.method.to_lowercase()];
        let schema = &item["requestBody"]["content"]["application/json"]["schema"];
        let mut found = BTreeSet::new();
        pointers(&document, schema, "", &mut found);
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let parameters = item["parameters"].as_array().into_iter().flatten();
        let parameters =
            parameters.map(|one| Place::Parameter(text(&one["in"]), text(&one["name"])));
        let places: Vec<_> = found
            .into_iter()
            .map(Place::Body)
            .chain(parameters)
            .collect();
        let target = Target {
            operation,
            first,
            places,
        };
        first += target.places.len();
        target
    });
    each.filter(|target| !target.places.is_empty()).collect()
}

/// What was sent, and what came of it.
#[derive(Default)]
struct Tally {
    asked: usize,
    taken: usize,
    faults: Vec<String>,
}

impl Tally {
    /// Whether this did what can be done only once.
    fn note(&mut self, operation: &Operation, place: &Place, text: &str, got: &Response) -> bool {
        self.asked += 1;
        let place = match place {
            Place::Body(pointer) => pointer.clone(),
            Place::Parameter(part, name) => format!("{part} {name}"),
        };
        if let Some(wrong) = wrong(got, &place) {
            let text: String = text.chars().take(40).collect();
            self.faults
                .push(format!("{} {place} {text:?}: {wrong}", operation.name));
        }
        let done = got.status < 300;
        self.taken += usize::from(done);
        let again = AGAIN.iter().any(|word| operation.name.starts_with(word));
        done && operation.method != "GET" && !again
    }
}

impl Playing<'_> {
    /// Sends a text at this place; `None` where HTTP itself has no room for it.
    fn send_at(&self, operation: &Operation, place: &Place, text: &str) -> Option<Response> {
        let path = self.scene.path(operation);
        let body = match self.scene.body(&operation.name) {
            Body::Json(body) => Some(body),
            Body::None | Body::File(..) => None,
        };
        let send = |path: &str, key: &str| self.send_text(operation, path, body.as_ref(), key);
        Some(match place {
            Place::Body(pointer) => {
                let body = with(&body.unwrap_or_else(|| json!({})), pointer, text);
                self.send_text(operation, &path, Some(&body), &fresh_key())
            }
            // Longer than a line of HTTP: see `requests.rs`.
            Place::Parameter(..) if text.len() > 2_000 => return None,
            Place::Parameter(part, name) => match part.as_str() {
                "path" => {
                    let path = operation
                        .path
                        .replace(&format!("{{{name}}}"), &percent(text));
                    let path = self.scene.path(&Operation {
                        path,
                        name: operation.name.clone(),
                        method: operation.method.clone(),
                    });
                    send(&path, &fresh_key())
                }
                "query" => send(&format!("{path}?{name}={}", percent(text)), &fresh_key()),
                _ if text.chars().all(|letter| (' '..='~').contains(&letter)) => send(&path, text),
                _ => return None,
            },
        })
    }
}

/// Sends each text at each place of an operation. Whoever was let do what can be done only once finds the school as it
/// was before.
fn try_all(scene: &Scene, target: &Target, tally: &mut Tally) {
    let mut playing = scene.play();
    for (number, place) in (target.first..).zip(&target.places) {
        let every = match place {
            Place::Body(_) => 60,
            Place::Parameter(..) => 120,
        };
        for text in for_place(number, every) {
            let Some(got) = playing.send_at(&target.operation, place, &text) else {
                continue;
            };
            if tally.note(&target.operation, place, &text, &got) {
                playing = scene.play();
            }
        }
    }
}

fn no_text_is_a_fault_on(engine: Engine) {
    // A fault of the server says here what it was, which its answer may not.
    let _other_test_has_set_it = tracing_subscriber::fmt()
        .with_test_writer()
        .with_max_level(tracing_subscriber::filter::LevelFilter::ERROR)
        .try_init();
    let scene = Scene::set(engine);
    let targets = targets();
    let places: usize = targets.iter().map(|target| target.places.len()).sum();
    let next = AtomicUsize::new(0);
    // Each on a school of its own: making these is what takes longest.
    let each = at_once(if all() { 2 } else { 1 }, |_| {
        let mut tally = Tally::default();
        while let Some(target) = targets.get(next.fetch_add(1, Ordering::Relaxed)) {
            try_all(&scene, target, &mut tally);
            if all() {
                let (name, first) = (&target.operation.name, target.first);
                println!("{engine:?} {name}, from place {first} of {places}");
            }
        }
        tally
    });
    let asked: usize = each.iter().map(|tally| tally.asked).sum();
    let taken: usize = each.iter().map(|tally| tally.taken).sum();
    let faults: Vec<_> = each.into_iter().flat_map(|tally| tally.faults).collect();
    println!("{engine:?}: {places} places, {asked} texts, {taken} taken");
    assert!(
        faults.is_empty(),
        "{} faults:\n{}",
        faults.len(),
        faults.join("\n")
    );
    assert!(
        places > 150 && taken > 150,
        "{places} places, {taken} taken"
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
