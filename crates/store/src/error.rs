use policy::{Action, Decision};

/// The result of anything that touches the database.
pub type Result<T> = std::result::Result<T, Error>;

/// Why a transaction did not happen.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no such row in this school.
    #[error("there is no such row")]
    Absent,
    /// The rules refuse it; the refusal stands in the audit log.
    #[error("{} was refused", action.name())]
    Refused {
        /// What was asked.
        action: Action,
        /// How it is to be answered.
        decision: Decision,
    },
    /// The database cannot be reached, or is too busy; the request may be tried again.
    #[error("the database is away")]
    Away(#[source] Option<Box<dyn std::error::Error + Send + Sync>>),
    /// The database's disk is full; the request may be tried again when somebody has made room.
    #[error("the database's disk is full")]
    Full(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// A row with the same key exists.
    #[error("such a row exists already")]
    Exists(#[source] diesel::result::Error),
    /// The database refused a statement.
    #[error("the database refused a statement")]
    Query(#[source] diesel::result::Error),
    /// A row holds what the program cannot read.
    #[error("a row cannot be read: {0}")]
    Unreadable(&'static str),
    /// The migrations did not run.
    #[error("the migrations did not run")]
    Migration(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl From<diesel::result::Error> for Error {
    fn from(error: diesel::result::Error) -> Self {
        use diesel::result::DatabaseErrorKind as Kind;
        use diesel::result::Error as Diesel;
        match error {
            Diesel::NotFound => Self::Absent,
            Diesel::DatabaseError(Kind::UniqueViolation, _) => Self::Exists(error),
            Diesel::DatabaseError(Kind::ClosedConnection, _) | Diesel::BrokenTransactionManager => {
                Self::Away(Some(Box::new(error)))
            }
            Diesel::DatabaseError(_, ref information) => match trouble(information.message()) {
                Trouble::Full => Self::Full(Box::new(error)),
                Trouble::Away => Self::Away(Some(Box::new(error))),
                Trouble::Statement => Self::Query(error),
            },
            other => Self::Query(other),
        }
    }
}

impl From<diesel::r2d2::PoolError> for Error {
    fn from(error: diesel::r2d2::PoolError) -> Self {
        Self::Away(Some(Box::new(error)))
    }
}

enum Trouble {
    Full,
    Away,
    Statement,
}

/// What a database's words mean: the driver tells neither's own codes.
fn trouble(message: &str) -> Trouble {
    /// SQLite's.
    const AWAY: [&str; 4] = [
        "disk I/O error",
        "database is locked",
        "unable to open database file",
        "attempt to write a readonly database",
    ];
    /// PostgreSQL's, which go on with names and numbers.
    const BEGINS: [&str; 3] = [
        "terminating connection",
        "canceling statement due to",
        "deadlock detected",
    ];
    match message {
        "database or disk is full" => Trouble::Full,
        _ if message.contains("No space left on device") => Trouble::Full,
        _ if AWAY.contains(&message) => Trouble::Away,
        _ if BEGINS.iter().any(|words| message.starts_with(words)) => Trouble::Away,
        _ => Trouble::Statement,
    }
}
