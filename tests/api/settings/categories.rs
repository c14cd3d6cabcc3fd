use serde_json::json;
use testkit::{TestApp, both_databases};

both_databases! {
    fn a_category_is_added_changed_and_no_longer_offered(app: TestApp) {
        let morag = app.browser_of("Morag");
        let new = json!({
            "name": "Water safety", "colour": "#175CD3", "help": "", "high_priority": true,
            "compartment": "safeguarding", "parent": null,
        });
        let made = morag.post("/v1/categories", &new).expect(201);
        assert_eq!(made["colour"], "#175cd3");
        assert_eq!(made["disabled"], false);
        let path = format!("/v1/categories/{}", made["id"].as_str().expect("an id"));

        let changed = morag.patch(&path, &json!({"name": "Rivers and sea", "help": "Near water."})).expect(200);
        assert_eq!(changed["name"], "Rivers and sea");
        assert_eq!(changed["high_priority"], true);
        assert_eq!(morag.patch(&path, &json!({"disabled": true})).expect(200)["disabled"], true);

        // Everybody sees the list, with what is no longer offered.
        let listed = app.browser_of("Carys").get("/v1/categories").expect(200);
        let items = listed["items"].as_array().expect("a list");
        let found = items.iter().find(|item| item["id"] == made["id"]).expect("it is there");
        assert_eq!(found["disabled"], true);
    }

    fn what_was_recorded_under_a_category_stays_when_it_is_disabled(app: TestApp) {
        let concern = app.concern().create();
        let category = app.category("safeguarding");
        app.browser_of("Morag")
            .patch(&format!("/v1/categories/{category}"), &json!({"disabled": true}))
            .expect(200);
        let read = app.unlocked("Bashir").get(&concern.path()).expect(200);
        assert_eq!(read["categories"][0]["id"], category);
        let refused = app.browser_of("Carys").post_once("/v1/concerns", &app.concern().body());
        assert_eq!(refused.status, 422);
    }

    fn what_cannot_be_is_refused_with_a_pointer(app: TestApp) {
        let morag = app.browser_of("Morag");
        let safeguarding = app.category("safeguarding");
        let good = json!({
            "name": "Water safety", "colour": "#175cd3", "compartment": "safeguarding",
        });
        for (member, value, pointer) in [
            ("name", json!(""), "/name"),
            ("colour", json!("blue"), "/colour"),
            ("compartment", json!("staff"), "/compartment"),
            ("parent", json!("cat_00000000000000000000000000000000"), "/parent"),
            ("sealed", json!(true), "/sealed"),
        ] {
            let mut body = good.clone();
            body[member] = value;
            let refused = morag.post("/v1/categories", &body);
            assert_eq!(refused.problem(), "invalid-input", "{member}");
            assert_eq!(refused.json()["errors"][0]["pointer"], pointer);
        }
        let mut elsewhere = good.clone();
        elsewhere["parent"] = json!(safeguarding);
        elsewhere["compartment"] = json!("pastoral");
        let refused = morag.post("/v1/categories", &elsewhere);
        assert_eq!(refused.json()["errors"][0]["pointer"], "/compartment");
        morag.post("/v1/categories", &good).expect(201);
        let twice = morag.post("/v1/categories", &good);
        assert_eq!(twice.json()["errors"][0]["pointer"], "/name");
    }

    fn only_an_administrator_changes_them(app: TestApp) {
        let path = format!("/v1/categories/{}", app.category("safeguarding"));
        for name in ["Carys", "Gwen", "Dilys"] {
            assert_eq!(app.browser_of(name).patch(&path, &json!({"disabled": true})).status, 404, "{name}");
        }
    }
}
