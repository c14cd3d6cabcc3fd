use serde_json::{Value, json};
use testkit::{Client, TestApp, both_databases};
use ureq::http::Method;

use super::common::{everything, holder, told};

both_databases! {
    fn a_key_holder_who_leaves_opens_nothing_and_their_work_is_handed_over(app: TestApp) {
        let bashir = app.person("Bashir");
        let phone = holder(&app, "Carys", bashir.phone(), everything());
        let carys = app.person("Carys");
        app.unlock(&carys.browser, &phone);
        let lead = app.unlocked("Bashir");
        let year_nine = app.concern().about("Tomos Gale").raised_by("Aled").create();
        let year_five = app.concern().about("Ada Fennick").raised_by("Aled").create();
        for (concern, day) in [(&year_nine, "2026-11-30"), (&year_five, "2026-12-01")] {
            let action = json!({ "kind": "meeting", "text": "See the family.", "assignee": carys.member, "due_on": day });
            lead.post_once(&format!("{}/actions", concern.path()), &action).expect(201);
        }

        let left = json!({ "state": "left" });
        app.browser_of("Morag").patch(&format!("/v1/people/{}", carys.member), &left).expect(200);

        // At once: sessions, what was open, and the device.
        assert_eq!(carys.browser.get("/v1/me").problem(), "sign-in-required");
        assert_eq!(carys.browser.refresh().problem(), "sign-in-required");
        assert_eq!(phone.ask(Method::GET, "/v1/device", None).problem(), "device-refused");
        for name in ["Bashir", "Dilys"] {
            assert_eq!(told(&app, name, "holder_left"), 1);
        }
        // Back again, their device is not: somebody has to grant it anew.
        app.browser_of("Morag").patch(&format!("/v1/people/{}", carys.member), &json!({ "state": "active" })).expect(200);
        assert_eq!(phone.ask(Method::GET, "/v1/device", None).expect(200)["state"], "suspended");
        assert_eq!(phone.wraps().problem(), "device-suspended");
        app.browser_of("Morag").patch(&format!("/v1/people/{}", carys.member), &left).expect(200);
        bashir.phone().revoke(&phone);

        // Whose work is left, counted by who may see it; they come first, for nobody does it.
        let work = |browser: &Client| -> Vec<Value> {
            let items = browser.get("/v1/staff/actions").expect(200)["items"].clone();
            let one = |work: &Value| json!([work["person"]["id"], work["left"], work["actions"], work["overdue"]]);
            items.as_array().expect("a list").iter().map(one).collect()
        };
        assert_eq!(work(lead), [json!([carys.member, true, 2, 0])]);
        assert_eq!(work(app.unlocked("Dilys")), [json!([carys.member, true, 1, 0])]);
        // What they had to do: each sees and hands over what is within reach.
        let actions = format!("/v1/staff/{}/actions", carys.member);
        let handover = format!("{actions}/handover");
        let deputy = app.unlocked("Dilys");
        let dilys = &app.person("Dilys").member;
        assert_eq!(lead.get(&actions).expect(200)["items"].as_array().expect("a list").len(), 2);
        let seen = deputy.get(&actions).expect(200);
        assert_eq!(seen["items"].as_array().expect("a list").len(), 1);
        assert_eq!(seen["items"][0]["concern"], *year_five.id);
        for nobody in [&carys.member, &app.person("Aled").member] {
            let answer = lead.post(&handover, &json!({ "to": nobody }));
            assert_eq!(answer.json()["errors"][0]["pointer"], "/to");
        }
        assert_eq!(deputy.post(&handover, &json!({ "to": dilys })).expect(200)["actions"], 1);
        assert_eq!(lead.post(&handover, &json!({ "to": bashir.member })).expect(200)["actions"], 1);
        assert_eq!(lead.get(&actions).expect(200)["items"], json!([]));
        // By name now: Bashir has the one that only he may see, Dilys the other.
        assert_eq!(work(lead), [json!([bashir.member, false, 1, 0]), json!([dilys, false, 1, 0])]);
        assert_eq!(work(deputy), [json!([dilys, false, 1, 0])]);
        let mine = deputy.get("/v1/dashboard").expect(200)["my_actions"].clone();
        assert_eq!(mine[0]["concern"], *year_five.id);
        assert_eq!(lead.post(&handover, &json!({ "to": bashir.member })).expect(200)["actions"], 0);
    }
}
