use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use crate::connection::{AnyConnection, Target};
use crate::{Error, Result};

const SQLITE: EmbeddedMigrations = embed_migrations!("../../migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("../../migrations/postgres");

/// Brings the database at `url` up to date; on PostgreSQL as the owner of the tables.
///
/// # Errors
/// [`Error::Migration`] if a step fails: that step is rolled back, those before it stay.
pub fn migrate(url: &str) -> Result<usize> {
    let run = match connect(url)? {
        AnyConnection::Sqlite(mut connection) => connection
            .run_pending_migrations(SQLITE)
            .map(|done| done.len()),
        AnyConnection::Postgres(mut connection) => connection
            .run_pending_migrations(POSTGRES)
            .map(|done| done.len()),
    };
    run.map_err(Error::Migration)
}

/// How many migrations the database at `url` still lacks.
///
/// # Errors
/// [`Error::Away`] if it cannot be reached.
pub fn pending(url: &str) -> Result<usize> {
    let waiting = match connect(url)? {
        AnyConnection::Sqlite(mut connection) => {
            connection.pending_migrations(SQLITE).map(|list| list.len())
        }
        AnyConnection::Postgres(mut connection) => connection
            .pending_migrations(POSTGRES)
            .map(|list| list.len()),
    };
    waiting.map_err(Error::Migration)
}

/// Takes every migration back and runs it again, to show that `down.sql` works.
///
/// # Errors
/// [`Error::Migration`] if a step fails.
pub fn redo(url: &str) -> Result<()> {
    match connect(url)? {
        AnyConnection::Sqlite(mut connection) => {
            connection
                .revert_all_migrations(SQLITE)
                .map_err(Error::Migration)?;
            connection
                .run_pending_migrations(SQLITE)
                .map_err(Error::Migration)?;
        }
        AnyConnection::Postgres(mut connection) => {
            connection
                .revert_all_migrations(POSTGRES)
                .map_err(Error::Migration)?;
            connection
                .run_pending_migrations(POSTGRES)
                .map_err(Error::Migration)?;
        }
    }
    Ok(())
}

fn connect(url: &str) -> Result<AnyConnection> {
    Target::parse(url)
        .connect()
        .map_err(|error| Error::Away(Some(Box::new(error))))
}
