use serde_json::json;
use testkit::{TestApp, at_once, both_databases, fresh_key};

both_databases! {
    fn a_teacher_writes_a_concern_down_and_gets_a_receipt_and_nothing_else(app: TestApp) {
        let carys = app.browser_of("Carys");
        let answer = carys.post_once("/v1/concerns", &app.concern().body());

        // Told once for each database, and the same for both.
        insta::allow_duplicates! {
            insta::assert_snapshot!(answer, @r#"
            201 Created
            {
              "attachments": 0,
              "id": "[con]",
              "received_at": "[time]",
              "reference": "[reference]",
              "replies": 0,
              "status": "received",
              "unread_replies": 0
            }
            "#);
        }
    }

    fn the_same_request_sent_twice_is_recorded_once(app: TestApp) {
        let carys = app.browser_of("Carys");
        let key = fresh_key();
        let body = app.concern().body();
        let send = |body: &serde_json::Value| {
            carys
                .request("POST".parse().unwrap(), "/v1/concerns")
                .idempotency_key(&key)
                .json(body)
                .send()
        };

        let first = send(&body).expect(201);
        let again = send(&body).expect(201);
        assert_eq!(first, again);

        let other = send(&app.concern().saying("Something else.").body());
        assert_eq!((other.status, other.problem().as_str()), (422, "idempotency-key-reused"));
        let listed = app.unlocked("Bashir").get("/v1/concerns").expect(200);
        assert_eq!(listed["items"].as_array().unwrap().len(), 1);
    }

    fn the_same_request_sent_many_times_at_once_is_recorded_once(app: TestApp) {
        let carys = app.browser_of("Carys");
        let body = app.concern().body();
        for _ in 0..5 {
            let key = fresh_key();
            let answers = at_once(12, |_| {
                carys
                    .request("POST".parse().unwrap(), "/v1/concerns")
                    .idempotency_key(&key)
                    .json(&body)
                    .send()
            });
            let mut receipts = std::collections::BTreeSet::new();
            for answer in answers {
                // Whoever comes while the first is under way is told to come back.
                if answer.status != 503 {
                    receipts.insert(answer.expect(201)["id"].to_string());
                }
            }
            assert_eq!(receipts.len(), 1, "{receipts:?}");
        }
        let listed = app.unlocked("Bashir").get("/v1/concerns").expect(200);
        assert_eq!(listed["items"].as_array().unwrap().len(), 5);
    }

    fn each_mistake_is_named_with_its_field(app: TestApp) {
        let carys = app.browser_of("Carys");
        let tomos = app.pupil("Tomos Gale");
        let pointer = |changed: serde_json::Value| {
            let answer = carys.post_once("/v1/concerns", &app.concern().and(changed).body());
            let body = answer.expect(422);
            assert_eq!(answer.header("content-type"), Some("application/problem+json"));
            body["errors"][0]["pointer"].as_str().unwrap_or_default().to_owned()
        };

        assert_eq!(pointer(json!({"narrative": "   "})), "/narrative");
        assert_eq!(pointer(json!({"narrative": "x".repeat(20_001)})), "/narrative");
        assert_eq!(pointer(json!({"narrative": 7})), "/narrative");
        assert_eq!(pointer(json!({"occurred_at": "yesterday"})), "/occurred_at");
        assert_eq!(pointer(json!({"occurred_at": "2036-01-01T00:00:00Z"})), "/occurred_at");
        assert_eq!(pointer(json!({"occurred_precision": "never"})), "/occurred_precision");
        assert_eq!(pointer(json!({"categories": []})), "/categories");
        assert_eq!(pointer(json!({"categories": ["cat_00000000000000000000000000000000"]})), "/categories/0");
        assert_eq!(pointer(json!({"pupils": [{"pupil": "pup_00000000000000000000000000000000", "role": "subject"}]})), "/pupils/0/pupil");
        assert_eq!(pointer(json!({"pupils": [{"pupil": tomos, "role": "villain"}]})), "/pupils/0/role");
        assert_eq!(pointer(json!({"pupils": [{"pupil": tomos, "role": "subject"}, {"pupil": tomos, "role": "witness"}]})), "/pupils/1/pupil");
        assert_eq!(pointer(json!({"colour": "red"})), "/colour");
    }

    fn a_body_that_is_too_long_or_not_json_is_refused_in_words(app: TestApp) {
        let carys = app.browser_of("Carys");
        let send = |bytes: Vec<u8>, kind: &str| {
            carys
                .request("POST".parse().unwrap(), "/v1/concerns")
                .idempotency_key(&fresh_key())
                .header("Content-Type", kind)
                .bytes(bytes)
                .send()
        };

        let long = send(vec![b' '; 300_000], "application/json");
        assert_eq!((long.status, long.problem().as_str()), (413, "too-large"));
        let broken = send(b"{\"pupils\": [".to_vec(), "application/json");
        assert_eq!((broken.status, broken.problem().as_str()), (422, "invalid-input"));
        let form = send(b"narrative=hello".to_vec(), "application/x-www-form-urlencoded");
        assert_eq!((form.status, form.problem().as_str()), (415, "unsupported-media-type"));
    }

    fn a_concern_without_a_key_of_its_own_request_is_asked_for_one(app: TestApp) {
        let answer = app.browser_of("Carys").post("/v1/concerns", &app.concern().body());
        assert_eq!((answer.status, answer.problem().as_str()), (422, "invalid-input"));
    }

    fn a_concern_about_no_named_pupil_is_taken(app: TestApp) {
        let body = app.concern().and(json!({"pupils": []})).body();
        app.browser_of("Aled").post_once("/v1/concerns", &body).expect(201);
        let listed = app.unlocked("Bashir").get("/v1/concerns").expect(200);
        assert_eq!(listed["items"][0]["pupils"], json!([]));
    }

    fn a_concern_about_many_pupils_names_each_of_them_in_the_order_given(app: TestApp) {
        let named = testkit::PUPILS.map(|(name, _)| name);
        for count in 1..=named.len() {
            let concern = named[1..count].iter().fold(
                app.concern().about(named[0]),
                |concern, name| concern.with(name, "witness"),
            );
            let concern = concern.create();
            let read = app.unlocked("Bashir").get(&concern.path()).expect(200);
            let pupils = read["pupils"].as_array().expect("a list");
            let names: Vec<&str> = pupils.iter().map(|one| one["name"].as_str().expect("a name")).collect();
            assert_eq!(names, named[..count]);
        }
    }

    fn staff_can_list_nothing_and_search_nothing(app: TestApp) {
        let concern = app.concern().raised_by("Carys").create();
        let carys = app.browser_of("Carys");
        let absent = carys.get("/v1/concerns/con_00000000000000000000000000000000");

        for answer in [
            carys.get("/v1/concerns"),
            carys.get(&concern.path()),
            carys.post("/v1/searches", &json!({"words": "coat"})),
            carys.get("/v1/dashboard"),
            carys.get(&format!("/v1/pupils/{}", app.pupil("Tomos Gale"))),
            carys.get(&format!("/v1/pupils/{}/chronology", app.pupil("Tomos Gale"))),
        ] {
            assert_eq!(answer.fingerprint(), absent.fingerprint());
        }
    }
}
