use testkit::{TestApp, both_databases};

both_databases! {
    fn reading_a_record_stands_in_the_log_by_ids_alone(app: TestApp) {
        let concern = app.concern().saying("A lantern in the ditch.").create();
        app.unlocked("Bashir").get(&concern.path()).expect(200);
        let page = app.browser_of("Gwen").get("/v1/audit").expect(200);
        let lines = page["items"].as_array().expect("a list");
        let read = lines
            .iter()
            .find(|line| line["action"] == "read_concern")
            .expect("the reading is in the log");
        assert_eq!(read["object"], concern.id.as_str());
        assert_eq!(read["actor"], app.person("Bashir").member.as_str());
        assert_eq!(read["outcome"], "done");
        assert!(lines.iter().any(|line| line["action"] == "record_concern"));
        let all = page.to_string();
        for word in ["lantern", "Tomos", "Bashir", "Carys"] {
            assert!(!all.contains(word), "the log says {word}");
        }
    }

    fn a_refusal_stands_in_the_log(app: TestApp) {
        let concern = app.concern().about("Tomos Gale").create();
        assert_eq!(app.unlocked("Dilys").get(&concern.path()).status, 404);
        let page = app.browser_of("Gwen").get("/v1/audit?limit=5").expect(200);
        let refused = page["items"].as_array().expect("a list").iter().any(|line| {
            line["action"] == "read_concern" && line["outcome"] == "refused" && line["object"] == concern.id.as_str()
        });
        assert!(refused, "{page}");
    }

    fn the_log_has_no_gaps_and_pages_follow_on(app: TestApp) {
        for _ in 0..3 {
            app.concern().create();
        }
        let gwen = app.browser_of("Gwen");
        let first = gwen.get("/v1/audit?limit=3").expect(200);
        let next = first["next"].as_str().expect("there is more");
        let second = gwen.get(&format!("/v1/audit?limit=3&after={next}")).expect(200);
        let seqs: Vec<i64> = [&first, &second]
            .iter()
            .flat_map(|page| page["items"].as_array().expect("a list"))
            .map(|line| line["seq"].as_i64().expect("a number"))
            .collect();
        assert!(seqs.windows(2).all(|pair| pair[0] == pair[1] + 1), "{seqs:?}");
        assert_eq!(gwen.get("/v1/audit?after=x").status, 422);
    }

    fn only_auditors_and_key_holders_with_the_records_open_read_it(app: TestApp) {
        assert_eq!(app.browser_of("Carys").get("/v1/audit").status, 404);
        assert_eq!(app.browser_of("Morag").get("/v1/audit").status, 404);
        assert_eq!(app.browser_of("Bashir").get("/v1/audit").problem(), "unlock-required");
        app.unlocked("Bashir").get("/v1/audit").expect(200);
    }
}
