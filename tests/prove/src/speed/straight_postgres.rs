//! The rows that the server wrote, written again by pgbench: the same database, tables, indexes and policies,
//! the same bytes, one transaction a record, prepared statements.

use std::fmt::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;
use diesel::sql_types::Text;

use super::cpu;
use super::straight::WRITTEN;
use super::table::Side;
use crate::Cluster;
use crate::figures::percentile;

#[derive(QueryableByName)]
pub(super) struct Word {
    #[diesel(sql_type = Text)]
    pub(super) word: String,
}

/// The columns of a table, as a list.
pub(super) fn columns(connection: &mut PgConnection, table: &str) -> Vec<String> {
    diesel::sql_query(
        "select column_name::text as word from information_schema.columns \
         where table_schema = 'public' and table_name = $1 order by ordinal_position",
    )
    .bind::<Text, _>(table)
    .load::<Word>(connection)
    .unwrap()
    .into_iter()
    .map(|word| word.word)
    .collect()
}

/// A copy of the database from before anything was recorded, and what was recorded since.
pub(super) struct Straight<'a> {
    cluster: &'a Cluster,
    school: String,
    insertions: String,
    pub(super) records: i64,
    next: i64,
}

const NAME: &str = "straight";

impl<'a> Straight<'a> {
    /// Copies the database. Nobody may be connected to it.
    pub(super) fn copy(cluster: &Cluster) {
        let mut superuser = PgConnection::establish(&cluster.superuser_url("postgres")).unwrap();
        superuser
            .batch_execute(&format!(
                "create database {NAME} template safehold owner safehold_owner"
            ))
            .unwrap();
    }

    /// Brings what was recorded since into tables beside those of the copy, by number.
    pub(super) fn prepare(cluster: &'a Cluster) -> Self {
        let url = cluster.superuser_url(NAME);
        let mut copy = PgConnection::establish(&url).unwrap();
        copy.batch_execute("create schema staged").unwrap();
        let mut insertions = String::new();
        for (table, which) in WRITTEN {
            let order = which.rsplit_once("order by ").unwrap().1;
            let which = which.replace("FROM", "public");
            let which = which.split_once(" order by").unwrap().0;
            copy.batch_execute(&format!(
                "create table staged.{table} (turn bigint primary key, like public.{table})"
            ))
            .unwrap();
            pipe(
                cluster,
                &format!(
                    "copy (select row_number() over (order by {order}), {table}.* {which}) to stdout"
                ),
                &format!("copy staged.{table} from stdin"),
            );
            let columns = columns(&mut copy, table).join(", ");
            if table == "audit_entry" {
                // Whoever writes a line has to have the log's head to himself: as the server does, in one statement, last.
                writeln!(
                    insertions,
                    "with line as (select * from staged.audit_entry where turn = :turn), head as (\
                     update audit_head set seq = line.seq, hash = line.hash from line \
                     where audit_head.school_id = line.school_id returning 1) \
                     insert into audit_entry select {columns} from line, head;"
                )
                .unwrap();
                continue;
            }
            writeln!(
                insertions,
                "insert into {table} select {columns} from staged.{table} where turn = :turn;"
            )
            .unwrap();
        }
        for sql in [
            "grant usage on schema staged to safehold_app",
            "grant select on all tables in schema staged to safehold_app",
            "vacuum analyze",
            "checkpoint",
        ] {
            copy.batch_execute(sql).unwrap();
        }
        let one = |copy: &mut PgConnection, sql: &str| {
            let word: Word = diesel::sql_query(sql).get_result(copy).unwrap();
            word.word
        };
        let records = WRITTEN
            .map(|(table, _)| {
                let count = format!("select count(*)::text as word from staged.{table}");
                one(&mut copy, &count).parse::<i64>().unwrap()
            })
            .into_iter()
            .min()
            .unwrap_or_default();
        let school = one(&mut copy, "select id::text as word from school");
        Self {
            cluster,
            school,
            insertions,
            records,
            next: 0,
        }
    }

    /// Has pgbench write so many records, each in a transaction of its own, from so many connections.
    pub(super) fn write(&mut self, folder: &Path, records: i64, clients: i64) -> Side {
        let each = records.min(self.records - self.next) / clients;
        let script = format!(
            "\\set turn :first + :step * {clients} + :client_id + 1\n\\set step :step + 1\n\
             begin;\n{}commit;\n",
            self.insertions
        );
        let side = bench(
            self.cluster,
            folder,
            NAME,
            &self.school,
            &script,
            clients,
            &["-D", "step=0", "-D", &format!("first={}", self.next)],
            &["-t", &each.to_string()],
        );
        self.next += each * clients;
        side
    }
}

/// Runs pgbench as the application's role, in the rows of one school: what a transaction took.
#[expect(clippy::too_many_arguments, reason = "what pgbench is told")]
pub(super) fn bench(
    cluster: &Cluster,
    folder: &Path,
    database: &str,
    school: &str,
    script: &str,
    clients: i64,
    variables: &[&str],
    length: &[&str],
) -> Side {
    let (file, log) = (folder.join("pgbench.sql"), folder.join("pgbench-log"));
    std::fs::write(&file, script).unwrap();
    let before = cpu::of_family(cluster.pid());
    let own = cpu::of(std::process::id());
    let printed = Command::new(Cluster::program("pgbench"))
        .args(["-n", "-M", "prepared", "-j", "1", "-l"])
        .args(["-c", &clients.to_string()])
        .args(variables)
        .args(length)
        .arg("--log-prefix")
        .arg(&log)
        .arg("-f")
        .arg(&file)
        .arg(cluster.app_url_of(database))
        .env("PGOPTIONS", format!("-c safehold.school_id={school}"))
        .output()
        .expect("pgbench: run scripts/setup");
    let said = String::from_utf8_lossy(&printed.stdout).into_owned();
    let complaint = String::from_utf8_lossy(&printed.stderr);
    assert!(printed.status.success(), "{said}{complaint}");
    let rate: f64 = said
        .lines()
        .find_map(|line| line.strip_prefix("tps = "))
        .and_then(|rest| rest.split(' ').next()?.parse().ok())
        .unwrap_or_else(|| panic!("{said}"));
    let mut took = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if name.starts_with("pgbench-log") {
            let text = std::fs::read_to_string(&path).unwrap();
            let third = |line: &str| line.split(' ').nth(2)?.parse::<f64>().ok();
            took.extend(text.lines().filter_map(third).map(|time| time / 1e3));
            std::fs::remove_file(path).unwrap();
        }
    }
    let count = took.len() as f64;
    Side {
        count,
        rate,
        p50: percentile(&mut took, 0.5),
        p95: percentile(&mut took, 0.95),
        p99: percentile(&mut took, 0.99),
        server: (cpu::of(std::process::id()) - own) * 1_000.0 / count,
        database: (cpu::of_family(cluster.pid()) - before) * 1_000.0 / count,
        ..Side::default()
    }
}

/// Carries rows from the server's database into the copy.
fn pipe(cluster: &Cluster, from: &str, into: &str) {
    let psql = |database: &str, sql: &str| {
        let mut command = Command::new(Cluster::program("psql"));
        command
            .args(["-X", "-q", "-v", "ON_ERROR_STOP=1", "-c", sql])
            .arg(cluster.superuser_url(database));
        command
    };
    let mut source = psql("safehold", from)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let taken = psql(NAME, into)
        .stdin(source.stdout.take().unwrap())
        .status()
        .unwrap();
    assert!(
        taken.success() && source.wait().unwrap().success(),
        "{from}"
    );
}
