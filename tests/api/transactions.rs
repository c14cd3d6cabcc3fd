//! What `store::Db` promises of every transaction.

use std::sync::mpsc::channel;
use std::thread::available_parallelism;

use diesel::prelude::*;
use policy::Caller;
use store::schema::{audit_entry, sign_in_failure};
use store::{AuditEntry, Error, Event, Result, Tx};
use testkit::{Engine, TestApp, both_databases};

use crate::inside::in_school;

/// Keeps a row of the table that needs no other.
fn keep(tx: &mut Tx<'_>, number: u8) -> Result<()> {
    let now = tx.now();
    diesel::insert_into(sign_in_failure::table)
        .values((
            sign_in_failure::address_hash.eq(vec![number; 32]),
            sign_in_failure::failures.eq(1),
            sign_in_failure::last_at.eq(now),
            sign_in_failure::retry_at.eq(now),
        ))
        .execute(tx.connection())?;
    Ok(())
}

fn kept(app: &TestApp) -> i64 {
    let count = |tx: &mut Tx<'_>| -> Result<i64> {
        Ok(sign_in_failure::table.count().get_result(tx.connection())?)
    };
    app.app.db.write_blocking(Caller::nobody(), count).unwrap()
}

fn until_done<T>(future: impl Future<Output = T>) -> T {
    actix_web::rt::Runtime::new().unwrap().block_on(future)
}

both_databases! {
    // PostgreSQL rolls back a transaction in which a statement has failed, and answers COMMIT with success.
    fn what_is_answered_well_is_there_although_an_error_was_swallowed(app: TestApp) {
        let written = app.app.db.write_blocking(Caller::nobody(), |tx| -> Result<()> {
            keep(tx, 1)?;
            let swallowed = diesel::sql_query("select nothing from nowhere").execute(tx.connection());
            assert!(swallowed.is_err());
            Ok(())
        });
        assert_eq!(written.is_ok(), kept(&app) == 1);
        // Nor is the connection of any less use to the next.
        app.app.db.write_blocking(Caller::nobody(), |tx| keep(tx, 2)).unwrap();
        assert_eq!(kept(&app), 1 + i64::from(written.is_ok()));
    }

    fn neither_is_an_act_in_the_log_that_was_not_kept(app: TestApp) {
        let lines = || in_school(&app, |tx| Ok(store::verify_audit(tx)?.unwrap())).unwrap();
        let before = lines();
        let act = in_school(&app, |tx| {
            tx.record(Event::named("read_me"));
            let swallowed = diesel::sql_query("select nothing from nowhere").execute(tx.connection());
            assert!(swallowed.is_err());
            Ok(())
        });
        assert_eq!(lines(), before + u64::from(act.is_ok()));
        in_school(&app, |tx| { tx.record(Event::named("read_me")); Ok(()) }).unwrap();
        assert_eq!(lines(), before + u64::from(act.is_ok()) + 1);
    }

    fn a_line_holds_whatever_was_done_word_for_word(app: TestApp) {
        let words = ["", "'", "it's \\' \\x27); drop table audit_entry; --", "{0} $1 :a %s ?", "\u{202e}œ漢\u{1f9f8}\r\n\t\u{1}"];
        for word in words {
            let written = in_school(&app, move |tx| {
                tx.record(Event::named("read_me").to(word).detail(word).content([7; 32]));
                Ok(())
            });
            written.unwrap();
            let last = in_school(&app, |tx| {
                let last = audit_entry::table
                    .filter(audit_entry::school_id.eq(tx.school()))
                    .order_by(audit_entry::seq.desc())
                    .select(AuditEntry::as_select())
                    .first(tx.connection())?;
                store::verify_audit(tx)?.unwrap();
                Ok(last)
            })
            .unwrap();
            let said = (last.action, last.object, last.detail, last.content_hash);
            let wanted = ("read_me".to_owned(), Some(word.to_owned()), Some(word.to_owned()), Some(vec![7; 32]));
            assert_eq!(said, wanted);
        }
    }

    fn an_act_of_many_lines_is_in_the_log_whole(app: TestApp) {
        let lines = || in_school(&app, |tx| Ok(store::verify_audit(tx)?.unwrap())).unwrap();
        let before = lines();
        in_school(&app, |tx| {
            for number in 0..7_000 {
                tx.record(Event::named("read_me").detail(number));
            }
            Ok(())
        })
        .unwrap();
        assert_eq!(lines(), before + 7_000);
    }

    fn what_takes_long_waits_for_its_like_and_keeps_nobody_else_waiting(app: TestApp) {
        let at_once = available_parallelism().unwrap().get().div_ceil(2);
        let (begun, has_begun) = channel();
        let mut long = Vec::new();
        for _ in 0..=at_once {
            let (go, may_go) = channel::<()>();
            let (db, begun) = (app.app.db.clone(), begun.clone());
            let work = move |_: &mut Tx<'_>| -> Result<()> {
                begun.send(()).unwrap();
                may_go.recv().unwrap();
                Ok(())
            };
            let reading = move || until_done(db.read_aside("long", Caller::nobody(), work));
            long.push((go, std::thread::spawn(reading)));
        }
        for _ in 0..at_once {
            has_begun.recv().unwrap();
        }
        for _ in 0..20 {
            let short = |tx: &mut Tx<'_>| -> Result<i64> {
                Ok(sign_in_failure::table.count().get_result(tx.connection())?)
            };
            assert_eq!(until_done(app.app.db.read("short", Caller::nobody(), short)).unwrap(), 0);
        }
        assert!(has_begun.try_recv().is_err());
        for (go, _) in &long {
            go.send(()).unwrap();
        }
        for (_, reading) in long {
            reading.join().unwrap().unwrap();
        }
        has_begun.recv().unwrap();
    }

    fn a_panic_takes_nothing_with_it_and_the_next_write_is_kept(app: TestApp) {
        let db = app.app.db.clone();
        let ended = std::thread::spawn(move || {
            db.write_blocking(Caller::nobody(), |tx| -> Result<()> {
                keep(tx, 1)?;
                panic!("a defect in a handler")
            })
        })
        .join();
        assert!(matches!(ended, Err(_) | Ok(Err(Error::Away(_)))), "{ended:?}");
        assert_eq!(kept(&app), 0);
        app.app.db.write_blocking(Caller::nobody(), |tx| keep(tx, 2)).unwrap();
        assert_eq!(kept(&app), 1);
    }
}

#[test]
fn a_database_that_may_lose_what_it_commits_is_found_out() {
    let weaknesses = |engine, setting: &'static str| {
        let app = TestApp::start(engine);
        let look = move |tx: &mut Tx<'_>| {
            if engine == Engine::Postgres {
                diesel::sql_query(format!("set local synchronous_commit = {setting}"))
                    .execute(tx.connection())?;
            }
            store::weaknesses(tx)
        };
        app.app.db.write_blocking(Caller::nobody(), look).unwrap()
    };
    assert_eq!(weaknesses(Engine::Sqlite, "off"), [""; 0]);
    assert!(weaknesses(Engine::Postgres, "off").contains(&"synchronous_commit"));
    assert!(!weaknesses(Engine::Postgres, "on").contains(&"synchronous_commit"));
}

/// A restarted PostgreSQL leaves nothing in the pool but dead connections: nobody may be refused for that.
#[test]
fn connections_that_died_meanwhile_are_replaced_unseen() {
    let app = TestApp::start(Engine::Postgres);
    let owner = app.database().owner_url();
    let carys = app.browser_of("Carys");
    // Several are in the pool.
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| carys.get("/v1/me").expect(200));
        }
    });
    let mut administrator = diesel::PgConnection::establish(&owner).unwrap();
    diesel::sql_query(
        "select pg_terminate_backend(pid) from pg_stat_activity \
         where datname = current_database() and pid <> pg_backend_pid()",
    )
    .execute(&mut administrator)
    .unwrap();
    for _ in 0..8 {
        carys.get("/v1/me").expect(200);
    }
}
