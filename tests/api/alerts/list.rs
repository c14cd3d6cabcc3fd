use diesel::prelude::*;
use domain::{ConcernId, MemberId};
use serde_json::json;
use store::schema::alert;
use testkit::{TestApp, both_databases};

use crate::inside::in_school;

/// Leaves so many more alerts of somebody's about the one concern.
fn wait(app: &TestApp, member: MemberId, many: usize) {
    in_school(app, move |tx| {
        let concern: ConcernId = alert::table
            .select(alert::concern_id)
            .first(tx.connection())?;
        let (school, now) = (tx.school(), tx.now());
        let another = |_| {
            (
                alert::school_id.eq(school),
                alert::id.eq(tx.new_id::<domain::kind::Alert>()),
                alert::concern_id.eq(concern),
                alert::member_id.eq(member),
                alert::reason.eq("rule"),
                alert::created_at.eq(now),
            )
        };
        let more: Vec<_> = (0..many).map(another).collect();
        tx.put_all(alert::table, more);
        Ok(())
    })
    .expect("alerts");
}

both_databases! {
    fn the_list_needs_the_records_open(app: TestApp) {
        app.concern().create();
        let locked = app.browser_of("Bashir").get("/v1/alerts");
        assert_eq!((locked.status, locked.problem().as_str()), (403, "unlock-required"));
        for nobody in ["Carys", "Morag", "Gwen"] {
            assert_eq!(app.browser_of(nobody).get("/v1/alerts").status, 404, "{nobody}");
        }
    }

    fn with_the_records_locked_a_key_holder_sees_a_number_and_nothing_else(app: TestApp) {
        app.concern().about("Tomos Gale").create();
        app.concern().about("Ada Fennick").create();
        let waiting = |name| app.browser_of(name).get("/v1/me").expect(200)["waiting_alerts"].clone();
        assert_eq!(waiting("Bashir"), 2);
        assert_eq!(waiting("Dilys"), 1);
        assert_eq!(waiting("Carys"), json!(null));
    }

    fn a_thousand_and_more_that_wait_are_told_as_a_thousand(app: TestApp) {
        app.concern().about("Ada Fennick").create();
        let bashir: MemberId = app.person("Bashir").member.parse().expect("an id");
        wait(&app, bashir, 998);
        let told = || {
            let me = app.browser_of("Bashir").get("/v1/me").expect(200);
            let dashboard = app.unlocked("Bashir").get("/v1/dashboard").expect(200);
            assert_eq!(dashboard["alerts"]["items"].as_array().map(Vec::len), Some(10));
            (me["waiting_alerts"].clone(), dashboard["alerts"]["unread"].clone())
        };
        assert_eq!(told(), (json!(999), json!(999)));
        wait(&app, bashir, 7);
        assert_eq!(told(), (json!(1000), json!(1000)));
    }

    fn opening_the_concern_reads_its_alert(app: TestApp) {
        let concern = app.concern().create();
        app.pass(60);
        app.concern().create();
        let bashir = app.unlocked("Bashir");
        bashir.get(&concern.path()).expect(200);
        let unread = bashir.get("/v1/alerts?unread=true").expect(200);
        assert_eq!(unread["items"].as_array().map(Vec::len), Some(1));
        assert_ne!(unread["items"][0]["concern"]["id"], concern.id.as_str());
        let all = bashir.get("/v1/alerts").expect(200);
        assert_eq!(all["items"].as_array().map(Vec::len), Some(2));
        assert_ne!(all["items"][1]["read_at"], json!(null));
    }

    fn pages_follow_on_without_gap_or_double(app: TestApp) {
        let mut recorded: Vec<String> = (0..5).map(|_| app.concern().create().id).collect();
        recorded.reverse();
        let bashir = app.unlocked("Bashir");
        let mut seen = Vec::new();
        let mut path = "/v1/alerts?limit=2".to_owned();
        loop {
            let page = bashir.get(&path).expect(200);
            for alert in page["items"].as_array().expect("a list") {
                seen.push(alert["concern"]["id"].as_str().expect("an id").to_owned());
            }
            match page["next"].as_str() {
                Some(next) => path = format!("/v1/alerts?limit=2&after={next}"),
                None => break,
            }
        }
        seen.sort();
        recorded.sort();
        assert_eq!(seen, recorded);
        assert_eq!(bashir.get("/v1/alerts?after=nowhere").status, 422);
        assert_eq!(bashir.get("/v1/alerts?limit=0").status, 422);
        assert_eq!(bashir.get("/v1/alerts?colour=red").status, 422);
    }
}
