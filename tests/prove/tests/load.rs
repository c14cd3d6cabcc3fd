//! What `scripts/prove soak`, `sign-in` and `hidden` do, for seconds.

use std::time::Duration;

use prove::{hidden, sign_in, soak};
use testkit::Engine;

const SIGN_IN: sign_in::Plan = sign_in::Plan {
    lasting: Duration::from_secs(8),
    flood: 100.0,
    rate: 10.0,
    samples: 18,
};

#[test]
fn a_schools_day_has_no_errors() {
    soak::run(soak::Plan {
        lasting: Duration::from_secs(8),
        rate: 25.0,
        records: 100,
        postgres: false,
    })
    .assert();
}

#[test]
fn a_flood_of_sign_ins_keeps_nobody_from_recording() {
    sign_in::flood(SIGN_IN, Engine::Sqlite).assert();
}

#[test]
fn nobody_learns_by_signing_in_who_has_an_account_on_sqlite() {
    sign_in::telling_apart(SIGN_IN, Engine::Sqlite).assert();
}

#[test]
fn nobody_learns_by_signing_in_who_has_an_account_on_postgres() {
    sign_in::telling_apart(SIGN_IN, Engine::Postgres).assert();
}

#[test]
fn what_is_hidden_and_what_never_was_are_answered_alike_on_sqlite() {
    hidden::run(20, Engine::Sqlite).assert();
}

#[test]
fn what_is_hidden_and_what_never_was_are_answered_alike_on_postgres() {
    hidden::run(20, Engine::Postgres).assert();
}
