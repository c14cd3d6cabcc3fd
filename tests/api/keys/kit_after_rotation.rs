//! The recovery sheets open what was sealed before a rotation and what was sealed after it.

use authenticator::{Trouble, recover, test_kit};
use protocol::compartments::Compartment;
use serde_json::json;
use testkit::{Phone, TestApp, both_databases};
use ureq::http::Method;

use super::common::{everything, holder, kits, school_of, wraps_of};

fn waiting_phone(app: &TestApp, name: &str) -> Phone {
    let link = app
        .browser_of(name)
        .post("/v1/enrolments", &json!({}))
        .expect(201);
    let phone = app.phone();
    phone.enrol(link["link"].as_str().expect("a link"));
    phone
}

fn opens_everything(phone: &Phone, sheets: &str) {
    let machine = phone.recover(sheets, &[]);
    let recover::State::Ready { missing, .. } = machine.state() else {
        panic!("{:?} {:?}", machine.state(), machine.trouble());
    };
    assert!(missing.is_empty(), "{missing:?}");
}

both_databases! {
    fn sheets_printed_before_a_rotation_open_what_came_after_it(app: TestApp) {
        let bashir = app.person("Bashir");
        let sheets = bashir.phone().sheets(1, 3);
        let before = app.concern().saying("Seen before.").create();
        // By a holder who holds every key, and twice.
        let carys = holder(&app, "Carys", bashir.phone(), everything());
        carys.rotate(Compartment::SAFEGUARDING);
        let between = app.concern().saying("Seen between.").create();
        bashir.phone().rotate(Compartment::SAFEGUARDING);
        let after = app.concern().saying("Seen after.").create();

        let tested = bashir.phone().test_kit(&sheets);
        assert!(matches!(tested.state(), test_kit::State::Works { .. }), "{:?}", tested.trouble());
        let phone = waiting_phone(&app, "Bashir");
        opens_everything(&phone, &sheets);
        assert_eq!(wraps_of(&app, phone.profile().school, phone.profile().device).len(), 6);
        app.unlock(&bashir.browser, &phone);
        for (concern, narrative) in [(&before, "Seen before."), (&between, "Seen between."), (&after, "Seen after.")] {
            assert_eq!(bashir.browser.get(&concern.path()).expect(200)["narrative"], narrative);
        }
    }

    fn sheets_open_everything_when_the_old_key_is_gone(app: TestApp) {
        let bashir = app.person("Bashir");
        let sheets = bashir.phone().sheets(2, 3);
        let concern = app.concern().saying("Seen before.").create();
        bashir.phone().rotate(Compartment::SAFEGUARDING);
        let lead = app.unlocked("Bashir");
        assert_eq!(lead.post("/v1/rewraps", &json!({})).expect(200)["rewrapped"], 1);
        app.pass(301);
        assert_eq!(bashir.phone().retire(Compartment::SAFEGUARDING, 1).trouble(), None);
        let phone = waiting_phone(&app, "Bashir");
        opens_everything(&phone, &sheets);
        lead.delete("/v1/unlock").expect(204);
        app.unlock(lead, &phone);
        assert_eq!(lead.get(&concern.path()).expect(200)["narrative"], "Seen before.");
    }

    fn sheets_made_anew_in_the_midst_of_a_rotation_have_both_keys(app: TestApp) {
        let bashir = app.person("Bashir");
        let before = app.concern().saying("Seen before.").create();
        bashir.phone().rotate(Compartment::SAFEGUARDING);
        bashir.phone().new_kit();
        bashir.phone().rotate(Compartment::PASTORAL);
        let after = app.concern().saying("Seen after.").kept_in("pastoral").create();
        let phone = waiting_phone(&app, "Bashir");
        opens_everything(&phone, &bashir.phone().sheets(1, 2));
        app.unlock(&bashir.browser, &phone);
        for (concern, narrative) in [(&before, "Seen before."), (&after, "Seen after.")] {
            assert_eq!(bashir.browser.get(&concern.path()).expect(200)["narrative"], narrative);
        }
    }

    fn a_kit_begun_before_a_rotation_cannot_be_completed_after_it(app: TestApp) {
        let bashir = app.person("Bashir").phone();
        let carys = holder(&app, "Carys", bashir, everything());
        let old = bashir.sheets(1, 2);
        let trouble = bashir.new_kit_with(|| {
            assert_eq!(kits(&app, school_of(bashir)), 2);
            carys.rotate(Compartment::STAFF);
            assert_eq!(kits(&app, school_of(bashir)), 1, "the server has forgotten it");
        });
        assert_eq!(trouble, Some(Trouble::KitIncomplete));
        // The old sheets stay good.
        let tested = bashir.test_kit(&old);
        assert!(matches!(tested.state(), test_kit::State::Works { .. }), "{:?}", tested.trouble());
        assert_eq!(bashir.ask(Method::GET, "/v1/device", None).expect(200)["state"], "granted");
    }
}
