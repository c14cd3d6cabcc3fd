use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
use diesel::prelude::*;
use protocol::approve::{Approval, SealedBundle, Witness};
use protocol::challenge::Challenge;
use serde_json::{Value, json};
use store::schema::unlock;
use testkit::{Client, TestApp, both_databases};
use ureq::http::Method;

fn start(browser: &Client) -> Value {
    browser.post("/v1/unlocks", &json!({})).expect(201)
}

fn state(browser: &Client, started: &Value) -> Value {
    let id = started["id"].as_str().expect("an id");
    browser.get(&format!("/v1/unlocks/{id}")).expect(200)["state"].clone()
}

fn number(started: &Value) -> &str {
    started["number"].as_str().expect("a number")
}

/// The newest unlock's sealed bundle, and whether it is kept under the cookie by now.
fn bundle(app: &TestApp, holder: &str) -> (Option<Vec<u8>>, bool) {
    let school = app.person(holder).phone().identity().profile.school;
    let newest = move |tx: &mut store::Tx<'_>| {
        unlock::table
            .order_by(unlock::created_at.desc())
            .select((unlock::sealed_bundle, unlock::bundle_kept))
            .first(tx.connection())
            .map_err(store::Error::from)
    };
    let system = policy::Caller::system(school);
    app.app
        .db
        .write_blocking(system, newest)
        .expect("an unlock")
}

both_databases! {
    fn what_the_device_sealed_is_kept_under_the_cookie_and_gone_with_the_lock(app: TestApp) {
        let concern = app.concern().create();
        let bashir = app.unlocked("Bashir");
        let (sealed, kept) = bundle(&app, "Bashir");
        assert!(sealed.is_some() && !kept, "the list of concerns needs no key");
        let read = |browser: &Client| browser.get(&format!("/v1/concerns/{}", concern.id)).expect(200);
        let first = read(bashir);
        let (under_the_cookie, kept) = bundle(&app, "Bashir");
        assert!(kept && under_the_cookie.is_some() && under_the_cookie != sealed);
        assert_eq!(read(bashir)["narrative"], first["narrative"]);
        assert_eq!(bundle(&app, "Bashir"), (under_the_cookie, true), "and not again");

        bashir.delete("/v1/unlock").expect(204);
        assert_eq!(bundle(&app, "Bashir").0, None);
        app.pass(1);
        app.unlock(bashir, app.person("Bashir").phone());
        assert_eq!(read(bashir)["narrative"], first["narrative"]);
    }

    fn records_that_nobody_uses_fall_shut_after_a_quarter_of_an_hour_though_their_page_goes_on_asking(app: TestApp) {
        let bashir = app.unlocked("Bashir");
        let ask = |seconds| {
            app.pass(seconds);
            bashir.by_itself("/v1/me").expect(200);
            bashir.by_itself("/v1/dashboard")
        };
        for _ in 0..7 {
            ask(120).expect(200);
        }
        assert_eq!(ask(61).problem(), "unlock-required");
    }

    fn a_key_holder_opens_the_records_in_a_browser_that_is_known_and_stays_so(app: TestApp) {
        let bashir = app.person("Bashir");
        let locked = bashir.browser.get("/v1/concerns");
        assert_eq!(locked.problem(), "unlock-required");
        let started = start(&bashir.browser);
        assert_eq!(started["digits"], 2, "it is known");
        assert_eq!(state(&bashir.browser, &started), "pending");
        bashir.phone().approve(number(&started));
        assert_eq!(state(&bashir.browser, &started), "open");
        bashir.browser.refresh().expect(200);
        bashir.browser.get("/v1/concerns").expect(200);

        bashir.browser.delete("/v1/unlock").expect(204);
        assert_eq!(bashir.browser.cookie("__Host-unlock"), None);
        assert_eq!(bashir.browser.get("/v1/concerns").problem(), "unlock-required");
        assert_eq!(state(&bashir.browser, &started), "locked");

        assert_eq!(start(&bashir.browser)["digits"], 2);
    }

    fn another_browser_does_not_open_what_was_approved(app: TestApp) {
        let bashir = app.person("Bashir");
        let thief = app.browser();
        thief.sign_in(&bashir.email, testkit::PASSWORD).expect(200);
        let started = start(&bashir.browser);
        bashir.phone().approve(number(&started));
        assert_eq!(state(&thief, &started), "claimed");
        // Not with the cookie either: it is of another session.
        thief.set_cookie("__Host-unlock", &bashir.browser.cookie("__Host-unlock").expect("set"));
        assert_eq!(state(&thief, &started), "claimed");
        assert_eq!(state(&bashir.browser, &started), "open");
        assert_eq!(thief.refresh().expect(200)["level"], "signed_in");
        assert_eq!(thief.get("/v1/concerns").problem(), "unlock-required");
    }

    fn a_wrong_number_ends_the_request(app: TestApp) {
        let bashir = app.person("Bashir");
        let started = start(&bashir.browser);
        let wrong = match number(&started) {
            "00" => "01",
            _ => "00",
        };
        bashir.phone().answer(wrong, testkit::PIN, None);
        assert_eq!(state(&bashir.browser, &started), "failed");
        bashir.phone().answer(number(&started), testkit::PIN, None);
        assert_eq!(state(&bashir.browser, &started), "failed");
    }

    fn the_fifth_wrong_pin_suspends_the_device(app: TestApp) {
        let dilys = app.person("Dilys");
        let started = start(&dilys.browser);
        for wait in [0, 5, 15, 45] {
            dilys.phone().answer(number(&started), "918273", None);
            assert_eq!(state(&dilys.browser, &started), "pending");
            app.pass(wait);
        }
        dilys.phone().answer(number(&started), "918273", None);
        let own = dilys.phone().ask(Method::GET, "/v1/device", None).expect(200);
        assert_eq!(own["state"], "suspended");
        dilys.phone().answer(number(&started), testkit::PIN, None);
        assert_eq!(state(&dilys.browser, &started), "pending");
        let refused = dilys.phone().ask(Method::GET, "/v1/device/unlocks", None);
        assert_eq!(refused.problem(), "device-suspended");
    }

    fn not_me_ends_the_request_and_freezes_the_next(app: TestApp) {
        let bashir = app.person("Bashir");
        let started = start(&bashir.browser);
        bashir.phone().refuse();
        assert_eq!(state(&bashir.browser, &started), "refused");
        let frozen = bashir.browser.post("/v1/unlocks", &json!({}));
        assert_eq!(frozen.problem(), "too-many-requests");
        app.pass(15 * 60 + 1);
        start(&bashir.browser);
    }

    fn one_request_waits_at_a_time_and_five_are_made_an_hour(app: TestApp) {
        let bashir = app.person("Bashir");
        start(&bashir.browser);
        let second = bashir.browser.post("/v1/unlocks", &json!({}));
        assert_eq!(second.problem(), "unlock-pending");
        for _ in 0..4 {
            app.pass(121);
            start(&bashir.browser);
        }
        app.pass(121);
        let sixth = bashir.browser.post("/v1/unlocks", &json!({}));
        assert_eq!(sixth.problem(), "too-many-requests");
        assert!(sixth.header("retry-after").is_some());
    }

    fn of_several_requests_at_the_same_moment_one_waits(app: TestApp) {
        let bashir = app.person("Bashir");
        let answers = testkit::at_once(6, |_| bashir.browser.post("/v1/unlocks", &json!({})));
        assert_eq!(answers.iter().filter(|answer| answer.status == 201).count(), 1, "{answers:?}");
        for refused in answers.iter().filter(|answer| answer.status != 201) {
            assert_eq!(refused.problem(), "unlock-pending");
        }
    }

    fn the_records_close_after_fifteen_minutes_without_use(app: TestApp) {
        let bashir = app.unlocked("Bashir");
        app.pass(14 * 60);
        bashir.get("/v1/concerns").expect(200);
        app.pass(14 * 60);
        bashir.get("/v1/concerns").expect(200);
        app.pass(15 * 60);
        assert_eq!(bashir.get("/v1/concerns").problem(), "unlock-required");
    }

    fn the_records_close_after_four_hours_in_any_case(app: TestApp) {
        let bashir = app.unlocked("Bashir");
        for _ in 0..23 {
            app.pass(10 * 60);
            bashir.get("/v1/concerns").expect(200);
        }
        app.pass(10 * 60);
        assert_eq!(bashir.get("/v1/concerns").problem(), "unlock-required");
    }

    fn a_phone_closes_what_it_has_opened(app: TestApp) {
        let bashir = app.unlocked("Bashir");
        app.person("Bashir").phone().lock_all();
        assert_eq!(bashir.get("/v1/concerns").problem(), "unlock-required");
    }

    fn an_approval_wider_than_what_was_asked_is_refused(app: TestApp) {
        let bashir = app.person("Bashir");
        start(&bashir.browser);
        let phone = bashir.phone();
        let waiting = phone.ask(Method::GET, "/v1/device/unlocks", None).expect(200);
        let item = &waiting["items"][0];
        let bytes = BASE64
            .decode(item["challenge"].as_str().expect("a challenge"))
            .expect("base64url");
        let asked = Challenge::decode(&bytes).expect("a challenge");
        // As if the number and the PIN had been shown: what follows is refused for itself.
        let device = asked.device;
        app.app
            .db
            .write_blocking(policy::Caller::system(asked.school), move |tx| {
                diesel::update(unlock::table)
                    .set((unlock::state.eq("claimed"), unlock::device_id.eq(device)))
                    .execute(tx.connection())
                    .map_err(store::Error::from)
            })
            .expect("claimed");

        let identity = phone.identity();
        let sign = identity.keys().sign();
        let answer = |scopes: &[&str], session_seconds: u32| {
            let approval = Approval {
                challenge: asked.hash(),
                bundle: SealedBundle { encapsulated: [1; 32], ciphertext: vec![2; 64] },
                scopes: scopes.iter().map(|scope| (*scope).to_owned()).collect(),
                compartments: asked.compartments.clone(),
                session_seconds,
            };
            let witness = Witness {
                school: asked.school,
                device: asked.device,
                log: asked.log,
                roll: asked.roll,
            };
            let target = format!("/v1/device/unlocks/{}/approve", asked.unlock);
            let names: Vec<_> = approval.compartments.iter().map(ToString::to_string).collect();
            let body = json!({
                "enc": BASE64.encode(approval.bundle.encapsulated),
                "ciphertext": BASE64.encode(&approval.bundle.ciphertext),
                "scopes": approval.scopes,
                "compartments": names,
                "session_seconds": session_seconds,
                "signature": BASE64.encode(approval.sign(sign)),
                "witness": BASE64.encode(witness.sign(sign)),
            });
            phone.ask(Method::POST, &target, Some(&body))
        };
        let seconds = asked.session_seconds;
        assert_eq!(answer(&["records"], seconds + 1).problem(), "device-refused");
        assert_eq!(answer(&["records", "transfer"], seconds).problem(), "device-refused");
        answer(&["records"], seconds - 60).expect(204);
    }
}
