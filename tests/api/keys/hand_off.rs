//! Browser and app on the same device: no number, and nothing for whoever stands between.

use authenticator::{Trouble, approve};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
use protocol::pin::PinTag;
use protocol::unlock::challenge_hash;
use serde_json::{Value, json};
use testkit::{Client, PASSWORD, PIN, Phone, Response, TestApp, both_databases};
use ureq::http::Method;

use super::common::{Between, common, holder, told};

/// The page starts an unlock whose link opens the app; its id.
fn start(browser: &Client) -> String {
    let started = browser
        .post("/v1/unlocks", &json!({ "hand_off": true }))
        .expect(201);
    assert_eq!(
        (&started["digits"], &started["number"]),
        (&json!(0), &json!(""))
    );
    started["id"].as_str().expect("an id").to_owned()
}

/// The link as the page at this address has it.
fn link(origin: &str, id: &str) -> String {
    format!("{origin}/app/unlock?u={id}")
}

/// What the app opens once its owner has approved: the address, and the token behind the id.
fn approved(phone: &Phone, link: &str) -> (String, String) {
    let machine = phone.open_link(link);
    assert_eq!(
        machine.state(),
        &approve::State::Approved,
        "{:?}",
        machine.trouble()
    );
    let url = machine.return_url().expect("somewhere to go on");
    let (address, rest) = url.split_once('#').expect("a token");
    let (_, token) = rest.split_once('.').expect("an id before it");
    (address.to_owned(), token.to_owned())
}

fn bring_back(browser: &Client, id: &str, token: &str) -> Response {
    browser.post(
        &format!("/v1/unlocks/{id}/return"),
        &json!({ "token": token }),
    )
}

/// Number and PIN, proved for what was put to this phone.
fn claim(phone: &Phone, put: &Value, number: &str) -> Value {
    let challenge = BASE64
        .decode(put["challenge"].as_str().expect("bytes"))
        .expect("base64url");
    let identity = phone.identity();
    let tag = PinTag::from_bytes(identity.pin_proof(PIN).array().expect("a tag"));
    let signature = protocol::claim::sign(
        &challenge_hash(&challenge),
        number,
        &tag,
        identity.keys().sign(),
    );
    json!({ "number": number, "pin_tag": phone.pin_tag(), "signature": BASE64.encode(signature) })
}

fn state(browser: &Client, id: &str) -> Value {
    browser.get(&format!("/v1/unlocks/{id}")).expect(200)["state"].clone()
}

fn signed_in(app: &TestApp, name: &str) -> Client {
    let browser = app.browser();
    browser
        .sign_in(&app.person(name).email, PASSWORD)
        .expect(200);
    browser
}

both_databases! {
    fn a_browser_on_the_devices_own_screen_opens_without_a_number_and_is_known_by_it(app: TestApp) {
        app.concern().raised_by("Aled").create();
        let phone = app.person("Bashir").phone();
        let origin = phone.profile().origin;
        let browser = signed_in(&app, "Bashir");
        let id = start(&browser);
        assert_eq!(state(&browser, &id), "pending");

        let (address, token) = approved(phone, &link(&origin, &id));
        assert_eq!(address, format!("{origin}/app/return"), "its pinned address, whatever the link said");
        // Asking how it stands opens nothing: the token has to come back.
        assert_eq!(state(&browser, &id), "claimed");
        assert_eq!(browser.refresh().expect(200)["level"], "signed_in");
        assert_eq!(bring_back(&browser, &id, &token).expect(200)["state"], "open");

        let session = browser.refresh().expect(200);
        assert_eq!((&session["level"], &session["unlock"]["probation"]), (&json!("unlocked"), &json!(false)));
        browser.post("/v1/searches", &json!({ "words": "coat" })).expect(200);
        assert_eq!(told(&app, "Bashir", "browser_kept"), 1);
        assert_eq!(told(&app, "Dilys", "unknown_browser"), 0);
        // The next time it is known, by number as well; and it is not told again.
        browser.delete("/v1/unlock").expect(204);
        let next = browser.post("/v1/unlocks", &json!({})).expect(201);
        assert_eq!(next["digits"], 2);
        browser.delete("/v1/unlock").expect(204);
        let id = start(&browser);
        let (_, token) = approved(phone, &format!("safehold:unlock?u={id}&o={origin}"));
        bring_back(&browser, &id, &token).expect(200);
        assert_eq!(told(&app, "Bashir", "browser_kept"), 1);
        // Its owner's device lists it as what it is.
        let listed = phone.ask(Method::GET, "/v1/device/sessions", None).expect(200);
        assert_eq!(listed["items"][0]["probation"], false);
    }

    fn a_proxy_that_hands_its_victim_to_the_app_gets_nothing(app: TestApp) {
        app.concern().raised_by("Aled").create();
        let bashir = app.person("Bashir");
        let origin = bashir.phone().profile().origin;
        let between = Between::and(app.address());
        let relayed = between.browser();
        relayed.sign_in(&bashir.email, PASSWORD).expect(200);
        let id = start(&relayed);

        // With its own address in the link the app stops, before it asks anybody anything.
        let machine = bashir.phone().open_link(&link("https://safehold.example.evil", &id));
        assert_eq!(machine.trouble(), Some(&Trouble::OtherAddress));
        assert_eq!(machine.return_url(), None);
        let machine = bashir.phone().open_link(&link(between.address(), &id));
        assert_eq!(machine.trouble(), Some(&Trouble::OtherAddress));
        assert_eq!(state(&relayed, &id), "pending");

        // With Safehold's address in it the victim, who sees their school's name, types their PIN. The app opens
        // Safehold itself, in the victim's browser, which asked for nothing.
        let (address, token) = approved(bashir.phone(), &link(&origin, &id));
        assert!(address.starts_with(&origin));
        assert_eq!(state(&relayed, &id), "claimed");
        let refused = bring_back(&bashir.browser, &id, &token);
        assert_eq!((refused.status, refused.problem().as_str()), (403, "hand-off-refused"));

        // What stands between never sees the token; and now it is worth nothing.
        assert_eq!(bring_back(&relayed, &id, &token).problem(), "unlock-not-waiting");
        assert_eq!(state(&relayed, &id), "failed");
        assert_eq!(relayed.refresh().expect(200)["level"], "signed_in");
        assert_eq!(relayed.get("/v1/concerns").problem(), "unlock-required");
        assert_eq!(bashir.browser.refresh().expect(200)["level"], "signed_in");
        assert_eq!(relayed.cookie("__Host-kb"), None);
        let log = app.unlocked("Dilys").get("/v1/audit").expect(200).to_string();
        assert!(log.contains("return_unlock") && log.contains("refused"), "{log}");
    }

    fn a_victim_who_is_signed_in_nowhere_else_loses_nothing_either(app: TestApp) {
        let bashir = app.person("Bashir");
        let origin = bashir.phone().profile().origin;
        let relayed = Between::and(app.address()).browser();
        relayed.sign_in(&bashir.email, PASSWORD).expect(200);
        let id = start(&relayed);
        let (_, token) = approved(bashir.phone(), &link(&origin, &id));
        let fresh = app.browser();
        assert_eq!(bring_back(&fresh, &id, &token).problem(), "sign-in-required");
        // The false page guesses, once.
        assert_eq!(bring_back(&relayed, &id, &"A".repeat(43)).problem(), "hand-off-refused");
        assert_eq!(bring_back(&relayed, &id, &token).problem(), "unlock-not-waiting");
        assert_eq!(relayed.get("/v1/concerns").problem(), "unlock-required");
    }

    fn by_number_the_same_proxy_gets_a_short_look_and_by_rule_nothing(app: TestApp) {
        let bashir = app.person("Bashir");
        let relayed = Between::and(app.address()).browser();
        relayed.sign_in(&bashir.email, PASSWORD).expect(200);
        let started = relayed.post("/v1/unlocks", &json!({})).expect(201);
        bashir.phone().approve(started["number"].as_str().expect("a number"));
        assert_eq!(state(&relayed, started["id"].as_str().expect("an id")), "open");
        assert_eq!(relayed.refresh().expect(200)["unlock"]["probation"], true);
        relayed.delete("/v1/unlock").expect(204);

        // A school that lets no unknown browser in lets in what the app hands to and fro, and nothing relayed.
        assert_eq!(bashir.phone().set_policy("unknown-browser", "refuse").trouble(), None);
        assert_eq!(relayed.post("/v1/unlocks", &json!({})).problem(), "unknown-browser");
        let origin = bashir.phone().profile().origin;
        let own = signed_in(&app, "Bashir");
        let id = start(&own);
        let (_, token) = approved(bashir.phone(), &link(&origin, &id));
        assert_eq!(bring_back(&own, &id, &token).expect(200)["state"], "open");

        let id = start(&relayed);
        approved(bashir.phone(), &link(&origin, &id));
        assert_eq!(state(&relayed, &id), "claimed");
        app.pass(121);
        assert_eq!(state(&relayed, &id), "expired");
        relayed.refresh().expect(200);
        assert_eq!(relayed.get("/v1/concerns").problem(), "unlock-required");
    }

    fn the_token_is_good_once_in_its_own_browser_and_for_two_minutes(app: TestApp) {
        let phone = app.person("Bashir").phone();
        let origin = phone.profile().origin;
        let browser = signed_in(&app, "Bashir");
        let id = start(&browser);
        let (_, token) = approved(phone, &link(&origin, &id));
        // Another session of the same person, a colleague's, another school's.
        for name in ["Dilys", "Aled", "Eluned"] {
            assert_eq!(bring_back(app.browser_of(name), &id, &token).problem(), "not-found");
        }
        // The cookie of the request alone is not enough, nor is the session without it.
        let without = browser.copy();
        without.set_cookie("__Host-unlock", &"A".repeat(43));
        assert_eq!(bring_back(&without, &id, &token).problem(), "hand-off-refused");
        assert_eq!(bring_back(&browser, &id, &token).problem(), "unlock-not-waiting");

        let id = start(&browser);
        let (_, token) = approved(phone, &link(&origin, &id));
        app.pass(121);
        browser.refresh().expect(200);
        assert_eq!(bring_back(&browser, &id, &token).problem(), "unlock-not-waiting");

        let id = start(&browser);
        assert_eq!(bring_back(&browser, &id, &token).problem(), "unlock-not-waiting", "nobody has approved yet");
        let (_, token) = approved(phone, &link(&origin, &id));
        bring_back(&browser, &id, &token).expect(200);
        assert_eq!(bring_back(&browser, &id, &token).problem(), "unlock-not-waiting");
        browser.refresh().expect(200);
        browser.get("/v1/concerns").expect(200);

        for (token, status) in [(json!("short"), 422), (json!(7), 422), (Value::Null, 422)] {
            let answer = browser.post(&format!("/v1/unlocks/{id}/return"), &json!({ "token": token }));
            assert_eq!(answer.status, status);
        }
        assert_eq!(bring_back(&browser, &format!("unl_{}", "0".repeat(32)), &"A".repeat(43)).status, 404);
    }

    fn a_request_by_link_is_for_its_owners_device_and_waits_for_no_number(app: TestApp) {
        let bashir = app.person("Bashir").phone();
        let origin = bashir.profile().origin;
        let browser = signed_in(&app, "Bashir");
        let id = start(&browser);
        // It is in no list: a device that nobody handed it to does not ask.
        assert_eq!(bashir.judge().state(), &approve::State::Nothing);
        assert_eq!(app.person("Dilys").phone().open_link(&link(&origin, &id)).return_url(), None);
        let dilys = app.person("Dilys").phone().ask(Method::GET, &format!("/v1/device/unlocks/{id}"), None);
        assert_eq!(dilys.problem(), "not-found");

        // And one with a number is not approved by link: the number is what binds it.
        browser.delete("/v1/unlock").expect(204);
        let numbered = browser.post("/v1/unlocks", &json!({})).expect(201);
        let numbered = numbered["id"].as_str().expect("an id");
        let machine = bashir.open_link(&link(&origin, numbered));
        assert!(machine.trouble().is_some() && machine.return_url().is_none());
        assert_eq!(state(&browser, numbered), "pending");
    }

    fn an_approval_brings_the_hash_of_a_token_exactly_where_a_link_asked(app: TestApp) {
        let bashir = app.person("Bashir").phone();
        let browser = signed_in(&app, "Bashir");
        let post = |id: &str, what: &str, body: &Value| {
            bashir.ask(Method::POST, &format!("/v1/device/unlocks/{id}/{what}"), Some(body))
        };
        let approval = |hash: Value| json!({
            "enc": "A".repeat(43), "ciphertext": "A".repeat(64), "scopes": [], "compartments": [],
            "session_seconds": 60, "signature": "A".repeat(86), "witness": "A".repeat(86), "return_hash": hash,
        });
        let hash = json!("A".repeat(43));

        let id = start(&browser);
        assert_eq!(post(&id, "approve", &approval(json!("AAAA"))).json()["errors"][0]["pointer"], "/return_hash");
        assert_eq!(post(&id, "approve", &approval(hash.clone())).problem(), "unlock-not-waiting", "not claimed");
        let put = bashir.ask(Method::GET, &format!("/v1/device/unlocks/{id}"), None).expect(200);
        post(&id, "claim", &claim(bashir, &put, "")).expect(200);
        assert_eq!(post(&id, "approve", &approval(Value::Null)).json()["errors"][0]["pointer"], "/return_hash");
        // With one, it is the signature that is looked at next.
        assert_eq!(post(&id, "approve", &approval(hash.clone())).problem(), "device-refused");

        browser.delete("/v1/unlock").expect(204);
        let started = browser.post("/v1/unlocks", &json!({})).expect(201);
        let id = started["id"].as_str().expect("an id");
        let put = bashir.ask(Method::GET, "/v1/device/unlocks", None).expect(200)["items"][0].clone();
        post(id, "claim", &claim(bashir, &put, started["number"].as_str().expect("a number"))).expect(200);
        assert_eq!(post(id, "approve", &approval(hash)).json()["errors"][0]["pointer"], "/return_hash");
    }

    fn not_me_is_said_to_a_link_as_well(app: TestApp) {
        let bashir = app.person("Bashir").phone();
        let browser = signed_in(&app, "Bashir");
        let id = start(&browser);
        bashir.refuse_link(&link(&bashir.profile().origin, &id));
        assert_eq!(state(&browser, &id), "refused");
        assert_eq!(told(&app, "Dilys", "unlock_refused"), 1);
        let again = browser.post("/v1/unlocks", &json!({ "hand_off": true }));
        assert_eq!(again.problem(), "too-many-requests");
    }

    fn what_is_open_by_link_ends_with_its_device(app: TestApp) {
        let bashir = app.person("Bashir").phone();
        let carys = holder(&app, "Carys", bashir, common(&[]));
        let browser = signed_in(&app, "Carys");
        let id = start(&browser);
        let (_, token) = approved(&carys, &link(&carys.profile().origin, &id));
        bring_back(&browser, &id, &token).expect(200);
        browser.refresh().expect(200);
        browser.get("/v1/concerns").expect(200);
        bashir.revoke(&carys);
        assert_eq!(browser.refresh().expect(200)["level"], "signed_in");
        assert_eq!(browser.get("/v1/concerns").status, 404);
    }
}
