use std::sync::Arc;

use domain::sql::Json;
use domain::{Entropy, Id, Kind, SchoolId, Timestamp};
use policy::{Action, Caller, Decision, Facts};
use protocol::log::LogHead;

use crate::audit::{self, Event};
use crate::connection::AnyConnection;
use crate::dialect::insert_all;
use crate::outbox::{Job, NewJob};
use crate::schema::outbox;
use crate::{Error, Result};

type Later = Box<dyn FnOnce(&mut Tx<'_>) -> Result<()> + Send>;

/// What a handler has inside its transaction.
pub struct Tx<'c> {
    connection: &'c mut AnyConnection,
    entropy: Arc<dyn Entropy>,
    now: Timestamp,
    caller: Caller,
    roll_length: Option<(SchoolId, i64)>,
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
        crate::db::name_school(self.connection, school)?;
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

    /// Writes a line in the audit log, in this transaction.
    pub fn record(&mut self, event: Event) {
        self.notes.events.push(event);
    }

    /// Writes a line in the log of the school entered now, for an act that concerns several schools.
    ///
    /// # Errors
    /// What the database says.
    pub fn record_now(&mut self, event: Event) -> Result<()> {
        self.append(vec![event])
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

    /// Writes what the transaction left to its end.
    pub(crate) fn flush(&mut self) -> Result<()> {
        // What runs here may leave more for the end: none of it may be dropped unsaid.
        while !self.notes.later.is_empty() {
            for later in std::mem::take(&mut self.notes.later) {
                later(self)?;
            }
        }
        // One statement, however many people are told of a concern.
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
        insert_all::<outbox::table, NewJob>(self.connection, outbox::table, &waiting)?;
        let events = std::mem::take(&mut self.notes.events);
        self.append(events)
    }

    /// Writes the refusals after a rollback.
    pub(crate) fn append(&mut self, events: Vec<Event>) -> Result<()> {
        match self.caller.school {
            Some(school) => {
                audit::append(self.connection, school, self.caller.actor, self.now, events)
            }
            None => Ok(()),
        }
    }
}
