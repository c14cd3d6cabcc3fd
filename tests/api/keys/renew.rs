use std::sync::Arc;

use api::renew::{NotRenewed, OldPasswords, renew};
use authenticator::recover;
use domain::ConcernId;
use protocol::compartments::{Compartment, HeldKey};
use protocol::records::{FileKey, InboxContext, RecordRef, ServerPsk, open_inbox};
use serde_json::json;
use testkit::{Client, Phone, Served, TestApp, Upload, both_databases, fresh_key};
use vault::ServerSecret;

use super::common::{school_of, sealed_key};
use super::revoke::hoard;

const OLD: [u8; 32] = [0x5a; 32];
const NEW: [u8; 32] = [0x77; 32];

fn handed_over(app: TestApp, passwords: OldPasswords) -> Served {
    let (database, now) = app.stop();
    Served::renewed(database, now, ServerSecret::new(NEW), passwords)
}

fn sign_in(served: &Served, email: &str) -> Client {
    let browser = served.browser();
    browser.sign_in(email, testkit::PASSWORD).expect(200);
    browser
}

/// The same phone, with the server as it is now.
fn moved(phone: &Phone, served: &Served) -> Phone {
    phone.copy_to(
        served.address(),
        Arc::new(served.clock.clone()),
        Arc::clone(&served.entropy),
    )
}

fn unlock(browser: &Client, phone: &Phone) {
    let started = browser.post("/v1/unlocks", &json!({})).expect(201);
    phone.approve(started["number"].as_str().expect("a number"));
    let path = format!("/v1/unlocks/{}", started["id"].as_str().expect("an id"));
    assert_eq!(browser.get(&path).expect(200)["state"], "open");
    browser.refresh().expect(200);
}

/// Whether somebody who knows a server secret, has every private key of the compartments and the database opens
/// this concern.
fn opens_with(served: &Served, phone: &Phone, held: &[HeldKey], id: &str, root: [u8; 32]) -> bool {
    let school = school_of(phone);
    let (_, _, sealed) = sealed_key(served, school, id);
    let record = RecordRef::new(school, id.parse::<ConcernId>().expect("an id"), 1);
    held.iter().any(|key| {
        (1..4).any(|half| {
            let psk = ServerPsk::derive(&root, school, half);
            let context = InboxContext {
                school,
                compartment: key.compartment.clone(),
                generation: key.generation,
                psk_generation: half,
            };
            let pair = key.secret.key_pair().expect("a pair");
            let file_key = FileKey::derive(&context, &key.secret, &psk).expect("a key");
            open_inbox(&context, &pair, &psk, &record, &sealed).is_ok()
                || file_key.unwrap(&record, &sealed).is_ok()
        })
    })
}

both_databases! {
    fn a_server_with_a_new_secret_opens_everything_and_seals_what_comes_with_the_new_half(app: TestApp) {
        let inbox = app
            .concern()
            .saying("He would not take his coat off.")
            .with_file("note.txt", "text/plain", b"Seen at the gate.\n")
            .raised_by("Carys")
            .create();
        let filed = app.concern().saying("A bruise on the left arm.").create();
        let bashir = app.unlocked("Bashir");
        bashir.post("/v1/searches", &json!({ "words": "bruise" })).expect(200);
        let inbox_too = app.concern().saying("Nobody came at three.").raised_by("Carys").create();
        let reply = json!({ "text": "Thank you, I am on it." });
        bashir.post(&format!("{}/replies", inbox.path()), &reply).expect(201);
        let phone = app.person("Bashir").phone();
        phone.enable_codes();
        let held = hoard(phone);
        let (email, carys) = (app.person("Bashir").email.clone(), app.person("Carys").email.clone());
        let old = phone.copy_to(app.address(), Arc::new(app.clock.clone()), Arc::clone(&app.entropy));
        let (school, draft) = (school_of(phone), app.concern().saying("Came without breakfast.").body());
        assert!(opens_with(&app, phone, &held, &inbox.id, OLD), "the test can fail");
        let before = bashir.copy();

        let served = handed_over(app, OldPasswords::Keep);
        let before = before.copy_to(served.address());
        assert_eq!(before.get("/v1/me").status, 401, "everybody signs in again");
        let reporter = sign_in(&served, &carys);
        let receipt = reporter.get(&format!("/v1/receipts/{}", inbox.id)).expect(200);
        assert_eq!(receipt["answers"][0]["text"], "Thank you, I am on it.");
        let new = reporter.post_once("/v1/concerns", &draft).expect(201)["id"].as_str().expect("an id").to_owned();

        // The phone knows the server again: its identity is what it pinned.
        let phone = moved(&old, &served);
        let browser = sign_in(&served, &email);
        browser.post("/v1/presence", &json!({ "code": phone.code() })).expect(200);
        let browser = sign_in(&served, &email);
        served.make_known(&browser, &email);
        unlock(&browser, &phone);
        for (path, words) in [
            (inbox.path(), "He would not take his coat off."),
            (filed.path(), "A bruise on the left arm."),
            (inbox_too.path(), "Nobody came at three."),
            (format!("/v1/concerns/{new}"), "Came without breakfast."),
        ] {
            assert_eq!(browser.get(&path).expect(200)["narrative"], words);
        }
        assert!(!opens_with(&served, &phone, &held, &new, OLD));
        assert!(opens_with(&served, &phone, &held, &new, NEW), "the test can fail");
        assert!(opens_with(&served, &phone, &held, &filed.id, OLD), "until it has moved");

        // What was there moves in batches, as after a rotation, and the page is told that there is something.
        let session = || browser.refresh().expect(200);
        assert_eq!(session()["unlock"]["old_keys"], true);
        while browser.post("/v1/rewraps", &json!({ "limit": 2 })).expect(200)["more"] == true {}
        assert_eq!(session()["unlock"]["old_keys"], false);
        for id in [&inbox.id, &filed.id, &inbox_too.id, &new] {
            assert!(!opens_with(&served, &phone, &held, id, OLD), "{id}");
            assert_eq!(sealed_key(&served, school, id).0 >> 16, 1, "of the second half");
            browser.get(&format!("/v1/concerns/{id}")).expect(200);
        }
        let file = browser.get(&inbox.path()).expect(200)["files"][0]["id"].as_str().expect("a file").to_owned();
        let bytes = browser.get(&format!("{}/attachments/{file}", inbox.path()));
        assert_eq!((bytes.status, bytes.body), (200, b"Seen at the gate.\n".to_vec()));
    }

    fn the_sheets_from_before_bring_both_halves_back(app: TestApp) {
        let before = app.concern().saying("A bruise on the left arm.").create();
        let (email, carys) = (app.person("Bashir").email.clone(), app.person("Carys").email.clone());
        let phone = app.person("Bashir").phone();
        let (sheets, device) = (phone.sheets(1, 3), phone.profile().device);
        let draft = app.concern().saying("Came without breakfast.").body();
        let served = handed_over(app, OldPasswords::Keep);
        let reporter = sign_in(&served, &carys);
        let after = reporter.post_once("/v1/concerns", &draft).expect(201)["id"].as_str().expect("an id").to_owned();

        // Now the machine burns, and the new secret with it.
        let now = served.now();
        let served = Served::restored(served.stop(), now, ServerSecret::new([0x11; 32]));
        let browser = served.browser();
        browser.post("/v1/password-links", &json!({ "email": email })).expect(202);
        let chosen = json!({ "token": served.mailed_token(&email), "password": "harbour pencil otter" });
        browser.post("/v1/passwords", &chosen).expect(204);
        browser.sign_in(&email, "harbour pencil otter").expect(200);
        let link = browser.post("/v1/enrolments", &json!({})).expect(201);
        let phone = served.phone();
        phone.enrol(link["link"].as_str().expect("a link"));
        let machine = phone.recover(&sheets, &[device]);
        assert!(
            matches!(machine.state(), recover::State::Ready { missing, .. } if missing.is_empty()),
            "{:?} {:?}", machine.state(), machine.trouble()
        );
        unlock(&browser, &phone);
        assert_eq!(browser.get(&before.path()).expect(200)["narrative"], "A bruise on the left arm.");
        let path = format!("/v1/concerns/{after}");
        assert_eq!(browser.get(&path).expect(200)["narrative"], "Came without breakfast.");
        // A kit that is made now has both as well.
        phone.new_kit();
        assert_eq!(phone.test_kit(&phone.sheets(1, 3)).trouble(), None);
        while browser.post("/v1/rewraps", &json!({})).expect(200)["more"] == true {}
        browser.get(&before.path()).expect(200);
    }

    fn a_half_that_no_record_needs_any_more_is_not_asked_of_the_kit(app: TestApp) {
        let before = app.concern().saying("A bruise on the left arm.").create();
        let email = app.person("Bashir").email.clone();
        let phone = app.person("Bashir").phone();
        let (sheets, device) = (phone.sheets(2, 3), phone.profile().device);
        let old = phone.copy_to(app.address(), Arc::new(app.clock.clone()), Arc::clone(&app.entropy));
        let served = handed_over(app, OldPasswords::Keep);
        let browser = sign_in(&served, &email);
        served.make_known(&browser, &email);
        unlock(&browser, &moved(&old, &served));
        assert_eq!(browser.post("/v1/rewraps", &json!({})).expect(200)["more"], false);

        let now = served.now();
        let served = Served::restored(served.stop(), now, ServerSecret::new([0x12; 32]));
        let browser = served.browser();
        browser.post("/v1/password-links", &json!({ "email": email })).expect(202);
        let chosen = json!({ "token": served.mailed_token(&email), "password": "harbour pencil otter" });
        browser.post("/v1/passwords", &chosen).expect(204);
        browser.sign_in(&email, "harbour pencil otter").expect(200);
        let link = browser.post("/v1/enrolments", &json!({})).expect(201);
        let phone = served.phone();
        phone.enrol(link["link"].as_str().expect("a link"));
        // Its part B has the first half in it too, with which nothing is sealed.
        let machine = phone.recover(&sheets, &[device]);
        assert!(matches!(machine.state(), recover::State::Ready { .. }), "{:?}", machine.trouble());
        unlock(&browser, &phone);
        assert_eq!(browser.get(&before.path()).expect(200)["narrative"], "A bruise on the left arm.");
    }

    fn a_rotation_after_it_still_retires_the_old_key_only_when_nothing_needs_it(app: TestApp) {
        let concern = app.concern().saying("A bruise on the left arm.").create();
        let email = app.person("Bashir").email.clone();
        let phone = app.person("Bashir").phone();
        let old = phone.copy_to(app.address(), Arc::new(app.clock.clone()), Arc::clone(&app.entropy));
        let served = handed_over(app, OldPasswords::Keep);
        let phone = moved(&old, &served);
        let browser = sign_in(&served, &email);
        served.make_known(&browser, &email);
        unlock(&browser, &phone);
        // To the second half of the first key, and then a second key.
        assert_eq!(browser.post("/v1/rewraps", &json!({})).expect(200)["more"], false);
        phone.rotate(Compartment::SAFEGUARDING);
        served.clock.advance_seconds(301);
        let refused = phone.retire(Compartment::SAFEGUARDING, 1);
        assert!(refused.trouble().is_some(), "a record is still sealed to it");
        let browser = sign_in(&served, &email);
        served.make_known(&browser, &email);
        unlock(&browser, &phone);
        assert_eq!(browser.post("/v1/rewraps", &json!({})).expect(200)["more"], false);
        let retired = phone.retire(Compartment::SAFEGUARDING, 1);
        assert_eq!(retired.trouble(), None);
        assert_eq!(browser.get(&concern.path()).expect(200)["narrative"], "A bruise on the left arm.");
    }

    fn what_was_sent_before_and_again_after_it_is_there_once(app: TestApp) {
        let carys = app.person("Carys").email.clone();
        let browser = app.browser_of("Carys").copy();
        let (key, file_key, draft) = (fresh_key(), fresh_key(), app.concern().body());
        let record = |browser: &Client| {
            browser.request(ureq::http::Method::POST, "/v1/concerns").idempotency_key(&key).json(&draft).send()
        };
        let first = record(&browser).expect(201);
        let path = format!("/v1/concerns/{}/attachments", first["id"].as_str().expect("an id"));
        let file = Upload { name: "note.txt", content_type: "text/plain", bytes: b"Seen at the gate.\n" };
        let attach = |browser: &Client| browser.uploading(&path, file, &[]).idempotency_key(&file_key).send();
        let attached = attach(&browser).expect(201);

        let served = handed_over(app, OldPasswords::Keep);
        let browser = sign_in(&served, &carys);
        assert_eq!(record(&browser).expect(201), first);
        assert_eq!(attach(&browser).expect(201), attached);
        // Not as the answer to something else.
        let other = browser
            .request(ureq::http::Method::POST, "/v1/concerns")
            .idempotency_key(&file_key)
            .json(&draft)
            .send();
        assert_eq!(other.problem(), "idempotency-key-reused");
    }

    fn where_the_database_may_be_known_too_everybody_chooses_a_new_password(app: TestApp) {
        let email = app.person("Carys").email.clone();
        let served = handed_over(app, OldPasswords::Void);
        let browser = served.browser();
        assert_eq!(browser.sign_in(&email, testkit::PASSWORD).problem(), "sign-in-refused");
        served.clock.advance_seconds(60);
        browser.post("/v1/password-links", &json!({ "email": email })).expect(202);
        let chosen = json!({ "token": served.mailed_token(&email), "password": "harbour pencil otter" });
        browser.post("/v1/passwords", &chosen).expect(204);
        browser.sign_in(&email, "harbour pencil otter").expect(200);
    }

    fn a_link_that_waited_to_be_mailed_still_opens_after_it(app: TestApp) {
        let email = app.person("Carys").email.clone();
        app.browser().post("/v1/password-links", &json!({ "email": email })).expect(202);
        let token = app.mailed_token(&email);
        let served = handed_over(app, OldPasswords::Keep);
        assert_eq!(served.mailed_token(&email), token);
        let chosen = json!({ "token": token, "password": "harbour pencil otter" });
        served.browser().post("/v1/passwords", &chosen).expect(204);
    }

    fn a_wrong_secret_and_a_school_that_waits_for_its_sheets_are_left_as_they_are(app: TestApp) {
        let concern = app.concern().saying("A bruise on the left arm.").create();
        let attempt = |served: &Served, old: [u8; 32]| {
            renew(&served.app.db, &ServerSecret::new(old), &ServerSecret::new(NEW), OldPasswords::Keep)
        };
        assert!(matches!(attempt(&app, [9; 32]), Err(NotRenewed::SecretIsWrong)));
        app.unlocked("Bashir").get(&concern.path()).expect(200);

        let (database, now) = app.stop();
        let served = Served::restored(database, now, ServerSecret::new([0x13; 32]));
        assert!(matches!(attempt(&served, [0x13; 32]), Err(NotRenewed::SchoolWaits(_))));
        // Nothing of it was kept: the server's own keys still open with its secret.
        assert!(matches!(attempt(&served, [0x13; 32]), Err(NotRenewed::SchoolWaits(_))));
    }
}
