use std::collections::BTreeSet;

use diesel::prelude::*;
use domain::{AlertId, MemberId};
use policy::Reach;
use store::schema::{alert, concern};
use store::{Result, Tx};

use super::raise::reach_of;
use crate::concerns::{Backend, within};
use crate::keys::Rolls;

/// How many alerts of a member were not read yet, of those that this reach may see.
///
/// # Errors
/// What the database says.
pub(crate) fn unread_within(tx: &mut Tx<'_>, reach: &Reach, member: MemberId) -> Result<i64> {
    let ids = unread(tx, reach, member)?;
    Ok(i64::try_from(ids.len()).unwrap_or(i64::MAX))
}

/// How many alerts of a member were not read yet, of those that any of their devices could open now.
///
/// # Errors
/// What the database says.
pub(crate) fn waiting(tx: &mut Tx<'_>, rolls: &Rolls, member: MemberId) -> Result<i64> {
    let Some(roll) = rolls.now(tx)? else {
        return Ok(0);
    };
    let at = u64::try_from(tx.now().seconds()).unwrap_or_default();
    let mut seen = BTreeSet::new();
    for grant in roll.grants_of(member, at) {
        seen.extend(unread(tx, &reach_of(grant), member)?);
    }
    Ok(i64::try_from(seen.len()).unwrap_or(i64::MAX))
}

/// The same with the urgent ones among them: two numbers.
///
/// # Errors
/// What the database says.
pub(super) fn waiting_now(tx: &mut Tx<'_>, rolls: &Rolls, member: MemberId) -> Result<(i64, i64)> {
    let school = tx.school();
    let Some(roll) = rolls.now(tx)? else {
        return Ok((0, 0));
    };
    let at = u64::try_from(tx.now().seconds()).unwrap_or_default();
    let mut seen = BTreeSet::new();
    for grant in roll.grants_of(member, at) {
        seen.extend(unread(tx, &reach_of(grant), member)?);
    }
    let urgent: i64 = alert::table
        .inner_join(
            concern::table.on(concern::school_id
                .eq(alert::school_id)
                .and(concern::id.eq(alert::concern_id))),
        )
        .filter(alert::school_id.eq(school))
        .filter(alert::id.eq_any(seen.iter().copied().collect::<Vec<_>>()))
        .filter(concern::urgent.eq(true))
        .count()
        .get_result(tx.connection())?;
    Ok((i64::try_from(seen.len()).unwrap_or(i64::MAX), urgent))
}

fn unread(tx: &mut Tx<'_>, reach: &Reach, member: MemberId) -> Result<Vec<AlertId>> {
    let joined = alert::table
        .inner_join(
            concern::table.on(concern::school_id
                .eq(alert::school_id)
                .and(concern::id.eq(alert::concern_id))),
        )
        .filter(alert::school_id.eq(tx.school()))
        .filter(alert::member_id.eq(member))
        .filter(alert::read_at.is_null())
        .select(alert::id)
        .into_boxed::<Backend>();
    Ok(within!(joined, reach).load(tx.connection())?)
}
