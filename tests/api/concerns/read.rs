use serde_json::json;
use testkit::{TestApp, both_databases};

both_databases! {
    fn a_lead_opens_what_was_written_as_it_was_written(app: TestApp) {
        let concern = app
            .concern()
            .raised_by("Carys")
            .about("Tomos Gale")
            .with("Ada Fennick", "witness")
            .saying("He said “my arm hurts”.\nHe would not say why.")
            .and(json!({
                "child_words": "my arm hurts",
                "location": "Playground",
                "told_lead": true,
                "told_whom": "Bashir",
                "staff_present": "Aled",
                "urgent": true,
            }))
            .create();

        let opened = app.unlocked("Bashir").get(&concern.path()).expect(200);
        assert_eq!(opened["narrative"], "He said “my arm hurts”.\nHe would not say why.");
        assert_eq!(opened["child_words"], "my arm hurts");
        assert_eq!(opened["location"], "Playground");
        assert_eq!(opened["told_lead"], true);
        assert_eq!(opened["told_whom"], "Bashir");
        assert_eq!(opened["staff_present"], "Aled");
        assert_eq!(opened["urgent"], true);
        assert_eq!(opened["reference"], concern.reference);
        assert_eq!(opened["pupils"][0]["name"], "Tomos Gale");
        assert_eq!(opened["pupils"][1]["role"], "witness");
        assert_eq!(opened["author"]["name"], "Carys");
    }

    fn a_record_opens_before_and_after_it_is_filed(app: TestApp) {
        let concern = app.concern().saying("A bruise on the left arm.").create();
        let bashir = app.unlocked("Bashir");
        assert_eq!(bashir.get(&concern.path()).expect(200)["narrative"], "A bruise on the left arm.");
        // A search files what it meets.
        bashir.post("/v1/searches", &json!({"words": "bruise"})).expect(200);
        assert_eq!(bashir.get(&concern.path()).expect(200)["narrative"], "A bruise on the left arm.");
    }

    fn a_key_holder_is_told_to_unlock_and_nobody_else_is_told_anything(app: TestApp) {
        let concern = app.concern().create();
        let locked = app.browser_of("Bashir").get(&concern.path());
        assert_eq!((locked.status, locked.problem().as_str()), (403, "unlock-required"));
        let outside = app.browser_of("Eluned").get(&concern.path());
        assert_eq!(outside.problem(), "unlock-required", "not even which school it is in");
        let office = app.browser_of("Morag").get(&concern.path());
        assert_eq!(office.status, 404);
    }

    fn another_schools_lead_finds_nothing(app: TestApp) {
        let concern = app.concern().create();
        let eluned = app.unlocked("Eluned");
        let absent = eluned.get("/v1/concerns/con_00000000000000000000000000000000");
        assert_eq!(eluned.get(&concern.path()).fingerprint(), absent.fingerprint());
        assert_eq!(eluned.get("/v1/concerns").expect(200)["items"], json!([]));
    }

    fn an_amendment_stands_beside_the_original(app: TestApp) {
        let concern = app.concern().saying("It was on Monday.").create();
        let path = format!("{}/amendments", concern.path());
        let carys = app.browser_of("Carys");
        carys.post_once(&path, &json!({"narrative": "It was on Tuesday.", "reason": "I mistook the day."})).expect(201);
        let colleague = app.browser_of("Aled").post_once(&path, &json!({"narrative": "No.", "reason": "No."}));
        assert_eq!(colleague.status, 404);

        let opened = app.unlocked("Bashir").get(&concern.path()).expect(200);
        assert_eq!(opened["narrative"], "It was on Monday.");
        assert_eq!(opened["amendments"][0]["narrative"], "It was on Tuesday.");
        assert_eq!(opened["amendments"][0]["reason"], "I mistook the day.");
        assert_eq!(opened["amendments"][0]["by"]["name"], "Carys");
    }

    fn a_chronology_goes_by_when_it_happened_and_shows_when_it_was_recorded(app: TestApp) {
        app.concern().about("Nia Probert").saying("Recorded first.").and(json!({"occurred_at": "2026-11-20T09:00:00Z"})).create();
        app.concern().about("Nia Probert").saying("Happened first.").and(json!({"occurred_at": "2026-11-18T09:00:00Z"})).create();
        let bashir = app.unlocked("Bashir");
        let path = format!("/v1/pupils/{}/chronology", app.pupil("Nia Probert"));
        let read = bashir.get(&path).expect(200);
        let texts: Vec<_> = read["items"].as_array().unwrap().iter().map(|entry| entry["text"].as_str().unwrap()).collect();
        assert_eq!(texts, ["Recorded first.", "Happened first."]);
        assert_eq!(read["items"][1]["occurred_at"], "2026-11-18T09:00:00Z");

        let first = bashir.get(&format!("{path}?limit=1")).expect(200);
        let next = bashir.get(&format!("{path}?limit=1&after={}", first["next"].as_str().unwrap())).expect(200);
        assert_eq!(next["items"][0]["text"], "Happened first.");
        assert_eq!(next["next"], json!(null));
    }
}
