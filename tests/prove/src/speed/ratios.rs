use diesel::connection::SimpleConnection as _;
use diesel::{Connection as _, SqliteConnection};
use testkit::Engine;

use super::reads::reads;
use super::stage::Stage;
use super::straight::Straight;
use super::straight_postgres;
use super::table::{Side, Table, Wanted, median};
use crate::Outcome;

/// About how many characters a record has that is written.
const CHARACTERS: usize = 1_200;
/// People who record at once.
const CLIENTS: [usize; 2] = [8, 32];

/// Comparisons with the engines.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// On which.
    pub engine: Engine,
    /// How long each thing is asked.
    pub seconds: u64,
    /// How often recording is compared, on a new database each time.
    pub rounds: usize,
    /// Whether reading, searching, starting and resting are measured too.
    pub reads: bool,
}

/// Compares the server with the engine beneath it.
///
/// # Panics
/// If the stage cannot be set.
pub fn ratios(plan: &Plan) -> Outcome {
    let (on, wanted) = match plan.engine {
        Engine::Sqlite => ("sqlite", 0.6),
        Engine::Postgres => ("postgres", 0.9),
    };
    let mut outcome = Outcome::of("ratios", on);
    let mut table = Table::default();
    let mut found = CLIENTS.map(|_| Vec::new());
    for round in 1..=plan.rounds {
        for (place, (served, straight)) in recording(plan).into_iter().enumerate() {
            let clients = CLIENTS[place];
            table.side(
                &mut outcome,
                &format!("recording, {clients} clients, round {round}"),
                &served,
            );
            table.side(
                &mut outcome,
                &format!("the same rows straight, {clients} clients"),
                &straight,
            );
            found[place].push(served.rate / straight.rate);
        }
    }
    for (place, clients) in CLIENTS.into_iter().enumerate() {
        table.figure(
            &format!("recording, {clients} clients: of the engine's rate"),
            median(found[place].clone()),
            "",
            Wanted::Least(wanted),
        );
    }
    if plan.reads {
        reads(plan.engine, plan, &mut table, &mut outcome);
    }
    table.end(&mut outcome);
    outcome.ended()
}

/// Recording by some and by many, first through the server and then straight.
fn recording(plan: &Plan) -> Vec<(Side, Side)> {
    let mut stage = Stage::set(plan.engine);
    let base = stage.folder().join("straight.sqlite");
    stage.server.stop();
    match &stage.cluster {
        None => {
            // The server leaves what it wrote last beside the file.
            let mut connection =
                SqliteConnection::establish(&stage.file().to_string_lossy()).unwrap();
            connection
                .batch_execute(&format!("vacuum into '{}'", base.display()))
                .unwrap();
        }
        Some(cluster) => straight_postgres::Straight::copy(cluster),
    }
    stage.server.start();
    stage.lead.browser.refresh().expect(200);
    let forms = stage.forms(CHARACTERS);
    // PostgreSQL plans by what it has counted.
    stage.load("POST", "/v1/concerns", &forms, 8, 1);
    stage.settle();
    let served =
        CLIENTS.map(|clients| stage.measure("POST", "/v1/concerns", &forms, clients, plan.seconds));
    stage.server.stop();
    eprintln!("the same rows straight");
    let straight: Vec<Side> = match &stage.cluster {
        None => {
            let mut straight = Straight::prepare(&base, &stage.file());
            let share = straight.records / 2;
            CLIENTS
                .map(|clients| straight.write(share, clients as i64))
                .into()
        }
        Some(cluster) => {
            let mut straight = straight_postgres::Straight::prepare(cluster);
            let share = straight.records / 2;
            CLIENTS
                .map(|clients| straight.write(stage.folder(), share, clients as i64))
                .into()
        }
    };
    served.into_iter().zip(straight).collect()
}
