//! A browser that is not known gets a short look, or nothing.

use serde_json::json;
use testkit::{PASSWORD, TestApp, both_databases};

use super::common::{Between, common, holder, listed, told};

both_databases! {
    fn a_proxy_that_plays_the_victims_browser_gets_a_short_look_and_nothing_more(app: TestApp) {
        let bashir = app.person("Bashir");
        for _ in 0..22 {
            app.concern().raised_by("Aled").create();
        }
        let between = Between::and(app.address());
        let relayed = between.browser();
        relayed.sign_in(&bashir.email, PASSWORD).expect(200);

        // The victim types the number that the false page shows, and their PIN: all that they are asked for.
        let started = relayed.post("/v1/unlocks", &json!({})).expect(201);
        assert_eq!(started["digits"], 6);
        bashir.phone().approve(started["number"].as_str().expect("a number"));
        relayed.get(&format!("/v1/unlocks/{}", started["id"].as_str().expect("an id"))).expect(200);
        assert_eq!(relayed.cookie("__Host-kb"), None, "and is not known by it");
        let session = relayed.refresh().expect(200);
        assert_eq!(session["unlock"]["probation"], true);
        for name in ["Bashir", "Dilys"] {
            assert_eq!(told(&app, name, "unknown_browser"), 1);
        }

        // Twenty records of what waits, and not one more.
        let seen = listed(&relayed);
        assert_eq!(seen.len(), 20);
        for id in &seen {
            relayed.get(&format!("/v1/concerns/{id}")).expect(200);
        }
        assert_eq!(relayed.get(&format!("/v1/concerns/{}", seen[0])).problem(), "probation");
        let list = relayed.get("/v1/concerns").expect(200);
        let next = list["next"].as_str().expect("there are more");
        assert_eq!(relayed.get(&format!("/v1/concerns?after={next}")).problem(), "probation");
        assert_eq!(relayed.get("/v1/concerns?year=9").problem(), "probation");

        // No searching, no file, no chronology, no change, no log, no handing out of keys.
        let concern = format!("/v1/concerns/{}", seen[0]);
        let pupil = app.pupil("Tomos Gale");
        for answer in [
            relayed.post("/v1/searches", &json!({ "words": "coat" })),
            relayed.post("/v1/pupil-searches", &json!({ "letters": "To" })),
            relayed.get(&format!("/v1/pupils/{pupil}")),
            relayed.get(&format!("/v1/pupils/{pupil}/chronology")),
            relayed.post_once(&format!("{concern}/actions"), &json!({ "kind": "note", "text": "Mine." })),
            relayed.post(&format!("{concern}/replies"), &json!({ "text": "Thank you." })),
            relayed.post("/v1/rewraps", &json!({})),
        ] {
            assert!(answer.status == 403 && answer.problem() == "probation", "{} {}", answer.status, answer.json());
        }
        assert_eq!(relayed.post(&format!("{concern}/amendments"), &json!({ "narrative": "N", "reason": "R" })).problem(), "not-found");

        // It ends after a quarter of an hour, used or not; and the next time is no better.
        for _ in 0..2 {
            app.pass(7 * 60);
            relayed.refresh().expect(200);
            relayed.get("/v1/dashboard").expect(200);
        }
        app.pass(61);
        relayed.refresh().expect(200);
        assert_eq!(relayed.get("/v1/concerns").problem(), "unlock-required");
        let again = relayed.post("/v1/unlocks", &json!({})).expect(201);
        assert_eq!(again["digits"], 6);

        // The victim's own browser has what it always had.
        app.pass(121);
        app.unlock(&bashir.browser, bashir.phone());
        assert_eq!(bashir.browser.refresh().expect(200)["unlock"]["probation"], false);
    }

    fn the_browser_in_which_somebody_made_their_key_is_known(app: TestApp) {
        let phone = holder(&app, "Carys", app.person("Bashir").phone(), common(&[]));
        let carys = app.browser_of("Carys");
        let opened = app.look(carys, &phone);
        assert_eq!(opened["unlock"]["probation"], false);
        assert!(carys.cookie("__Host-kb").is_some());
        assert_eq!(told(&app, "Bashir", "unknown_browser"), 0);

        // Taken away again, it makes no browser known.
        let elsewhere = app.browser();
        elsewhere.sign_in(&app.person("Bashir").email, PASSWORD).expect(200);
        let link = elsewhere.post("/v1/enrolments", &json!({})).expect(201);
        let second = app.phone();
        second.enrol(link["link"].as_str().expect("a link"));
        app.person("Bashir").phone().grant(&second, common(&[]));
        app.person("Bashir").phone().revoke(&second);
        assert_eq!(elsewhere.post("/v1/unlocks", &json!({})).expect(201)["digits"], 6);
    }

    fn a_stolen_password_and_a_device_that_nobody_granted_make_no_browser_known(app: TestApp) {
        let thief = app.browser();
        thief.sign_in(&app.person("Bashir").email, PASSWORD).expect(200);
        let link = thief.post("/v1/enrolments", &json!({})).expect(201);
        app.phone().enrol(link["link"].as_str().expect("a link"));
        assert_eq!(thief.post("/v1/unlocks", &json!({})).expect(201)["digits"], 6);
    }

    fn a_school_may_let_no_unknown_browser_in(app: TestApp) {
        let bashir = app.person("Bashir");
        let stranger = Between::and(app.address()).browser();
        stranger.sign_in(&bashir.email, PASSWORD).expect(200);
        // Only a holder who may grant keys makes such a rule, and only one that is kept.
        let dilys = app.person("Dilys").phone();
        assert!(dilys.set_policy("unknown-browser", "refuse").trouble().is_some());
        assert!(bashir.phone().set_policy("unknown-browser", "perhaps").trouble().is_some());
        assert_eq!(bashir.phone().set_policy("unknown-browser", "refuse").trouble(), None);
        assert_eq!(told(&app, "Dilys", "rules_changed"), 1);

        let refused = stranger.post("/v1/unlocks", &json!({}));
        assert_eq!((refused.status, refused.problem().as_str()), (403, "unknown-browser"));
        app.unlock(&bashir.browser, bashir.phone());

        assert_eq!(bashir.phone().set_policy("unknown-browser", "look").trouble(), None);
        stranger.post("/v1/unlocks", &json!({})).expect(201);
    }

    fn a_holder_says_from_their_device_that_a_browser_is_their_own(app: TestApp) {
        let phone = holder(&app, "Carys", app.person("Bashir").phone(), common(&[]));
        let other = app.person("Bashir").phone();
        // Not the browser in which she made her key.
        let carys = &app.browser();
        carys.sign_in(&app.person("Carys").email, PASSWORD).expect(200);
        let opened = app.look(carys, &phone);
        assert_eq!(opened["unlock"]["probation"], true);
        let unlock = opened["unlock"]["id"].as_str().expect("an id");
        let path = format!("/v1/device/sessions/{unlock}/keep");
        let post = ureq::http::Method::POST;
        let ask = |phone: &testkit::Phone, tag| phone.ask(post.clone(), &path, Some(&json!({ "pin_tag": tag })));
        assert_eq!(ask(other, other.pin_tag()).problem(), "not-found");
        assert_eq!(ask(&phone, json!("A".repeat(43))).problem(), "pin-refused");
        phone.keep(unlock);
        assert_eq!(told(&app, "Carys", "browser_kept"), 1);

        // What is open stays as it was approved; another browser of hers gains nothing.
        assert_eq!(carys.refresh().expect(200)["unlock"]["probation"], true);
        carys.delete("/v1/unlock").expect(204);
        assert_eq!(ask(&phone, phone.pin_tag()).problem(), "unlock-not-waiting");
        let second = app.browser();
        second.sign_in(&app.person("Carys").email, PASSWORD).expect(200);
        let started = second.post("/v1/unlocks", &json!({})).expect(201);
        assert_eq!(started["digits"], 6);
        app.pass(121);

        let opened = app.look(carys, &phone);
        assert_eq!(opened["unlock"]["probation"], false);
        assert!(carys.cookie("__Host-kb").is_some());
        carys.post("/v1/searches", &json!({ "words": "coat" })).expect(200);
        // And it is known in its next session too.
        carys.delete("/v1/session").expect(204);
        carys.sign_in(&app.person("Carys").email, PASSWORD).expect(200);
        assert_eq!(carys.post("/v1/unlocks", &json!({})).expect(201)["digits"], 2);
    }
}
