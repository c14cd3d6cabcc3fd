//! What was taken is there as it was written: nothing lost, nothing changed but white space at the ends and
//! the way in which one and the same letter is encoded (NFC).

use protocol::encoding::normalise;
use serde_json::{Value, json};
use testkit::{Client, TestApp, both_databases};

use super::strings::{for_place, naughty};

/// What should be kept of a text; `None` if it is to be refused.
fn kept(text: &str, most: usize, lines: bool) -> Option<String> {
    let kept = normalise(text.trim());
    let odd = |letter: char| letter.is_control() && !(lines && "\n\r\t".contains(letter));
    (!kept.is_empty() && kept.chars().count() <= most && !kept.chars().any(odd)).then_some(kept)
}

/// Posts, and sees that it is refused at the field if it should be.
fn post(browser: &Client, path: &str, body: &Value, field: &str, taken: bool) -> Option<Value> {
    let answer = browser.post_once(path, body);
    if taken {
        assert!(
            matches!(answer.status, 200 | 201),
            "{path} {body}: {answer}"
        );
        return Some(answer.json());
    }
    assert_eq!(answer.status, 422, "{path} {body}: {answer}");
    let fields = answer.json()["errors"].clone();
    assert_eq!(fields[0]["pointer"], field, "{body}: {answer}");
    None
}

both_databases! {
    fn a_concern_keeps_every_text_of_its_life(app: TestApp) {
        let lead = app.unlocked("Bashir");
        let reporter = app.browser_of("Carys");
        let (mut whole, mut refused) = (0, 0);
        for text in for_place(3, 12) {
            let long = kept(&text, 20_000, true);
            let paragraph = kept(&text, 5_000, true);
            let line = kept(&text, 500, false);
            let mut body = app.concern().saying(&text).body();
            let Some(narrative) = long else {
                post(reporter, "/v1/concerns", &body, "/narrative", false);
                refused += 1;
                continue;
            };
            if let Some(words) = &paragraph {
                body["child_words"] = json!(text);
                assert!(!words.is_empty());
            }
            for field in ["location", "told_whom", "staff_present"] {
                if line.is_some() {
                    body[field] = json!(text);
                }
            }
            let receipt = post(reporter, "/v1/concerns", &body, "", true).unwrap();
            let path = format!("/v1/concerns/{}", receipt["id"].as_str().unwrap());
            let Some(paragraph) = paragraph else {
                let body = json!({ "kind": "note", "text": text });
                post(lead, &format!("{path}/actions"), &body, "/text", false);
                assert_eq!(lead.get(&path).expect(200)["narrative"], narrative);
                continue;
            };
            let to = |what: &str| format!("{path}/{what}");
            post(lead, &to("amendments"), &json!({ "narrative": text, "reason": text }), "", true);
            let action = json!({ "kind": "note", "text": text, "assignee": app.person("Bashir").member });
            let action = post(lead, &to("actions"), &action, "", true).unwrap();
            let completion = format!("/v1/actions/{}/completion", action["id"].as_str().unwrap());
            post(lead, &completion, &json!({ "note": text }), "", true);
            post(lead, &to("replies"), &json!({ "text": text }), "", true);
            let closure = json!({
                "summary": text, "follow_up": text, "action_taken": text, "decision": "monitored",
                "reasons": text, "outcome": text,
            });
            post(lead, &to("closure"), &closure, "", true);
            post(lead, &to("reopening"), &json!({ "reason": text }), "", true);

            let read = lead.get(&path).expect(200);
            assert_eq!(read["narrative"], narrative, "{text:?}");
            for place in [
                "/child_words", "/amendments/0/narrative", "/amendments/0/reason", "/actions/0/text",
                "/actions/0/completion_note", "/replies/0/text",
            ] {
                assert_eq!(read.pointer(place), Some(&json!(paragraph)), "{place} of {text:?} in {read:#}");
            }
            for place in ["location", "told_whom", "staff_present"] {
                assert_eq!(read[place], json!(line), "{place} of {text:?}");
            }
            let history = read["history"].as_array().unwrap();
            let closure = &history.iter().find(|change| change["closure"].is_object()).unwrap()["closure"];
            for field in ["summary", "follow_up", "action_taken", "reasons", "outcome"] {
                assert_eq!(closure[field], paragraph, "{field} of {text:?}");
            }
            assert!(history.iter().any(|change| change["reason"] == paragraph), "{text:?}");
            let path = format!("/v1/receipts/{}", receipt["id"].as_str().unwrap());
            assert_eq!(reporter.get(&path).expect(200)["answers"][0]["text"], paragraph, "{text:?}");
            whole += 1;
        }
        println!("{whole} lives of a concern, {refused} texts refused");
        assert!(whole >= 30 && refused >= 4, "{whole} whole, {refused} refused");
    }

    fn every_naughty_string_can_be_written_down_and_found(app: TestApp) {
        let lead = app.unlocked("Bashir");
        let reporter = app.browser_of("Carys");
        let mut missed = Vec::new();
        for (number, text) in naughty().iter().enumerate() {
            let Some(narrative) = kept(text, 20_000, true) else {
                continue;
            };
            let receipt = post(reporter, "/v1/concerns", &app.concern().saying(text).body(), "", true).unwrap();
            let id = receipt["id"].as_str().unwrap();
            assert_eq!(lead.get(&format!("/v1/concerns/{id}")).expect(200)["narrative"], narrative);
            // Looked for by its own longest word, every so many.
            let word = narrative.split_whitespace().max_by_key(|word| word.chars().count()).unwrap();
            let word: String = word.chars().take(60).collect();
            if number % 16 == 0 && word.chars().filter(|letter| letter.is_alphanumeric()).count() >= 2 {
                let found = lead.post("/v1/searches", &json!({ "words": word, "limit": 100 })).expect(200);
                let hits = found["items"].as_array().or_else(|| found["hits"].as_array()).unwrap();
                if !hits.iter().any(|hit| hit["concern"]["id"] == id || hit["id"] == id) {
                    missed.push(word);
                }
            }
        }
        assert!(missed.is_empty(), "written down and not found: {missed:?}");
    }

    fn names_that_the_office_writes_are_kept(app: TestApp) {
        let office = app.browser_of("Morag");
        let mut names = 0;
        for (number, text) in for_place(7, 12).iter().enumerate() {
            let Some(name) = kept(text, 200, false) else { continue };
            let person = json!({ "name": text, "email": format!("p{number}@hollybank.example"), "roles": [] });
            let made = office.post("/v1/people", &person).expect(201);
            assert_eq!(made["name"], name, "{text:?}");
            let rule = json!({
                "name": text, "categories": [], "years": [], "recipients": [app.person("Bashir").member],
            });
            office.post("/v1/alert-rules", &rule).expect(201);
            let rules = office.get("/v1/alert-rules").expect(200);
            assert!(rules["items"].as_array().unwrap().iter().any(|rule| rule["name"] == name), "{text:?}");
            let category = app.category("pastoral");
            let path = format!("/v1/categories/{category}");
            office.patch(&path, &json!({ "name": text })).expect(200);
            let categories = office.get("/v1/categories").expect(200);
            let found = categories["items"].as_array().unwrap().iter().find(|one| one["id"] == category).unwrap();
            assert_eq!(found["name"], name, "{text:?}");
            names += 1;
        }
        assert!(names >= 30, "{names}");
    }
}
