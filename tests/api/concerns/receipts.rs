use serde_json::json;
use testkit::{TestApp, both_databases};

both_databases! {
    fn the_reporter_follows_a_status_word_and_reads_the_reply(app: TestApp) {
        let concern = app.concern().raised_by("Carys").create();
        let carys = app.browser_of("Carys");
        let path = format!("/v1/receipts/{}", concern.id);
        assert_eq!(carys.get(&path).expect(200)["status"], "received");

        let bashir = app.unlocked("Bashir");
        bashir.get(&concern.path()).expect(200);
        assert_eq!(carys.get(&path).expect(200)["status"], "read");
        bashir.post_once(&format!("{}/replies", concern.path()), &json!({"text": "Thank you, I have it."})).expect(201);
        bashir.post(&format!("{}/opening", concern.path()), &json!({})).expect(200);

        let listed = carys.get("/v1/receipts").expect(200);
        assert_eq!(listed["items"][0]["status"], "being_acted_on");
        assert_eq!(listed["items"][0]["unread_replies"], 1);
        let read = carys.get(&path).expect(200);
        assert_eq!(read["answers"][0]["text"], "Thank you, I have it.");
        assert_eq!(read["answers"][0]["from"], "Bashir");
        assert_eq!(carys.get("/v1/receipts").expect(200)["items"][0]["unread_replies"], 0);
        assert_ne!(bashir.get(&concern.path()).expect(200)["replies"][0]["seen_at"], json!(null));
    }

    fn a_receipt_is_its_authors_alone_and_never_says_what_was_written(app: TestApp) {
        let concern = app.concern().raised_by("Carys").saying("A lantern.").create();
        let path = format!("/v1/receipts/{}", concern.id);
        let aled = app.browser_of("Aled");
        let absent = aled.get("/v1/receipts/con_00000000000000000000000000000000").fingerprint();
        assert_eq!(aled.get(&path).fingerprint(), absent);
        assert_eq!(app.unlocked("Bashir").get(&path).status, 404);
        assert_eq!(aled.get("/v1/receipts").expect(200)["items"], json!([]));
        let shown = app.browser_of("Carys").get(&path).expect(200).to_string();
        assert!(!shown.contains("lantern") && !shown.contains("Tomos"));
    }
}
