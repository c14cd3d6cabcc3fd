use protocol::roll::{Capability, Rights};
use serde_json::json;
use testkit::{MailServer, Phone, TestApp, both_databases, full};
use ureq::http::Method;

fn lost(phone: &Phone) -> String {
    format!("/v1/devices/{}/lost", phone.profile().device)
}

both_databases! {
    fn a_lost_phone_is_shut_out_at_once_from_any_signed_in_browser(app: TestApp) {
        let bashir = app.person("Bashir");
        let open = app.unlocked("Bashir").copy();
        open.get("/v1/concerns").expect(200);
        // In another browser, at home, with nothing but the password.
        let home = app.browser();
        home.sign_in(&bashir.email, testkit::PASSWORD).expect(200);
        let waiting = home.post("/v1/unlocks", &json!({})).expect(201);
        let mut mail = MailServer::start();
        mail.deliver(&app);

        home.post(&lost(bashir.phone()), &json!({})).expect(204);
        assert_eq!(open.get("/v1/concerns").problem(), "unlock-required");
        let id = waiting["id"].as_str().expect("an id");
        assert_eq!(home.get(&format!("/v1/unlocks/{id}")).expect(200)["state"], "locked");
        let asked = bashir.phone().ask(
            Method::POST,
            "/v1/device/wraps",
            Some(&json!({ "pin_tag": bashir.phone().identity().pin_proof(testkit::PIN) })),
        );
        assert_eq!(asked.problem(), "device-suspended");
        assert_eq!(home.post("/v1/unlocks", &json!({})).problem(), "no-granted-device");

        let devices = home.get("/v1/devices").expect(200);
        assert_eq!(devices["items"][0]["state"], "suspended");
        assert!(devices["items"][0]["lost_at"].is_string());
        assert_eq!(home.post(&lost(bashir.phone()), &json!({})).problem(), "already-done");
        let mut to: Vec<String> = mail.deliver(&app).into_iter().map(|mail| mail.to).collect();
        to.sort();
        assert_eq!(to, [bashir.email.clone(), app.person("Dilys").email.clone()]);
    }

    fn another_key_holder_lets_a_found_phone_in_again_and_its_owner_does_not(app: TestApp) {
        let carys = app.promote("Carys");
        let bashir = app.person("Bashir");
        // Bashir has a second phone, which may grant.
        let link = bashir.browser.post("/v1/enrolments", &json!({})).expect(201);
        let second = app.phone();
        second.enrol(link["link"].as_str().expect("a link"));
        bashir.phone().grant(&second, full());

        let browser = app.browser_of("Carys");
        browser.post(&lost(&carys), &json!({})).expect(204);
        assert_eq!(app.browser_of("Aled").post(&lost(&carys), &json!({})).status, 404);
        bashir.phone().grant(&carys, full());
        let own = carys.ask(Method::GET, "/v1/device", None).expect(200);
        assert_eq!(own["state"], "granted");
        assert_eq!(browser.get("/v1/devices").expect(200)["items"][0]["lost_at"], json!(null));

        bashir.browser.post(&lost(&second), &json!({})).expect(204);
        let granted = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            let rights = Rights { capabilities: [Capability::Grant].into(), ..full() };
            bashir.phone().grant(&second, rights);
        }));
        assert!(granted.is_err(), "whoever has the one phone may have the other");
        carys.grant(&second, full());
    }
}
