//! The audit log: one hash chain a school, appended to in the transaction of the act.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use diesel::prelude::*;
use domain::{SchoolId, Timestamp};
use policy::{Action, Actor};
use protocol::log::{LogEntry, LogHead};

use crate::connection::AnyConnection;
use crate::dialect::Prepare as _;
use crate::schema::{audit_entry, audit_head};
use crate::together::Together;
use crate::{Result, Tx};

/// Lines in one statement: PostgreSQL takes 65,535 values in one, and a line has ten.
const AT_ONCE: usize = 1_000;

/// Something that was done or refused.
#[derive(Clone, Debug)]
pub struct Event {
    /// What was done: an operation's id, or a word of the server's own.
    pub action: &'static str,
    /// The id of what it was done to.
    pub object: Option<String>,
    /// Whether it was allowed.
    pub outcome: Outcome,
    /// SHA-256 of the sealed bytes that the act wrote, so that they cannot be changed unseen.
    pub content_hash: Option<[u8; 32]>,
    /// Codes and numbers, never a person's words or name.
    pub detail: Option<String>,
}

/// Whether an act was allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It was done.
    Done,
    /// It was refused.
    Refused,
}

impl Outcome {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Refused => "refused",
        }
    }
}

impl Event {
    /// An operation that was done.
    pub const fn of(action: Action) -> Self {
        Self::named(action.name())
    }

    /// Something done that is not an operation of the access table.
    pub const fn named(action: &'static str) -> Self {
        Self {
            action,
            object: None,
            outcome: Outcome::Done,
            content_hash: None,
            detail: None,
        }
    }

    /// What it was done to.
    #[must_use]
    pub fn to(mut self, object: impl ToString) -> Self {
        self.object = Some(object.to_string());
        self
    }

    /// A code or a number that says more.
    #[must_use]
    pub fn detail(mut self, detail: impl ToString) -> Self {
        self.detail = Some(detail.to_string());
        self
    }

    /// The hash of the sealed bytes that were written.
    #[must_use]
    pub const fn content(mut self, hash: [u8; 32]) -> Self {
        self.content_hash = Some(hash);
        self
    }

    /// The same, refused.
    #[must_use]
    pub const fn refused(mut self) -> Self {
        self.outcome = Outcome::Refused;
        self
    }
}

/// One line of the log.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
// What is missing is written as such: one text for every line, prepared once.
#[diesel(table_name = audit_entry, treat_none_as_default_value = false)]
pub struct AuditEntry {
    /// Of which school.
    pub school_id: SchoolId,
    /// Its place, from 1, without gaps.
    pub seq: i64,
    /// When.
    pub at: Timestamp,
    /// Who, as an id.
    pub actor: String,
    /// What was done.
    pub action: String,
    /// To what, as an id.
    pub object: Option<String>,
    /// `done` or `refused`.
    pub outcome: String,
    /// SHA-256 of the sealed bytes written.
    pub content_hash: Option<Vec<u8>>,
    /// Codes and numbers.
    pub detail: Option<String>,
    /// The chain's head after this line.
    pub hash: Vec<u8>,
}

impl AuditEntry {
    /// Without its place and hash.
    fn of(school: SchoolId, actor: Actor, at: Timestamp, event: Event) -> Self {
        Self {
            school_id: school,
            seq: 1,
            at,
            actor: name(actor),
            action: event.action.to_owned(),
            object: event.object,
            outcome: event.outcome.as_str().to_owned(),
            content_hash: event.content_hash.map(|hash| hash.to_vec()),
            detail: event.detail,
            hash: Vec::new(),
        }
    }

    fn chained(&self, previous: &LogHead) -> LogHead {
        previous.extend(self.school_id, &self.entry())
    }

    /// The hash of this line alone: with it, and the head before it, anybody finds the head after it.
    pub fn entry_hash(&self) -> [u8; 32] {
        let index = u64::try_from(self.seq).unwrap_or_default();
        self.entry().hash(self.school_id, index)
    }

    fn entry(&self) -> LogEntry<'_> {
        LogEntry {
            at: u64::try_from(self.at.seconds()).unwrap_or_default(),
            actor: &self.actor,
            action: &self.action,
            object: self.object.as_deref().unwrap_or_default(),
            outcome: &self.outcome,
            ciphertext: self
                .content_hash
                .as_deref()
                .and_then(|hash| hash.try_into().ok()),
            detail: self
                .detail
                .as_deref()
                .map(|detail| protocol::encoding::sha256(detail.as_bytes())),
        }
    }
}

/// How an actor is written.
pub(crate) fn name(actor: Actor) -> String {
    match actor {
        Actor::Nobody => "nobody".to_owned(),
        Actor::System => "system".to_owned(),
        Actor::Member(member) => member.to_string(),
        Actor::Device(device, member) => format!("{member} {device}"),
    }
}

/// The log's length and head.
pub(crate) fn position(connection: &mut AnyConnection, school: SchoolId) -> Result<LogHead> {
    let row = head(connection, school, false)?;
    read_head(school, row)
}

/// Where it is to be held until the transaction ends, the row's lock makes a school's commits queue here, so that
/// comes last in a transaction. SQLite has one writer.
fn head(
    connection: &mut AnyConnection,
    school: SchoolId,
    hold: bool,
) -> QueryResult<Option<(i64, Vec<u8>)>> {
    let row = audit_head::table
        .find(school)
        .select((audit_head::seq, audit_head::hash));
    match connection {
        AnyConnection::Postgres(connection) if hold => row.for_update().get_result(connection),
        connection => row.prepared().get_result(connection),
    }
    .optional()
}

fn read_head(school: SchoolId, row: Option<(i64, Vec<u8>)>) -> Result<LogHead> {
    let Some((seq, hash)) = row else {
        return Ok(LogHead::genesis(school));
    };
    Ok(LogHead {
        length: u64::try_from(seq).unwrap_or_default(),
        head: hash
            .try_into()
            .map_err(|_| crate::Error::Unreadable("audit_head.hash"))?,
    })
}

/// A line whose place PostgreSQL finds, as it writes it: it goes out in one message with the commit, so that the head's
/// lock is held for no round trip at all.
#[must_use]
pub(crate) struct NextLine {
    /// Without its place and hash.
    line: AuditEntry,
    /// What is hashed of it, before its place and after it.
    around: (Vec<u8>, Vec<u8>),
    /// The log's head, if this is its first line.
    first: Vec<u8>,
}

impl NextLine {
    fn of(school: SchoolId, actor: Actor, at: Timestamp, event: Event) -> Self {
        let line = AuditEntry::of(school, actor, at, event);
        let first = line.chained(&LogHead::genesis(school)).head.to_vec();
        let around = line.entry().around_its_place(school);
        Self {
            line,
            around,
            first,
        }
    }

    /// What each connection is told once. A message of several statements takes no parameters, and PostgreSQL would
    /// plan its statements anew each time.
    pub(crate) fn prepare() -> String {
        let [before_head, before_place, before_entry] =
            LogHead::before_its_parts().map(|bytes| bytes_as_sql(&bytes));
        format!(
            "PREPARE next_line (uuid, bytea, bytea, bytea, timestamptz, text, text, text, text, bytea, text) AS \
             WITH head AS (\
                 INSERT INTO audit_head AS last (school_id, seq, hash) VALUES ($1, 1, $2) \
                 ON CONFLICT (school_id) DO UPDATE SET seq = last.seq + 1, hash = sha256(\
                     {before_head} || last.hash || {before_place} || int8send(last.seq + 1) || {before_entry} || \
                     sha256($3 || int8send(last.seq + 1) || $4)) \
                 RETURNING seq, hash) \
             INSERT INTO audit_entry \
                 (school_id, seq, at, actor, action, object, outcome, content_hash, detail, hash) \
             SELECT $1, seq, $5, $6, $7, $8, $9, $10, $11, hash FROM head"
        )
    }

    /// Writes it, by what [`prepare`](Self::prepare) told the connection.
    pub(crate) fn execute(&self) -> String {
        let line = &self.line;
        let or_null = |value: Option<String>| value.unwrap_or_else(|| "NULL".to_owned());
        let values = [
            format!("'{}'", line.school_id.as_uuid()),
            bytes_as_sql(&self.first),
            bytes_as_sql(&self.around.0),
            bytes_as_sql(&self.around.1),
            format!("'{}'", line.at),
            text_as_sql(&line.actor),
            text_as_sql(&line.action),
            or_null(line.object.as_deref().map(text_as_sql)),
            text_as_sql(&line.outcome),
            or_null(line.content_hash.as_deref().map(bytes_as_sql)),
            or_null(line.detail.as_deref().map(text_as_sql)),
        ];
        format!("EXECUTE next_line ({})", values.join(", "))
    }
}

/// In letters of which none ends a literal.
fn bytes_as_sql(bytes: &[u8]) -> String {
    format!("decode('{}', 'base64')", BASE64_STANDARD.encode(bytes))
}

fn text_as_sql(text: &str) -> String {
    format!("convert_from({}, 'UTF8')", bytes_as_sql(text.as_bytes()))
}

/// Appends the events of one transaction; on PostgreSQL a single one is left to be written with the commit.
pub(crate) fn append(
    connection: &mut AnyConnection,
    school: SchoolId,
    actor: Actor,
    at: Timestamp,
    mut events: Vec<Event>,
) -> Result<Option<NextLine>> {
    if let (AnyConnection::Postgres(_), 1) = (&mut *connection, events.len())
        && let Some(event) = events.pop()
    {
        return Ok(Some(NextLine::of(school, actor, at, event)));
    }
    if events.is_empty() {
        return Ok(None);
    }
    let row = head(connection, school, true)?;
    let fresh = row.is_none();
    let mut head = read_head(school, row)?;
    let mut entries = Vec::with_capacity(events.len());
    for event in events {
        let seq = i64::try_from(head.length + 1)
            .map_err(|_| crate::Error::Unreadable("audit_head.seq"))?;
        let mut entry = AuditEntry::of(school, actor, at, event);
        entry.seq = seq;
        head = entry.chained(&head);
        entry.hash = head.head.to_vec();
        entries.push(entry);
    }
    let mut together = Together::default();
    while entries.len() > AT_ONCE {
        let others = entries.split_off(AT_ONCE);
        together.put_all(connection, audit_entry::table, entries);
        together.write(connection)?;
        entries = others;
    }
    together.put_all(connection, audit_entry::table, entries);
    let (seq, hash) = (
        audit_head::seq.eq(i64::try_from(head.length).unwrap_or(i64::MAX)),
        audit_head::hash.eq(head.head.to_vec()),
    );
    match fresh {
        true => together.put(
            audit_head::table,
            (audit_head::school_id.eq(school), seq, hash),
        ),
        false => {
            together.add(diesel::update(audit_head::table.find(school)).set((seq, hash)));
        }
    }
    together.write(connection)?;
    Ok(None)
}

/// Where a school's chain does not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AuditFault {
    /// A line is missing before this one.
    #[error("a line is missing before line {0}")]
    Gap(i64),
    /// A line's hash does not follow from it and the line before.
    #[error("line {0} was changed")]
    Changed(i64),
    /// The head does not stand where the last line does.
    #[error("the log ends at line {0}, but its head says otherwise")]
    Head(i64),
}

/// Walks the whole chain of the transaction's school; the number of lines, or the first fault.
///
/// # Errors
/// What the database says.
pub fn verify(tx: &mut Tx<'_>) -> Result<std::result::Result<u64, AuditFault>> {
    const PAGE: i64 = 1000;
    let school = tx.school();
    let mut head = LogHead::genesis(school);
    let mut seq = 0;
    loop {
        let page: Vec<AuditEntry> = audit_entry::table
            .filter(audit_entry::school_id.eq(school))
            .filter(audit_entry::seq.gt(seq))
            .order_by(audit_entry::seq)
            .limit(PAGE)
            .select(AuditEntry::as_select())
            .load(tx.connection())?;
        for entry in &page {
            if entry.seq != seq + 1 {
                return Ok(Err(AuditFault::Gap(entry.seq)));
            }
            head = entry.chained(&head);
            if head.head.as_slice() != entry.hash.as_slice() {
                return Ok(Err(AuditFault::Changed(entry.seq)));
            }
            seq = entry.seq;
        }
        if page.len() < usize::try_from(PAGE).unwrap_or_default() {
            break;
        }
    }
    Ok(if position(tx.connection(), school)? == head {
        Ok(head.length)
    } else {
        Err(AuditFault::Head(seq))
    })
}
