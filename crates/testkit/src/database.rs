//! A database of the test's own, on either engine: a copy of one that was migrated before.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use diesel::connection::SimpleConnection as _;
use diesel::{Connection as _, PgConnection, SqliteConnection};
use tempfile::TempDir;

/// Which database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// The embedded one.
    Sqlite,
    /// The hosted one; needs `scripts/with-postgres`.
    Postgres,
}

/// One test's database, and the folder for its other files; both go when it is dropped.
#[derive(Debug)]
pub struct Database {
    engine: Engine,
    folder: TempDir,
    name: String,
}

/// A database as it once was.
#[derive(Debug)]
pub enum Template {
    /// The embedded database's file.
    Sqlite(Vec<u8>),
    /// The name of a database on the test's PostgreSQL.
    Postgres(String),
}

impl Template {
    /// A copy that lives.
    ///
    /// # Panics
    /// If it cannot be made.
    pub fn thaw(&self) -> Database {
        match self {
            Self::Sqlite(bytes) => {
                let database = Database::unmade(Engine::Sqlite);
                fs::write(database.sqlite_path(), bytes).expect("a copy of the file");
                database
            }
            Self::Postgres(name) => {
                let database = Database::unmade(Engine::Postgres);
                administer(&format!(
                    "create database {} template {name}",
                    database.name
                ));
                database
            }
        }
    }
}

impl Engine {
    /// Both, for a loop.
    pub const BOTH: [Self; 2] = [Self::Sqlite, Self::Postgres];
}

impl Database {
    /// A database that has every migration and no rows.
    ///
    /// # Panics
    /// If it cannot be made: for PostgreSQL, if this is not run by `scripts/with-postgres`.
    pub fn migrated(engine: Engine) -> Self {
        static SQLITE: OnceLock<Template> = OnceLock::new();
        static POSTGRES: OnceLock<Template> = OnceLock::new();
        let template = match engine {
            Engine::Sqlite => &SQLITE,
            Engine::Postgres => &POSTGRES,
        };
        let template = template.get_or_init(|| {
            let database = Self::empty(engine);
            store::migrate(&database.owner_url()).expect("migrations run");
            database.freeze()
        });
        template.thaw()
    }

    /// A database with nothing in it.
    ///
    /// # Panics
    /// As [`migrated`](Self::migrated).
    pub fn empty(engine: Engine) -> Self {
        let database = Self::unmade(engine);
        if engine == Engine::Postgres {
            administer(&format!("create database {}", database.name));
        }
        database
    }

    /// Keeps the database as it is now, to be copied any number of times. Nothing may be using it.
    ///
    /// # Panics
    /// If it cannot be read.
    pub fn freeze(self) -> Template {
        match self.engine {
            Engine::Sqlite => {
                // What is still in the write-ahead log belongs to the file; the app's writer may need a
                // moment to let go of it.
                SqliteConnection::establish(&self.url())
                    .expect("the file opens")
                    .batch_execute("pragma busy_timeout = 10000; pragma wal_checkpoint(truncate)")
                    .expect("the log is written back");
                Template::Sqlite(fs::read(self.sqlite_path()).expect("the file"))
            }
            Engine::Postgres => {
                let name = self.name.clone();
                // Its folder goes, the database stays: the template is needed until the process ends,
                // and the test's PostgreSQL goes with all its databases.
                let mut kept = self;
                kept.name.clear();
                administer(&format!(
                    "select pg_terminate_backend(pid) from pg_stat_activity where datname = '{name}'"
                ));
                Template::Postgres(name)
            }
        }
    }

    fn unmade(engine: Engine) -> Self {
        static MADE: AtomicU32 = AtomicU32::new(0);
        let number = MADE.fetch_add(1, Ordering::Relaxed);
        Self {
            engine,
            folder: tempfile::tempdir().expect("a temporary folder"),
            name: format!("safehold_{}_{number}", std::process::id()),
        }
    }

    /// Which engine it is on.
    pub const fn engine(&self) -> Engine {
        self.engine
    }

    /// Where the app finds it: on PostgreSQL as the role that owns nothing.
    pub fn url(&self) -> String {
        match self.engine {
            Engine::Sqlite => self.sqlite_path().display().to_string(),
            Engine::Postgres => format!("{}/{}", role("APP"), self.name),
        }
    }

    /// Where migrations find it: on PostgreSQL as the role that owns the tables.
    pub fn owner_url(&self) -> String {
        match self.engine {
            Engine::Sqlite => self.url(),
            Engine::Postgres => format!("{}/{}", role("OWNER"), self.name),
        }
    }

    /// A folder of the test's own; on SQLite the database lies in it too.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The embedded database's file.
    pub fn sqlite_path(&self) -> PathBuf {
        self.folder.path().join("safehold.sqlite")
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        // A test that panics must not hide why behind a second panic.
        if self.engine == Engine::Postgres && !self.name.is_empty() && !std::thread::panicking() {
            administer(&format!(
                "drop database if exists {} with (force)",
                self.name
            ));
        }
    }
}

fn role(name: &str) -> String {
    let variable = format!("SAFEHOLD_TEST_POSTGRES_{name}");
    std::env::var(&variable)
        .unwrap_or_else(|_| panic!("{variable} is not set: run scripts/with-postgres cargo test"))
}

fn administer(sql: &str) {
    let url = format!("{}/postgres", role("OWNER"));
    PgConnection::establish(&url)
        .expect("the test's PostgreSQL answers")
        .batch_execute(sql)
        .unwrap_or_else(|error| panic!("{sql}: {error}"));
}
