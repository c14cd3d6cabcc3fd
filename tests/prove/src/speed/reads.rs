//! What reading costs beside an empty handler and beside the bare query, how long a search takes, and what the
//! server is like at rest on a database that is there already.

use std::path::Path;
use std::time::{Duration, Instant};

use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::Binary;
use diesel::sqlite::Sqlite;
use serde_json::json;
use testkit::Engine;

use super::ratios::Plan;
use super::stage::Stage;
use super::straight_postgres::bench;
use super::table::{Side, Table, Wanted, median};
use super::{cpu, straight_postgres};
use crate::Outcome;
use crate::figures::percentile;

/// Filed records that are read and searched, and about how many characters each has.
const RECORDS: usize = 20_000;
const CHARACTERS: usize = 2_500;
/// People who read at once.
const CLIENTS: usize = 8;

pub(super) fn reads(engine: Engine, plan: &Plan, table: &mut Table, outcome: &mut Outcome) {
    let mut stage = Stage::set(engine);
    stage.record(RECORDS, CHARACTERS);
    stage.open();
    stage.settle();

    let list = stage.lead.browser.get("/v1/concerns?limit=1").expect(200);
    let one = format!("/v1/concerns/{}", list["items"][0]["id"].as_str().unwrap());
    let asked = |path: &str, seconds| stage.measure("GET", path, &[], CLIENTS, seconds);
    let empty = asked("/v1/health", plan.seconds);
    table.side(outcome, "empty handler, 8 clients", &empty);
    let newest = asked("/v1/concerns", plan.seconds);
    table.side(outcome, "newest 50, 8 clients", &newest);
    let read = asked(&one, plan.seconds);
    table.side(outcome, "one concern, 8 clients", &read);

    eprintln!("the bare queries");
    let length = Duration::from_secs(plan.seconds.div_ceil(2));
    let bare = match &stage.cluster {
        None => sqlite(&stage.file(), length),
        Some(cluster) => {
            let mut connection =
                PgConnection::establish(&cluster.superuser_url("safehold")).unwrap();
            let word = |connection: &mut PgConnection, sql: &str| {
                let word: straight_postgres::Word =
                    diesel::sql_query(sql).get_result(connection).unwrap();
                word.word
            };
            let school = word(&mut connection, "select id::text as word from school");
            let concern = word(
                &mut connection,
                "select id::text as word from concern order by received_at desc limit 1",
            );
            let texts = Bare::of(&format!("'{school}'::uuid"), &format!("'{concern}'::uuid"));
            let seconds = length.as_secs().to_string();
            [texts.newest, texts.one].map(|statements| {
                let script = format!("begin;\n{};\ncommit;\n", statements.join(";\n"));
                let clients = CLIENTS as i64;
                let last = ["-T", &seconds];
                bench(
                    cluster,
                    stage.folder(),
                    "safehold",
                    &school,
                    &script,
                    clients,
                    &[],
                    &last,
                )
            })
        }
    };
    for (what, served, bare) in [
        ("newest 50", &newest, &bare[0]),
        ("one concern", &read, &bare[1]),
    ] {
        table.side(outcome, &format!("{what}, bare query"), bare);
        let all = |side: &Side| side.server + side.database;
        for (beside, cost) in [
            ("an empty handler's", all(&empty)),
            ("the bare query's", all(bare)),
        ] {
            table.figure(
                &format!("{what}: CPU time, of {beside}"),
                all(served) / cost,
                "times",
                Wanted::Nothing,
            );
        }
    }

    let search = [json!({ "words": "zephyrquoin" })];
    let searched = stage.measure("POST", "/v1/searches", &search, 1, plan.seconds * 2);
    table.side(
        outcome,
        "search of 20,000 x 2.5 kB, one at a time",
        &searched,
    );
    table.figure("search: p95", searched.p95, "ms", Wanted::Most(200.0));
    let (own, _) = cpu::memory(stage.server.pid());
    table.figure("own memory after all this", own, "MB", Wanted::Nothing);

    let starts = (0..5).map(|_| {
        stage.server.stop();
        stage.server.start().as_secs_f64() * 1_000.0
    });
    let starts: Vec<f64> = starts.collect();
    table.figure(
        "start on this database, median of five",
        median(starts),
        "ms",
        Wanted::Most(300.0),
    );
    std::thread::sleep(Duration::from_secs(5));
    let (own, shared) = cpu::memory(stage.server.pid());
    table.figure("own memory at rest", own, "MB", Wanted::Most(60.0));
    table.figure("PSS at rest", shared, "MB", Wanted::Most(60.0));
}

/// The statements that read what the two requests show, and nothing of who asks.
struct Bare {
    newest: [String; 3],
    one: [String; 3],
}

impl Bare {
    fn of(school: &str, concern: &str) -> Self {
        let newest = format!(
            "select id, status, received_at, occurred_at, author_id, urgent from concern \
             where school_id = {school} order by received_at desc, id desc limit 50"
        );
        let one = format!(
            "select id, status, received_at, sealed_key, body, author_id from concern \
             where school_id = {school} and id = {concern}"
        );
        let linked = |page: &str| {
            [
                // In this order: without having counted its rows SQLite would begin at the other end.
                format!(
                    "with page as materialized ({page}) select link.concern_id, pupil.id, given_name, \
                     family_name, role, coalesce(year_group, '') \
                     from page cross join concern_pupil link cross join pupil \
                     where link.school_id = {school} and link.concern_id = page.id \
                     and pupil.school_id = {school} and pupil.id = link.pupil_id"
                ),
                format!(
                    "with page as materialized ({page}) select link.concern_id, category.id, name, colour, \
                     compartment, link.position \
                     from page cross join concern_category link cross join category \
                     where link.school_id = {school} and link.concern_id = page.id \
                     and category.school_id = {school} and category.id = link.category_id"
                ),
            ]
        };
        let ids =
            |select: &str| format!("select id from {}", select.split_once(" from ").unwrap().1);
        let [pupils, categories] = linked(&ids(&newest));
        let [pupils_of_one, categories_of_one] = linked(&ids(&one));
        Self {
            newest: [newest, pupils, categories],
            one: [one, pupils_of_one, categories_of_one],
        }
    }
}

/// A statement that is prepared once, whose six columns are read as they lie in the file.
struct Read<'a, const N: usize>(&'a str);

impl<const N: usize> QueryId for Read<'_, N> {
    type QueryId = Read<'static, N>;
    const HAS_STATIC_QUERY_ID: bool = true;
}

impl<const N: usize> QueryFragment<Sqlite> for Read<'_, N> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        out.push_sql(self.0);
        Ok(())
    }
}

impl<const N: usize> Query for Read<'_, N> {
    type SqlType = (Binary, Binary, Binary, Binary, Binary, Binary);
}

impl<const N: usize> RunQueryDsl<SqliteConnection> for Read<'_, N> {}

type Row = (Vec<u8>, Vec<u8>, Vec<u8>, Vec<u8>, Vec<u8>, Vec<u8>);

fn sqlite(file: &Path, length: Duration) -> [Side; 2] {
    let mut connection = SqliteConnection::establish(&file.to_string_lossy()).unwrap();
    diesel::connection::SimpleConnection::batch_execute(
        &mut connection,
        "pragma cache_size = -16384; pragma mmap_size = 268435456",
    )
    .unwrap();
    let mut id = |sql: &str| {
        let id: Vec<u8> = diesel::select(diesel::dsl::sql::<Binary>(sql))
            .get_result(&mut connection)
            .unwrap();
        let digits: String = id.iter().map(|byte| format!("{byte:02x}")).collect();
        format!("x'{digits}'")
    };
    let school = id("(select id from school)");
    let concern = id("(select id from concern order by received_at desc limit 1)");
    let texts = Bare::of(&school, &concern);
    let mut newest = |connection: &mut SqliteConnection| {
        let [page, pupils, categories] = &texts.newest;
        Read::<0>(page).load::<Row>(connection).unwrap().len()
            + Read::<1>(pupils).load::<Row>(connection).unwrap().len()
            + Read::<2>(categories).load::<Row>(connection).unwrap().len()
    };
    let newest = again(&mut connection, length, 150, &mut newest);
    let mut one = |connection: &mut SqliteConnection| {
        let [page, pupils, categories] = &texts.one;
        Read::<3>(page).load::<Row>(connection).unwrap().len()
            + Read::<4>(pupils).load::<Row>(connection).unwrap().len()
            + Read::<5>(categories).load::<Row>(connection).unwrap().len()
    };
    [newest, again(&mut connection, length, 3, &mut one)]
}

/// Does the same again and again, on one thread.
fn again(
    connection: &mut SqliteConnection,
    length: Duration,
    rows: usize,
    act: &mut impl FnMut(&mut SqliteConnection) -> usize,
) -> Side {
    let (begun, cpu) = (Instant::now(), cpu::of(std::process::id()));
    let mut took = Vec::new();
    while begun.elapsed() < length {
        let one = Instant::now();
        let read = act(connection);
        assert_eq!(read, rows, "the bare query reads something else");
        took.push(one.elapsed().as_secs_f64() * 1_000.0);
    }
    let count = took.len() as f64;
    Side {
        count,
        rate: count / begun.elapsed().as_secs_f64(),
        p50: percentile(&mut took, 0.5),
        p95: percentile(&mut took, 0.95),
        p99: percentile(&mut took, 0.99),
        server: (cpu::of(std::process::id()) - cpu) * 1_000.0 / count,
        ..Side::default()
    }
}
