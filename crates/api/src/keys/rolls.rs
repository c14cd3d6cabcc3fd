use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use diesel::prelude::*;
use domain::SchoolId;
use protocol::roll::{RollState, SignedEntry};
use store::dialect::Prepare as _;
use store::schema::{roll_entry, school};
use store::{Error, Result, Tx};

/// The rolls of the schools met so far, each replayed up to what a transaction has seen.
///
/// A roll is public and only ever grows, so keeping it costs nothing but memory; each transaction says
/// how long the roll is for it, and gets that roll and no other.
#[derive(Debug, Default)]
pub(crate) struct Rolls(Mutex<HashMap<SchoolId, Arc<RollState>>>);

impl Rolls {
    /// The school's roll as this transaction sees it; `None` before its first entry.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub(crate) fn now(&self, tx: &mut Tx<'_>) -> Result<Option<Arc<RollState>>> {
        let length = roll_length(tx)?;
        let school = tx.school();
        self.read(tx, school, length)
    }

    /// The school's roll at `length`; `None` before its first entry.
    ///
    /// # Errors
    /// [`Error::Unreadable`] if the rows are not a valid chain: somebody changed them.
    pub(crate) fn read(
        &self,
        tx: &mut Tx<'_>,
        school: SchoolId,
        length: i64,
    ) -> Result<Option<Arc<RollState>>> {
        let Ok(wanted @ 1..) = u64::try_from(length) else {
            return Ok(None);
        };
        let kept = self.lock().get(&school).cloned();
        if let Some(roll) = &kept
            && roll.head().length == wanted
        {
            return Ok(kept);
        }
        // What is kept may be longer than this transaction's: then it is replayed for it alone.
        let kept = kept.filter(|roll| roll.head().length < wanted);
        let from = kept.as_ref().map_or(0, |roll| roll.head().length);
        let entries = load(tx, school, from, wanted)?;
        let roll = match kept {
            None => RollState::replay(school, &entries).map_err(|_| broken())?,
            Some(roll) => {
                let mut roll = RollState::clone(&roll);
                for entry in &entries {
                    roll.append(entry).map_err(|_| broken())?;
                }
                roll
            }
        };
        if roll.head().length != wanted {
            return Err(broken());
        }
        let roll = Arc::new(roll);
        let mut all = self.lock();
        let newest = all.entry(school).or_insert_with(|| Arc::clone(&roll));
        if newest.head().length < wanted {
            *newest = Arc::clone(&roll);
        }
        Ok(Some(roll))
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<SchoolId, Arc<RollState>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How long the school's roll is for this transaction: 0 before its keys have been made.
pub(crate) fn roll_length(tx: &mut Tx<'_>) -> Result<i64> {
    if let Some(noted) = tx.roll_length() {
        return Ok(noted);
    }
    let length = school::table
        .find(tx.school())
        .select(school::roll_length)
        .prepared()
        .get_result(tx.connection())
        .optional()?;
    Ok(length.unwrap_or_default())
}

/// The entries after `from`, up to `to`.
pub(crate) fn load(
    tx: &mut Tx<'_>,
    school: SchoolId,
    from: u64,
    to: u64,
) -> Result<Vec<SignedEntry>> {
    let rows: Vec<(Vec<u8>, Vec<u8>, Option<Vec<u8>>)> = roll_entry::table
        .filter(roll_entry::school_id.eq(school))
        .filter(roll_entry::seq.gt(i64::try_from(from).unwrap_or(i64::MAX)))
        .filter(roll_entry::seq.le(i64::try_from(to).unwrap_or(i64::MAX)))
        .order_by(roll_entry::seq)
        .select((
            roll_entry::entry,
            roll_entry::signature,
            roll_entry::second_signature,
        ))
        .load(tx.connection())?;
    rows.into_iter()
        .map(|(bytes, signature, second)| {
            Ok(SignedEntry {
                bytes,
                signature: signature.try_into().map_err(|_| broken())?,
                second: second
                    .map(|second| second.try_into().map_err(|_| broken()))
                    .transpose()?,
            })
        })
        .collect()
}

const fn broken() -> Error {
    Error::Unreadable("roll_entry: the roll does not verify")
}
