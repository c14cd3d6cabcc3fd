use serde_json::json;
use testkit::{PASSWORD, TestApp, both_databases};

both_databases! {
    fn a_mailed_link_sets_the_password_once_and_ends_every_session(app: TestApp) {
        let browser = app.browser();
        // Later than the invitation that is in the outbox still.
        app.clock.advance_seconds(1);
        let ask = |email: &str| browser.post("/v1/password-links", &json!({ "email": email }));
        let known = ask("carys@hollybank.example");
        let unknown = ask("nobody@hollybank.example");
        assert_eq!(known.status, 202);
        assert_eq!(known.fingerprint(), unknown.fingerprint());

        let token = app.mailed_token("carys@hollybank.example");
        let set = |password: &str| {
            browser.post("/v1/passwords", &json!({ "token": token, "password": password }))
        };
        assert_eq!(set("eleven char").problem(), "invalid-input");
        set("a new and longer one").expect(204);
        assert_eq!(set("a new and longer one").problem(), "link-expired");

        assert_eq!(app.browser_of("Carys").get("/v1/me").problem(), "sign-in-required");
        assert_eq!(browser.sign_in("carys@hollybank.example", PASSWORD).status, 401);
        browser.sign_in("carys@hollybank.example", "a new and longer one").expect(200);
    }

    fn a_link_lapses_after_an_hour(app: TestApp) {
        let browser = app.browser();
        // Later than the invitation that is in the outbox still.
        app.clock.advance_seconds(1);
        browser.post("/v1/password-links", &json!({ "email": "carys@hollybank.example" }));
        let token = app.mailed_token("carys@hollybank.example");
        app.clock.advance_seconds(60 * 60);
        let late = browser.post("/v1/passwords", &json!({ "token": token, "password": PASSWORD }));
        assert_eq!(late.problem(), "link-expired");
    }
}
