use serde_json::{Value, json};
use testkit::{TestApp, at_once, both_databases};

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

    fn an_action_that_several_finish_at_the_same_moment_is_finished_once(app: TestApp) {
        let bashir = app.unlocked("Bashir");
        for _ in 0..4 {
            let concern = app.concern().create();
            let actions = format!("{}/actions", concern.path());
            let mut given = ["See the family.", "Ring the clinic."].into_iter().map(|text| {
                bashir.post_once(&actions, &json!({"kind": "visit", "text": text, "due_on": "2026-12-01"})).expect(201)
            });
            let path = format!("/v1/actions/{}/completion", given.next().unwrap()["id"].as_str().unwrap());
            given.next().unwrap();
            let answers = at_once(6, |number| bashir.post(&path, &json!({"note": format!("Done, says {number}.")})));
            let done: Vec<Value> = answers.iter().filter(|one| one.status == 200).map(|one| one.json()).collect();
            assert_eq!(done.len(), 1, "{answers:?}");
            for late in answers.iter().filter(|one| one.status != 200) {
                assert_eq!((late.status, late.problem().as_str()), (409, "already-done"));
            }
            let opened = bashir.get(&concern.path()).expect(200);
            assert_eq!(opened["outstanding_actions"], 1, "the other one");
            let note = &opened["actions"].as_array().unwrap().iter().find(|one| one["id"] == done[0]["id"]).unwrap();
            assert_eq!(note["completion_note"], done[0]["completion_note"], "what was acknowledged is there");
        }
    }

    fn a_concern_that_several_close_and_reopen_at_the_same_moment_changes_once(app: TestApp) {
        let bashir = app.unlocked("Bashir");
        let concern = app.concern().create();
        let changes = || bashir.get(&concern.path()).expect(200)["history"].as_array().unwrap().len();
        let once = |path: &str, body: &Value, late: &str| {
            let before = changes();
            let full_path = format!("{}/{path}", concern.path());
            let answers = at_once(6, |_| bashir.post(&full_path, body));
            assert_eq!(answers.iter().filter(|one| one.status == 200).count(), 1, "{path}: {answers:?}");
            for refused in answers.iter().filter(|one| one.status != 200) {
                assert_eq!(refused.problem(), late, "{path}");
            }
            assert_eq!(changes(), before + 1, "{path}");
        };
        once("opening", &json!({}), "already-done");
        for _ in 0..3 {
            once("closure", &closure(), "already-done");
            once("reopening", &json!({"reason": "It began again."}), "concern-not-closed");
        }
    }

    fn nobody_closes_over_an_action_that_is_added_at_the_same_moment(app: TestApp) {
        let bashir = app.unlocked("Bashir");
        for _ in 0..6 {
            let concern = app.concern().create();
            let action = json!({"kind": "visit", "text": "Visit.", "due_on": "2026-12-01"});
            let (actions, closing) = (format!("{}/actions", concern.path()), format!("{}/closure", concern.path()));
            let answers = at_once(4, |number| match number % 2 {
                0 => bashir.post_once(&actions, &action),
                _ => bashir.post(&closing, &closure()),
            });
            let added = answers.iter().filter(|one| one.status == 201).count();
            let opened = bashir.get(&concern.path()).expect(200);
            assert_eq!(opened["outstanding_actions"], added);
            assert_eq!(opened["status"] == "closed", added == 0, "{added} are outstanding: {answers:?}");
        }
    }
}
