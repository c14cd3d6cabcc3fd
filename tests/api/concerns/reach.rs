//! A restricted holder cannot tell that what lies outside their grant exists: Dilys sees Year 5 only.

use serde_json::{Value, json};
use testkit::{TestApp, both_databases};

fn ids(listed: &Value) -> Vec<&str> {
    let items = listed["items"].as_array().unwrap();
    items
        .iter()
        .map(|item| {
            item["id"]
                .as_str()
                .or_else(|| item["concern"]["id"].as_str())
                .unwrap()
        })
        .collect()
}

both_databases! {
    fn lists_counts_search_and_reads_show_the_same_records(app: TestApp) {
        let hidden = app.concern().about("Tomos Gale").saying("A lantern in Year 9.").create();
        let seen = app.concern().about("Ada Fennick").saying("A lantern in Year 5.").create();
        let nobody = app.concern().and(json!({"pupils": []})).saying("A lantern nowhere.").create();
        let witness = app.concern().about("Lowri Pask").with("Ada Fennick", "witness").saying("A lantern in Year 7.").create();
        let dilys = app.unlocked("Dilys");
        let bashir = app.unlocked("Bashir");

        assert_eq!(ids(&dilys.get("/v1/concerns").expect(200)), [seen.id.as_str()]);
        assert_eq!(ids(&bashir.get("/v1/concerns").expect(200)).len(), 4);
        let found = dilys.post("/v1/searches", &json!({"words": "lantern"})).expect(200);
        assert_eq!(ids(&found), [seen.id.as_str()]);
        assert_eq!(found["scanned"], 1);
        assert_eq!(dilys.get("/v1/dashboard").expect(200)["recent"].as_array().unwrap().len(), 1);

        let absent = dilys.get("/v1/concerns/con_00000000000000000000000000000000").fingerprint();
        for one in [&hidden, &nobody, &witness] {
            assert_eq!(dilys.get(&one.path()).fingerprint(), absent);
        }
        dilys.get(&seen.path()).expect(200);
    }

    fn what_cannot_be_seen_cannot_be_acted_on(app: TestApp) {
        let hidden = app.concern().about("Tomos Gale").create();
        let dilys = app.unlocked("Dilys");
        let absent = "/v1/concerns/con_00000000000000000000000000000000";
        for (path, body) in [
            ("actions", json!({"kind": "note", "text": "x"})),
            ("replies", json!({"text": "x"})),
            ("amendments", json!({"narrative": "x", "reason": "x"})),
            ("opening", json!({})),
            ("closure", json!({"summary": "x", "follow_up": "x", "action_taken": "x", "decision": "monitored", "reasons": "x", "outcome": "x"})),
            ("reopening", json!({"reason": "x"})),
        ] {
            let refused = dilys.post_once(&format!("{}/{path}", hidden.path()), &body);
            let nothing = dilys.post_once(&format!("{absent}/{path}"), &body);
            assert_eq!(refused.fingerprint(), nothing.fingerprint(), "{path}");
        }
    }

    fn a_pupil_outside_the_grant_is_initials_on_a_concern_inside_it(app: TestApp) {
        let concern = app.concern().about("Ada Fennick").with("Tomos Gale", "alleged_to_have_harmed").create();
        let opened = app.unlocked("Dilys").get(&concern.path()).expect(200);
        assert_eq!(opened["pupils"][1]["name"], "T.G.");
        assert_eq!(opened["pupils"][1]["id"], json!(null));
        assert_eq!(opened["pupils"][1]["class_name"], json!(null));
    }

    fn pupils_outside_the_grant_are_not_found(app: TestApp) {
        let dilys = app.unlocked("Dilys");
        let absent = dilys.get("/v1/pupils/pup_00000000000000000000000000000000").fingerprint();
        assert_eq!(dilys.get(&format!("/v1/pupils/{}", app.pupil("Tomos Gale"))).fingerprint(), absent);
        assert_eq!(dilys.get(&format!("/v1/pupils/{}/chronology", app.pupil("Tomos Gale"))).fingerprint(), absent);
        dilys.get(&format!("/v1/pupils/{}", app.pupil("Ada Fennick"))).expect(200);
        let found = dilys.post("/v1/pupil-searches", &json!({"letters": "to"})).expect(200);
        assert_eq!(found["items"], json!([]));
    }
}
