//! A hundred and more schools in one database: whether a request costs more for them.

use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;
use testkit::Engine;

use super::stage::Stage;
use super::straight_postgres::columns;
use super::table::{Side, Table, Wanted};
use crate::Outcome;

/// Many schools beside the one that is measured.
#[derive(Clone, Copy, Debug)]
pub struct Schools {
    /// How many in all.
    pub schools: usize,
    /// Concerns of each.
    pub concerns: usize,
    /// How long each thing is asked.
    pub seconds: u64,
}

/// Everything of a school that recording and reading come by, in the order in which it can be brought in.
const TABLES: [&str; 9] = [
    "member",
    "category",
    "pupil",
    "concern",
    "concern_pupil",
    "concern_category",
    "alert",
    "idempotency",
    "audit_entry",
];

/// Measures one school alone, then with the others in its tables, on PostgreSQL.
///
/// The others are copies of it under other ids: nobody opens what is sealed in them.
///
/// # Panics
/// If the stage cannot be set.
pub fn schools(plan: &Schools) -> Outcome {
    let mut outcome = Outcome::of("schools", "postgres");
    let mut table = Table::default();
    let stage = Stage::set(Engine::Postgres);
    let cluster = stage.cluster.as_ref().unwrap();
    stage.record(plan.concerns, 1_200);
    stage.open();
    let mut superuser = PgConnection::establish(&cluster.superuser_url("safehold")).unwrap();
    // It would work at moments of its own choosing: `settle` does the same at ours.
    superuser
        .batch_execute("alter system set autovacuum = off")
        .unwrap();
    superuser.batch_execute("select pg_reload_conf()").unwrap();
    // What is copied is what there was before anything was measured.
    for name in ["school", "audit_head"].iter().chain(&TABLES) {
        let copy = format!("create temp table one_{name} as select * from {name}");
        superuser.batch_execute(&copy).unwrap();
    }

    let alone = measured(&stage, plan.seconds);
    fill(&mut superuser, plan.schools);
    let among = measured(&stage, plan.seconds);

    for ((what, alone), (_, among)) in alone.iter().zip(&among) {
        table.side(&mut outcome, &format!("{what}, one school"), alone);
        table.side(
            &mut outcome,
            &format!("{what}, {} schools", plan.schools),
            among,
        );
        let all = |side: &Side| side.server + side.database;
        table.figure(
            &format!("{what}: CPU time, of one school's"),
            all(among) / all(alone),
            "times",
            Wanted::Most(1.2),
        );
    }
    table.end(&mut outcome);
    outcome.ended()
}

fn measured(stage: &Stage, seconds: u64) -> [(&'static str, Side); 3] {
    stage.settle();
    // The pupil whose chronology is read is not among those who are written about meanwhile.
    let chronology = format!("/v1/pupils/{}/chronology", stage.pupils[0]);
    let forms = &stage.forms(1_200)[1..];
    let list = stage.measure("GET", "/v1/concerns", &[], 8, seconds);
    let chronology = stage.measure("GET", &chronology, &[], 8, seconds);
    [
        ("newest 50", list),
        ("chronology", chronology),
        (
            "recording",
            stage.measure("POST", "/v1/concerns", forms, 8, seconds),
        ),
    ]
}

/// Brings the other schools in.
fn fill(superuser: &mut PgConnection, schools: usize) {
    // What follows from a row elsewhere is copied too, and was looked at when it was first written.
    superuser
        .batch_execute("set session_replication_role = replica")
        .unwrap();
    for number in 1..schools {
        let mut copies =
            "begin; create temp table fresh on commit drop as select gen_random_uuid() as id;"
                .to_owned();
        for name in ["school", "audit_head"].iter().chain(&TABLES) {
            let columns = columns(superuser, name);
            let values: Vec<String> = columns
                .iter()
                .map(|column| match (*name, column.as_str()) {
                    ("school", "id") | (_, "school_id") => "fresh.id".to_owned(),
                    // An account has its places where it has them.
                    ("member", "account_id") => "null".to_owned(),
                    (_, column) => format!("one.{column}"),
                })
                .collect();
            copies += &format!(
                "insert into {name} ({}) select {} from one_{name} one, fresh;",
                columns.join(", "),
                values.join(", ")
            );
        }
        superuser.batch_execute(&(copies + "commit")).unwrap();
        crate::progress("schools", number + 1, schools, String::new);
    }
    superuser
        .batch_execute("set session_replication_role = origin")
        .unwrap();
}
