//! What recording asks of a school's settings is kept between requests: each change of them counts from the next one on.

use diesel::prelude::*;
use serde_json::{Value, json};
use store::schema::{alert, school};
use store::{Result, Tx};
use testkit::{Client, TestApp, both_databases};

use crate::inside::in_school;

fn told(browser: &Client) -> usize {
    let page = browser.get("/v1/alerts").expect(200);
    page["items"].as_array().map_or(0, Vec::len)
}

fn record(app: &TestApp) -> u16 {
    let body = app.concern().about("Ada Fennick").body();
    app.browser_of("Carys")
        .post_once("/v1/concerns", &body)
        .status
}

/// The mark of the one school, after `work` in the same transaction.
fn mark_after(app: &TestApp, work: impl FnOnce(&mut Tx<'_>) -> Result<()> + Send + 'static) -> i64 {
    in_school(app, move |tx| {
        work(tx)?;
        mark(tx)
    })
    .unwrap()
}

fn mark(tx: &mut Tx<'_>) -> Result<i64> {
    Ok(school::table
        .select(school::settings_mark)
        .get_result(tx.connection())?)
}

fn run(tx: &mut Tx<'_>, sql: &str) -> Result<()> {
    diesel::sql_query(sql).execute(tx.connection())?;
    Ok(())
}

both_databases! {
    fn a_category_is_offered_again_and_no_longer_from_one_concern_to_the_next(app: TestApp) {
        let morag = app.browser_of("Morag");
        let path = format!("/v1/categories/{}", app.category("safeguarding"));
        for (disabled, status) in [(false, 201), (true, 422), (false, 201)] {
            morag.patch(&path, &json!({ "disabled": disabled })).expect(200);
            assert_eq!(record(&app), status);
        }
    }

    fn a_rule_counts_from_the_next_concern_on_and_until_it_is_gone(app: TestApp) {
        let morag = app.browser_of("Morag");
        let tell = |name: &str| json!({"name": "Year 5", "recipients": [app.person(name).member]});
        let counts = || (told(app.unlocked("Bashir")), told(app.unlocked("Dilys")));
        assert_eq!((record(&app), counts()), (201, (1, 1)));
        let rule = morag.post("/v1/alert-rules", &tell("Dilys")).expect(201);
        assert_eq!((record(&app), counts()), (201, (1, 2)));
        let path = format!("/v1/alert-rules/{}", rule["id"].as_str().unwrap());
        morag.patch(&path, &tell("Bashir")).expect(200);
        assert_eq!((record(&app), counts()), (201, (2, 2)));
        assert_eq!(morag.delete(&path).status, 204);
        assert_eq!((record(&app), counts()), (201, (3, 3)));
    }

    fn who_has_left_is_told_of_nothing_from_the_next_concern_on(app: TestApp) {
        assert_eq!(record(&app), 201);
        let people = app.browser_of("Morag").get("/v1/people").expect(200);
        let id = |name: &str| -> Value {
            let all = people["items"].as_array().unwrap();
            let found = all.iter().find(|one| one["name"].as_str().unwrap().starts_with(name));
            found.unwrap_or_else(|| panic!("{people}"))["id"].clone()
        };
        let path = format!("/v1/people/{}", id("Dilys").as_str().unwrap());
        app.browser_of("Morag").patch(&path, &json!({"state": "left"})).expect(200);
        assert_eq!(record(&app), 201);
        let told = in_school(&app, |tx| {
            Ok(alert::table.count().get_result::<i64>(tx.connection())?)
        });
        // Two for the first concern, one for the second.
        assert_eq!(told.unwrap(), 3);
    }

    // Whoever rebuilds one of these tables loses its triggers: then what is kept would never be read again.
    fn each_row_that_recording_asks_of_gives_the_school_another_mark(app: TestApp) {
        app.browser_of("Morag")
            .post("/v1/alert-rules", &json!({"name": "All", "recipients": [app.person("Dilys").member]}))
            .expect(201);
        let mut last = mark_after(&app, |_| Ok(()));
        for (sql, counts) in [
            ("update category set name = name", true),
            ("update alert_rule set enabled = enabled", true),
            ("delete from alert_rule", true),
            ("insert into school_psk (school_id, generation, lost_at) select id, 7, created_at from school", true),
            ("update school_psk set lost_at = lost_at", true),
            ("delete from school_psk", true),
            ("update member set state = state", true),
            ("update member set last_visit_at = created_at", false),
            ("update school set name = name", false),
        ] {
            let now = mark_after(&app, move |tx| run(tx, sql));
            assert_eq!(now != last, counts, "{sql}");
            last = now;
        }
    }

    fn a_change_that_was_rolled_back_leaves_its_mark_to_no_other(app: TestApp) {
        let before = mark_after(&app, |_| Ok(()));
        let (seen, undone) = std::sync::mpsc::channel();
        let refused = in_school(&app, move |tx| -> Result<()> {
            run(tx, "update category set disabled_at = null, name = name")?;
            seen.send(mark(tx)?).unwrap();
            Err(store::Error::Absent)
        });
        assert!(matches!(refused, Err(store::Error::Absent)), "{refused:?}");
        let undone = undone.recv().unwrap();
        assert_ne!(undone, before);
        assert_eq!(mark_after(&app, |_| Ok(())), before);
        let next = mark_after(&app, |tx| run(tx, "update category set name = name"));
        assert!(![before, undone].contains(&next));
        assert_eq!(record(&app), 201);
    }
}
