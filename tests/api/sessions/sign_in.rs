use testkit::{PASSWORD, TestApp, at_once, both_databases};

both_databases! {
    fn a_wrong_password_and_an_unknown_address_get_the_same_answer(app: TestApp) {
        let browser = app.browser();
        for _ in 0..5 {
            let wrong = browser.sign_in("carys@hollybank.example", "not the password");
            let unknown = browser.sign_in("nobody@hollybank.example", "not the password");
            assert_eq!((wrong.status, &*wrong.problem()), (401, "sign-in-refused"));
            assert_eq!(wrong.fingerprint(), unknown.fingerprint());
        }
        // From the fifth on both have to wait, though the password were right; not for long.
        for email in ["carys@hollybank.example", "nobody@hollybank.example"] {
            let waiting = browser.sign_in(email, PASSWORD);
            assert_eq!(waiting.problem(), "too-many-requests");
        }
        app.clock.advance_seconds(31);
        browser.sign_in("Carys@Hollybank.example", PASSWORD).expect(200);
    }

    fn of_many_guesses_at_the_same_moment_few_are_looked_at(app: TestApp) {
        let browsers: Vec<_> = (0..24).map(|_| app.browser()).collect();
        // One more than is free, and one for each core that was looking at one already.
        let most = 5 + std::thread::available_parallelism().map_or(1, usize::from);
        for email in ["carys@hollybank.example", "nobody@hollybank.example"] {
            let answers = at_once(24, |number| browsers[number].sign_in(email, "not the password").problem());
            let told = answers.iter().filter(|slug| *slug == "sign-in-refused").count();
            assert!((5..=most).contains(&told), "{email}: {answers:?}");
            let wait = answers.iter().filter(|slug| *slug == "too-many-requests").count();
            assert_eq!(told + wait, 24, "{email}: {answers:?}");
        }
    }

    fn signing_in_begins_a_session_that_signing_out_ends(app: TestApp) {
        let browser = app.browser();
        let answer = browser.sign_in("gwen@hollybank.example", PASSWORD);
        let body = answer.expect(200);
        assert_eq!(body["member"]["roles"], serde_json::json!(["reporter", "auditor"]));
        assert_eq!(body["level"], "signed_in");
        let cookie = answer.header("set-cookie").expect("a cookie");
        for part in ["__Host-sid=", "HttpOnly", "Secure", "SameSite=Strict", "Path=/"] {
            assert!(cookie.contains(part), "{cookie}");
        }
        let stolen = browser.copy();
        browser.delete("/v1/session").expect(204);
        assert_eq!(stolen.get("/v1/me").problem(), "sign-in-required");
        assert_eq!(stolen.refresh().problem(), "sign-in-required");
    }
}
