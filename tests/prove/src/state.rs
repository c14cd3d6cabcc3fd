//! What the database holds, read past the server: every concern with all that must stand beside it.

use std::collections::HashMap;

use diesel::prelude::*;
use domain::sql::Json;
use domain::{AttachmentId, ConcernId, OutboxId, SchoolId, Timestamp};
use policy::Caller;
use protocol::encoding::sha256;
use store::schema::{
    alert, attachment, attachment_chunk, audit_entry, concern, concern_category, concern_pupil,
    idempotency, membership, outbox,
};
use store::{AuditFault, Db, Tx};

/// A concern's row and its neighbours.
#[derive(Debug, Default)]
pub(crate) struct Kept {
    pub(crate) body: [u8; 32],
    pub(crate) pupils: usize,
    pub(crate) categories: usize,
    pub(crate) alerts: usize,
    /// `record_concern` lines of the log, by the hash of what was sealed.
    pub(crate) lines: Vec<Option<Vec<u8>>>,
    /// How many files the row says that there are.
    pub(crate) files: i32,
    /// The files that there are: how many chunks each says it has and how many there are.
    pub(crate) attachments: HashMap<AttachmentId, (i32, i32)>,
}

/// All of it, or what came since an instant.
#[derive(Debug, Default)]
pub(crate) struct State {
    pub(crate) concerns: HashMap<ConcernId, Kept>,
    /// The answers that are kept for repetitions.
    pub(crate) keys: HashMap<OutboxId, ConcernId>,
    /// Lines of the log about a concern that is not there.
    pub(crate) orphan_lines: usize,
    /// Work that was left for the mail worker.
    pub(crate) mails: usize,
}

impl State {
    /// Reads what was recorded at `since` or later.
    pub(crate) fn read(db: &Db, school: SchoolId, since: Timestamp) -> store::Result<Self> {
        db.write_blocking(Caller::system(school), move |tx| Self::of(tx, since))
    }

    pub(crate) fn of(tx: &mut Tx<'_>, since: Timestamp) -> store::Result<Self> {
        let school = tx.school();
        let mut state = Self::default();
        let rows: Vec<(ConcernId, Vec<u8>, i32)> = concern::table
            .filter(concern::school_id.eq(school))
            .filter(concern::received_at.ge(since))
            .select((concern::id, concern::body, concern::attachments))
            .load(tx.connection())?;
        for (id, body, files) in rows {
            let kept = Kept {
                body: sha256(&body),
                files,
                ..Kept::default()
            };
            state.concerns.insert(id, kept);
        }

        let lines: Vec<(Option<String>, Option<Vec<u8>>)> = audit_entry::table
            .filter(audit_entry::school_id.eq(school))
            .filter(audit_entry::at.ge(since))
            .filter(audit_entry::action.eq("record_concern"))
            .filter(audit_entry::outcome.eq("done"))
            .select((audit_entry::object, audit_entry::content_hash))
            .load(tx.connection())?;
        for (object, hash) in lines {
            let id = object.and_then(|text| text.parse::<ConcernId>().ok());
            match id.and_then(|id| state.concerns.get_mut(&id)) {
                Some(kept) => kept.lines.push(hash),
                None => state.orphan_lines += 1,
            }
        }

        macro_rules! count {
            ($table:ident, $kept:ident => $field:expr) => {
                let rows: Vec<ConcernId> = $table::table
                    .inner_join(
                        concern::table.on(concern::school_id
                            .eq($table::school_id)
                            .and(concern::id.eq($table::concern_id))),
                    )
                    .filter($table::school_id.eq(school))
                    .filter(concern::received_at.ge(since))
                    .select($table::concern_id)
                    .load(tx.connection())?;
                for id in rows {
                    if let Some($kept) = state.concerns.get_mut(&id) {
                        $field += 1;
                    }
                }
            };
        }
        count!(concern_pupil, kept => kept.pupils);
        count!(concern_category, kept => kept.categories);
        count!(alert, kept => kept.alerts);

        let files: Vec<(AttachmentId, ConcernId, i32)> = attachment::table
            .filter(attachment::school_id.eq(school))
            .filter(attachment::recorded_at.ge(since))
            .select((attachment::id, attachment::concern_id, attachment::chunks))
            .load(tx.connection())?;
        for (id, of, chunks) in files {
            let there: i64 = attachment_chunk::table
                .filter(attachment_chunk::school_id.eq(school))
                .filter(attachment_chunk::attachment_id.eq(id))
                .count()
                .get_result(tx.connection())?;
            if let Some(kept) = state.concerns.get_mut(&of) {
                let there = i32::try_from(there).unwrap_or(i32::MAX);
                kept.attachments.insert(id, (chunks, there));
            }
        }

        let answers: Vec<(OutboxId, Json)> = idempotency::table
            .filter(idempotency::school_id.eq(school))
            .filter(idempotency::created_at.ge(since))
            .filter(idempotency::operation.eq("record_concern"))
            .select((idempotency::key, idempotency::answer))
            .load(tx.connection())?;
        for (key, answer) in answers {
            let id = answer.0["id"].as_str().and_then(|text| text.parse().ok());
            state
                .keys
                .insert(key, id.ok_or(store::Error::Unreadable("answer"))?);
        }
        let mails: i64 = outbox::table
            .filter(outbox::school_id.eq(school))
            .filter(outbox::created_at.ge(since))
            .count()
            .get_result(tx.connection())?;
        state.mails = usize::try_from(mails).unwrap_or_default();
        Ok(state)
    }

    /// Whether every concern that is there is there whole, and nothing is there of any other: what was
    /// not acknowledged is all or nothing. What is wrong, in words.
    pub(crate) fn faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        for (id, kept) in &self.concerns {
            let mut wrong = |what: &str| faults.push(format!("{id}: {what}"));
            match kept.lines.as_slice() {
                [Some(hash)] if hash.as_slice() == kept.body.as_slice() => {}
                [_] => wrong("its audit line seals other bytes than its row holds"),
                lines => wrong(&format!("{} audit lines", lines.len())),
            }
            if kept.pupils == 0 || kept.categories == 0 {
                wrong("its pupils or categories are missing");
            }
            if kept.alerts == 0 {
                wrong("nobody was alerted");
            }
            let whole = kept.attachments.values().all(|(said, there)| said == there);
            let count = usize::try_from(kept.files).unwrap_or_default();
            if !whole || kept.attachments.len() != count {
                wrong("a file is there in part");
            }
            // No campaign sends more than one to a concern, however often.
            if count > 1 {
                wrong("a file is there twice");
            }
        }
        let answered: std::collections::HashSet<_> = self.keys.values().collect();
        for id in self.concerns.keys().filter(|id| !answered.contains(id)) {
            faults.push(format!("{id}: no answer is kept for a repetition"));
        }
        for id in self
            .keys
            .values()
            .filter(|id| !self.concerns.contains_key(id))
        {
            faults.push(format!(
                "{id}: an answer is kept and the concern is not there"
            ));
        }
        if answered.len() != self.keys.len() {
            faults.push("two keys have the same concern".to_owned());
        }
        if self.orphan_lines > 0 {
            let lines = self.orphan_lines;
            faults.push(format!(
                "{lines} audit lines are of concerns that are not there"
            ));
        }
        let alerts: usize = self.concerns.values().map(|kept| kept.alerts).sum();
        if self.mails < alerts {
            let mails = self.mails;
            faults.push(format!(
                "{alerts} alerts, but only {mails} mails were left to send"
            ));
        }
        faults
    }
}

/// Walks the audit log from its first line.
pub(crate) fn chain(db: &Db, school: SchoolId) -> store::Result<Result<u64, AuditFault>> {
    db.write_blocking(Caller::system(school), store::verify_audit)
}

/// Opens a database beside whoever else has it open.
pub(crate) fn open(url: &str) -> Db {
    let settings = store::Settings {
        url: url.to_owned(),
        connections: Some(2),
    };
    let entropy = std::sync::Arc::new(domain::SystemEntropy::new());
    Db::open(&settings, std::sync::Arc::new(domain::SystemClock), entropy).unwrap()
}

/// The school that was founded here.
pub(crate) fn only_school(db: &Db) -> SchoolId {
    db.write_blocking(Caller::nobody(), |tx| -> store::Result<_> {
        Ok(membership::table
            .select(membership::school_id)
            .first(tx.connection())?)
    })
    .unwrap()
}

/// The school in which somebody has a place.
pub(crate) fn school_of(db: &Db, member: domain::MemberId) -> SchoolId {
    db.write_blocking(Caller::nobody(), move |tx| -> store::Result<_> {
        Ok(membership::table
            .filter(membership::member_id.eq(member))
            .select(membership::school_id)
            .first(tx.connection())?)
    })
    .unwrap()
}
