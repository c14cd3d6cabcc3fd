use serde_json::{Value, json};
use testkit::{Client, Engine, TestApp};

fn search(browser: &Client, body: Value) -> Vec<(String, u64)> {
    let answer = browser.post("/v1/pupil-searches", &body).expect(200);
    let items = answer["items"].as_array().unwrap().iter();
    items
        .map(|item| {
            (
                item["name"].as_str().unwrap().to_owned(),
                item["concerns"].as_u64().unwrap(),
            )
        })
        .collect()
}

fn found(name: &str, concerns: u64) -> (String, u64) {
    (name.to_owned(), concerns)
}

#[test]
fn a_holder_finds_only_the_year_groups_of_the_grant() {
    for engine in Engine::BOTH {
        let app = TestApp::start(engine);
        let (lead, deputy) = (app.unlocked("Bashir"), app.unlocked("Dilys"));
        assert_eq!(
            search(lead, json!({ "letters": "to" })),
            [found("Tomos Gale", 0)]
        );
        assert_eq!(search(deputy, json!({ "letters": "to" })), []);
        assert_eq!(
            search(deputy, json!({ "letters": "kofi" })),
            [found("Kofi Mensah", 0)]
        );
        assert_eq!(
            search(deputy, json!({ "letters": "kofi", "year": "9" })),
            []
        );
        assert_eq!(
            search(lead, json!({ "letters": "kofi", "year": "5" })).len(),
            1
        );
    }
}

#[test]
fn the_number_of_concerns_counts_those_within_reach() {
    for engine in Engine::BOTH {
        let app = TestApp::start(engine);
        // About a pupil of Year 9, in whose concern a pupil of Year 5 is a witness.
        app.concern()
            .about("Tomos Gale")
            .with("Kofi Mensah", "witness")
            .create();
        app.concern().about("Kofi Mensah").create();
        assert_eq!(
            search(app.unlocked("Bashir"), json!({ "letters": "kofi" })),
            [found("Kofi Mensah", 2)]
        );
        assert_eq!(
            search(app.unlocked("Dilys"), json!({ "letters": "kofi" })),
            [found("Kofi Mensah", 1)]
        );
    }
}

#[test]
fn without_open_records_there_is_no_search() {
    for engine in Engine::BOTH {
        let app = TestApp::start(engine);
        let body = json!({ "letters": "kofi" });
        let asked = |name| {
            app.browser_of(name)
                .post("/v1/pupil-searches", &body)
                .problem()
        };
        assert_eq!(asked("Bashir"), "unlock-required");
        assert_eq!(asked("Carys"), "not-found");
        assert_eq!(asked("Morag"), "not-found");
    }
}
