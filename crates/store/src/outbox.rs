//! Work for after the commit: written in the act's own transaction, done by the worker, at least once.

use diesel::prelude::*;
use domain::sql::Json;
use domain::{OutboxId, SchoolId, Timestamp};

use crate::connection::AnyConnection;
use crate::dialect::{Prepare as _, steps};
use crate::schema::outbox;
use crate::{Result, Tx};

/// One piece of work. Its payload holds ids and codes, never a narrative or a name of a pupil.
#[derive(Clone, Debug)]
pub struct Job {
    /// What is to be done, such as `mail`.
    pub kind: &'static str,
    /// What the worker needs to do it.
    pub payload: serde_json::Value,
    /// Not before this instant; now, if `None`.
    pub due_at: Option<Timestamp>,
}

/// A piece of work as it is left.
#[derive(Insertable)]
#[diesel(table_name = outbox)]
pub(crate) struct NewJob {
    pub(crate) id: OutboxId,
    pub(crate) school_id: Option<SchoolId>,
    pub(crate) kind: &'static str,
    pub(crate) payload: Json,
    pub(crate) created_at: Timestamp,
    pub(crate) due_at: Timestamp,
    pub(crate) attempts: i32,
}

/// A piece of work that is due.
#[derive(Clone, Debug, Queryable)]
pub struct Waiting {
    /// Which.
    pub id: OutboxId,
    /// Of which school, if of one.
    pub school_id: Option<SchoolId>,
    /// What is to be done.
    pub kind: String,
    /// What the worker needs.
    pub payload: Json,
    /// How often it was tried.
    pub attempts: i32,
}

impl Waiting {
    /// Whether work of this kind is due.
    ///
    /// # Errors
    /// What the database says.
    pub fn any_due(tx: &mut Tx<'_>, kind: &str) -> Result<bool> {
        let now = tx.now();
        let first: Option<OutboxId> = outbox::table
            .filter(outbox::done_at.is_null())
            .filter(outbox::due_at.le(now))
            .filter(outbox::kind.eq(kind))
            .select(outbox::id)
            .first(tx.connection())
            .optional()?;
        Ok(first.is_some())
    }

    /// Takes work that is due, oldest first, and keeps it from other workers for five minutes: if this
    /// one dies meanwhile, it is due again.
    ///
    /// # Errors
    /// What the database says.
    pub fn claim(tx: &mut Tx<'_>, kind: &str, limit: i64) -> Result<Vec<Self>> {
        const LEASE_MINUTES: i64 = 5;
        let now = tx.now();
        let due = outbox::table
            .filter(outbox::done_at.is_null())
            .filter(outbox::due_at.le(now))
            .filter(outbox::kind.eq(kind))
            .order_by(outbox::due_at)
            .limit(limit)
            .select((
                outbox::id,
                outbox::school_id,
                outbox::kind,
                outbox::payload,
                outbox::attempts,
            ));
        let claimed: Vec<Self> = match tx.connection() {
            AnyConnection::Postgres(connection) => {
                due.for_update().skip_locked().load(connection)?
            }
            AnyConnection::Sqlite(connection) => due.load(connection)?,
        };
        let ids: Vec<OutboxId> = claimed.iter().map(|waiting| waiting.id).collect();
        let leased = diesel::update(outbox::table.filter(outbox::id.eq_any(steps(ids))))
            .set(outbox::due_at.eq(now.plus_minutes(LEASE_MINUTES)));
        leased.prepared().execute(tx.connection())?;
        Ok(claimed)
    }

    /// When the oldest work that is not done was left here; what is meant for later does not count.
    ///
    /// # Errors
    /// What the database says.
    pub fn oldest(tx: &mut Tx<'_>) -> Result<Option<Timestamp>> {
        let now = tx.now();
        Ok(outbox::table
            .filter(outbox::done_at.is_null())
            .filter(outbox::due_at.le(now).or(outbox::attempts.gt(0)))
            .order_by(outbox::created_at)
            .select(outbox::created_at)
            .first(tx.connection())
            .optional()?)
    }

    /// Removes the rows of work that was done before this instant.
    ///
    /// # Errors
    /// What the database says.
    pub fn forget_done(tx: &mut Tx<'_>, before: Timestamp) -> Result<usize> {
        Ok(
            diesel::delete(outbox::table.filter(outbox::done_at.lt(before)))
                .execute(tx.connection())?,
        )
    }

    /// Marks it done and forgets what it was about.
    ///
    /// # Errors
    /// What the database says.
    pub fn done(&self, tx: &mut Tx<'_>) -> Result<()> {
        let now = tx.now();
        let done = diesel::update(outbox::table.find(self.id)).set((
            outbox::done_at.eq(now),
            outbox::payload.eq(Json(serde_json::Value::Null)),
            outbox::attempts.eq(self.attempts + 1),
        ));
        done.prepared().execute(tx.connection())?;
        Ok(())
    }

    /// Puts it off: twice as long after each failure, an hour at most, never given up.
    ///
    /// # Errors
    /// What the database says.
    pub fn put_off(&self, tx: &mut Tx<'_>, failure: &str) -> Result<()> {
        let wait = (15_i64 << self.attempts.clamp(0, 8)).min(3600);
        let due = tx.now().plus_seconds(wait);
        diesel::update(outbox::table.find(self.id))
            .set((
                outbox::due_at.eq(due),
                outbox::attempts.eq(self.attempts + 1),
                outbox::failure.eq(failure),
            ))
            .execute(tx.connection())?;
        Ok(())
    }
}
