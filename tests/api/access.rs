//! Who may do what: every operation of the contract, asked by every kind of caller, against the committed
//! table `tests/access.tsv`; and nobody can tell what is hidden from what does not exist.
//!
//! Each operation on a thing is asked three times: for the thing of the caller's own school, as the table says;
//! for the same of another school; and for one that never was. The last two are answered with the same bytes, and
//! so is the first wherever the table refuses. Ids in bodies are exchanged in the same way, and each address is
//! asked with every method that it does not have.
//!
//! An operation without a row fails, and so does a row without an operation. To see the whole table as it
//! is, run with `SAFEHOLD_ACCESS_PRINT=1`; what it prints is judged by a person, not copied.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use testkit::{Engine, Response};

use crate::scene::{Body, Operation, Playing, Scene, nowhere, operations};

const TABLE: &str = include_str!("../access.tsv");

/// The kinds of caller, in the order of the table's columns.
const CALLERS: [&str; 11] = [
    "nobody",
    "reporter",
    "locked",
    "unlocked",
    "restricted",
    "administrator",
    "other_school",
    "device",
    "author",
    "category",
    "excluded",
];

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

/// What the table says of an answer: the status, and a refusal's slug.
fn told(response: &Response) -> String {
    match response.status {
        200..=299 => response.status.to_string(),
        status => format!("{status} {}", response.problem()),
    }
}

/// What has nothing to show for somebody who is not there, and is not refused.
const EMPTY: [&str; 2] = ["hand_over_actions", "list_actions_of"];

/// What is wrong with what a caller was told of a thing, of another school's and of none.
fn compare(
    operation: &Operation,
    own: &Response,
    other: &Response,
    absent: &Response,
) -> Option<String> {
    let shown = || {
        format!(
            "own {}\nother {}\nabsent {}",
            own.fingerprint(),
            other.fingerprint(),
            absent.fingerprint()
        )
    };
    if other.fingerprint() != absent.fingerprint() {
        return Some(format!("another school's is told from none:\n{}", shown()));
    }
    match own.status {
        // Refused before anybody looked, or hidden: nothing may show that it is there.
        401 | 403 | 404 => (own.fingerprint() != absent.fingerprint())
            .then(|| format!("what is hidden is told from none:\n{}", shown())),
        // A body that is judged first says the same of everything; so does a list, which is empty.
        422 if absent.status == 422 => None,
        200 if EMPTY.contains(&operation.name.as_str()) => None,
        _ => (absent.status != 404).then(|| format!("none is not none:\n{}", shown())),
    }
}

/// The same body with every id in it exchanged.
fn exchanged(body: &Value, exchange: &dyn Fn(&str) -> Option<String>) -> Value {
    match body {
        Value::String(text) => match exchange(text) {
            Some(other) => json!(other),
            None => body.clone(),
        },
        Value::Array(items) => items.iter().map(|item| exchanged(item, exchange)).collect(),
        Value::Object(members) => members
            .iter()
            .map(|(name, member)| (name.clone(), exchanged(member, exchange)))
            .collect(),
        _ => body.clone(),
    }
}

fn holds_on(engine: Engine) {
    let scene = Scene::set(engine);
    let expected = expected();
    let operations = operations();
    let print = std::env::var_os("SAFEHOLD_ACCESS_PRINT").is_some();
    let (mut wrong, mut cells, mut compared) = (Vec::new(), 0, 0);
    let elsewhere = |text: &str| {
        let (name, _) = scene.things.iter().find(|(_, id)| *id == text)?;
        scene.others.get(name).cloned()
    };
    let none = |text: &str| elsewhere(text).map(|_| nowhere(text));

    for operation in &operations {
        let name = operation.name.as_str();
        let row = expected.get(name);
        if row.is_none() {
            wrong.push(format!("{name} has no row in tests/access.tsv"));
        }
        let mut line = Vec::new();
        let mut playing = scene.play();
        for (column, caller) in CALLERS.into_iter().enumerate() {
            let answer = playing.ask(operation, caller);
            let told = told(&answer);
            cells += 1;
            if row.is_some_and(|row| row.get(column).copied() != Some(told.as_str())) {
                let wanted = row.and_then(|row| row.get(column)).unwrap_or(&"nothing");
                wrong.push(format!(
                    "{name} by {caller}: {told}, the table says {wanted}"
                ));
            }
            // What was allowed may have changed the school: whoever asks next finds it as it was.
            let refresh = |playing: &mut _, answer: &Response| {
                if answer.status < 300 && operation.method != "GET" {
                    *playing = scene.play();
                }
            };
            refresh(&mut playing, &answer);
            // Another school's, and none.
            let path = scene.path(operation);
            if nowhere(&path) != path {
                let ask = |path: &str| {
                    let body = scene.body(name);
                    playing.send(operation, caller, path, body)
                };
                let absent = ask(&nowhere(&path));
                // The other school's is that caller's own.
                let other = match caller {
                    "other_school" => absent.clone(),
                    _ => ask(&scene.path_elsewhere(operation)),
                };
                cells += 2;
                compared += 1;
                if let Some(what) = compare(operation, &answer, &other, &absent) {
                    wrong.push(format!("{name} by {caller}: {what}"));
                }
            }
            // The same of ids in the body. A list may be filtered by what is not there: it is empty.
            if let Body::Json(body) = scene.body(name)
                && exchanged(&body, &none) != body
                && caller != "other_school"
            {
                let ask = |playing: &Playing<'_>, exchange: &dyn Fn(&str) -> Option<String>| {
                    let body = Body::Json(exchanged(&body, exchange));
                    playing.send(operation, caller, &path, body)
                };
                let other = ask(&playing, &elsewhere);
                refresh(&mut playing, &other);
                let absent = ask(&playing, &none);
                refresh(&mut playing, &absent);
                cells += 2;
                compared += 1;
                if other.fingerprint() != absent.fingerprint() {
                    wrong.push(format!(
                        "{name} by {caller}: an id of another school in the body is told from none:\n{}\n{}",
                        other.fingerprint(),
                        absent.fingerprint()
                    ));
                } else if other.status < 300 {
                    wrong.push(format!("{name} by {caller} takes another school's ids"));
                }
            }
            line.push(told);
        }
        if print {
            println!("{name}\t{}", line.join("\t"));
        }
    }
    for name in expected.keys() {
        if !operations.iter().any(|operation| operation.name == *name) {
            wrong.push(format!(
                "{name} has a row in tests/access.tsv and is no operation"
            ));
        }
    }
    cells += other_methods(&scene, &operations, &mut wrong);
    println!("{engine:?}: {cells} cells asked, {compared} times hidden compared with absent");
    assert!(
        wrong.is_empty(),
        "{} wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    assert!(cells > 2_000, "{cells} cells");
    assert!(compared > 300, "{compared} compared");
}

/// Asks each address with each method that it does not have: the same answer for everybody, whatever is there.
fn other_methods(scene: &Scene, operations: &[Operation], wrong: &mut Vec<String>) -> usize {
    let playing = scene.play();
    let mut cells = 0;
    for operation in operations {
        for method in ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"] {
            if operations
                .iter()
                .any(|other| other.path == operation.path && other.method == method)
            {
                continue;
            }
            let asked = Operation {
                name: operation.name.clone(),
                method: method.to_owned(),
                path: operation.path.clone(),
            };
            let mut first: Option<String> = None;
            for caller in CALLERS {
                for path in [scene.path(&asked), nowhere(&scene.path(&asked))] {
                    let answer = playing.send(&asked, caller, &path, Body::None);
                    cells += 1;
                    // A body that nobody reads ends the connection: a phone always sends one.
                    let fingerprint = answer.fingerprint().replace("connection: close\n", "");
                    if answer.status != 405 {
                        wrong.push(format!("{method} {path} by {caller}: {fingerprint}"));
                    } else if first.get_or_insert_with(|| fingerprint.clone()) != &fingerprint {
                        wrong.push(format!(
                            "{method} {path} is answered otherwise to {caller}: {fingerprint}"
                        ));
                    }
                    if path == nowhere(&path) {
                        break;
                    }
                }
            }
        }
    }
    cells
}

#[test]
fn the_table_holds_on_sqlite() {
    holds_on(Engine::Sqlite);
}

#[test]
fn the_table_holds_on_postgres() {
    holds_on(Engine::Postgres);
}
