use std::collections::BTreeSet;

use diesel::prelude::*;
use domain::{AlertId, MemberId};
use policy::Reach;
use store::dialect::Prepare as _;
use store::schema::{alert, concern};
use store::{Result, Tx};

use super::raise::reach_of;
use crate::concerns::{Backend, within};
use crate::keys::Rolls;

/// Alerts that are counted at most, for each device. A person reads of a hundred or of a thousand that wait and begins; to
/// count on, with every page that is opened, is a tenth of a second for one who let them all wait for years.
const COUNTED: i64 = 1_000;

/// How many alerts of a member were not read yet, of those that this reach may see; no more than a thousand are counted.
///
/// # Errors
/// What the database says.
pub(crate) fn unread_within(tx: &mut Tx<'_>, reach: &Reach, member: MemberId) -> Result<i64> {
    let ids = unread(tx, reach, member, false)?;
    Ok(i64::try_from(ids.len()).unwrap_or(COUNTED))
}

/// How many alerts of a member were not read yet, of those that any of their devices could open now; no more than a
/// thousand are counted.
///
/// # Errors
/// What the database says.
pub(crate) fn waiting(tx: &mut Tx<'_>, rolls: &Rolls, member: MemberId) -> Result<i64> {
    count(tx, rolls, member, false)
}

/// The same with the urgent ones among them, counted alike: two numbers.
///
/// # Errors
/// What the database says.
pub(super) fn waiting_now(tx: &mut Tx<'_>, rolls: &Rolls, member: MemberId) -> Result<(i64, i64)> {
    let urgent = count(tx, rolls, member, true)?;
    Ok((count(tx, rolls, member, false)?, urgent))
}

fn count(tx: &mut Tx<'_>, rolls: &Rolls, member: MemberId, urgent: bool) -> Result<i64> {
    let Some(roll) = rolls.now(tx)? else {
        return Ok(0);
    };
    let at = u64::try_from(tx.now().seconds()).unwrap_or_default();
    let mut seen = BTreeSet::new();
    for grant in roll.grants_of(member, at) {
        seen.extend(unread(tx, &reach_of(grant), member, urgent)?);
    }
    Ok(i64::try_from(seen.len()).unwrap_or(COUNTED).min(COUNTED))
}

fn unread(tx: &mut Tx<'_>, reach: &Reach, member: MemberId, urgent: bool) -> Result<Vec<AlertId>> {
    let mut joined = alert::table
        .inner_join(
            concern::table.on(concern::school_id
                .eq(alert::school_id)
                .and(concern::id.eq(alert::concern_id))),
        )
        .filter(alert::school_id.eq(tx.school()))
        .filter(alert::member_id.eq(member))
        .filter(alert::read_at.is_null())
        .select(alert::id)
        .limit(COUNTED)
        .into_boxed::<Backend>();
    if urgent {
        joined = joined.filter(concern::urgent);
    }
    Ok(within!(joined, reach).prepared().load(tx.connection())?)
}
