//! What `scripts/prove faults` does, at its shortest.

use prove::faults;
use testkit::Engine;

#[test]
fn a_full_or_broken_disk_is_said_and_survived() {
    faults::disk(faults::Plan {
        until: 500,
        step: 12,
    })
    .assert();
}

#[test]
fn a_disk_that_is_really_full_is_said_and_survived() {
    if !faults::can_mount() {
        eprintln!("no memory disk can be mounted here: not tried");
        return;
    }
    faults::small_disk(3).assert();
}

#[test]
fn a_disk_that_becomes_read_only_is_said_and_survived() {
    if !faults::can_turn_read_only() {
        eprintln!("no disk can be made read-only here: not tried");
        return;
    }
    faults::read_only(2).assert();
}

#[test]
fn a_database_that_is_stopped_is_said_and_comes_back() {
    faults::database(2).assert();
}

#[test]
fn an_hour_without_a_mail_server_loses_no_mail_and_sends_none_twice_on_sqlite() {
    faults::mail(Engine::Sqlite).assert();
}

#[test]
fn an_hour_without_a_mail_server_loses_no_mail_and_sends_none_twice_on_postgres() {
    faults::mail(Engine::Postgres).assert();
}
