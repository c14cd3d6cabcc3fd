//! A restore that a key holder accepts: the log that they had seen is gone, and this one goes on in its place.

use diesel::prelude::*;
use protocol::log::LogHead;
use rest::Problem;
use store::dialect::Prepare as _;
use store::schema::audit_entry;
use store::{Result, Tx};

/// That the one log is not here and the other is: otherwise nothing was restored, or something else was.
pub(super) fn check(
    tx: &mut Tx<'_>,
    lost: &LogHead,
    now: &LogHead,
) -> std::result::Result<(), Problem> {
    if holds(tx, lost)? {
        return Err(Problem::new("roll-entry-refused")
            .detail("The log goes on from what this device saw: nothing was put back."));
    }
    match holds(tx, now)? {
        true => Ok(()),
        false => Err(Problem::new("roll-entry-refused")
            .detail("It names another log than there is. Look again and sign again.")),
    }
}

/// Whether the log of this school holds this head.
fn holds(tx: &mut Tx<'_>, head: &LogHead) -> Result<bool> {
    let seq = i64::try_from(head.length).unwrap_or(i64::MAX);
    let found: Option<Vec<u8>> = audit_entry::table
        .find((tx.school(), seq))
        .select(audit_entry::hash)
        .prepared()
        .get_result(tx.connection())
        .optional()?;
    Ok(found.is_some_and(|hash| hash.as_slice() == head.head.as_slice()))
}
