use serde_json::{Value, json};
use testkit::{Phone, Response, TestApp, at_once, both_databases};
use ureq::http::Method;

/// The proof of another PIN than the phone's.
fn wrong() -> Value {
    json!("A".repeat(43))
}

/// Asks for the wraps, as giving a key does.
fn tries(phone: &Phone, tag: &Value) -> Response {
    let body = json!({ "pin_tag": tag });
    phone.ask(Method::POST, "/v1/device/wraps", Some(&body))
}

/// What a refusal says: which it is, how many tries are left, and how long to wait, in seconds.
fn said(refused: &Response) -> (String, Value, Option<u64>) {
    let body = refused.json();
    let wait = body["wait_seconds"].as_u64();
    let header = refused
        .header("retry-after")
        .and_then(|text| text.parse().ok());
    assert_eq!(header, wait, "the header says the same");
    (refused.problem(), body["left"].clone(), wait)
}

fn state(phone: &Phone) -> Value {
    phone.ask(Method::GET, "/v1/device", None).expect(200)["state"].clone()
}

both_databases! {
    fn each_wrong_pin_but_the_first_makes_the_next_wait_longer(app: TestApp) {
        let dilys = app.person("Dilys").phone();
        for (left, wait) in [(4, None), (3, Some(5)), (2, Some(15)), (1, Some(45))] {
            let refused = tries(dilys, &wrong());
            assert_eq!(refused.status, 403);
            assert_eq!(said(&refused), ("pin-refused".to_owned(), json!(left), wait));
            app.pass(wait.unwrap_or_default().try_into().expect("seconds"));
        }
        assert_eq!(tries(dilys, &wrong()).problem(), "device-suspended");
        assert_eq!(state(dilys), "suspended");
        app.pass(3_600);
        assert_eq!(tries(dilys, &dilys.pin_tag()).problem(), "device-suspended");
    }

    fn a_pin_that_comes_too_soon_is_neither_counted_nor_looked_at(app: TestApp) {
        let bashir = app.person("Bashir").phone();
        tries(bashir, &wrong());
        tries(bashir, &wrong());
        app.pass(2);
        let refused = tries(bashir, &wrong());
        assert_eq!(refused.status, 429);
        assert_eq!(said(&refused), ("pin-too-soon".to_owned(), json!(3), Some(3)));
        // The right one is answered as the wrong one is, to the byte.
        assert_eq!(tries(bashir, &bashir.pin_tag()).fingerprint(), refused.fingerprint());
        app.pass(2);
        assert_eq!(said(&tries(bashir, &wrong())).2, Some(1), "the wait goes on, and not anew");
        app.pass(1);
        tries(bashir, &bashir.pin_tag()).expect(200);

        // And the log has both kinds of refusal.
        let page = app.browser_of("Gwen").get("/v1/audit").expect(200);
        let refused = page["items"].as_array().expect("a list").iter().filter(|line| {
            line["action"] == "release_wraps" && line["outcome"] == "refused"
        });
        assert_eq!(refused.count(), 5);
    }

    fn whoever_types_the_same_wrong_pin_in_a_hurry_suspends_nothing(app: TestApp) {
        let bashir = app.person("Bashir").phone();
        for _ in 0..20 {
            tries(bashir, &wrong());
        }
        assert_eq!(state(bashir), "granted");
        app.pass(5);
        tries(bashir, &bashir.pin_tag()).expect(200);
        // The counting begins anew, with a first slip that costs nothing.
        let slip = tries(bashir, &wrong());
        assert_eq!(said(&slip), ("pin-refused".to_owned(), json!(4), None));
        tries(bashir, &bashir.pin_tag()).expect(200);
    }

    fn the_wait_stands_before_whatever_asks_for_the_pin(app: TestApp) {
        let bashir = app.person("Bashir");
        let phone = bashir.phone();
        let started = bashir.browser.post("/v1/unlocks", &json!({})).expect(201);
        let number = started["number"].as_str().expect("a number");
        phone.answer(number, "918273", None);
        tries(phone, &wrong());

        let unlock = started["id"].as_str().expect("an id");
        let answered = phone.answer(number, testkit::PIN, None);
        let refused = answered.trouble().expect("it is too soon");
        assert_eq!(refused.pin_wait(), Some(5));
        let page = format!("/v1/unlocks/{unlock}");
        assert_eq!(bashir.browser.get(&page).expect(200)["state"], "pending");
        let secret = json!({ "secret": "A".repeat(43), "pin_tag": phone.pin_tag() });
        let codes = phone.ask(Method::POST, "/v1/device/code-secret", Some(&secret));
        assert_eq!(codes.problem(), "pin-too-soon");
        assert_eq!(phone.make_paper_codes(testkit::PIN, None).trouble(), Some(refused));

        app.pass(5);
        phone.approve(number);
        assert_eq!(bashir.browser.get(&page).expect(200)["state"], "open", "for the same request");
    }

    fn the_wait_is_one_devices_alone(app: TestApp) {
        let (bashir, dilys) = (app.person("Bashir").phone(), app.person("Dilys").phone());
        tries(dilys, &wrong());
        tries(dilys, &wrong());
        tries(bashir, &bashir.pin_tag()).expect(200);
        assert_eq!(said(&tries(dilys, &dilys.pin_tag())).0, "pin-too-soon");
    }

    fn of_many_wrong_pins_at_the_same_moment_one_is_counted(app: TestApp) {
        let bashir = app.person("Bashir").phone();
        tries(bashir, &wrong());
        let answers = at_once(8, |_| tries(bashir, &wrong()).problem());
        let counted = answers.iter().filter(|slug| *slug == "pin-refused").count();
        assert_eq!(counted, 1, "{answers:?}");
        assert!(answers.iter().all(|slug| slug == "pin-refused" || slug == "pin-too-soon"));
        assert_eq!(said(&tries(bashir, &wrong())).1, json!(3));
    }

    fn a_clock_that_was_set_back_shuts_nobody_out(app: TestApp) {
        let bashir = app.person("Bashir").phone();
        tries(bashir, &wrong());
        tries(bashir, &wrong());
        app.pass(-3_600);
        tries(bashir, &bashir.pin_tag()).expect(200);
    }
}
