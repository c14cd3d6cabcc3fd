use serde_json::json;
use testkit::{TestApp, both_databases};
use ureq::http::Method;

both_databases! {
    fn an_offline_code_shows_how_much_waits_and_opens_nothing(app: TestApp) {
        let bashir = app.person("Bashir");
        let concern = app.concern().raised_by("Aled").and(json!({ "urgent": true })).create();
        app.concern().raised_by("Aled").create();
        let prove = |code: &str| bashir.browser.post("/v1/presence", &json!({ "code": code }));
        assert_eq!(prove(&bashir.phone().code()).problem(), "no-offline-codes");
        assert_eq!(bashir.browser.get("/v1/waiting").problem(), "presence-required");
        bashir.phone().enable_codes();

        let code = bashir.phone().code();
        let spaced = format!("{} {}", &code[..4], &code[4..]);
        let answer = prove(&spaced).expect(200);
        assert_eq!(answer["opens_records"], false);
        assert_eq!(answer["shows"], json!(["unread", "urgent"]));
        let waiting = bashir.browser.get("/v1/waiting").expect(200);
        assert_eq!(waiting, json!({ "unread": 2, "urgent": 1 }));

        // It is a second factor and no key.
        assert_eq!(bashir.browser.refresh().expect(200)["level"], "present");
        for path in ["/v1/concerns", "/v1/dashboard", "/v1/alerts", &concern.path()] {
            assert_eq!(bashir.browser.get(path).problem(), "unlock-required");
        }
        // In this session alone, each code once, and for an hour.
        let other = app.browser();
        other.sign_in(&bashir.email, testkit::PASSWORD).expect(200);
        assert_eq!(other.get("/v1/waiting").problem(), "presence-required");
        assert_eq!(other.post("/v1/presence", &json!({ "code": code })).problem(), "code-refused");
        app.pass(50 * 60);
        bashir.browser.get("/v1/waiting").expect(200);
        app.pass(11 * 60);
        assert_eq!(bashir.browser.get("/v1/waiting").problem(), "presence-required");
        assert_eq!(bashir.browser.refresh().expect(200)["level"], "signed_in");
        prove(&bashir.phone().code()).expect(200);
    }

    fn a_code_is_good_for_its_half_minute_and_five_seconds(app: TestApp) {
        let bashir = app.person("Bashir");
        bashir.phone().enable_codes();
        let to_step = |app: &TestApp| app.pass(30 - app.now().rem_euclid(30));
        let prove = |code: &str| bashir.browser.post("/v1/presence", &json!({ "code": code }));
        to_step(&app);
        let first = bashir.phone().code();
        app.pass(34);
        prove(&first).expect(200);
        to_step(&app);
        let second = bashir.phone().code();
        app.pass(35);
        assert_eq!(prove(&second).problem(), "code-refused");
    }

    fn codes_cannot_be_guessed_at(app: TestApp) {
        let bashir = app.person("Bashir");
        bashir.phone().enable_codes();
        let prove = |code: &str| bashir.browser.post("/v1/presence", &json!({ "code": code }));
        for _ in 0..5 {
            assert_eq!(prove("00000000").problem(), "code-refused");
        }
        assert_eq!(prove(&bashir.phone().code()).problem(), "no-offline-codes");
        // Until the device was online again.
        bashir.phone().enable_codes();
        prove(&bashir.phone().code()).expect(200);
    }

    fn a_revoked_or_suspended_device_shows_nobodys_presence(app: TestApp) {
        let dilys = app.person("Dilys");
        dilys.phone().enable_codes();
        app.person("Bashir").phone().revoke(dilys.phone());
        let code = dilys.phone().code();
        assert_eq!(dilys.browser.post("/v1/presence", &json!({ "code": code })).problem(), "no-offline-codes");
        let secret = json!({ "secret": "A".repeat(43), "pin_tag": dilys.phone().pin_tag() });
        assert_eq!(dilys.phone().ask(Method::POST, "/v1/device/code-secret", Some(&secret)).problem(), "device-refused");
    }
}
