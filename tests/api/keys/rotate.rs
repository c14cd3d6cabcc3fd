use std::sync::Arc;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
use protocol::compartments::Compartment;
use protocol::roll::{Author, Body, Capability, Rights, RollState, SignedEntry};
use protocol::{hpke, kit, wrap};
use serde_json::{Value, json};
use testkit::{Client, Phone, Served, TestApp, both_databases};
use ureq::http::Method;

use super::common::{
    common, everything, holder, kit_part_a, listed, school_of, sealed_key, told, wraps_of,
};

const SAFEGUARDING: Compartment = Compartment::SAFEGUARDING;

/// A browser and a phone, and the app that they talk to.
struct Running {
    served: Served,
    lead: Client,
    phone: Phone,
}

impl Running {
    fn of(app: TestApp) -> Self {
        let lead = app.browser_of("Bashir").copy();
        let phone = copy(app.person("Bashir").phone(), &app);
        let (database, now) = app.stop();
        let served = Served::on(database, now);
        Self {
            lead: lead.copy_to(served.address()),
            phone: copy(&phone, &served),
            served,
        }
    }

    /// Stops the server as a crash does between two transactions, and starts another on what it left.
    fn restart(self) -> Self {
        let now = self.served.now();
        let served = Served::on(self.served.stop(), now);
        Self {
            lead: self.lead.copy_to(served.address()),
            phone: copy(&self.phone, &served),
            served,
        }
    }
}

fn copy(phone: &Phone, to: &Served) -> Phone {
    phone.copy_to(
        to.address(),
        Arc::new(to.clock.clone()),
        Arc::clone(&to.entropy),
    )
}

fn search(browser: &Client, words: &str) -> usize {
    let found = browser
        .post("/v1/searches", &json!({ "words": words }))
        .expect(200);
    found["items"].as_array().expect("a list").len()
}

/// The roll as a phone reads it.
fn roll(phone: &Phone) -> RollState {
    let page = phone.ask(Method::GET, "/v1/device/roll", None).expect(200);
    let bytes = |value: &Value| {
        BASE64
            .decode(value.as_str().expect("bytes"))
            .expect("base64url")
    };
    let entries: Vec<SignedEntry> = page["items"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|item| SignedEntry {
            bytes: bytes(&item["entry"]),
            signature: bytes(&item["signature"]).try_into().expect("a signature"),
            second: item["endorsement"]
                .is_string()
                .then(|| bytes(&item["endorsement"]).try_into().expect("a signature")),
        })
        .collect();
    RollState::replay(school_of(phone), &entries).expect("a sound roll")
}

both_databases! {
    fn every_record_moves_to_the_new_key_whatever_stops_it(app: TestApp) {
        // Records of every kind, some filed and some not.
        let first = app.concern().saying("Bruise seen at the lantern.").raised_by("Carys")
            .with_file("note.txt", "text/plain", b"Seen at the gate.\n").create();
        let lead = app.unlocked("Bashir");
        let action = json!({ "kind": "note", "text": "Rang about the lantern." });
        lead.post_once(&format!("{}/actions", first.path()), &action).expect(201);
        lead.post_once(&format!("{}/amendments", first.path()), &json!({ "narrative": "On the lantern side.", "reason": "I forgot." })).expect(201);
        let closed = app.concern().saying("Nothing more of the lantern.").create();
        let closure = json!({
            "summary": "S", "follow_up": "None", "action_taken": "A", "decision": "monitored",
            "reasons": "R", "outcome": "O",
        });
        lead.post(&format!("{}/closure", closed.path()), &closure).expect(200);
        assert_eq!(search(lead, "lantern"), 2, "which files what was received");
        let inbox = app.concern().saying("The lantern again.").create();
        let elsewhere = app.concern().saying("A lantern elsewhere.").kept_in("pastoral").create();
        let school = school_of(app.person("Bashir").phone());
        let kit_before = kit_part_a(&app, school);

        assert_eq!(app.person("Bashir").phone().rotate(SAFEGUARDING), 2);

        // What was open to the compartment is closed, and everybody knows.
        assert_eq!(lead.get("/v1/concerns").problem(), "unlock-required");
        for name in ["Bashir", "Dilys"] {
            assert_eq!(told(&app, name, "rotated"), 1);
        }
        assert!(kit_part_a(&app, school).len() > kit_before.len(), "sealed to the kit too");
        let after = app.concern().saying("A lantern after all.").create();
        assert_eq!(sealed_key(&app, school, &after.id).0, 2, "new records have the new key at once");
        assert_eq!(sealed_key(&app, school, &first.id).0, 1);

        // Both generations are in the session: nothing is hidden while it lasts.
        app.unlock(lead, app.person("Bashir").phone());
        assert_eq!(search(lead, "lantern"), 5);
        assert_eq!(sealed_key(&app, school, &inbox.id), (2, true, sealed_key(&app, school, &inbox.id).2), "filed to the new key");
        let all = listed(lead);
        let note = lead.post_once(&format!("{}/actions", first.path()), &json!({ "kind": "note", "text": "While it lasts." })).expect(201);
        let left = app.person("Bashir").phone().rotations();
        // first, its file, its amendment, its action; closed and its closure. The note is new, and two concerns.
        assert_eq!(left, [("safeguarding".to_owned(), 1, 6, 9)]);
        let early = app.person("Bashir").phone().retire(SAFEGUARDING, 1);
        assert!(early.trouble().expect("refused").to_string().contains("five minutes"));
        app.pass(301);
        let early = app.person("Bashir").phone().retire(SAFEGUARDING, 1);
        assert!(early.trouble().expect("refused").to_string().contains("still sealed to the old key"));

        // In batches of two, with the server stopped after each.
        let mut running = Running::of(app);
        let mut done = Vec::new();
        loop {
            running.lead.refresh().expect(200);
            let answer = running.lead.post("/v1/rewraps", &json!({ "limit": 2 })).expect(200);
            done.push(answer["rewrapped"].as_u64().expect("a number"));
            assert_eq!(search(&running.lead, "lantern"), 5);
            assert_eq!(listed(&running.lead), all);
            if answer["more"] == false {
                break;
            }
            running = running.restart();
        }
        assert_eq!(done, [2, 2, 2]);
        assert_eq!(running.phone.rotations(), [("safeguarding".to_owned(), 1, 0, 9)]);
        for concern in [&first, &closed, &inbox, &after] {
            assert_eq!(sealed_key(&running.served, school, &concern.id).0, 2);
        }
        assert_eq!(sealed_key(&running.served, school, &elsewhere.id).0, 1, "another compartment's");

        // The end of the old key.
        let device = running.phone.profile().device;
        assert_eq!(wraps_of(&running.served, school, device).len(), 5);
        assert_eq!(running.phone.retire(SAFEGUARDING, 1).trouble(), None);
        assert_eq!(running.phone.rotations(), []);
        let wraps = wraps_of(&running.served, school, device);
        assert_eq!(wraps.len(), 4);
        assert!(wraps.contains(&("safeguarding".to_owned(), 2)));

        // And all of it opens with the new key alone.
        running.lead.delete("/v1/unlock").expect(204);
        let started = running.lead.post("/v1/unlocks", &json!({})).expect(201);
        running.phone.approve(started["number"].as_str().expect("a number"));
        running.lead.get(&format!("/v1/unlocks/{}", started["id"].as_str().expect("an id"))).expect(200);
        running.lead.refresh().expect(200);
        assert_eq!(search(&running.lead, "lantern"), 5);
        let read = running.lead.get(&first.path()).expect(200);
        let actions = read["actions"].as_array().expect("a list");
        assert!(actions.iter().any(|action| action["text"] == "Rang about the lantern."));
        assert!(actions.iter().any(|action| action["id"] == note["id"]));
        assert_eq!(read["amendments"][0]["narrative"], "On the lantern side.");
        let file = format!("{}/attachments/{}", first.path(), read["files"][0]["id"].as_str().expect("an id"));
        assert_eq!(running.lead.get(&file).status, 200);
        let read = running.lead.get(&closed.path()).expect(200);
        let history = read["history"].as_array().expect("a list");
        assert_eq!(history.last().expect("it was closed")["closure"]["reasons"], "R");
    }

    fn another_holder_reads_through_a_rotation_and_a_new_one_gets_every_key(app: TestApp) {
        let bashir = app.person("Bashir").phone();
        let old = app.concern().about("Ada Fennick").raised_by("Aled").create();
        bashir.rotate(SAFEGUARDING);
        let new = app.concern().about("Ada Fennick").raised_by("Aled").create();
        let dilys = app.unlocked("Dilys");
        for concern in [&old, &new] {
            dilys.get(&concern.path()).expect(200);
        }
        let carys = holder(&app, "Carys", bashir, common(&[]));
        assert_eq!(wraps_of(&app, school_of(bashir), carys.profile().device).len(), 3);
        let browser = app.browser_of("Carys");
        app.unlock(browser, &carys);
        browser.get(&old.path()).expect(200);
        // A deputy with a narrow view may do the work too: it says nothing of what the records hold.
        assert_eq!(dilys.post("/v1/rewraps", &json!({})).expect(200), json!({ "rewrapped": 1, "unreadable": 0, "more": false }));
    }

    fn a_rotation_twice_over_leaves_no_record_behind(app: TestApp) {
        let bashir = app.person("Bashir").phone();
        let school = school_of(bashir);
        let first = app.concern().create();
        bashir.rotate(SAFEGUARDING);
        let second = app.concern().create();
        assert_eq!(bashir.rotate(SAFEGUARDING), 3);
        let lead = app.unlocked("Bashir");
        assert_eq!(lead.post("/v1/rewraps", &json!({})).expect(200)["rewrapped"], 2);
        for concern in [&first, &second] {
            assert_eq!(sealed_key(&app, school, &concern.id).0, 3);
            lead.get(&concern.path()).expect(200);
        }
        app.pass(301);
        for generation in [1, 2] {
            assert_eq!(bashir.retire(SAFEGUARDING, generation).trouble(), None);
        }
        let present = bashir.retire(SAFEGUARDING, 3);
        assert!(present.trouble().is_some(), "the key in use is never retired");
    }

    fn whoever_has_the_records_open_is_told_of_old_keys_until_they_are_retired(app: TestApp) {
        let bashir = app.person("Bashir").phone();
        let told = |browser: &Client| browser.refresh().expect(200)["unlock"]["old_keys"].clone();
        app.concern().create();
        assert_eq!(told(app.unlocked("Bashir")), false);
        bashir.rotate(SAFEGUARDING);
        let lead = app.browser_of("Bashir");
        app.unlock(lead, bashir);
        assert_eq!(told(lead), true);
        // Not who has another compartment open, and not a short look, which may not do the work.
        let pastoral = Rights { compartments: [Compartment::PASTORAL].into(), ..Rights::default() };
        let carys = holder(&app, "Carys", bashir, pastoral);
        app.unlock(app.browser_of("Carys"), &carys);
        assert_eq!(told(app.browser_of("Carys")), false);
        let stranger = app.browser();
        stranger.sign_in(&app.person("Bashir").email, testkit::PASSWORD).expect(200);
        assert_eq!(app.look(&stranger, bashir)["unlock"]["old_keys"], false);

        assert_eq!(lead.post("/v1/rewraps", &json!({})).expect(200)["more"], false);
        app.pass(301);
        assert_eq!(bashir.retire(SAFEGUARDING, 1).trouble(), None);
        assert_eq!(told(lead), false);
    }

    fn a_rotation_that_leaves_somebody_out_is_refused(app: TestApp) {
        let bashir = app.person("Bashir").phone();
        let identity = bashir.identity();
        let roll = roll(bashir);
        let school = school_of(bashir);
        let pair = hpke::KeyPair::generate(&*app.entropy);
        let key = protocol::compartments::HeldKey {
            compartment: SAFEGUARDING,
            generation: 2,
            secret: protocol::compartments::CompartmentSecret::try_from(pair.expose_private().as_slice()).expect("a key"),
        };
        let at = u64::try_from(app.now()).expect("after 1970");
        let entry = roll
            .next(Body::Rotate(SAFEGUARDING, 2, pair.public()), Author::Device(identity.profile.device), at)
            .sign(identity.keys().sign());
        let wraps: Vec<Value> = roll
            .active_grants(at)
            .map(|grant| {
                let sealed = wrap::seal(school, grant.device, &grant.keys.kem, &key, &*app.entropy).expect("a wrap");
                json!({ "device": grant.device, "compartment": "safeguarding", "generation": 2, "wrap": BASE64.encode(sealed) })
            })
            .collect();
        let part = kit::seal_part_a(school, &roll.kit().kem, vec![key], &*app.entropy).expect("a part");
        let mut request = json!({
            "entry": BASE64.encode(&entry.bytes),
            "signature": BASE64.encode(entry.signature),
            "pin_tag": bashir.pin_tag(),
            "wraps": wraps,
            "kit_part": BASE64.encode(part),
        });
        let send = |request: &Value| bashir.ask(Method::POST, "/v1/device/roll", Some(request));

        let mut without = request.clone();
        without["wraps"].as_array_mut().expect("a list").pop();
        let answer = send(&without);
        assert_eq!((answer.problem().as_str(), answer.json()["errors"][0]["pointer"].as_str()), ("invalid-input", Some("/wraps")));
        let mut without = request.clone();
        without["kit_part"] = Value::Null;
        assert_eq!(send(&without).json()["errors"][0]["pointer"], "/kit_part");
        let mut other = request.clone();
        other["wraps"][0]["compartment"] = json!("pastoral");
        assert_eq!(send(&other).problem(), "invalid-input");
        assert_eq!(wraps_of(&app, school, identity.profile.device).len(), 4, "nothing of it was kept");

        send(&request).expect(201);
        // Somebody else rotated meanwhile: the entry follows on nothing any more.
        request["pin_tag"] = bashir.pin_tag();
        assert_eq!(send(&request).problem(), "roll-entry-refused");
    }

    fn a_rotation_needs_the_right_and_the_compartment(app: TestApp) {
        let bashir = app.person("Bashir").phone();
        let without = holder(&app, "Carys", bashir, common(&[Capability::Grant]));
        let with = holder(&app, "Aled", bashir, common(&[Capability::Rotate]));
        for (phone, compartment) in [(&without, SAFEGUARDING), (&with, Compartment::STAFF)] {
            let tried = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| phone.rotate(compartment)));
            assert!(tried.is_err(), "rotated");
        }
        assert_eq!(with.rotate(SAFEGUARDING), 2);
    }

    fn a_suspended_device_gets_no_new_key_until_it_is_granted_anew(app: TestApp) {
        let bashir = app.person("Bashir").phone();
        let dilys = app.person("Dilys");
        dilys.browser.post("/v1/unlocks", &json!({})).expect(201);
        for wait in [0, 0, 5, 15, 45] {
            app.pass(wait);
            dilys.phone().answer("00", "918273", None);
        }
        assert_eq!(dilys.phone().ask(Method::GET, "/v1/device", None).expect(200)["state"], "suspended");
        bashir.rotate(SAFEGUARDING);
        let device = dilys.phone().profile().device;
        let wraps = wraps_of(&app, school_of(bashir), device);
        assert!(!wraps.contains(&("safeguarding".to_owned(), 2)), "{wraps:?}");
    }

    fn an_old_key_with_a_record_that_does_not_open_is_kept(app: TestApp) {
        let bashir = app.person("Bashir").phone();
        let (spoilt, sound) = (app.concern().create(), app.concern().create());
        let school = school_of(bashir);
        spoil(&app, school, &spoilt.id);
        bashir.rotate(SAFEGUARDING);
        let lead = app.unlocked("Bashir");
        let answer = lead.post("/v1/rewraps", &json!({})).expect(200);
        assert_eq!(answer, json!({ "rewrapped": 1, "unreadable": 1, "more": false }));
        assert_eq!(sealed_key(&app, school, &sound.id).0, 2);
        app.pass(301);
        assert!(bashir.retire(SAFEGUARDING, 1).trouble().is_some(), "it may yet be mended from a backup");
    }

    fn everything_can_be_rotated_by_whoever_holds_everything(app: TestApp) {
        let bashir = app.person("Bashir").phone();
        let carys = holder(&app, "Carys", bashir, everything());
        for compartment in Compartment::ALL_COMMON {
            assert_eq!(carys.rotate(compartment), 2);
        }
        assert_eq!(bashir.wraps().expect(200)["wraps"].as_array().expect("a list").len(), 8);
    }
}

/// Changes a byte of a concern's sealed key.
fn spoil(app: &Served, school: domain::SchoolId, id: &str) {
    use diesel::prelude::*;
    use store::schema::concern;

    let (_, _, mut key) = sealed_key(app, school, id);
    key[40] ^= 1;
    let id: domain::ConcernId = id.parse().expect("an id");
    app.app
        .db
        .write_blocking(policy::Caller::system(school), move |tx| {
            diesel::update(concern::table.find((school, id)))
                .set(concern::sealed_key.eq(key))
                .execute(tx.connection())
                .map_err(store::Error::from)
        })
        .expect("spoilt");
}
