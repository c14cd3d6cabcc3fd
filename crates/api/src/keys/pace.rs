//! How often the records may be asked for in one person's name.

use diesel::prelude::*;
use domain::{MemberId, Timestamp};
use rest::Problem;
use store::Tx;
use store::dialect::{Hold as _, Prepare as _};
use store::schema::member;

use super::unlocks::{self, State, Unlock};

/// Requests to unlock in an hour.
const AN_HOUR: usize = 5;
/// Minutes for which "not me" lets nobody ask.
const FROZEN_MINUTES: i64 = 15;

/// One waits at a time, and no more than [`check_rate`] lets.
pub(super) fn check(tx: &mut Tx<'_>, member: MemberId) -> Result<(), Problem> {
    let now = tx.now();
    let recent = recent(tx, member)?;
    if let Some(waiting) = recent.iter().find(|unlock| unlock.waits(now)) {
        return Err(
            Problem::new("unlock-pending").with("expires_at", waiting.expires_at.to_string())
        );
    }
    rate(&recent, now)
}

/// Five an hour, and none for a while after "not me".
pub(super) fn check_rate(tx: &mut Tx<'_>, member: MemberId) -> Result<(), Problem> {
    let now = tx.now();
    rate(&recent(tx, member)?, now)
}

/// Of two requests at the same moment the second waits here, and finds the first.
fn recent(tx: &mut Tx<'_>, member: MemberId) -> store::Result<Vec<Unlock>> {
    let school = tx.school();
    member::table
        .find((school, member))
        .select(member::id)
        .held()
        .prepared()
        .get_result::<MemberId>(tx.connection())?;
    let from = tx.now().plus_minutes(-60);
    unlocks::since(tx, member, from)
}

fn rate(recent: &[Unlock], now: Timestamp) -> Result<(), Problem> {
    let refused = recent
        .iter()
        .filter(|unlock| unlock.state() == State::Refused)
        .filter_map(|unlock| unlock.ends_at)
        .map(|refused| refused.plus_minutes(FROZEN_MINUTES))
        .max();
    let full = (recent.len() >= AN_HOUR)
        .then(|| recent.get(AN_HOUR - 1))
        .flatten()
        .map(|oldest| oldest.created_at.plus_minutes(60));
    match refused.max(full).filter(|until| *until > now) {
        Some(until) => {
            let seconds = until.since(now).num_seconds() + 1;
            Err(Problem::new("too-many-requests")
                .retry_after(u32::try_from(seconds).unwrap_or(u32::MAX)))
        }
        None => Ok(()),
    }
}
