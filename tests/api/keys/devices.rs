use serde_json::json;
use testkit::{TestApp, both_databases};
use ureq::http::Method;

both_databases! {
    fn a_request_of_a_device_is_taken_once_and_in_time(app: TestApp) {
        let phone = app.person("Bashir").phone();
        phone.ask(Method::GET, "/v1/device", None).expect(200);

        let signed = phone.identity();
        let target = "/v1/device";
        let request = protocol::device::DeviceRequest { method: "GET", target, body: &[] };
        let header = |at: i64| {
            request
                .sign(
                    signed.profile.school,
                    signed.profile.device,
                    signed.keys().sign(),
                    u64::try_from(at).expect("after 1970"),
                    &*app.entropy,
                )
                .to_header()
        };
        let browser = app.browser();
        let send = |header: &str| {
            browser.request(Method::GET, target).header("authorization", header).send()
        };
        let now = app.now();
        let once = header(now);
        send(&once).expect(200);
        assert_eq!(send(&once).problem(), "device-refused");
        send(&header(now - 120)).expect(200);
        for late in [now - 121, now + 121] {
            assert_eq!(send(&header(late)).problem(), "device-refused");
        }
        // Signed for another path.
        let moved = browser
            .request(Method::GET, "/v1/device/roll")
            .header("authorization", &header(now))
            .send();
        assert_eq!(moved.problem(), "device-refused");
    }

    fn a_device_without_a_grant_learns_that_it_has_none_and_nothing_else(app: TestApp) {
        let carys = app.browser_of("Carys");
        let link = carys.post("/v1/enrolments", &json!({})).expect(201);
        let phone = app.phone();
        phone.enrol(link["link"].as_str().expect("a link"));
        let own = phone.ask(Method::GET, "/v1/device", None).expect(200);
        assert_eq!(own["state"], "ungranted");
        for target in ["/v1/device/unlocks", "/v1/device/devices", "/v1/device/sessions"] {
            assert_eq!(phone.ask(Method::GET, target, None).problem(), "not-allowed");
        }
        assert_eq!(carys.post("/v1/unlocks", &json!({})).problem(), "no-granted-device");
        // The link was for one device.
        let again = app.phone();
        let driver = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            again.enrol(link["link"].as_str().expect("a link"));
        }));
        assert!(driver.is_err(), "a link enrols one device");
    }
}
