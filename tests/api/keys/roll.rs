use serde_json::json;
use testkit::{TestApp, both_databases, full};

both_databases! {
    fn a_restricted_grant_opens_no_more_than_it_says(app: TestApp) {
        let dilys = app.unlocked("Dilys");
        let session = dilys.refresh().expect(200);
        assert_eq!(session["level"], "unlocked");
        assert_eq!(session["unlock"]["years"], json!(["5"]));
        assert_eq!(session["unlock"]["compartments"], json!(["pastoral", "safeguarding"]));
        let holders = dilys.get("/v1/key-holders").expect(200);
        let items = holders["items"].as_array().expect("a list");
        let hers = items
            .iter()
            .find(|item| item["member"]["name"] == "Dilys")
            .expect("she holds a key");
        assert_eq!(hers["years"], json!(["5"]));
        assert_eq!(hers["capabilities"], json!([]));
    }

    fn a_key_taken_away_closes_what_it_had_opened_at_once(app: TestApp) {
        let dilys = app.unlocked("Dilys");
        dilys.get("/v1/concerns").expect(200);
        app.person("Bashir").phone().revoke(app.person("Dilys").phone());
        assert_eq!(dilys.get("/v1/concerns").problem(), "not-found");
        assert_eq!(dilys.refresh().expect(200)["level"], "signed_in");
        let asked = app.person("Dilys").phone().ask(
            ureq::http::Method::POST,
            "/v1/device/wraps",
            Some(&json!({ "pin_tag": "A".repeat(43) })),
        );
        assert_eq!(asked.problem(), "device-refused");
    }

    fn nobody_grants_more_than_they_hold(app: TestApp) {
        // Carys may grant, but not the keys about adults: the roll refuses what she signs beyond.
        let carys = app.promote("Carys");
        let link = app.browser_of("Aled").post("/v1/enrolments", &json!({})).expect(201);
        let phone = app.phone();
        phone.enrol(link["link"].as_str().expect("a link"));
        let mut wider = full();
        wider.compartments.insert(protocol::compartments::Compartment::STAFF);
        let granted = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            carys.grant(&phone, wider);
        }));
        assert!(granted.is_err(), "a grant wider than its author's own");
        carys.grant(&phone, full());
    }
}
