//! Where a page of a list begins and ends.
//!
//! `(at, id) < (…, …)` and not `at < … or (at = … and id < …)`, which says the same: with the former both databases
//! begin in the index where the page does; with the latter SQLite walks there from the list's head, page after page.

use std::marker::PhantomData;

use diesel::QueryResult;
use diesel::backend::Backend;
use diesel::expression::{
    AppearsOnTable, AsExpression, Expression, SelectableExpression, ValidGrouping, is_aggregate,
};
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::sql_types::{Bool, SqlType};

/// How a row has to stand to a place in a list of times and, within one time, ids.
pub trait Side: 'static {
    /// As SQL writes it.
    const SIGN: &'static str;
}

/// Before it in time.
#[derive(Clone, Copy, Debug)]
pub enum Older {}
/// After it in time.
#[derive(Clone, Copy, Debug)]
pub enum Newer {}
/// At it, or after it in time.
#[derive(Clone, Copy, Debug)]
pub enum NotOlder {}

impl Side for Older {
    const SIGN: &'static str = ") < (";
}
impl Side for Newer {
    const SIGN: &'static str = ") > (";
}
impl Side for NotOlder {
    const SIGN: &'static str = ") >= (";
}

/// That the two columns of a row stand on a side of a place.
#[derive(Clone, Copy, Debug)]
pub struct Stands<S, A, B, X, Y> {
    at: A,
    id: B,
    instant: X,
    last: Y,
    side: PhantomData<S>,
}

/// The columns by which a list is ordered, which can be compared with a place in it.
pub trait InOrder: Sized {
    /// The first column.
    type At: Expression;
    /// The second.
    type Id: Expression;

    /// Rows on a side of a place.
    fn stands<S: Side, X, Y>(
        self,
        place: (X, Y),
    ) -> Stands<S, Self::At, Self::Id, X::Expression, Y::Expression>
    where
        <Self::At as Expression>::SqlType: SqlType,
        <Self::Id as Expression>::SqlType: SqlType,
        X: AsExpression<<Self::At as Expression>::SqlType>,
        Y: AsExpression<<Self::Id as Expression>::SqlType>;
}

impl<A: Expression, B: Expression> InOrder for (A, B) {
    type At = A;
    type Id = B;

    fn stands<S: Side, X, Y>(
        self,
        (instant, last): (X, Y),
    ) -> Stands<S, A, B, X::Expression, Y::Expression>
    where
        A::SqlType: SqlType,
        B::SqlType: SqlType,
        X: AsExpression<A::SqlType>,
        Y: AsExpression<B::SqlType>,
    {
        Stands {
            at: self.0,
            id: self.1,
            instant: instant.as_expression(),
            last: last.as_expression(),
            side: PhantomData,
        }
    }
}

impl<S, A, B, X, Y> Expression for Stands<S, A, B, X, Y>
where
    A: Expression,
    B: Expression,
    X: Expression,
    Y: Expression,
{
    type SqlType = Bool;
}

impl<S, A, B, X, Y, Clause> ValidGrouping<Clause> for Stands<S, A, B, X, Y> {
    type IsAggregate = is_aggregate::No;
}

impl<S, A, B, X, Y, Source> AppearsOnTable<Source> for Stands<S, A, B, X, Y>
where
    Self: Expression,
    A: AppearsOnTable<Source>,
    B: AppearsOnTable<Source>,
    X: AppearsOnTable<Source>,
    Y: AppearsOnTable<Source>,
{
}

impl<S, A, B, X, Y, Source> SelectableExpression<Source> for Stands<S, A, B, X, Y>
where
    Self: AppearsOnTable<Source>,
    A: SelectableExpression<Source>,
    B: SelectableExpression<Source>,
    X: SelectableExpression<Source>,
    Y: SelectableExpression<Source>,
{
}

impl<S: Side, A, B, X, Y> QueryId for Stands<S, A, B, X, Y>
where
    A: QueryId,
    B: QueryId,
    X: QueryId,
    Y: QueryId,
{
    type QueryId = Stands<S, A::QueryId, B::QueryId, X::QueryId, Y::QueryId>;
    const HAS_STATIC_QUERY_ID: bool = A::HAS_STATIC_QUERY_ID
        && B::HAS_STATIC_QUERY_ID
        && X::HAS_STATIC_QUERY_ID
        && Y::HAS_STATIC_QUERY_ID;
}

impl<S, A, B, X, Y, DB> QueryFragment<DB> for Stands<S, A, B, X, Y>
where
    S: Side,
    DB: Backend,
    A: QueryFragment<DB>,
    B: QueryFragment<DB>,
    X: QueryFragment<DB>,
    Y: QueryFragment<DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        out.push_sql("(");
        self.at.walk_ast(out.reborrow())?;
        out.push_sql(", ");
        self.id.walk_ast(out.reborrow())?;
        out.push_sql(S::SIGN);
        self.instant.walk_ast(out.reborrow())?;
        out.push_sql(", ");
        self.last.walk_ast(out.reborrow())?;
        out.push_sql(")");
        Ok(())
    }
}
