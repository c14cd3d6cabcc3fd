use serde_json::json;
use testkit::{TestApp, both_databases};

both_databases! {
    fn a_rule_is_added_changed_and_taken_away(app: TestApp) {
        let morag = app.browser_of("Morag");
        let bashir = &app.person("Bashir").member;
        let new = json!({
            "name": "Year 9", "categories": [app.category("safeguarding")],
            "years": ["9", "09"], "recipients": [bashir, bashir], "enabled": true,
        });
        let made = morag.post("/v1/alert-rules", &new).expect(201);
        assert_eq!(made["years"], json!(["9"]), "the same year is said once");
        assert_eq!(made["recipients"], json!([bashir]));
        let path = format!("/v1/alert-rules/{}", made["id"].as_str().expect("an id"));
        let changed = morag.patch(&path, &json!({"enabled": false, "years": []})).expect(200);
        assert_eq!((&changed["enabled"], &changed["years"]), (&json!(false), &json!([])));
        assert_eq!(changed["recipients"], json!([bashir]));
        assert_eq!(morag.get("/v1/alert-rules").expect(200)["items"], json!([changed]));
        assert_eq!(morag.delete(&path).status, 204);
        assert_eq!(morag.delete(&path).status, 404);
        assert_eq!(morag.get("/v1/alert-rules").expect(200)["items"], json!([]));
    }

    fn a_rule_names_people_who_work_here_and_categories_of_the_school(app: TestApp) {
        let morag = app.browser_of("Morag");
        let bashir = &app.person("Bashir").member;
        let nobody = morag.post("/v1/alert-rules", &json!({"name": "None", "recipients": []}));
        assert_eq!(nobody.problem(), "alert-rule-without-recipient");
        // Eluned leads another school on the same server.
        let stranger = &app.person("Eluned").member;
        let refused = morag.post("/v1/alert-rules", &json!({"name": "Other", "recipients": [bashir, stranger]}));
        assert_eq!(refused.json()["errors"][0]["pointer"], "/recipients/1");
        let unknown = json!({
            "name": "Other", "recipients": [bashir],
            "categories": ["cat_00000000000000000000000000000000"],
        });
        let refused = morag.post("/v1/alert-rules", &unknown);
        assert_eq!(refused.json()["errors"][0]["pointer"], "/categories/0");
        assert_eq!(morag.get("/v1/alert-rules").expect(200)["items"], json!([]));
    }

    fn administration_is_done_without_the_records_open(app: TestApp) {
        let bashir = app.unlocked("Bashir");
        assert_eq!(bashir.get("/v1/alert-rules").problem(), "two-hats");
        assert_eq!(app.browser_of("Carys").get("/v1/alert-rules").status, 404);
    }
}
