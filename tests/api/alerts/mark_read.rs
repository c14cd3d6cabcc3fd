use testkit::{TestApp, both_databases};

both_databases! {
    fn an_alert_is_marked_read_once_and_again(app: TestApp) {
        app.concern().create();
        let bashir = app.unlocked("Bashir");
        let alert = bashir.get("/v1/alerts").expect(200)["items"][0].clone();
        let path = format!("/v1/alerts/{}/read", alert["id"].as_str().expect("an id"));
        assert_eq!(bashir.post(&path, &()).status, 204);
        let read = bashir.get("/v1/alerts").expect(200)["items"][0]["read_at"].clone();
        assert!(read.is_string());
        app.pass(60);
        assert_eq!(bashir.post(&path, &()).status, 204);
        assert_eq!(bashir.get("/v1/alerts").expect(200)["items"][0]["read_at"], read);
        assert_eq!(bashir.get("/v1/me").expect(200)["waiting_alerts"], 0);
    }

    fn somebody_elses_alert_is_as_absent_as_one_that_is_not_there(app: TestApp) {
        app.concern().about("Tomos Gale").create();
        let alert = app.unlocked("Bashir").get("/v1/alerts").expect(200)["items"][0]["id"].clone();
        let dilys = app.unlocked("Dilys");
        let theirs = format!("/v1/alerts/{}/read", alert.as_str().expect("an id"));
        let absent = "/v1/alerts/alt_00000000000000000000000000000000/read";
        assert_eq!(dilys.post(&theirs, &()).fingerprint(), dilys.post(absent, &()).fingerprint());
        assert_eq!(dilys.post(absent, &()).status, 404);
        assert_eq!(app.browser_of("Carys").post(&theirs, &()).status, 404);
    }
}
