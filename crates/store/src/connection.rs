use std::path::PathBuf;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use diesel::connection::SimpleConnection;
use diesel::r2d2::{ManageConnection, R2D2Connection};
use diesel::{Connection, ConnectionError, ConnectionResult, PgConnection, SqliteConnection};

use crate::audit::NextLine;
use crate::keep_map::keep_maps;

/// A connection to either database; nearly every query is written once against it.
#[derive(diesel::MultiConnection)]
pub enum AnyConnection {
    /// The embedded database: one file.
    Sqlite(SqliteConnection),
    /// The hosted database.
    Postgres(PgConnection),
}

/// Which database, and where.
#[derive(Clone, Debug)]
pub(crate) enum Target {
    Sqlite(PathBuf),
    Postgres(String),
}

impl Target {
    pub(crate) fn parse(url: &str) -> Self {
        match url.strip_prefix("sqlite:") {
            _ if url.starts_with("postgres://") || url.starts_with("postgresql://") => {
                Self::Postgres(url.to_owned())
            }
            Some(path) => Self::Sqlite(path.into()),
            None => Self::Sqlite(url.into()),
        }
    }

    pub(crate) fn connect(&self) -> ConnectionResult<AnyConnection> {
        match self {
            Self::Sqlite(path) => {
                make_private(path)?;
                keep_maps();
                let mut connection = SqliteConnection::establish(&path.to_string_lossy())?;
                connection
                    .batch_execute(SQLITE_SETTINGS)
                    .map_err(ConnectionError::CouldntSetupConfiguration)?;
                Ok(AnyConnection::Sqlite(connection))
            }
            Self::Postgres(url) => PgConnection::establish(url).map(AnyConnection::Postgres),
        }
    }

    /// One of many, for the pool: SQLite's only read, PostgreSQL's write too.
    fn connect_for_pool(&self) -> ConnectionResult<AnyConnection> {
        let mut connection = self.connect()?;
        match &mut connection {
            AnyConnection::Sqlite(reader) => reader.batch_execute(READER_SETTINGS),
            AnyConnection::Postgres(one) => one.batch_execute(&NextLine::prepare()),
        }
        .map_err(ConnectionError::CouldntSetupConfiguration)?;
        Ok(connection)
    }
}

/// What each connection to the embedded database is given: `secure_delete` so that freed pages hold nothing; `FULL`
/// so that an answer means durable; `trusted_schema=OFF` so that a doctored file cannot run functions. Not
/// `cell_size_check`: a page of a memory map is looked over each time that it is come by, which was a third of a
/// search; what was changed in the file shows when it is opened, or to `server doctor`. A cache of 4 MiB: what is read
/// comes from the map, and a cache holds what stands in the log still, which is written back at that size.
pub const SQLITE_SETTINGS: &str = "
    PRAGMA busy_timeout = 10000;
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    PRAGMA foreign_keys = ON;
    PRAGMA trusted_schema = OFF;
    PRAGMA secure_delete = ON;
    PRAGMA temp_store = MEMORY;
    PRAGMA cache_size = -4096;
    PRAGMA mmap_size = 268435456;
";

/// What a connection that only reads is given beside it. Its pages come from the map, but for those that stand in the
/// log still, and these it forgets whenever somebody has committed: a larger cache would be filled anew by every search
/// in the log's last megabytes and be given back at the next commit, by another thread, until the memory is full of holes.
const READER_SETTINGS: &str = "PRAGMA cache_size = -256;";

/// Makes the file before SQLite does, readable by its owner alone; the WAL takes its mode from it.
fn make_private(path: &std::path::Path) -> ConnectionResult<()> {
    let mut options = std::fs::OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
        .open(path)
        .map(drop)
        .map_err(|error| ConnectionError::BadConnection(error.to_string()))
}

/// Makes connections for the pool, until its gate is shut.
#[derive(Debug)]
pub(crate) struct Manager {
    pub(crate) target: Target,
    pub(crate) gate: Arc<Gate>,
}

/// Whether connections are still made, and how many are being made. The pool makes them on threads that nobody waits
/// for: one that is being made while the process ends finds the libraries beneath it put away, and ends the process by a fault.
#[derive(Debug, Default)]
pub(crate) struct Gate {
    passing: Mutex<Passing>,
    passed: Condvar,
}

#[derive(Debug, Default)]
struct Passing {
    shut: bool,
    making: usize,
}

impl Gate {
    /// Lets no more be made, and waits for those that are being made; not for ever, for a database that is out of
    /// reach may let them hang.
    pub(crate) fn shut(&self, patience: Duration) {
        let mut passing = self.passing();
        passing.shut = true;
        let waited = self
            .passed
            .wait_timeout_while(passing, patience, |passing| passing.making > 0);
        drop(waited);
    }

    /// Makes a connection, unless it is shut.
    fn make<T>(&self, make: impl FnOnce() -> ConnectionResult<T>) -> ConnectionResult<T> {
        {
            let mut passing = self.passing();
            if passing.shut {
                return Err(ConnectionError::BadConnection("it was closed".to_owned()));
            }
            passing.making += 1;
        }
        let made = make();
        self.passing().making -= 1;
        self.passed.notify_all();
        made
    }

    fn passing(&self) -> MutexGuard<'_, Passing> {
        self.passing.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ManageConnection for Manager {
    type Connection = AnyConnection;
    type Error = diesel::r2d2::Error;

    fn connect(&self) -> Result<AnyConnection, Self::Error> {
        self.gate
            .make(|| self.target.connect_for_pool())
            .map_err(diesel::r2d2::Error::ConnectionError)
    }

    // A ping before each use would cost a round trip; a dead connection shows at BEGIN.
    fn is_valid(&self, _: &mut AnyConnection) -> Result<(), Self::Error> {
        Ok(())
    }

    fn has_broken(&self, connection: &mut AnyConnection) -> bool {
        match connection {
            AnyConnection::Sqlite(connection) => connection.is_broken(),
            AnyConnection::Postgres(connection) => connection.is_broken(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;
    use std::time::{Duration, Instant};

    use super::Gate;

    const LONG: Duration = Duration::from_secs(60);

    #[test]
    fn whoever_shuts_the_gate_waits_for_what_is_being_made_and_no_more_is() {
        let gate = &Gate::default();
        let (begun, has_begun) = channel();
        let (go, may_go) = channel();
        std::thread::scope(|scope| {
            let making = scope.spawn(move || {
                gate.make(|| {
                    begun.send(()).unwrap();
                    may_go.recv().unwrap();
                    Ok(7)
                })
            });
            has_begun.recv().unwrap();
            let shutting = scope.spawn(|| gate.shut(LONG));
            while !gate.passing().shut {
                std::thread::yield_now();
            }
            assert!(!shutting.is_finished());
            go.send(()).unwrap();
            shutting.join().unwrap();
            assert_eq!(gate.passing().making, 0);
            assert_eq!(making.join().unwrap().unwrap(), 7);
        });
        assert!(gate.make(|| Ok(8)).is_err());
    }

    #[test]
    fn a_connection_that_hangs_holds_nobody_up_for_ever() {
        let gate = Gate::default();
        let begun = Instant::now();
        let shut = gate.make(|| {
            gate.shut(Duration::from_millis(1));
            Ok(())
        });
        assert!(shut.is_ok() && begun.elapsed() < LONG);
    }
}
