//! What SQLite and PostgreSQL say differently.

use std::any::TypeId;
use std::cell::{OnceCell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

use diesel::QueryResult;
use diesel::backend::Backend;
use diesel::internal::derives::multiconnection::AstPassHelper as _;
use diesel::pg::Pg;
use diesel::query_builder::{
    AstPass, InsertStatement, Query, QueryBuilder as _, QueryFragment, QueryId,
};
use diesel::query_dsl::methods::ExecuteDsl;
use diesel::sqlite::Sqlite;
use diesel::{Insertable, PgConnection, RunQueryDsl};

use crate::connection::{AnyConnection, MultiBackend};

type MultiQueryBuilder = <MultiBackend as Backend>::QueryBuilder;

thread_local! {
    /// The texts of statements that their type says all of, by that and by whether it is SQLite's.
    static TEXTS: RefCell<HashMap<(TypeId, bool), Rc<str>>> = RefCell::default();
}

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
///
/// Of a statement that its type says all of, the text is kept too. It has to be the outermost: within another one
/// its parameters would be numbered wrongly.
#[derive(Clone, Debug)]
pub struct Prepared<T> {
    statement: T,
    text: OnceCell<Rc<str>>,
}

/// Puts [`Prepared`] at the end of a statement.
pub trait Prepare: Sized {
    /// The statement, prepared once.
    fn prepared(self) -> Prepared<Self> {
        Prepared {
            statement: self,
            text: OnceCell::new(),
        }
    }
}

impl<T> Prepare for T {}

impl<T> Prepared<T>
where
    T: QueryFragment<MultiBackend> + QueryId,
{
    // The joint connection writes the text out three times for each run of a statement, name by name.
    fn text(&self, backend: &MultiBackend) -> QueryResult<&str> {
        if let Some(text) = self.text.get() {
            return Ok(text);
        }
        let text = match T::query_id() {
            None => text_of(&self.statement, backend)?,
            Some(of_type) => {
                let key = (of_type, matches!(backend, MultiBackend::Sqlite(_)));
                let kept = TEXTS.with_borrow(|texts| texts.get(&key).cloned());
                let text = match kept {
                    Some(text) => text,
                    None => {
                        let text = text_of(&self.statement, backend)?;
                        TEXTS.with_borrow_mut(|texts| texts.insert(key, Rc::clone(&text)));
                        text
                    }
                };
                debug_assert_eq!(
                    Ok(&text),
                    text_of(&self.statement, backend).as_ref(),
                    "its type does not say all of it"
                );
                text
            }
        };
        Ok(self.text.get_or_init(|| text))
    }
}

/// All is in `walk_ast`, and nothing in the methods that call it: `execute` hands a statement on by reference, and
/// for a reference diesel calls no other.
impl<T> QueryFragment<MultiBackend> for Prepared<T>
where
    T: QueryFragment<MultiBackend> + QueryId,
{
    fn walk_ast<'b>(&'b self, mut pass: AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        if pass.bind_collector().is_some() || pass.debug_binds().is_some() {
            return self.statement.walk_ast(pass);
        }
        // Its text, or whether it may be kept: the statement itself would say that it may not.
        let text = self.text(pass.backend())?;
        pass.push_sql(text);
        Ok(())
    }
}

fn text_of(
    statement: &impl QueryFragment<MultiBackend>,
    backend: &MultiBackend,
) -> QueryResult<Rc<str>> {
    let mut builder = match backend {
        MultiBackend::Sqlite(_) => MultiQueryBuilder::Sqlite(Default::default()),
        MultiBackend::Postgres(_) => MultiQueryBuilder::Postgres(Default::default()),
    };
    statement.to_sql(&mut builder, backend)?;
    Ok(builder.finish().into())
}

/// By its type if that says all, otherwise by its text.
impl<T: QueryId> QueryId for Prepared<T> {
    type QueryId = T::QueryId;
    const HAS_STATIC_QUERY_ID: bool = T::HAS_STATIC_QUERY_ID;
}

impl<T: Query> Query for Prepared<T> {
    type SqlType = T::SqlType;
}

impl<T> RunQueryDsl<AnyConnection> for Prepared<T> {}

/// Rows that stay as they are until the transaction ends: of two people who decide by the same row at the same moment, the
/// second waits, and reads what the first has left.
///
/// On SQLite whatever is read in a transaction that writes stays so. Rows that refer to these may come meanwhile, and who
/// only reads waits for nobody. For a query of one table, with no condition that the first may have changed: the
/// second would find nothing, or what does not fit it any more.
#[derive(Clone, Debug)]
pub struct Held<T>(T);

/// Makes a query one of [`Held`] rows.
pub trait Hold: Sized {
    /// Its rows stay as they are until the transaction ends.
    fn held(self) -> Held<Self> {
        Held(self)
    }
}

impl<T> Hold for T {}

impl<T: QueryFragment<MultiBackend>> QueryFragment<MultiBackend> for Held<T> {
    fn walk_ast<'b>(&'b self, mut pass: AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        self.0.walk_ast(pass.reborrow())?;
        if matches!(pass.backend(), MultiBackend::Postgres(_)) {
            pass.push_sql(" FOR NO KEY UPDATE");
        }
        Ok(())
    }
}

impl<T: QueryId> QueryId for Held<T> {
    type QueryId = Held<T::QueryId>;
    const HAS_STATIC_QUERY_ID: bool = T::HAS_STATIC_QUERY_ID;
}

impl<T: Query> Query for Held<T> {
    type SqlType = T::SqlType;
}

impl<T> RunQueryDsl<AnyConnection> for Held<T> {}

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
/// parsing does; on SQLite, and where there is one row, with a statement that is prepared once.
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
    InsertStatement<Table, <&'a Row as Insertable<Table>>::Values>:
        QueryFragment<MultiBackend> + QueryId,
{
    match connection {
        _ if rows.is_empty() => Ok(0),
        AnyConnection::Postgres(connection) if rows.len() > 1 => {
            ExecuteDsl::execute(diesel::insert_into(table).values(rows), connection)
        }
        _ => {
            for row in rows {
                diesel::insert_into(table)
                    .values(row)
                    .prepared()
                    .execute(connection)?;
            }
            Ok(rows.len())
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use diesel::connection::{Connection as _, InstrumentationEvent};
    use diesel::prelude::*;

    use super::{Hold as _, Prepare as _, steps, text_of};
    use crate::connection::{AnyConnection, MultiBackend};

    diesel::table! {
        jar (id) {
            id -> Integer,
            plums -> Integer,
        }
    }

    #[test]
    fn a_statement_is_read_once_however_it_is_run() {
        let mut connection =
            AnyConnection::Sqlite(SqliteConnection::establish(":memory:").unwrap());
        diesel::sql_query("create table jar (id integer primary key, plums integer not null)")
            .execute(&mut connection)
            .unwrap();
        let kept = Arc::new(Mutex::new(Vec::new()));
        let noting = Arc::clone(&kept);
        connection.set_instrumentation(move |event: InstrumentationEvent<'_>| {
            if let InstrumentationEvent::CacheQuery { sql, .. } = event {
                noting.lock().unwrap().push(sql.to_owned());
            }
        });
        for round in 1..=3 {
            let row = (jar::id.eq(round), jar::plums.eq(round));
            diesel::insert_into(jar::table)
                .values(&row)
                .prepared()
                .execute(&mut connection)
                .unwrap();
            let eaten = diesel::update(jar::table.find(round))
                .set(jar::plums.eq(jar::plums - 1))
                .prepared()
                .execute(&mut connection);
            assert_eq!(eaten, Ok(1));
            let found: Vec<i32> = jar::table
                .filter(jar::id.eq_any(steps([round, 9])))
                .select(jar::plums)
                .prepared()
                .load(&mut connection)
                .unwrap();
            assert_eq!(found, [round - 1]);
            let thrown = diesel::delete(jar::table.filter(jar::id.eq_any(steps([round, 9]))))
                .prepared()
                .execute(&mut connection);
            assert_eq!(thrown, Ok(1));
        }
        let kept = kept.lock().unwrap();
        assert_eq!(kept.len(), 4, "{kept:#?}");
    }

    #[test]
    fn rows_are_held_where_there_is_more_than_one_writer() {
        let query = || jar::table.find(1).select(jar::plums).held();
        let postgres = text_of(&query(), &MultiBackend::Postgres(diesel::pg::Pg)).unwrap();
        assert!(postgres.ends_with(" FOR NO KEY UPDATE"), "{postgres}");
        let sqlite = text_of(&query(), &MultiBackend::Sqlite(diesel::sqlite::Sqlite)).unwrap();
        assert!(!sqlite.contains("UPDATE"), "{sqlite}");
    }

    #[test]
    fn a_list_is_lengthened_with_what_it_holds_already() {
        assert_eq!(steps([1, 2, 3, 4, 5]), [1, 2, 3, 4, 5, 5, 5, 5]);
        assert_eq!(steps([1, 2]), [1, 2]);
        assert_eq!(steps([0; 0]), [0; 0]);
    }
}
