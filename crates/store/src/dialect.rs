//! What SQLite and PostgreSQL say differently.

use diesel::QueryResult;
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, InsertStatement, Query, QueryFragment, QueryId};
use diesel::query_dsl::methods::ExecuteDsl;
use diesel::sqlite::Sqlite;
use diesel::{Insertable, PgConnection, RunQueryDsl};

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

/// A statement that is prepared once and kept by its text, although it is put together as the program runs.
///
/// diesel has the database parse every `UPDATE`, every `IN` and every insert of several rows anew, because
/// the text of two of them may differ; where they are the same, that is half of what a short statement costs.
/// A list whose length varies goes through [`steps`] first, so that few texts are kept.
#[derive(Clone, Copy, Debug)]
pub struct Prepared<T>(pub T);

impl<T> QueryFragment<MultiBackend> for Prepared<T>
where
    T: QueryFragment<MultiBackend>,
{
    fn walk_ast<'b>(&'b self, pass: AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        self.0.walk_ast(pass)
    }

    fn is_safe_to_cache_prepared(&self, _: &MultiBackend) -> QueryResult<bool> {
        Ok(true)
    }
}

/// By its text: the type says too little.
impl<T> QueryId for Prepared<T> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<T: Query> Query for Prepared<T> {
    type SqlType = T::SqlType;
}

impl<T> RunQueryDsl<AnyConnection> for Prepared<T> {}

/// The same values, the last of them again and again until there are 1, 2, 4, 8, … of them: an `IN` finds the
/// same rows, and there are few lengths of it to prepare.
pub fn steps<T: Clone>(values: impl IntoIterator<Item = T>) -> Vec<T> {
    let mut values: Vec<T> = values.into_iter().collect();
    if let Some(last) = values.last().cloned() {
        values.resize(values.len().next_power_of_two(), last);
    }
    values
}

/// Inserts many rows; nothing for none. On PostgreSQL in one statement, for a round trip costs more than
/// parsing does; on SQLite with one that is prepared once.
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
    &'a [Row]: Insertable<Table>,
    &'a Row: Insertable<Table>,
    InsertStatement<Table, <&'a [Row] as Insertable<Table>>::Values>: ExecuteDsl<PgConnection>,
    InsertStatement<Table, <&'a Row as Insertable<Table>>::Values>: QueryFragment<MultiBackend>,
{
    match connection {
        _ if rows.is_empty() => Ok(0),
        AnyConnection::Postgres(connection) => {
            ExecuteDsl::execute(diesel::insert_into(table).values(rows), connection)
        }
        AnyConnection::Sqlite(_) => {
            for row in rows {
                Prepared(diesel::insert_into(table).values(row)).execute(connection)?;
            }
            Ok(rows.len())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::steps;

    #[test]
    fn a_list_is_lengthened_with_what_it_holds_already() {
        assert_eq!(steps([1, 2, 3, 4, 5]), [1, 2, 3, 4, 5, 5, 5, 5]);
        assert_eq!(steps([1, 2]), [1, 2]);
        assert_eq!(steps([0; 0]), [0; 0]);
    }
}
