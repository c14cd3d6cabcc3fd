//! What `scripts/prove kill` does, a few times over.

use prove::kill::{Plan, Victim, run};

const PLAN: Plan = Plan {
    kills: 20,
    postgres: false,
    victim: Victim::Server,
    open: 400,
    seed: 1,
};

#[test]
fn killing_the_server_loses_nothing_that_was_acknowledged_on_sqlite() {
    run(PLAN).assert();
}

#[test]
fn killing_the_server_loses_nothing_that_was_acknowledged_on_postgres() {
    let plan = Plan {
        kills: 10,
        postgres: true,
        ..PLAN
    };
    run(plan).assert();
}

#[test]
fn killing_the_database_loses_nothing_that_was_acknowledged() {
    let plan = Plan {
        kills: 3,
        postgres: true,
        victim: Victim::Database,
        ..PLAN
    };
    run(plan).assert();
}
