use serde_json::json;
use testkit::{Engine, TestApp};

#[test]
fn a_lead_reads_a_profile() {
    for engine in Engine::BOTH {
        let app = TestApp::start(engine);
        app.concern().about("Tomos Gale").create();
        let lead = app.unlocked("Bashir");
        let profile = lead
            .get(&format!("/v1/pupils/{}", app.pupil("Tomos Gale")))
            .expect(200);
        assert_eq!(profile["name"], "Tomos Gale");
        assert_eq!(profile["year"], "9");
        assert_eq!(profile["concerns"], 1);
        assert_eq!(profile["left"], false);
        assert_eq!(profile["contacts"], json!([]));
        assert_eq!(profile["classes"], json!([]));
    }
}

#[test]
fn a_pupil_outside_the_grant_is_not_there_byte_for_byte() {
    for engine in Engine::BOTH {
        let app = TestApp::start(engine);
        let deputy = app.unlocked("Dilys");
        deputy
            .get(&format!("/v1/pupils/{}", app.pupil("Ada Fennick")))
            .expect(200);
        let hidden = deputy.get(&format!("/v1/pupils/{}", app.pupil("Tomos Gale")));
        let absent = deputy.get("/v1/pupils/pup_00000000000000000000000000000000");
        let misshapen = deputy.get("/v1/pupils/x");
        assert_eq!(hidden.status, 404);
        assert_eq!(hidden.fingerprint(), absent.fingerprint());
        assert_eq!(hidden.fingerprint(), misshapen.fingerprint());
    }
}

#[test]
fn without_open_records_there_is_no_profile() {
    for engine in Engine::BOTH {
        let app = TestApp::start(engine);
        let path = format!("/v1/pupils/{}", app.pupil("Tomos Gale"));
        assert_eq!(
            app.browser_of("Bashir").get(&path).problem(),
            "unlock-required"
        );
        assert_eq!(app.browser_of("Carys").get(&path).problem(), "not-found");
        assert_eq!(app.browser().get(&path).problem(), "sign-in-required");
    }
}
