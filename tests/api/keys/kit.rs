use authenticator::{Trouble, recover, test_kit};
use serde_json::json;
use testkit::{TestApp, both_databases};
use ureq::http::Method;

both_databases! {
    fn a_new_kit_makes_the_old_sheets_useless(app: TestApp) {
        let bashir = app.person("Bashir");
        let old = bashir.phone().sheets(1, 2);
        let concern = app.concern().saying("Fell asleep in class.").create();
        bashir.phone().new_kit();
        let new = bashir.phone().sheets(2, 3);
        assert_ne!(old, new);

        let link = bashir.browser.post("/v1/enrolments", &json!({})).expect(201);
        let phone = app.phone();
        phone.enrol(link["link"].as_str().expect("a link"));
        assert_eq!(phone.recover(&old, &[]).trouble(), Some(&Trouble::OldKit));
        // Not only by the app's own word: what the old sheets would open is no longer there.
        let kits: i64 = app
            .app
            .db
            .write_blocking(policy::Caller::system(bashir.phone().profile().school), |tx| {
                use diesel::prelude::*;
                Ok::<_, store::Error>(store::schema::kit::table.count().get_result(tx.connection())?)
            })
            .expect("the kits");
        assert!(kits <= 2, "one a school");
        let mixed = format!("{}\n{}", &old[..old.len() / 2], &new[..new.len() / 2]);
        assert_eq!(phone.recover(&mixed, &[]).trouble(), Some(&Trouble::TwoKits));

        let machine = phone.recover(&new, &[]);
        assert!(matches!(machine.state(), recover::State::Ready { .. }), "{:?}", machine.trouble());
        app.unlock(&bashir.browser, &phone);
        let read = bashir.browser.get(&concern.path()).expect(200);
        assert_eq!(read["narrative"], "Fell asleep in class.");
    }

    fn a_test_says_that_the_sheets_work_and_the_school_knows_the_day(app: TestApp) {
        let bashir = app.person("Bashir");
        let untested = bashir.browser.get("/v1/me").expect(200);
        assert_eq!(untested["keys"]["sheets_tested_on"], json!(null));
        let machine = bashir.phone().test_kit(&bashir.phone().sheets(3, 2));
        let test_kit::State::Works { sheets, .. } = machine.state() else {
            panic!("{:?} {:?}", machine.state(), machine.trouble());
        };
        assert_eq!(sheets, &[3, 2]);
        let tested = bashir.browser.get("/v1/me").expect(200);
        assert_eq!(tested["keys"]["sheets_tested_on"], "2026-11-23");

        let old = bashir.phone().sheets(1, 2);
        bashir.phone().new_kit();
        assert_eq!(bashir.phone().test_kit(&old).trouble(), Some(&Trouble::OldKit));
        let again = bashir.browser.get("/v1/me").expect(200);
        assert_eq!(again["keys"]["sheets_tested_on"], json!(null), "the new ones were not tested");
    }

    fn only_a_holder_with_every_key_and_the_right_makes_a_kit(app: TestApp) {
        let dilys = app.person("Dilys").phone();
        let asked = dilys.ask(Method::POST, "/v1/device/kit", Some(&json!({
            "pin_tag": "A".repeat(43),
            "kit_kem_public_key": "A".repeat(43),
            "kit_sign_public_key": "A".repeat(43),
            "part_a": "AA",
        })));
        assert_eq!(asked.problem(), "not-allowed");
    }
}
