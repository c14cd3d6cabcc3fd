use serde_json::json;
use testkit::{PASSWORD, TestApp, both_databases};

both_databases! {
    fn somebody_of_two_schools_chooses_one_and_sees_nothing_of_the_other(app: TestApp) {
        let bashir = app.person("Bashir");
        let concern = app.concern().create();
        let place = json!({ "name": "Bashir", "email": bashir.email, "roles": ["auditor"] });
        app.browser_of("Eluned").post("/v1/people", &place).expect(201);

        let browser = app.browser();
        let signed_in = browser.sign_in(&bashir.email, PASSWORD).expect(200);
        assert_eq!(signed_in["member"], json!(null), "nobody has chosen for him");
        let schools = signed_in["schools"].as_array().unwrap();
        let names: Vec<_> = schools.iter().map(|school| school["name"].as_str().unwrap()).collect();
        assert_eq!(names, ["Hollybank", "Penrhos"]);
        assert_eq!(browser.get("/v1/me").problem(), "sign-in-required");

        let choose = |at: usize| {
            let chosen = browser.post("/v1/session/school", &json!({ "school": schools[at]["id"] }));
            let session = chosen.expect(200);
            browser.keep_token(&chosen);
            session
        };
        assert_eq!(choose(1)["member"]["roles"], json!(["reporter", "auditor"]));
        let seen = browser.get(&concern.path());
        assert_eq!(seen.problem(), "not-found", "he holds no key in this school");

        let session = choose(0);
        assert_eq!(session["member"]["id"], bashir.member.as_str());
        assert_eq!(browser.get(&concern.path()).problem(), "unlock-required");
    }
}
