use serde_json::{Value, json};
use testkit::{Engine, PASSWORD, Served};

fn school(code: &str, email: &str) -> Value {
    json!({
        "code": code,
        "school_name": "Larkspur",
        "name": "Carys Probert",
        "email": email,
        "password": PASSWORD,
    })
}

fn once(engine: Engine) {
    let app = Served::empty(engine);
    let browser = app.browser();
    assert_eq!(browser.get("/v1/setup").expect(200)["needed"], true);
    let code = app.setup_code();

    let wrong = browser.post(
        "/v1/setup",
        &school("00000-00000-00000-00000-00000-0", "carys@larkspur.example"),
    );
    assert_eq!(
        (wrong.status, &*wrong.problem()),
        (403, "setup-code-refused")
    );

    let begun = browser.post("/v1/setup", &school(&code, "carys@larkspur.example"));
    let answer = begun.expect(201);
    assert_eq!(answer["session"]["scopes"], json!(["record", "administer"]));
    browser.keep_token(&begun);
    assert_eq!(
        browser.get("/v1/setup").expect(200),
        json!({ "needed": false, "code_waits": false })
    );
    let state = browser.get("/v1/setup/progress").expect(200);
    assert_eq!(state["state"], "waiting_for_key");

    // Nobody else's device comes before the first one's keys.
    let early = browser.post("/v1/enrolments", &json!({}));
    assert_eq!((early.status, &*early.problem()), (409, "school-not-open"));

    let again = browser.post("/v1/setup", &school(&code, "dilys@larkspur.example"));
    assert_eq!(again.problem(), "setup-code-refused");

    let phone = app.phone();
    phone.set_up(answer["enrolment"]["link"].as_str().expect("a link"));
    let state = browser.get("/v1/setup/progress").expect(200);
    assert_eq!(state["state"], "open");
    let renewed = browser.post("/v1/setup/enrolment", &json!({}));
    assert_eq!(renewed.problem(), "school-exists");
}

#[test]
fn a_code_sets_one_school_up_on_sqlite() {
    once(Engine::Sqlite);
}

#[test]
fn a_code_sets_one_school_up_on_postgres() {
    once(Engine::Postgres);
}

fn another(engine: Engine) {
    let app = Served::empty(engine);
    for (name, email) in [
        ("Larkspur", "carys@larkspur.example"),
        ("Hollybank", "dilys@hollybank.example"),
    ] {
        let code = app.setup_code();
        let browser = app.browser();
        let waiting = browser.get("/v1/setup").expect(200);
        assert_eq!(waiting["code_waits"], true, "{name}");
        let mut form = school(&code, email);
        form["school_name"] = name.into();
        let begun = browser.post("/v1/setup", &form);
        let me = begun.expect(201);
        assert_eq!(me["session"]["schools"][0]["name"], name);
    }
}

#[test]
fn a_service_takes_one_more_school_with_a_code_of_its_operator_on_sqlite() {
    another(Engine::Sqlite);
}

#[test]
fn a_service_takes_one_more_school_with_a_code_of_its_operator_on_postgres() {
    another(Engine::Postgres);
}

#[test]
fn a_code_is_good_for_an_hour() {
    for engine in Engine::BOTH {
        let app = Served::empty(engine);
        let code = app.setup_code();
        app.clock.advance_seconds(60 * 60);
        let late = app
            .browser()
            .post("/v1/setup", &school(&code, "carys@larkspur.example"));
        assert_eq!(late.problem(), "setup-code-refused");
    }
}
