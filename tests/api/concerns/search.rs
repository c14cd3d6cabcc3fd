use diesel::prelude::*;
use serde_json::json;
use store::schema::concern;
use testkit::{TestApp, both_databases};

use crate::inside::in_school;

both_databases! {
    fn words_are_found_in_every_text_and_highlighted(app: TestApp) {
        let told = app.concern().saying("Zoë said the dog bit her on the way to school.").create();
        app.concern().saying("Nothing of note.").create();
        let acted = app.concern().saying("Quiet all day.").create();
        let bashir = app.unlocked("Bashir");
        bashir.post_once(&format!("{}/actions", acted.path()), &json!({"kind": "phone_call", "text": "Rang about the DOG."})).expect(201);

        let found = bashir.post("/v1/searches", &json!({"words": "dog"})).expect(200);
        assert_eq!(found["items"].as_array().unwrap().len(), 2);
        assert_eq!(found["scanned"], 3);
        let found = bashir.post("/v1/searches", &json!({"words": "zoe DOG"})).expect(200);
        assert_eq!(found["items"][0]["concern"]["id"], told.id);
        assert_eq!(found["items"][0]["where"], "narrative");
        assert_eq!(found["items"][0]["excerpt"], "Zoë said the dog bit her on the way to school.");
        assert_eq!(found["items"][0]["highlights"], json!([[0, 3], [13, 16]]));
    }

    fn a_search_is_narrowed_by_day_status_pupil_and_year(app: TestApp) {
        let old = app.concern().about("Tomos Gale").saying("A lantern.").and(json!({"occurred_at": "2026-09-01T10:00:00Z"})).create();
        app.pass(60);
        let new = app.concern().about("Ada Fennick").saying("A lantern.").create();
        let bashir = app.unlocked("Bashir");
        let only = |filter: serde_json::Value| {
            let mut body = json!({"words": "lantern"});
            body.as_object_mut().unwrap().extend(filter.as_object().unwrap().clone());
            let found = bashir.post("/v1/searches", &body).expect(200);
            found["items"].as_array().unwrap().iter().map(|hit| hit["concern"]["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(only(json!({"to": "2026-09-01"})), [old.id.as_str()]);
        assert_eq!(only(json!({"from": "2026-09-02"})), [new.id.as_str()]);
        assert_eq!(only(json!({"pupil": app.pupil("Tomos Gale")})), [old.id.as_str()]);
        assert_eq!(only(json!({"year": "5"})), [new.id.as_str()]);
        assert_eq!(only(json!({"status": "new"})).len(), 2);
        assert!(only(json!({"status": "closed"})).is_empty());
        assert_eq!(only(json!({"limit": 1})), [new.id.as_str()]);
    }

    fn a_search_goes_from_page_to_page_until_it_has_enough(app: TestApp) {
        let oldest = app.concern().saying("A lantern.").create();
        app.pass(60);
        for number in 1..=1_004 {
            app.concern().saying(&format!("A candle, the {number}th.")).create();
        }
        let bashir = app.unlocked("Bashir");
        let found = bashir.post("/v1/searches", &json!({"words": "lantern"})).expect(200);
        assert_eq!(found["items"][0]["concern"]["id"], oldest.id);
        assert_eq!((&found["scanned"], &found["more"]), (&json!(1_005), &json!(false)));

        let found = bashir.post("/v1/searches", &json!({"words": "candle", "limit": 100})).expect(200);
        assert_eq!(found["items"].as_array().unwrap().len(), 100);
        assert_eq!((&found["scanned"], &found["more"]), (&json!(500), &json!(true)));

        // What cannot be opened on the last page is not passed over, and not waited for.
        let id: domain::ConcernId = oldest.id.parse().unwrap();
        in_school(&app, move |tx| {
            let changed = diesel::update(concern::table.find((tx.school(), id))).set(concern::body.eq(vec![7_u8; 80]));
            Ok(changed.execute(tx.connection())?)
        }).unwrap();
        bashir.post("/v1/searches", &json!({"words": "lantern"})).expect(500);
    }

    fn a_search_for_nothing_says_what_to_write(app: TestApp) {
        let answer = app.unlocked("Bashir").post("/v1/searches", &json!({"words": " a "}));
        assert_eq!(answer.expect(422)["errors"][0]["pointer"], "/words");
    }
}
