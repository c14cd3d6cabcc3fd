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
    /// The database cannot be reached or has no room; the request may be tried again.
    #[error("the database is away")]
    Away(#[source] Option<Box<dyn std::error::Error + Send + Sync>>),
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
            Diesel::DatabaseError(_, ref information)
                if matches!(
                    information.message(),
                    "database or disk is full" | "disk I/O error" | "database is locked"
                ) =>
            {
                Self::Away(Some(Box::new(error)))
            }
            other => Self::Query(other),
        }
    }
}

impl From<diesel::r2d2::PoolError> for Error {
    fn from(error: diesel::r2d2::PoolError) -> Self {
        Self::Away(Some(Box::new(error)))
    }
}
