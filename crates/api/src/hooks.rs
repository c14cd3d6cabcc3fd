//! What other slices do or know in the transaction of an act: the table of contents.
//!
//! A slice that is told of an act depends on the slice that acts, never the other way round
//! (`docs/adr/0003-hooks.md`). So the slice that acts calls the function here, which calls whoever
//! listens, in order; if one of them fails, the act fails with it.

use domain::MemberId;
use policy::ConcernFacts;
use protocol::roll::RollState;
use store::{Result, Tx};

use crate::alerts::Told;
use crate::keys::Rolls;
use crate::settled::Settled;

/// A concern was recorded, or something was added to one.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Recorded<'a> {
    /// Who is told of what, kept.
    pub(crate) told: &'a Settled<Told>,
    /// The roll by which it was sealed.
    pub(crate) roll: &'a RollState,
    /// The concern, as the access rules see it.
    pub(crate) facts: &'a ConcernFacts,
    /// Who wrote.
    pub(crate) author: MemberId,
    /// Whether somebody must look at once.
    pub(crate) urgent: bool,
    /// What was written.
    pub(crate) what: What,
}

/// What was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum What {
    /// The concern itself.
    Concern,
    /// An amendment or a file.
    Addition,
}

/// Tells whoever must know of what was recorded.
///
/// # Errors
/// What a listener returns; nothing is kept then.
pub(crate) fn concern_recorded(tx: &mut Tx<'_>, recorded: &Recorded<'_>) -> Result<()> {
    crate::alerts::raise(tx, recorded)
}

/// A key holder opened a concern.
///
/// # Errors
/// As [`concern_recorded`].
pub(crate) fn concern_read(
    tx: &mut Tx<'_>,
    concern: domain::ConcernId,
    reader: MemberId,
) -> Result<()> {
    crate::alerts::mark_read_for(tx, concern, reader)
}

/// How many alerts wait for a key holder: a number that may be seen with the records locked.
///
/// # Errors
/// As [`concern_recorded`].
pub(crate) fn alerts_waiting(tx: &mut Tx<'_>, rolls: &Rolls, holder: MemberId) -> Result<i64> {
    crate::alerts::waiting(tx, rolls, holder)
}
