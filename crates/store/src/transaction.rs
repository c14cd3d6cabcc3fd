//! Where a transaction begins and ends, on either database.

use diesel::connection::{AnsiTransactionManager, SimpleConnection as _, TransactionManager as _};
use diesel::r2d2::R2D2Connection as _;
use domain::SchoolId;

use crate::audit::NextLine;
use crate::connection::AnyConnection;
use crate::{Error, Result};

pub(crate) fn begin(
    connection: &mut AnyConnection,
    sqlite: &str,
    school: Option<SchoolId>,
) -> Result<()> {
    match connection {
        AnyConnection::Sqlite(connection) => {
            AnsiTransactionManager::begin_transaction_sql(connection, sqlite)
        }
        // One message: the school is set for as long as the transaction lasts and no longer. A literal,
        // because Citus hands only a literal SET LOCAL on to its workers.
        AnyConnection::Postgres(connection) => {
            let sql = match school {
                Some(school) => format!(
                    "BEGIN; SET LOCAL safehold.school_id = '{}'",
                    school.as_uuid()
                ),
                None => "BEGIN".to_owned(),
            };
            AnsiTransactionManager::begin_transaction_sql(connection, &sql)
        }
    }
    .map_err(away)
}

/// Names the school to row-level security, for the rest of the transaction.
pub(crate) fn name_school(connection: &mut AnyConnection, school: SchoolId) -> Result<()> {
    match connection {
        AnyConnection::Sqlite(_) => Ok(()),
        AnyConnection::Postgres(connection) => Ok(connection.batch_execute(&format!(
            "SET LOCAL safehold.school_id = '{}'",
            school.as_uuid()
        ))?),
    }
}

/// `line` is what was left of the log to write, on PostgreSQL.
pub(crate) fn commit(connection: &mut AnyConnection, line: Option<NextLine>) -> Result<()> {
    match connection {
        AnyConnection::Sqlite(connection) => AnsiTransactionManager::commit_transaction(connection),
        // PostgreSQL answers COMMIT with success although it rolls back, if a statement failed before and its
        // error was swallowed. A statement before it in the same message fails then, and says so. The driver
        // learns from the connection itself that the transaction is over.
        AnyConnection::Postgres(connection) => {
            let before = line.map_or_else(|| "SELECT 1".to_owned(), |line| line.execute());
            connection.batch_execute(&format!("{before}; COMMIT"))
        }
    }
    .map_err(Error::from)
}

pub(crate) fn is_broken(connection: &mut AnyConnection) -> bool {
    match connection {
        AnyConnection::Sqlite(connection) => connection.is_broken(),
        AnyConnection::Postgres(connection) => connection.is_broken(),
    }
}

pub(crate) fn rollback(connection: &mut AnyConnection) {
    let undone = match connection {
        AnyConnection::Sqlite(connection) => {
            AnsiTransactionManager::rollback_transaction(connection)
        }
        AnyConnection::Postgres(connection) => {
            AnsiTransactionManager::rollback_transaction(connection)
        }
    };
    if let Err(error) = undone {
        tracing::warn!(%error, "a transaction could not be rolled back; its connection is dropped");
    }
}

/// A connection that cannot even begin is a database that is away, or has no room to.
fn away(error: diesel::result::Error) -> Error {
    match Error::from(error) {
        full @ Error::Full(_) => full,
        error => Error::Away(Some(Box::new(error))),
    }
}
