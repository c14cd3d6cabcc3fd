use std::sync::Arc;

use authenticator::{Trouble, recover};
use domain::SystemEntropy;
use serde_json::json;
use testkit::{Client, Phone, Served, TestApp, both_databases};
use vault::ServerSecret;

/// Chooses a new password by the mailed link, and signs in.
fn sign_in_anew(served: &Served, browser: &Client, email: &str) {
    browser
        .post("/v1/password-links", &json!({ "email": email }))
        .expect(202);
    let token = served.mailed_token(email);
    let chosen = json!({ "token": token, "password": "harbour pencil otter" });
    browser.post("/v1/passwords", &chosen).expect(204);
    browser.sign_in(email, "harbour pencil otter").expect(200);
}

fn unlock(browser: &Client, phone: &Phone) {
    let started = browser.post("/v1/unlocks", &json!({})).expect(201);
    phone.approve(started["number"].as_str().expect("a number"));
    let id = started["id"].as_str().expect("an id");
    assert_eq!(
        browser.get(&format!("/v1/unlocks/{id}")).expect(200)["state"],
        "open"
    );
    browser.refresh().expect(200);
}

both_databases! {
    fn two_sheets_and_a_backup_restore_everything_without_the_servers_secret(app: TestApp) {
        let concern = app
            .concern()
            .saying("He would not take his coat off.")
            .with_file("note.txt", "text/plain", b"Seen at the gate.\n")
            .create();
        let filed = app.concern().saying("A bruise on the left arm.").create();
        let bashir = app.unlocked("Bashir");
        // One of them is filed under the file key, which the server's half is part of too.
        bashir.post("/v1/searches", &json!({ "words": "bruise" })).expect(200);
        let file = bashir.get(&concern.path()).expect(200)["files"][0]["id"].clone();
        let (email, category) = (app.person("Bashir").email.clone(), app.category("safeguarding").to_owned());
        let pupil = app.pupil("Tomos Gale").to_owned();
        let sheets = app.person("Bashir").phone().sheets(2, 1);
        let old = app.person("Bashir").phone().profile();
        let deputy = app.person("Dilys").email.clone();
        let her_phone = app.person("Dilys").phone().copy_to(
            app.address(), Arc::new(app.clock.clone()), Arc::clone(&app.entropy),
        );
        her_phone.enable_codes();
        her_phone.paper_codes();
        let hers = app.concern().about("Ada Fennick").saying("Cried at lunch.").create();

        // The machine burns. There is the backup, two sheets, and a secret that is another.
        let (database, now) = app.stop();
        let path = database.folder().join("server-secret");
        let secret = ServerSecret::read_or_create(&path, &SystemEntropy::new()).expect("a new secret");
        let served = Served::restored(database, now, secret);

        // The password went with the secret: a mailed link chooses another.
        let browser = served.browser();
        assert_eq!(browser.sign_in(&email, testkit::PASSWORD).problem(), "sign-in-refused");
        served.clock.advance_seconds(60);
        sign_in_anew(&served, &browser, &email);

        // Nothing is taken in that nobody could ever read.
        let record = json!({
            "pupils": [{ "pupil": pupil, "role": "subject" }],
            "categories": [category],
            "occurred_at": "2026-11-23T08:00:00Z", "occurred_precision": "about",
            "narrative": "Came without breakfast.", "urgent": false,
        });
        assert_eq!(browser.post_once("/v1/concerns", &record).problem(), "school-restoring");

        let link = browser.post("/v1/enrolments", &json!({})).expect(201);
        let phone = served.phone();
        phone.enrol(link["link"].as_str().expect("a link"));
        let machine = phone.recover(&sheets, &[old.device]);
        assert!(
            matches!(machine.state(), recover::State::Ready { missing, .. } if missing.is_empty()),
            "{:?} {:?}", machine.state(), machine.trouble()
        );

        unlock(&browser, &phone);
        let read = browser.get(&concern.path()).expect(200);
        assert_eq!(read["narrative"], "He would not take his coat off.");
        assert_eq!(browser.get(&filed.path()).expect(200)["narrative"], "A bruise on the left arm.");
        let file = file.as_str().expect("a file");
        let bytes = browser.get(&format!("{}/attachments/{file}", concern.path()));
        assert_eq!((bytes.status, bytes.body), (200, b"Seen at the gate.\n".to_vec()));
        let recorded = browser.post_once("/v1/concerns", &record).expect(201);
        let path = format!("/v1/concerns/{}", recorded["id"].as_str().expect("an id"));
        assert_eq!(browser.get(&path).expect(200)["narrative"], "Came without breakfast.");
        // The deputy's phone finds the new server in the roll, signed by the kit it knows.
        let her_phone = her_phone.copy_to(
            served.address(), Arc::new(served.clock.clone()), Arc::clone(&served.entropy),
        );
        let her_browser = served.browser();
        sign_in_anew(&served, &her_browser, &deputy);
        let code = json!({ "code": her_phone.code() });
        assert_eq!(her_browser.post("/v1/presence", &code).problem(), "no-offline-codes");
        assert_eq!(her_phone.paper_codes_left(), 0, "whatever was used since the backup");
        unlock(&her_browser, &her_phone);
        assert_eq!(her_browser.get(&hers.path()).expect(200)["narrative"], "Cried at lunch.");
        // And with the kit that is made now, once more.
        phone.new_kit();
        let machine = phone.test_kit(&phone.sheets(1, 3));
        assert_eq!(machine.trouble(), None::<&Trouble>);
    }
}
