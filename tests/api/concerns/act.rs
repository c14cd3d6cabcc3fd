use serde_json::{Value, json};
use testkit::{TestApp, both_databases};

fn closure() -> Value {
    json!({
        "summary": "Tired on three mornings.",
        "follow_up": "Spoke with the family.",
        "action_taken": "Breakfast club from Monday.",
        "decision": "considered_not_referred",
        "reasons": "The cause was found and is mended.",
        "outcome": "Rested and cheerful since.",
    })
}

both_databases! {
    fn an_action_is_given_done_and_noted(app: TestApp) {
        let concern = app.concern().create();
        let bashir = app.unlocked("Bashir");
        let action = bashir
            .post_once(
                &format!("{}/actions", concern.path()),
                &json!({"kind": "meeting", "text": "See the family.", "assignee": app.person("Bashir").member, "due_on": "2026-11-20"}),
            )
            .expect(201);
        assert_eq!(action["text"], "See the family.");
        assert_eq!(action["assignee"]["name"], "Bashir");
        assert_eq!(action["completed_at"], json!(null));
        let dashboard = bashir.get("/v1/dashboard").expect(200);
        assert_eq!(dashboard["my_actions"][0]["id"], action["id"]);
        assert_eq!(dashboard["my_actions"][0]["overdue"], true);
        assert_eq!(dashboard["overdue"], 1);

        let path = format!("/v1/actions/{}/completion", action["id"].as_str().unwrap());
        let done = bashir.post(&path, &json!({"note": "They came."})).expect(200);
        assert_eq!(done["completion_note"], "They came.");
        let again = bashir.post(&path, &json!({}));
        assert_eq!((again.status, again.problem().as_str()), (409, "already-done"));
        let opened = bashir.get(&concern.path()).expect(200);
        assert_eq!(opened["status"], "open", "acting on it took it up");
        assert_eq!(opened["outstanding_actions"], 0);
    }

    fn an_action_sent_twice_is_added_once(app: TestApp) {
        let concern = app.concern().create();
        let bashir = app.unlocked("Bashir");
        let send = || {
            bashir
                .request("POST".parse().unwrap(), &format!("{}/actions", concern.path()))
                .idempotency_key("0b5ff2a4-9d5c-4c3a-8a38-4f7c2f2f9a11")
                .json(&json!({"kind": "note", "text": "Seen."}))
                .send()
                .expect(201)
        };
        assert_eq!(send()["id"], send()["id"]);
        assert_eq!(bashir.get(&concern.path()).expect(200)["actions"].as_array().unwrap().len(), 1);
    }

    fn a_concern_closes_with_its_reasons_and_only_when_all_is_done(app: TestApp) {
        let concern = app.concern().create();
        let bashir = app.unlocked("Bashir");
        let action = bashir
            .post_once(&format!("{}/actions", concern.path()), &json!({"kind": "visit", "text": "Visit.", "due_on": "2026-12-01"}))
            .expect(201);
        let path = format!("{}/closure", concern.path());
        let refused = bashir.post(&path, &closure());
        assert_eq!((refused.status, refused.problem().as_str()), (409, "concern-actions-outstanding"));
        assert_eq!(refused.json()["outstanding"], 1);
        bashir.post(&format!("/v1/actions/{}/completion", action["id"].as_str().unwrap()), &json!({})).expect(200);

        let mut without_reasons = closure();
        without_reasons.as_object_mut().unwrap().remove("reasons");
        assert_eq!(bashir.post(&path, &without_reasons).expect(422)["errors"][0]["pointer"], "/reasons");

        app.pass(60);
        assert_eq!(bashir.post(&path, &closure()).expect(200)["status"], "closed");
        let opened = bashir.get(&concern.path()).expect(200);
        let history = opened["history"].as_array().unwrap();
        assert_eq!(history.last().unwrap()["closure"]["reasons"], "The cause was found and is mended.");
        let late = bashir.post_once(&format!("{}/actions", concern.path()), &json!({"kind": "note", "text": "Late."}));
        assert_eq!((late.status, late.problem().as_str()), (409, "concern-not-open"));

        app.pass(60);
        let reopened = bashir.post(&format!("{}/reopening", concern.path()), &json!({"reason": "It began again."})).expect(200);
        assert_eq!(reopened["status"], "open");
        let opened = bashir.get(&concern.path()).expect(200);
        assert_eq!(opened["history"].as_array().unwrap().last().unwrap()["reason"], "It began again.");
    }
}
