//! What `server doctor` says of a log that somebody with the database in their hands has changed.

use diesel::connection::SimpleConnection as _;
use diesel::{Connection as _, PgConnection, SqliteConnection};
use domain::SchoolId;
use policy::Caller;
use store::AuditFault;
use testkit::{Engine, TestApp, both_databases};

fn verified(app: &TestApp, school: SchoolId) -> Result<u64, AuditFault> {
    let verify = store::verify_audit;
    app.app
        .db
        .write_blocking(Caller::system(school), verify)
        .unwrap()
}

/// Changes the school's lines past the application, which may not.
fn change(app: &TestApp, school: SchoolId, sql: &str) {
    let school = school.to_string();
    let digits = school.trim_start_matches("sch_");
    let database = app.database();
    match database.engine() {
        Engine::Sqlite => {
            let of_school = format!("school_id = x'{digits}'");
            let mut connection = SqliteConnection::establish(&database.url()).unwrap();
            connection.batch_execute(&sql.replace("$school", &of_school))
        }
        Engine::Postgres => {
            let of_school = format!("school_id = '{digits}'");
            let mut connection = PgConnection::establish(&database.owner_url()).unwrap();
            let within = format!("set safehold.school_id = '{digits}'; {sql}");
            connection.batch_execute(&within.replace("$school", &of_school))
        }
    }
    .unwrap();
}

both_databases! {
    fn a_line_that_was_changed_or_taken_out_is_found(app: TestApp) {
        for _ in 0..3 {
            app.concern().create();
        }
        let me = app.browser_of("Bashir").get("/v1/me").expect(200);
        let school = me["member"]["school"]["id"].as_str().unwrap().parse().unwrap();
        let lines = verified(&app, school).unwrap();
        assert!(lines > 5, "{lines} lines");

        let cell = |column: &str, from: &str, to: &str| {
            let sql = format!("update audit_entry set {column} = '{to}' where $school and seq = 3 and {column} = '{from}'");
            change(&app, school, &sql);
        };
        cell("outcome", "done", "refused");
        assert_eq!(verified(&app, school), Err(AuditFault::Changed(3)));
        cell("outcome", "refused", "done");
        assert_eq!(verified(&app, school), Ok(lines));

        let take = |seq: u64| change(&app, school, &format!("delete from audit_entry where $school and seq = {seq}"));
        take(lines);
        let last = i64::try_from(lines).unwrap() - 1;
        assert_eq!(verified(&app, school), Err(AuditFault::Head(last)));
        take(3);
        assert_eq!(verified(&app, school), Err(AuditFault::Gap(4)));
        // The other school's log is its own.
        let me = app.browser_of("Eluned").get("/v1/me").expect(200);
        let other = me["member"]["school"]["id"].as_str().unwrap().parse().unwrap();
        assert!(verified(&app, other).is_ok());
    }
}
