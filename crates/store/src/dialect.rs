//! What SQLite and PostgreSQL say differently.

use diesel::QueryResult;
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::query_dsl::methods::ExecuteDsl;
use diesel::sqlite::Sqlite;
use diesel::{PgConnection, RunQueryDsl, SqliteConnection};

use crate::connection::{AnyConnection, MultiBackend};

/// Any statement that both databases understand but the joint backend does not declare:
/// `ON CONFLICT`, first of all.
#[derive(Debug)]
pub struct Both<T>(pub T);

impl<T> QueryFragment<MultiBackend> for Both<T>
where
    T: QueryFragment<Pg> + QueryFragment<Sqlite>,
{
    fn walk_ast<'b>(&'b self, pass: AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        MultiBackend::walk_variant_ast(&self.0, pass)
    }
}

impl<T: QueryId> QueryId for Both<T> {
    type QueryId = Both<T::QueryId>;
    const HAS_STATIC_QUERY_ID: bool = T::HAS_STATIC_QUERY_ID;
}

impl<T: Query> Query for Both<T> {
    type SqlType = T::SqlType;
}

impl<T> RunQueryDsl<AnyConnection> for Both<T> {}

/// Inserts many rows in one statement; nothing for none.
///
/// # Errors
/// What the database says.
pub fn insert_all<'a, Table, Row>(
    connection: &mut AnyConnection,
    table: Table,
    rows: &'a [Row],
) -> QueryResult<usize>
where
    Table: diesel::Table + Copy,
    &'a [Row]: diesel::Insertable<Table>,
    diesel::query_builder::InsertStatement<Table, <&'a [Row] as diesel::Insertable<Table>>::Values>:
        ExecuteDsl<PgConnection> + ExecuteDsl<SqliteConnection>,
{
    if rows.is_empty() {
        return Ok(0);
    }
    let statement = diesel::insert_into(table).values(rows);
    match connection {
        AnyConnection::Postgres(connection) => ExecuteDsl::execute(statement, connection),
        AnyConnection::Sqlite(connection) => ExecuteDsl::execute(statement, connection),
    }
}
