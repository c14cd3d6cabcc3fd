//! The rows that the server wrote, written again straight into SQLite: the same file, tables, indexes and
//! settings, the same bytes, and as many records in a commit as there were people who waited.

use std::path::Path;
use std::time::Instant;

use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::BigInt;
use diesel::sqlite::Sqlite;

use super::cpu;
use super::table::Side;
use crate::figures::percentile;

/// Each table that recording writes to, and its rows in the order in which they were written: one of each a record.
pub(super) const WRITTEN: [(&str, &str); 7] = [
    ("concern", "from FROM.concern order by id"),
    (
        "concern_pupil",
        "from FROM.concern_pupil order by concern_id",
    ),
    (
        "concern_category",
        "from FROM.concern_category order by concern_id",
    ),
    ("alert", "from FROM.alert order by concern_id"),
    (
        "outbox",
        "from FROM.outbox where created_at >= (select min(received_at) from FROM.concern) order by id",
    ),
    (
        "idempotency",
        "from FROM.idempotency where operation = 'record_concern' order by created_at",
    ),
    (
        "audit_entry",
        "from FROM.audit_entry where action = 'record_concern' order by seq",
    ),
];

/// One statement of the record with this number, prepared once.
struct Statement<const N: usize>(String, i64);

impl<const N: usize> QueryId for Statement<N> {
    type QueryId = Statement<N>;
    const HAS_STATIC_QUERY_ID: bool = true;
}

impl<const N: usize> QueryFragment<Sqlite> for Statement<N> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        out.push_sql(&self.0);
        out.push_bind_param::<BigInt, _>(&self.1)
    }
}

impl<const N: usize> Query for Statement<N> {
    type SqlType = ();
}

impl<const N: usize> RunQueryDsl<SqliteConnection> for Statement<N> {}

/// A copy of the database from before anything was recorded, and what was recorded since.
pub(super) struct Straight {
    connection: SqliteConnection,
    /// How many records there are to write.
    pub(super) records: i64,
    next: i64,
}

impl Straight {
    /// `base` is written to; `recorded` is what the server made of the same file.
    pub(super) fn prepare(base: &Path, recorded: &Path) -> Self {
        let mut connection = SqliteConnection::establish(&base.to_string_lossy()).unwrap();
        connection.batch_execute(store::SQLITE_SETTINGS).unwrap();
        let mut run = |sql: String| connection.batch_execute(&sql).unwrap();
        run(format!(
            "attach '{}' as recorded; attach '{}' as staged; pragma staged.synchronous = off; \
             pragma staged.mmap_size = 2147483648",
            recorded.display(),
            base.with_extension("staged").display()
        ));
        for (table, which) in WRITTEN {
            let which = which.replace("FROM", "recorded");
            run(format!("create table staged.{table} as select * {which}"));
        }
        run("detach recorded".to_owned());
        let counts = WRITTEN.map(|(table, _)| {
            diesel::select(diesel::dsl::sql::<BigInt>(&format!(
                "(select count(*) from staged.{table})"
            )))
            .get_result::<i64>(&mut connection)
            .unwrap()
        });
        Self {
            records: counts.into_iter().min().unwrap_or_default(),
            connection,
            next: 0,
        }
    }

    /// Writes so many records, in commits of `batch`. The times are of commits: whoever waits, waits for one.
    pub(super) fn write(&mut self, records: i64, batch: i64) -> Side {
        let until = (self.next + records).min(self.records);
        let mut took = Vec::new();
        let (begun, cpu) = (Instant::now(), cpu::of(std::process::id()));
        let first = self.next;
        while self.next < until {
            let commit = Instant::now();
            self.connection.batch_execute("begin immediate").unwrap();
            for _ in 0..batch.min(until - self.next) {
                self.next += 1;
                self.record(self.next).unwrap();
            }
            self.connection.batch_execute("commit").unwrap();
            took.push(commit.elapsed().as_secs_f64() * 1_000.0);
        }
        let count = (self.next - first) as f64;
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

    fn record(&mut self, number: i64) -> QueryResult<()> {
        let insert = |table: usize| {
            let (table, _) = WRITTEN[table];
            format!("insert into main.{table} select * from staged.{table} where rowid = ")
        };
        let connection = &mut self.connection;
        Statement::<0>(insert(0), number).execute(connection)?;
        Statement::<1>(insert(1), number).execute(connection)?;
        Statement::<2>(insert(2), number).execute(connection)?;
        Statement::<3>(insert(3), number).execute(connection)?;
        Statement::<4>(insert(4), number).execute(connection)?;
        Statement::<5>(insert(5), number).execute(connection)?;
        Statement::<6>(insert(6), number).execute(connection)?;
        let head = "update main.audit_head set seq = line.seq, hash = line.hash from staged.audit_entry line \
                    where audit_head.school_id = line.school_id and line.rowid = ";
        Statement::<7>(head.to_owned(), number).execute(connection)?;
        Ok(())
    }
}
