//! The committed contract is what the code says, and says something of everything.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use policy::Action;
use serde_json::Value;

/// Operations that nobody is asked about: what there is before anybody is known, what belongs to the
/// session itself, and what an invitation decides. Shrinks, never grows,
/// without a reason beside it.
const WITHOUT_AN_ACTION: &[&str] = &[
    // Before anybody is known.
    "read_health",
    "read_setup",
    "start_setup",
    "sign_in",
    "request_password_link",
    "set_password",
    // Of the session cookie itself.
    "choose_school",
    "mint_access_token",
    "sign_out",
    // By a device that the roll does not know yet: the invitation's token and its own key say who asks.
    "begin_key_setup",
    "complete_key_setup",
    "enrol_device",
];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../openapi")
}

fn committed(name: &str) -> Value {
    let text = fs::read_to_string(folder().join(name)).expect("a committed file");
    serde_json::from_str(&text).expect("JSON")
}

fn operations() -> Vec<Value> {
    let document = committed("v1.json");
    let paths = document["paths"].as_object().expect("paths").clone();
    paths
        .into_iter()
        .flat_map(|(_, item)| item.as_object().expect("an item").clone().into_values())
        .collect()
}

fn operation_ids() -> BTreeSet<String> {
    operations()
        .iter()
        .map(|operation| operation["operationId"].as_str().expect("an id").to_owned())
        .collect()
}

#[test]
fn the_committed_files_are_what_the_code_says() {
    let code = serde_json::to_value(api::openapi::document()).expect("JSON");
    assert!(
        code == committed("v1.json"),
        "openapi/v1.json is stale: run scripts/contract"
    );
    let catalogue = serde_json::json!({ "problems": rest::CATALOGUE });
    assert!(
        catalogue == committed("problems.json"),
        "openapi/problems.json is stale: run scripts/contract"
    );
}

#[test]
fn every_operation_is_an_action_of_the_access_rules_or_says_why_not() {
    let actions: BTreeSet<&str> = Action::ALL.iter().map(|action| action.name()).collect();
    let unasked: Vec<String> = operation_ids()
        .into_iter()
        .filter(|id| !actions.contains(id.as_str()) && !WITHOUT_AN_ACTION.contains(&id.as_str()))
        .collect();
    assert_eq!(unasked, [""; 0], "operations that no rule decides on");
    let asked: Vec<&str> = WITHOUT_AN_ACTION
        .iter()
        .copied()
        .filter(|id| actions.contains(id))
        .collect();
    assert_eq!(
        asked, [""; 0],
        "a rule decides on these: take them off the list"
    );
}

#[test]
fn every_action_and_every_exception_is_an_operation() {
    let ids = operation_ids();
    let missing: Vec<&str> = Action::ALL
        .iter()
        .map(|action| action.name())
        .chain(WITHOUT_AN_ACTION.iter().copied())
        .filter(|name| !ids.contains(*name))
        .collect();
    assert_eq!(
        missing, [""; 0],
        "there is no such operation in the contract"
    );
}

#[test]
fn every_operation_says_what_it_is_and_who_may_ask() {
    for operation in operations() {
        let id = operation["operationId"].as_str().expect("an id");
        assert!(operation["summary"].is_string(), "{id} has no summary");
        assert!(operation["tags"][0].is_string(), "{id} has no tag");
        assert!(
            operation["responses"]["4XX"].is_object(),
            "{id} refuses nothing"
        );
        let by_device = operation["tags"][0] == "devices";
        let said = operation["security"].to_string();
        assert!(
            !by_device || said.contains("device"),
            "{id} does not say that a device signs it: {said}"
        );
    }
}
