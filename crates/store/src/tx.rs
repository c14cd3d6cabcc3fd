use std::sync::Arc;

use diesel::connection::SimpleConnection as _;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::QueryFragment;
use domain::sql::Json;
use domain::{Entropy, Id, Kind, SchoolId, Timestamp};
use policy::{Action, Caller, Decision, Facts};
use protocol::log::LogHead;

use crate::audit::{self, Event, NextLine};
use crate::connection::AnyConnection;
use crate::dialect::{Hold as _, Prepare as _};
use crate::outbox::{Job, NewJob};
use crate::schema::{outbox, school};
use crate::together::{Deferrable, Insert, Together};
use crate::{Error, Result};

type Later = Box<dyn FnOnce(&mut Tx<'_>) -> Result<()> + Send>;

/// What a handler has inside its transaction.
pub struct Tx<'c> {
    connection: &'c mut AnyConnection,
    entropy: Arc<dyn Entropy>,
    now: Timestamp,
    caller: Caller,
    roll_length: Option<(SchoolId, i64)>,
    settings_mark: Option<(SchoolId, i64)>,
    together: Together,
    pub(crate) notes: Notes,
}

/// What a transaction leaves behind besides its rows: it is written last, so that on PostgreSQL the
/// lock on the log's head is held for as short as can be, and on SQLite a read stays on a reader.
#[derive(Default)]
pub(crate) struct Notes {
    pub(crate) events: Vec<Event>,
    pub(crate) refusals: Vec<Event>,
    pub(crate) jobs: Vec<Job>,
    pub(crate) later: Vec<Later>,
}

impl Notes {
    pub(crate) fn is_empty(&self) -> bool {
        self.events.is_empty() && self.jobs.is_empty() && self.later.is_empty()
    }
}

impl<'c> Tx<'c> {
    pub(crate) fn new(
        connection: &'c mut AnyConnection,
        entropy: Arc<dyn Entropy>,
        now: Timestamp,
        caller: Caller,
    ) -> Self {
        Self {
            connection,
            entropy,
            now,
            caller,
            roll_length: None,
            settings_mark: None,
            together: Together::default(),
            notes: Notes::default(),
        }
    }

    /// The connection, for a query.
    pub fn connection(&mut self) -> &mut AnyConnection {
        self.connection
    }

    /// The instant at which the transaction began.
    pub const fn now(&self) -> Timestamp {
        self.now
    }

    /// Chance.
    pub fn entropy(&self) -> &dyn Entropy {
        &*self.entropy
    }

    /// A new id.
    pub fn new_id<K: Kind>(&self) -> Id<K> {
        Id::new(self.now, &*self.entropy)
    }

    /// Who asks.
    pub const fn caller(&self) -> &Caller {
        &self.caller
    }

    /// Says who asks, once the live session has been looked at in this very transaction.
    pub fn identify(&mut self, caller: Caller) {
        self.caller = caller;
    }

    /// Goes on in the rows of this school. Which schools an account has a place in is read before one
    /// is chosen, so a transaction may begin without a school, or look into several in turn.
    ///
    /// # Errors
    /// What the database says.
    pub fn enter(&mut self, school: SchoolId) -> Result<()> {
        self.write_together()?;
        crate::transaction::name_school(self.connection, school)?;
        self.caller.school = Some(school);
        Ok(())
    }

    /// The school whose rows these are.
    ///
    /// A transaction without a school gets one that no row has, so a forgotten check finds nothing.
    pub fn school(&self) -> SchoolId {
        self.caller
            .school
            .unwrap_or_else(|| SchoolId::from_bytes([0; 16]))
    }

    /// Keeps the school's own row until the transaction ends: of two people who change its people or its settings at the
    /// same moment, the second waits, and decides by what the first has left. Whoever records waits for neither.
    ///
    /// # Errors
    /// [`Error::Absent`] if there is no such school; what the database says.
    pub fn hold_school(&mut self) -> Result<()> {
        let id = self.school();
        school::table
            .find(id)
            .select(school::id)
            .held()
            .prepared()
            .get_result::<SchoolId>(self.connection())?;
        Ok(())
    }

    /// How long the signed roll of the school is for this transaction, if it was noted: nearly every act asks.
    pub fn roll_length(&self) -> Option<i64> {
        self.roll_length
            .filter(|(school, _)| *school == self.school())
            .map(|(_, length)| length)
    }

    /// Notes how long the roll is, once it was read with the session or has been lengthened.
    pub fn note_roll_length(&mut self, school: SchoolId, length: i64) {
        self.roll_length = Some((school, length));
    }

    /// The mark of the school's settings for this transaction, if it was noted.
    pub fn settings_mark(&self) -> Option<i64> {
        self.settings_mark
            .filter(|(school, _)| *school == self.school())
            .map(|(_, mark)| mark)
    }

    /// Notes the mark of the school's settings, once it was read with the session.
    pub fn note_settings_mark(&mut self, school: SchoolId, mark: i64) {
        self.settings_mark = Some((school, mark));
    }

    /// Goes on only if the rules allow it. A refusal is written to the audit log although the rest of
    /// the transaction is rolled back.
    ///
    /// # Errors
    /// [`Error::Refused`].
    pub fn require(&mut self, action: Action, facts: Facts<'_>) -> Result<()> {
        let decision = policy::decide(&self.caller, action, facts);
        let why = match decision {
            Decision::Allow => return Ok(()),
            Decision::Hide(why) | Decision::Deny(why) => why,
        };
        if self.caller.school.is_some() && self.caller.member().is_some() {
            let mut refusal = Event::of(action).refused().detail(why.as_str());
            if let Facts::Concern(concern) = facts {
                refusal = refusal.to(concern.id);
            }
            self.notes.refusals.push(refusal);
        }
        Err(Error::Refused { action, decision })
    }

    /// Writes a row that nobody reads before the commit: it goes out with the others, at the end. A row that exists
    /// already is another connection's, written at the same moment; it is answered as [`Error::Away`].
    pub fn put<Table, Row>(&mut self, table: Table, row: Row)
    where
        Table: diesel::Table,
        Row: Insertable<Table>,
        Insert<Table, Row>: Deferrable,
    {
        self.together.put(table, row);
    }

    /// Writes rows that nobody reads before the commit, as [`put`](Self::put) does one.
    pub fn put_all<Table, Row>(&mut self, table: Table, rows: Vec<Row>)
    where
        Table: diesel::Table + Copy,
        Row: Insertable<Table>,
        Vec<Row>: Insertable<Table>,
        Insert<Table, Row>: Deferrable,
        Insert<Table, Vec<Row>>: QueryFragment<Pg> + Send + 'static,
    {
        self.together.put_all(self.connection, table, rows);
    }

    fn write_together(&mut self) -> Result<()> {
        self.together.write(self.connection).map_err(meanwhile)
    }

    /// Writes a line in the audit log, in this transaction.
    pub fn record(&mut self, event: Event) {
        self.notes.events.push(event);
    }

    /// Writes a line in the log of the school entered now, for an act that concerns several schools.
    ///
    /// # Errors
    /// What the database says.
    pub fn record_now(&mut self, event: Event) -> Result<()> {
        match (self.append(vec![event])?, &mut *self.connection) {
            (Some(line), AnyConnection::Postgres(connection)) => {
                Ok(connection.batch_execute(&line.execute())?)
            }
            _ => Ok(()),
        }
    }

    /// Notes a refusal that outlives this transaction's rollback: a wrong PIN, a wrong number.
    pub fn record_refusal(&mut self, event: Event) {
        self.notes.refusals.push(event.refused());
    }

    /// Leaves work for after the commit, in this transaction.
    pub fn enqueue(&mut self, job: Job) {
        self.notes.jobs.push(job);
    }

    /// Does a small write at the end of the transaction, even of a reading one.
    pub fn finally(&mut self, later: impl FnOnce(&mut Tx<'_>) -> Result<()> + Send + 'static) {
        self.notes.later.push(Box::new(later));
    }

    /// The audit log's length and head.
    ///
    /// # Errors
    /// What the database says.
    pub fn log_head(&mut self) -> Result<LogHead> {
        let school = self.school();
        audit::position(self.connection, school)
    }

    /// Does what was left to the end, but for the rows that wait.
    pub(crate) fn finish(&mut self) -> Result<()> {
        // What runs here may leave more for the end: none of it may be dropped unsaid.
        while !self.notes.later.is_empty() {
            for later in std::mem::take(&mut self.notes.later) {
                later(self)?;
            }
        }
        Ok(())
    }

    /// Writes the rows that wait, and the log's lines: all that remains, and nothing in it depends on anybody's input
    /// any more. What is left of the log is for [`commit`](crate::transaction::commit); on SQLite nothing is.
    pub(crate) fn flush(&mut self) -> Result<Option<NextLine>> {
        let waiting: Vec<NewJob> = std::mem::take(&mut self.notes.jobs)
            .into_iter()
            .map(|job| NewJob {
                id: self.new_id(),
                school_id: self.caller.school,
                kind: job.kind,
                payload: Json(job.payload),
                created_at: self.now,
                due_at: job.due_at.unwrap_or(self.now),
                attempts: 0,
            })
            .collect();
        self.put_all(outbox::table, waiting);
        self.write_together()?;
        let events = std::mem::take(&mut self.notes.events);
        self.append(events)
    }

    /// Writes lines in the log, as [`flush`](Self::flush) does: the refusals, after a rollback.
    pub(crate) fn append(&mut self, events: Vec<Event>) -> Result<Option<NextLine>> {
        let Some(school) = self.caller.school else {
            return Ok(None);
        };
        audit::append(self.connection, school, self.caller.actor, self.now, events)
    }
}

/// A row of a new id, or under a key that was looked for in this transaction, exists: another connection is writing it.
fn meanwhile(error: impl Into<Error>) -> Error {
    match error.into() {
        Error::Exists(_) => Error::Away(None),
        error => error,
    }
}
