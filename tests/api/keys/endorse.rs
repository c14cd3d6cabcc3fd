use protocol::compartments::Compartment;
use serde_json::{Value, json};
use testkit::{Client, TestApp, both_databases};
use ureq::http::Method;

use super::common::{everything, holder, school_of, told, wraps_of};

fn holder_named(browser: &Client, name: &str) -> Value {
    let holders = browser.get("/v1/key-holders").expect(200);
    let items = holders["items"].as_array().expect("a list");
    items
        .iter()
        .find(|item| item["member"]["name"] == name)
        .unwrap_or_else(|| panic!("{name} holds no key"))
        .clone()
}

both_databases! {
    fn keys_about_adults_wait_for_a_second_holder_once_there_are_two(app: TestApp) {
        let bashir = app.person("Bashir");
        // The second holder needs nobody's word: there is only one who could give it.
        let carys = holder(&app, "Carys", bashir.phone(), everything());
        assert_eq!(holder_named(&bashir.browser, "Carys")["pending"], json!([]));

        let aled = holder(&app, "Aled", bashir.phone(), everything());
        let shown = holder_named(&bashir.browser, "Aled");
        assert_eq!(shown["compartments"], json!(["pastoral", "safeguarding"]));
        assert_eq!(shown["pending"], json!(["head", "staff"]));
        let own = aled.ask(Method::GET, "/v1/device", None).expect(200);
        assert_eq!(own["compartments"], json!(["pastoral", "safeguarding"]));
        assert_eq!(own["pending"], json!(["head", "staff"]));

        // The wraps lie ready and are not handed out.
        assert_eq!(wraps_of(&app, school_of(&aled), aled.profile().device).len(), 4);
        assert_eq!(aled.wraps().expect(200)["wraps"].as_array().expect("a list").len(), 2);
        let browser = app.browser_of("Aled");
        app.unlock(browser, &aled);
        let opened = browser.refresh().expect(200);
        assert_eq!(opened["unlock"]["compartments"], json!(["pastoral", "safeguarding"]));

        // Not by whoever granted, and not by the device itself.
        for wrong in [bashir.phone(), &aled] {
            let tried = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| wrong.endorse(&aled)));
            assert!(tried.is_err(), "endorsed by the wrong device");
        }
        carys.endorse(&aled);
        assert_eq!(told(&app, "Aled", "granted"), 2);
        let shown = holder_named(&bashir.browser, "Aled");
        assert_eq!(shown["compartments"], json!(["head", "pastoral", "safeguarding", "staff"]));
        assert_eq!(shown["pending"], json!([]));
        assert_eq!(aled.wraps().expect(200)["wraps"].as_array().expect("a list").len(), 4);
        // What is open stays as it was approved; the next unlock has all of it.
        assert_eq!(browser.refresh().expect(200)["unlock"]["compartments"], json!(["pastoral", "safeguarding"]));
        browser.delete("/v1/unlock").expect(204);
        app.unlock(browser, &aled);
        let opened = browser.refresh().expect(200);
        assert_eq!(opened["unlock"]["compartments"], json!(["head", "pastoral", "safeguarding", "staff"]));
    }

    fn a_key_rotated_meanwhile_is_there_when_the_word_is_given(app: TestApp) {
        let bashir = app.person("Bashir").phone();
        let carys = holder(&app, "Carys", bashir, everything());
        let aled = holder(&app, "Aled", bashir, everything());
        bashir.rotate(Compartment::STAFF);
        carys.endorse(&aled);
        let wraps = aled.wraps().expect(200);
        let staff = wraps["wraps"].as_array().expect("a list").iter().filter(|row| row["compartment"] == "staff");
        assert_eq!(staff.map(|row| row["generation"].clone()).collect::<Vec<_>>(), [json!(1), json!(2)]);
    }
}
