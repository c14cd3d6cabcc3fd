use serde_json::{Value, json};
use testkit::{Client, TestApp, both_databases};

fn alerts(browser: &Client) -> Vec<Value> {
    let page = browser.get("/v1/alerts").expect(200);
    page["items"].as_array().expect("a list").clone()
}

both_databases! {
    fn without_rules_everybody_whose_key_opens_it_is_told(app: TestApp) {
        let older = app.concern().about("Tomos Gale").create();
        app.pass(60);
        let younger = app.concern().about("Ada Fennick").create();

        let bashir = alerts(app.unlocked("Bashir"));
        assert_eq!(bashir.len(), 2);
        assert_eq!(bashir[0]["concern"]["id"], younger.id.as_str());
        assert_eq!(bashir[1]["concern"]["id"], older.id.as_str());
        assert_eq!(bashir[0]["reason"], "rule");
        assert_eq!(bashir[0]["read_at"], json!(null));

        // Dilys's key shows Year 5 only.
        let dilys = alerts(app.unlocked("Dilys"));
        assert_eq!(dilys.len(), 1);
        assert_eq!(dilys[0]["concern"]["id"], younger.id.as_str());
    }

    fn a_rule_chooses_who_is_told(app: TestApp) {
        let rule = json!({
            "name": "Year 5 to the deputy",
            "years": ["5"],
            "recipients": [app.person("Dilys").member],
        });
        app.browser_of("Morag").post("/v1/alert-rules", &rule).expect(201);
        app.concern().about("Ada Fennick").create();
        assert_eq!(alerts(app.unlocked("Dilys")).len(), 1);
        assert_eq!(alerts(app.unlocked("Bashir")).len(), 0);
    }

    fn a_rule_that_names_nobody_able_to_open_it_leaves_nobody_untold(app: TestApp) {
        let rule = json!({
            "name": "To people without the key for it",
            "recipients": [app.person("Dilys").member, app.person("Carys").member],
        });
        app.browser_of("Morag").post("/v1/alert-rules", &rule).expect(201);
        app.concern().about("Tomos Gale").raised_by("Aled").create();
        assert_eq!(alerts(app.unlocked("Bashir")).len(), 1);
        assert_eq!(alerts(app.unlocked("Dilys")).len(), 0);
        // Carys was named, and still learns nothing.
        assert_eq!(app.browser_of("Carys").get("/v1/alerts").status, 404);
    }

    fn an_urgent_concern_goes_past_the_rules(app: TestApp) {
        let rule = json!({
            "name": "Everything to the deputy",
            "recipients": [app.person("Dilys").member],
        });
        app.browser_of("Morag").post("/v1/alert-rules", &rule).expect(201);
        app.concern().about("Ada Fennick").and(json!({"urgent": true})).create();
        let bashir = alerts(app.unlocked("Bashir"));
        assert_eq!(bashir.len(), 1);
        assert_eq!(bashir[0]["reason"], "urgent");
        assert_eq!(alerts(app.unlocked("Dilys")).len(), 1);
    }

    fn a_rule_that_is_switched_off_chooses_nobody(app: TestApp) {
        let rule = json!({
            "name": "Off",
            "recipients": [app.person("Dilys").member],
            "enabled": false,
        });
        app.browser_of("Morag").post("/v1/alert-rules", &rule).expect(201);
        app.concern().about("Ada Fennick").create();
        assert_eq!(alerts(app.unlocked("Bashir")).len(), 1);
    }

    fn whoever_wrote_it_is_told_only_if_nobody_else_would_be(app: TestApp) {
        app.concern().about("Ada Fennick").raised_by("Bashir").create();
        assert_eq!(alerts(app.unlocked("Bashir")).len(), 0);
        assert_eq!(alerts(app.unlocked("Dilys")).len(), 1);
        app.concern().about("Tomos Gale").raised_by("Bashir").create();
        assert_eq!(alerts(app.unlocked("Bashir")).len(), 1);
    }

    fn an_addition_is_told_of_too(app: TestApp) {
        let concern = app.concern().about("Tomos Gale").create();
        app.pass(60);
        let more = json!({"narrative": "He has a coat now.", "reason": "More came to light."});
        app.browser_of("Carys")
            .post_once(&format!("{}/amendments", concern.path()), &more)
            .expect(201);
        let bashir = alerts(app.unlocked("Bashir"));
        assert_eq!(bashir.len(), 2);
        assert_eq!(bashir[0]["reason"], "addition");
        assert_eq!(bashir[0]["concern"]["id"], concern.id.as_str());
    }
}
