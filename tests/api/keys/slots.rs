//! Codes on paper: the records, once, in a known browser, without the device.

use authenticator::slots::State;
use protocol::compartments::Compartment;
use protocol::roll::Rights;
use protocol::slots::SlotCode;
use serde_json::{Value, json};
use testkit::{Client, MailServer, PASSWORD, Phone, Response, TestApp, both_databases, limited_to};
use ureq::http::Method;

use super::common::{common, holder, listed, told};

fn try_code(browser: &Client, code: &str) -> Response {
    browser.post("/v1/slot-unlocks", &json!({ "code": code }))
}

/// Opens the records with a code, and gives back the session.
fn open(browser: &Client, code: &str) -> Value {
    try_code(browser, code).expect(201);
    browser.refresh().expect(200)
}

/// A code that is written as one is and that nobody has made.
fn no_code(app: &TestApp) -> String {
    SlotCode::generate(&*app.entropy).text().to_string()
}

fn as_answered(response: &Response) -> (u16, Vec<(String, String)>, String) {
    let mut headers = response.headers.clone();
    headers.retain(|(name, _)| !matches!(name.as_str(), "date" | "x-request-id"));
    headers.sort();
    (
        response.status,
        headers,
        String::from_utf8_lossy(&response.body).into_owned(),
    )
}

/// The next hour, in which nothing of this one counts; the session has ended meanwhile, and the browser is known.
fn an_hour_later(app: &TestApp, browser: &Client, email: &str) {
    app.pass(3601);
    browser.sign_in(email, PASSWORD).expect(200);
}

/// That not one of these codes opens anything any more, tried an hour apart so that none is refused for haste.
fn open_nothing(app: &TestApp, email: &str, codes: &[String]) {
    for code in codes.iter().take(2) {
        app.pass(3601);
        let browser = app.browser();
        browser.sign_in(email, PASSWORD).expect(200);
        app.make_known(&browser, email);
        assert_eq!(try_code(&browser, code).problem(), "paper-code-refused");
    }
}

both_databases! {
    fn a_code_on_paper_opens_everything_its_device_opens_once_and_everybody_is_told(app: TestApp) {
        let bashir = app.person("Bashir");
        let concern = app.concern().raised_by("Aled").saying("He would not take his coat off.").create();
        let codes = bashir.phone().paper_codes();
        assert_eq!(codes.len(), 10);
        assert_eq!(told(&app, "Bashir", "paper_codes_made"), 1);
        assert_eq!(bashir.browser.get("/v1/concerns").problem(), "unlock-required");

        // As somebody types it from paper, with the phone in a room without signal.
        let typed = codes[3].to_lowercase().replace(' ', "  ").replace('0', "o");
        let answer = try_code(&bashir.browser, &typed).expect(201);
        assert_eq!(answer["codes_left"], 9);
        let session = bashir.browser.refresh().expect(200);
        assert_eq!((&session["level"], &session["unlock"]["probation"]), (&json!("unlocked"), &json!(false)));
        let device = app.unlocked("Dilys").copy();
        assert_eq!(listed(&bashir.browser), [concern.id.as_str()]);
        bashir.browser.get(&concern.path()).expect(200);
        let found = bashir.browser.post("/v1/searches", &json!({ "words": "coat" })).expect(200);
        assert_eq!(found["items"].as_array().expect("a list").len(), 1);
        assert_eq!(told(&app, "Bashir", "paper_code_used"), 1);
        assert_eq!(told(&app, "Dilys", "holder_used_paper_code"), 1);
        drop(device);

        // Locked, it stays locked: the code is used up, and its cookie opens nothing either.
        let open = bashir.browser.copy();
        bashir.browser.delete("/v1/unlock").expect(204);
        assert_eq!(open.get("/v1/concerns").problem(), "unlock-required");
        assert_eq!(try_code(&bashir.browser, &codes[3]).problem(), "paper-code-refused");
        assert_eq!(bashir.phone().paper_codes_left(), 9);

        // It stands in the log, by ids, and the paper nowhere.
        let lead = app.unlocked("Bashir");
        let log = lead.get("/v1/audit").expect(200).to_string();
        assert!(log.contains("unlock_by_slot") && log.contains("deposit_slots"), "{log}");
        for code in &codes {
            assert!(!log.contains(&code[..9]), "{log}");
        }
    }

    fn the_owners_device_sees_the_browser_and_locks_it(app: TestApp) {
        let bashir = app.person("Bashir");
        let codes = bashir.phone().paper_codes();
        open(&bashir.browser, &codes[0]);
        bashir.browser.get("/v1/concerns").expect(200);
        bashir.phone().lock_all();
        assert_eq!(bashir.browser.get("/v1/concerns").problem(), "unlock-required");
    }

    fn it_ends_like_any_other_unlock(app: TestApp) {
        let bashir = app.person("Bashir");
        let codes = bashir.phone().paper_codes();
        open(&bashir.browser, &codes[0]);
        app.pass(14 * 60);
        bashir.browser.refresh().expect(200);
        bashir.browser.get("/v1/concerns").expect(200);
        app.pass(15 * 60 + 1);
        bashir.browser.refresh().expect(200);
        assert_eq!(bashir.browser.get("/v1/concerns").problem(), "unlock-required");

        open(&bashir.browser, &codes[1]);
        for _ in 0..24 {
            app.pass(10 * 60 - 1);
            bashir.browser.refresh().expect(200);
            bashir.browser.get("/v1/concerns").expect(200);
        }
        app.pass(60);
        bashir.browser.refresh().expect(200);
        assert_eq!(bashir.browser.get("/v1/concerns").problem(), "unlock-required");
    }

    fn a_wrong_code_a_used_one_and_another_browser_are_answered_alike(app: TestApp) {
        let bashir = app.person("Bashir");
        let codes = bashir.phone().paper_codes();
        app.person("Dilys").phone().paper_codes();
        open(&bashir.browser, &codes[0]);
        bashir.browser.delete("/v1/unlock").expect(204);
        let wrong = try_code(&bashir.browser, &no_code(&app));
        assert_eq!((wrong.status, wrong.problem().as_str()), (403, "paper-code-refused"));
        let used = try_code(&bashir.browser, &codes[0]);

        let stranger = app.browser();
        stranger.sign_in(&bashir.email, PASSWORD).expect(200);
        let unknown = try_code(&stranger, &codes[1]);
        // Nor does the cookie help by which a colleague's browser is known.
        let theirs = app.browser();
        theirs.sign_in(&bashir.email, PASSWORD).expect(200);
        app.make_known(&theirs, &app.person("Dilys").email);
        let theirs = try_code(&theirs, &codes[1]);
        // And it is nobody else's: not another holder's, not a teacher's, not the head's of another school.
        let anothers = try_code(app.browser_of("Dilys"), &codes[1]);
        let nobodys = try_code(app.browser_of("Aled"), &codes[1]);
        let elsewhere = try_code(app.browser_of("Eluned"), &codes[1]);
        for answer in [&used, &unknown, &theirs, &anothers, &nobodys, &elsewhere] {
            assert_eq!(as_answered(answer), as_answered(&wrong));
        }
        // None of that used it up.
        assert_eq!(bashir.phone().paper_codes_left(), 9);
        an_hour_later(&app, &bashir.browser, &bashir.email);
        open(&bashir.browser, &codes[1]);
    }

    fn a_browser_that_has_a_short_look_is_not_let_in_by_paper(app: TestApp) {
        let bashir = app.person("Bashir");
        let codes = bashir.phone().paper_codes();
        let stranger = app.browser();
        stranger.sign_in(&bashir.email, PASSWORD).expect(200);
        let look = app.look(&stranger, bashir.phone());
        assert_eq!(look["unlock"]["probation"], true);
        assert_eq!(try_code(&stranger, &codes[0]).problem(), "paper-code-refused");
        // What was open stays what it was. Kept by its owner it is known from its next unlock on, not before.
        assert_eq!(stranger.refresh().expect(200)["unlock"]["probation"], true);
        bashir.phone().keep(look["unlock"]["id"].as_str().expect("an id"));
        assert_eq!(try_code(&stranger, &codes[0]).problem(), "paper-code-refused");
        app.unlock(&stranger, bashir.phone());
        an_hour_later(&app, &stranger, &bashir.email);
        open(&stranger, &codes[0]);
    }

    fn a_slip_is_said_so_and_costs_nothing(app: TestApp) {
        let bashir = app.person("Bashir");
        let codes = bashir.phone().paper_codes();
        let mut slipped = codes[0].clone();
        let first = if slipped.starts_with('7') { "8" } else { "7" };
        slipped.replace_range(..1, first);
        for (code, words) in [
            (slipped.as_str(), "there is a slip in it"),
            (&codes[0][..20], "a code has 26 letters and figures"),
            ("", "a code has 26 letters and figures"),
        ] {
            for _ in 0..3 {
                let answer = try_code(&bashir.browser, code);
                assert_eq!((answer.status, answer.problem().as_str()), (422, "invalid-input"));
                assert_eq!(answer.json()["errors"][0], json!({ "pointer": "/code", "detail": words }));
            }
        }
        assert_eq!(bashir.browser.post("/v1/slot-unlocks", &json!({})).status, 422);
        open(&bashir.browser, &codes[0]);
    }

    fn codes_are_tried_no_faster_than_unlocks_are_asked_for(app: TestApp) {
        let bashir = app.person("Bashir");
        let codes = bashir.phone().paper_codes();
        for _ in 0..5 {
            assert_eq!(try_code(&bashir.browser, &no_code(&app)).problem(), "paper-code-refused");
        }
        let right = try_code(&bashir.browser, &codes[0]);
        assert_eq!((right.status, right.problem().as_str()), (429, "too-many-requests"));
        assert_eq!(as_answered(&try_code(&bashir.browser, &no_code(&app))), as_answered(&right));
        assert!(right.headers.iter().any(|(name, _)| name == "retry-after"));
        an_hour_later(&app, &bashir.browser, &bashir.email);
        open(&bashir.browser, &codes[0]);
        bashir.browser.delete("/v1/unlock").expect(204);

        // "Not me" stops the paper too: somebody has the password.
        let thief = app.browser();
        thief.sign_in(&bashir.email, PASSWORD).expect(200);
        thief.post("/v1/unlocks", &json!({})).expect(201);
        bashir.phone().refuse();
        assert_eq!(try_code(&bashir.browser, &codes[1]).problem(), "too-many-requests");
        app.pass(15 * 60);
        bashir.browser.refresh().expect(200);
        open(&bashir.browser, &codes[1]);
    }

    fn codes_tried_at_the_same_moment_are_counted_as_well(app: TestApp) {
        let bashir = app.person("Bashir");
        let wrong: Vec<_> = (0..12).map(|_| no_code(&app)).collect();
        let answers = testkit::at_once(12, |number| try_code(&bashir.browser, &wrong[number]).problem());
        let looked_at = answers.iter().filter(|slug| *slug == "paper-code-refused").count();
        assert_eq!(looked_at, 5, "{answers:?}");
    }

    fn a_number_that_waits_gives_way_to_the_paper(app: TestApp) {
        let bashir = app.person("Bashir");
        let codes = bashir.phone().paper_codes();
        let waiting = bashir.browser.post("/v1/unlocks", &json!({})).expect(201);
        open(&bashir.browser, &codes[0]);
        let id = waiting["id"].as_str().expect("an id");
        assert_eq!(bashir.browser.get(&format!("/v1/unlocks/{id}")).expect(200)["state"], "locked");
    }

    fn new_codes_replace_the_old_and_a_lost_paper_opens_nothing(app: TestApp) {
        let bashir = app.person("Bashir");
        let old = bashir.phone().paper_codes();
        let new = bashir.phone().paper_codes();
        assert_eq!(try_code(&bashir.browser, &old[0]).problem(), "paper-code-refused");
        open(&bashir.browser, &new[0]);
        assert_eq!(bashir.phone().paper_codes_left(), 9);
        bashir.phone().forget_paper_codes();
        assert_eq!(bashir.phone().paper_codes_left(), 0);
        open_nothing(&app, &bashir.email, &new[1..]);
    }

    fn whoever_has_the_device_and_not_the_pin_makes_no_codes(app: TestApp) {
        let bashir = app.person("Bashir");
        let codes = bashir.phone().paper_codes();
        let machine = bashir.phone().make_paper_codes("918273", None);
        assert_eq!(machine.state(), &State::Idle);
        assert!(machine.trouble().is_some());
        // Those that are there are as they were, until the fifth wrong PIN.
        open(&bashir.browser, &codes[0]);
        for wait in [0, 5, 15, 45] {
            app.pass(wait);
            bashir.phone().make_paper_codes("918273", None);
        }
        assert_eq!(bashir.browser.get("/v1/concerns").problem(), "unlock-required");
        open_nothing(&app, &bashir.email, &codes[1..]);
    }

    fn a_rotation_a_narrower_grant_a_new_one_and_a_revocation_end_the_codes(app: TestApp) {
        let bashir = app.person("Bashir").phone();
        let carys = holder(&app, "Carys", bashir, common(&[]));
        let email = app.person("Carys").email.clone();
        type Act = fn(&Phone, &Phone);
        let acts: [(&str, Act); 4] = [
            ("rotate", |lead, _| {
                lead.rotate(Compartment::SAFEGUARDING);
            }),
            ("restrict", |lead, theirs| {
                let narrower = Rights { compartments: [Compartment::PASTORAL].into(), ..Rights::default() };
                lead.restrict(theirs, narrower);
            }),
            ("grant", |lead, theirs| lead.grant(theirs, common(&[]))),
            ("revoke", |lead, theirs| lead.revoke(theirs)),
        ];
        for (name, act) in acts {
            let codes = carys.paper_codes();
            act(bashir, &carys);
            if name != "revoke" {
                assert_eq!(carys.paper_codes_left(), 0, "{name}");
            }
            open_nothing(&app, &email, &codes);
        }
    }

    fn a_rotation_of_what_is_not_on_the_paper_leaves_it(app: TestApp) {
        let bashir = app.person("Bashir").phone();
        let pastoral = Rights { compartments: [Compartment::PASTORAL].into(), ..Rights::default() };
        let carys = holder(&app, "Carys", bashir, pastoral);
        carys.paper_codes();
        bashir.rotate(Compartment::SAFEGUARDING);
        assert_eq!(carys.paper_codes_left(), 10);
    }

    fn a_lost_device_takes_its_paper_with_it_and_so_does_a_leaver(app: TestApp) {
        let bashir = app.person("Bashir").phone();
        let carys = holder(&app, "Carys", bashir, common(&[]));
        let codes = carys.paper_codes();
        let lost = format!("/v1/devices/{}/lost", carys.profile().device);
        app.browser_of("Carys").post(&lost, &json!({})).expect(204);
        bashir.grant(&carys, common(&[]));
        open_nothing(&app, &app.person("Carys").email, &codes);

        let codes = carys.paper_codes();
        let people = format!("/v1/people/{}", app.person("Carys").member);
        for state in ["left", "active"] {
            let office = app.browser_of("Morag");
            office.sign_in(&app.person("Morag").email, PASSWORD).expect(200);
            office.patch(&people, &json!({ "state": state })).expect(200);
        }
        bashir.grant(&carys, common(&[]));
        open_nothing(&app, &app.person("Carys").email, &codes);
    }

    fn paper_reaches_as_far_as_the_grant_does_today(app: TestApp) {
        let bashir = app.person("Bashir").phone();
        let carys = holder(&app, "Carys", bashir, limited_to(&["5"]));
        let codes = carys.paper_codes();
        let hers = app.concern().about("Ada Fennick").raised_by("Aled").create();
        let not_hers = app.concern().about("Tomos Gale").raised_by("Aled").create();
        let browser = app.browser_of("Carys");
        app.make_known(browser, &app.person("Carys").email);
        open(browser, &codes[0]);
        browser.get(&hers.path()).expect(200);
        assert_eq!(browser.get(&not_hers.path()).status, 404);

        // A grant that ends in an hour ends its paper.
        let until = u64::try_from(app.now() + 3600).expect("after 1970");
        bashir.grant(&carys, Rights { expires: Some(until), ..limited_to(&["5"]) });
        let codes = carys.paper_codes();
        open_nothing(&app, &app.person("Carys").email, &codes);
    }

    fn a_holder_may_put_less_on_paper_than_they_hold(app: TestApp) {
        let bashir = app.person("Bashir");
        let pastoral = app.concern().kept_in("pastoral").create();
        let other = app.concern().create();
        let machine = bashir.phone().make_paper_codes(testkit::PIN, Some(vec![Compartment::PASTORAL]));
        let State::Made(paper) = machine.state() else {
            panic!("{:?}", machine.trouble());
        };
        let session = open(&bashir.browser, &paper.codes[0]);
        assert_eq!(session["unlock"]["compartments"], json!(["pastoral"]));
        bashir.browser.get(&pastoral.path()).expect(200);
        assert_eq!(bashir.browser.get(&other.path()).status, 404);
        let none = bashir.phone().make_paper_codes(testkit::PIN, Some(vec!["clubs".parse().expect("a name")]));
        assert!(none.trouble().is_some());
    }

    fn what_is_deposited_must_be_ten_and_hold_every_key(app: TestApp) {
        let phone = app.person("Bashir").phone();
        phone.rotate(Compartment::SAFEGUARDING);
        let bytes = || { let bytes: [u8; 32] = app.entropy.bytes(); protocol_text(&bytes) };
        let slot = |number: u8| json!({
            "number": number, "reference": bytes(), "session_key": bytes(), "enc": bytes(), "ciphertext": bytes(),
        });
        let slots: Vec<Value> = (1..=10).map(slot).collect();
        let whole = json!({
            "slots": slots,
            "keys": [
                { "compartment": "safeguarding", "generation": 1 },
                { "compartment": "safeguarding", "generation": 2 },
            ],
            "session_seconds": 14_400,
            "pin_tag": phone.pin_tag(),
        });
        let send = |body: &Value| phone.ask(Method::POST, "/v1/device/slots", Some(body));
        let spoilt = |pointer: &str, value: Value| {
            let mut body = whole.clone();
            *body.pointer_mut(pointer).expect("a field") = value;
            body
        };
        for (body, pointer) in [
            (spoilt("/slots/9", slot(9)), "/slots"),
            (spoilt("/slots", json!([slot(1)])), "/slots"),
            (spoilt("/slots/0/number", json!(0)), "/slots"),
            (spoilt("/slots/1/reference", whole["slots"][0]["reference"].clone()), "/slots"),
            (spoilt("/slots/1/enc", json!("AAAA")), "/slots"),
            (spoilt("/slots/1/ciphertext", json!("A".repeat(30_000))), "/slots"),
            (spoilt("/keys", json!([])), "/keys"),
            (spoilt("/keys/1", json!({ "compartment": "pastoral", "generation": 2 })), "/keys"),
            (spoilt("/keys/1/generation", json!(3)), "/keys"),
            (spoilt("/keys", json!([{ "compartment": "safeguarding", "generation": 1 }])), "/keys"),
            (spoilt("/session_seconds", json!(14_401)), "/session_seconds"),
            (spoilt("/session_seconds", json!(0)), "/session_seconds"),
            (spoilt("/pin_tag", json!("AAAA")), "/pin_tag"),
        ] {
            let answer = send(&body);
            assert_eq!(answer.problem(), "invalid-input", "{pointer}");
            assert_eq!(answer.json()["errors"][0]["pointer"], pointer);
        }
        assert_eq!(phone.paper_codes_left(), 0);
        assert_eq!(send(&whole).status, 204);
        assert_eq!(phone.paper_codes_left(), 10);

        // A device that holds nothing leaves nothing.
        let link = app.browser_of("Carys").post("/v1/enrolments", &json!({})).expect(201);
        let ungranted = app.phone();
        ungranted.enrol(link["link"].as_str().expect("a link"));
        let answer = ungranted.ask(Method::POST, "/v1/device/slots", Some(&whole));
        assert_eq!(answer.status, 403, "{}", answer.json());
    }

    fn the_mails_about_it_hold_no_code(app: TestApp) {
        let bashir = app.person("Bashir");
        let mut mail = MailServer::start();
        mail.deliver(&app);
        let codes = bashir.phone().paper_codes();
        open(&bashir.browser, &codes[0]);
        let mails = mail.deliver(&app);
        assert_eq!(mails.len(), 3, "made, used, and told to the other holder");
        for mail in mails {
            assert!(!codes.iter().any(|code| mail.raw.contains(&code[..9])), "{}", mail.raw);
        }
    }
}

fn protocol_text(bytes: &[u8]) -> String {
    use base64::Engine as _;
    base64::prelude::BASE64_URL_SAFE_NO_PAD.encode(bytes)
}
