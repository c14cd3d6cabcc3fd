//! Rows that nobody reads before the commit wait for the end of their transaction.
//!
//! On PostgreSQL a statement is a round trip, some 100 microseconds of both sides whatever it does, and a concern is six
//! rows in six tables: there they go out as one statement, each insert but the last in a `WITH`. On SQLite they
//! are written one by one, outside the savepoint that each write of a batch has, which copies every page before it is changed
//! (`docs/adr/0078-rows-that-wait.md`).

use std::cell::OnceCell;

use diesel::internal::derives::multiconnection::AstPassHelper as _;
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, InsertStatement, QueryBuilder as _, QueryFragment, QueryId};
use diesel::{Insertable, PgConnection, QueryResult, RunQueryDsl};

use crate::Result;
use crate::connection::{AnyConnection, MultiBackend};
use crate::dialect::Prepare as _;

/// More rows than these in one table, and PostgreSQL's statement is not kept: each number of them has a text of its own.
const KEPT: usize = 4;

/// Statements that wait, in the order in which they came.
#[derive(Default)]
pub(crate) struct Together {
    parts: Vec<Box<dyn Part>>,
    /// Whether one of them has a text that will hardly come again.
    rare: bool,
}

/// What an insert of these values into this table is.
pub(crate) type Insert<Table, Values> =
    InsertStatement<Table, <Values as Insertable<Table>>::Values>;

/// A statement that either database can be left to run later.
pub trait Deferrable:
    QueryFragment<MultiBackend> + QueryFragment<Pg> + QueryId + Send + 'static
{
}

impl<S> Deferrable for S where
    S: QueryFragment<MultiBackend> + QueryFragment<Pg> + QueryId + Send + 'static
{
}

/// One statement that waits.
trait Part: Send {
    /// As a part of a statement of PostgreSQL.
    fn walk<'b>(&'b self, pass: AstPass<'_, 'b, Pg>) -> QueryResult<()>;
    /// By itself.
    fn run(self: Box<Self>, connection: &mut AnyConnection) -> QueryResult<()>;
}

/// A statement that both databases understand.
struct Either<S>(S);

impl<S: Deferrable> Part for Either<S> {
    fn walk<'b>(&'b self, pass: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        self.0.walk_ast(pass)
    }

    fn run(self: Box<Self>, connection: &mut AnyConnection) -> QueryResult<()> {
        self.0.prepared().execute(connection).map(drop)
    }
}

/// Several rows at once, as PostgreSQL takes them.
struct Many<S>(S);

impl<S> Part for Many<S>
where
    S: QueryFragment<Pg> + Send,
{
    fn walk<'b>(&'b self, pass: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        self.0.walk_ast(pass)
    }

    fn run(self: Box<Self>, _: &mut AnyConnection) -> QueryResult<()> {
        Err(diesel::result::Error::QueryBuilderError(
            "several rows at once are for PostgreSQL".into(),
        ))
    }
}

impl Together {
    /// Writes one row, with the others.
    pub(crate) fn put<Table, Row>(&mut self, table: Table, row: Row)
    where
        Table: diesel::Table,
        Row: Insertable<Table>,
        Insert<Table, Row>: Deferrable,
    {
        self.add(diesel::insert_into(table).values(row));
    }

    /// Writes several rows of a table, with the others; nothing for none.
    pub(crate) fn put_all<Table, Row>(
        &mut self,
        connection: &AnyConnection,
        table: Table,
        rows: Vec<Row>,
    ) where
        Table: diesel::Table + Copy,
        Row: Insertable<Table>,
        Vec<Row>: Insertable<Table>,
        Insert<Table, Row>: Deferrable,
        Insert<Table, Vec<Row>>: QueryFragment<Pg> + Send + 'static,
    {
        if let (AnyConnection::Postgres(_), 2..) = (connection, rows.len()) {
            self.rare |= rows.len() > KEPT;
            let insert = diesel::insert_into(table).values(rows);
            self.parts.push(Box::new(Many(insert)));
            return;
        }
        for row in rows {
            self.put(table, row);
        }
    }

    /// Runs any statement, with the others.
    pub(crate) fn add(&mut self, statement: impl Deferrable) {
        self.parts.push(Box::new(Either(statement)));
    }

    /// Writes what waits.
    pub(crate) fn write(&mut self, connection: &mut AnyConnection) -> Result<()> {
        let waiting = std::mem::take(self);
        if waiting.parts.is_empty() {
            return Ok(());
        }
        match connection {
            AnyConnection::Postgres(connection) => {
                let statement = Statement {
                    waiting,
                    text: OnceCell::new(),
                };
                statement.execute(connection)?;
            }
            AnyConnection::Sqlite(_) => {
                for part in waiting.parts {
                    part.run(connection)?;
                }
            }
        }
        Ok(())
    }
}

/// All that waits, as one statement.
struct Statement {
    waiting: Together,
    text: OnceCell<String>,
}

impl Statement {
    fn text(&self) -> QueryResult<&str> {
        if let Some(text) = self.text.get() {
            return Ok(text);
        }
        let mut builder = diesel::pg::PgQueryBuilder::default();
        self.waiting.to_sql(&mut builder, &Pg)?;
        Ok(self.text.get_or_init(|| builder.finish()))
    }
}

impl QueryFragment<Pg> for Together {
    fn walk_ast<'b>(&'b self, mut pass: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        let Some((last, others)) = self.parts.split_last() else {
            return Ok(());
        };
        for (number, part) in others.iter().enumerate() {
            pass.push_sql(if number == 0 { "WITH part" } else { ", part" });
            pass.push_sql(&number.to_string());
            pass.push_sql(" AS (");
            part.walk(pass.reborrow())?;
            pass.push_sql(") ");
        }
        last.walk(pass)
    }
}

/// As [`Prepared`](crate::dialect::Prepared) does it: an insert of several rows and an update would say that their text
/// may not be kept.
impl QueryFragment<Pg> for Statement {
    fn walk_ast<'b>(&'b self, mut pass: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        if pass.bind_collector().is_some() || pass.debug_binds().is_some() {
            return self.waiting.walk_ast(pass);
        }
        if self.waiting.rare {
            pass.unsafe_to_cache_prepared();
        }
        pass.push_sql(self.text()?);
        Ok(())
    }
}

/// By its text.
impl QueryId for Statement {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl RunQueryDsl<PgConnection> for Statement {}
