//! Browsers that are known, and what one that is not may have.
//!
//! Number and PIN do not show which page the number was read from: somebody who stands between a person and
//! Safehold, at another address, can pass the page on and the number back. What they cannot get is the cookie
//! of a known browser, which goes to Safehold's own address only. So a browser without it gets a **short
//! look**: it may see what waits and open [`LOOK_RECORDS`] records, for [`LOOK_SECONDS`], and all holders are
//! told. It becomes known when its owner says from their device that it is theirs (`keep_browser`), and
//! unlocks again. A school may refuse short looks altogether by the signed rule [`UNKNOWN_BROWSER`].
//!
//! The browser in which a person made the link for a device of theirs needs no such word: once that device
//! has a key, what the same session unlocks is known (docs/adr/0022-enrolling-browser.md).

use std::collections::BTreeSet;

use diesel::prelude::*;
use domain::{Kind, MemberId, SessionId};
use policy::{Action, Decision, Why};
use protocol::roll::RollState;
use rest::{Page, Problem};
use store::dialect::Prepare as _;
use store::schema::unlock;
use store::{Error, Event, Result, Tx};

use super::devices::seconds;
use super::enrolments;
use super::rolls::Rolls;
use crate::mail::{KeyEvent, Mail};

/// The scope of an unlock that opens the records; the access rules decide the rest.
pub(crate) const RECORDS: &str = "records";
/// The scope of a short look.
pub(super) const LOOK: &str = "look";
/// How long a short look lasts.
pub(super) const LOOK_SECONDS: u32 = 15 * 60;
/// How many records it opens.
const LOOK_RECORDS: i32 = 20;
/// How many rows of a list it sees.
const LOOK_LIST: i64 = 20;
/// The rule in the roll: `look` (as if it were not there) or `refuse`.
const UNKNOWN_BROWSER: &str = "unknown-browser";

/// Whether the owner has said that this signed-in browser is theirs.
pub(super) fn was_kept(tx: &mut Tx<'_>, session: SessionId) -> Result<bool> {
    let kept = unlock::table
        .filter(unlock::school_id.eq(tx.school()))
        .filter(unlock::session_id.eq(session))
        .filter(unlock::kept.eq(true));
    Ok(diesel::select(diesel::dsl::exists(kept)).get_result(tx.connection())?)
}

/// Whether the link by which a device of this person's enrolled was made in this signed-in browser, and the
/// device then got a key: whoever granted it stood beside it, or heard its six words.
pub(super) fn enrolled_here(tx: &mut Tx<'_>, rolls: &Rolls, session: SessionId) -> Result<bool> {
    let devices = enrolments::devices_from(tx, session)?;
    if devices.is_empty() {
        return Ok(false);
    }
    let at = seconds(tx);
    let roll = rolls.now(tx)?;
    Ok(roll.is_some_and(|roll| {
        devices
            .iter()
            .any(|device| roll.active(*device, at).is_some())
    }))
}

/// Goes on only if the school lets browsers in that are not known.
pub(super) fn require_let_in(tx: &mut Tx<'_>, rolls: &Rolls) -> std::result::Result<(), Problem> {
    let roll = rolls.now(tx)?;
    match roll
        .as_deref()
        .and_then(|roll| roll.policy(UNKNOWN_BROWSER))
    {
        Some("refuse") => {
            tx.record_refusal(Event::of(Action::StartUnlock).detail("unknown browser"));
            Err(Problem::new("unknown-browser"))
        }
        _ => Ok(()),
    }
}

/// That a rule is one that this server keeps: one that it does not know would be signed and do nothing.
pub(super) fn check_policy(name: &str, value: &str) -> std::result::Result<(), Problem> {
    match (name, value) {
        (UNKNOWN_BROWSER, "look" | "refuse") => Ok(()),
        _ => Err(Problem::new("roll-entry-refused").detail("This server knows no such rule.")),
    }
}

/// Everybody who holds keys.
pub(super) fn holders(roll: Option<&RollState>, at: u64) -> BTreeSet<MemberId> {
    roll.iter()
        .flat_map(|roll| roll.active_grants(at))
        .map(|grant| grant.member)
        .collect()
}

/// Tells every holder that somebody has a short look.
pub(super) fn tell_of_look(tx: &mut Tx<'_>, rolls: &Rolls) -> Result<()> {
    let at = seconds(tx);
    let roll = rolls.now(tx)?;
    for member in holders(roll.as_deref(), at) {
        let event = KeyEvent::UnknownBrowser;
        tx.enqueue(Mail::Key { member, event }.job());
    }
    Ok(())
}

/// The part of a list that a short look sees: its first rows, and nothing picked out of it.
pub(crate) fn look_list<K: Kind>(
    tx: &mut Tx<'_>,
    page: Page<K>,
    action: Action,
    picked: bool,
) -> Result<Page<K>> {
    if !tx.caller().reach().is_some_and(|reach| reach.probation) {
        return Ok(page);
    }
    if picked || page.after.is_some() {
        tx.record_refusal(Event::of(action).detail(Why::Probation.as_str()));
        return Err(Error::Refused {
            action,
            decision: Decision::Deny(Why::Probation),
        });
    }
    Ok(Page {
        limit: page.limit.min(LOOK_LIST),
        ..page
    })
}

/// Counts a record that is opened in a short look. The count is kept at the end of the transaction, before
/// anything is answered; past the last one nothing is.
pub(crate) fn note_look(tx: &mut Tx<'_>) {
    let Some(reach) = tx.caller().reach().filter(|reach| reach.probation).cloned() else {
        return;
    };
    tx.finally(move |tx| {
        let school = tx.school();
        let counted = diesel::update(
            unlock::table
                .find((school, reach.unlock))
                .filter(unlock::opened_records.lt(LOOK_RECORDS)),
        )
        .set(unlock::opened_records.eq(unlock::opened_records + 1))
        .prepared()
        .execute(tx.connection())?;
        match counted {
            1 => Ok(()),
            _ => Err(Error::Refused {
                action: Action::ReadConcern,
                decision: Decision::Deny(Why::Probation),
            }),
        }
    });
}
