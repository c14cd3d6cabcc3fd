use diesel::prelude::*;
use protocol::roll::{RollError, RollHead, SignedEntry};
use rest::Problem;
use serde::Serialize;
use store::dialect::Prepare as _;
use store::schema::{roll_entry, school};
use store::{Error, Result, Tx};

use super::bytes::Bytes;

/// How far an entry's own time may be from the server's, in seconds.
const SKEW_SECONDS: u64 = 300;

/// How long the roll is now.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub(super) struct RollExtended {
    /// How many entries.
    pub(super) roll_length: u64,
    /// The hash of the last.
    pub(super) roll_head: Bytes,
}

impl From<RollHead> for RollExtended {
    fn from(head: RollHead) -> Self {
        Self {
            roll_length: head.length,
            roll_head: Bytes::from(head.head),
        }
    }
}

/// Why the roll does not take an entry, in the roll's own words.
pub(super) fn refused(error: RollError) -> Problem {
    Problem::new("roll-entry-refused").detail(error.to_string())
}

/// An entry's time decides what has expired, so it may not be chosen freely.
pub(super) fn check_time(at: u64, now: u64) -> std::result::Result<(), Problem> {
    match at.abs_diff(now) <= SKEW_SECONDS {
        true => Ok(()),
        false => Err(Problem::new("roll-entry-refused")
            .detail("Its time is too far from the server's clock.")),
    }
}

/// Writes an entry that has been replayed, if nobody has written another meanwhile.
pub(super) fn append(
    tx: &mut Tx<'_>,
    signed: &SignedEntry,
    head: RollHead,
    length_before: i64,
) -> std::result::Result<RollExtended, Problem> {
    match write(tx, signed, head, length_before) {
        Ok(true) => Ok(head.into()),
        Ok(false) | Err(Error::Exists(_)) => Err(Problem::new("roll-entry-refused")
            .detail("Another entry came first. Read the roll and sign again.")),
        Err(error) => Err(error.into()),
    }
}

fn write(
    tx: &mut Tx<'_>,
    signed: &SignedEntry,
    head: RollHead,
    length_before: i64,
) -> Result<bool> {
    let (id, now) = (tx.school(), tx.now());
    let seq = i64::try_from(head.length).map_err(|_| Error::Unreadable("roll_entry.seq"))?;
    let grown = diesel::update(
        school::table
            .find(id)
            .filter(school::roll_length.eq(length_before)),
    )
    .set(school::roll_length.eq(seq))
    .prepared()
    .execute(tx.connection())?;
    if grown != 1 {
        return Ok(false);
    }
    tx.note_roll_length(id, seq);
    diesel::insert_into(roll_entry::table)
        .values((
            roll_entry::school_id.eq(id),
            roll_entry::seq.eq(seq),
            roll_entry::entry.eq(&signed.bytes),
            roll_entry::signature.eq(signed.signature.to_vec()),
            roll_entry::second_signature.eq(signed.second.map(|second| second.to_vec())),
            roll_entry::recorded_at.eq(now),
        ))
        .execute(tx.connection())?;
    Ok(true)
}
