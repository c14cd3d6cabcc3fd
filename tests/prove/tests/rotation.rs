//! What `scripts/prove rotation` does, with fewer records.

use prove::rotation::{Plan, run};

const PLAN: Plan = Plan {
    records: 20,
    batch: 3,
    postgres: false,
    seed: 1,
};

#[test]
fn every_record_is_within_reach_while_a_key_is_changed_and_the_server_killed_on_sqlite() {
    run(PLAN).assert();
}

#[test]
fn every_record_is_within_reach_while_a_key_is_changed_and_the_server_killed_on_postgres() {
    let plan = Plan {
        postgres: true,
        ..PLAN
    };
    run(plan).assert();
}
