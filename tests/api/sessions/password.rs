use serde_json::json;
use testkit::{PASSWORD, TestApp, at_once, both_databases};

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

    fn no_session_that_the_old_password_began_outlives_it(app: TestApp) {
        let email = "carys@hollybank.example";
        let mut old = PASSWORD.to_owned();
        for round in 0..6 {
            // The passwords that were wrong in the round before are forgotten.
            app.clock.advance_seconds(61 * 60);
            app.browser().post("/v1/password-links", &json!({ "email": email })).expect(202);
            let new = format!("the password of round {round}");
            let body = json!({ "token": app.mailed_token(email), "password": new });
            let browsers: Vec<_> = (0..4).map(|_| app.browser()).collect();
            let answers = at_once(4, |number| match number {
                0 => browsers[0].post("/v1/passwords", &body).status,
                _ => browsers[number].sign_in(email, &old).status,
            });
            assert_eq!(answers[0], 204);
            for browser in &browsers {
                assert_eq!(browser.get("/v1/me").status, 401, "{answers:?}");
            }
            old = new;
        }
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
