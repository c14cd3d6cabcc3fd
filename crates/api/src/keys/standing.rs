use chrono::NaiveDate;
use domain::{MemberId, Timestamp};
use protocol::compartments::Compartment;
use protocol::roll::{Capability, RollState};
use serde::Serialize;
use store::{Error, Result, Tx};

use super::Rolls;
use super::devices::seconds;
use super::kits;

/// Whether the school's keys would survive a lost phone or a fire: facts, no advice.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct KeyStanding {
    /// Whether a second person can give keys back to whoever loses theirs.
    second_holder: bool,
    /// Since when there are these recovery sheets.
    sheets_made_at: Option<Timestamp>,
    /// When two of them were last tested.
    sheets_tested_on: Option<NaiveDate>,
    /// Until when new ones are to be printed, because somebody has used these.
    new_sheets_by: Option<Timestamp>,
}

/// What is asked for every week until it is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Wanted {
    /// A second person who can give keys.
    SecondHolder,
    /// New recovery sheets.
    NewSheets,
}

/// How the school's keys stand.
pub(crate) fn standing(tx: &mut Tx<'_>, rolls: &Rolls) -> Result<Option<KeyStanding>> {
    let Some(roll) = rolls.now(tx)? else {
        return Ok(None);
    };
    let at = seconds(tx);
    let kit = match kits::present(tx, &roll) {
        Ok(kit) => Some(kit),
        Err(Error::Absent) => None,
        Err(error) => return Err(error),
    };
    Ok(Some(KeyStanding {
        second_holder: roll.granters_of(&Compartment::SAFEGUARDING, at).len() >= 2,
        sheets_made_at: kit.as_ref().map(|kit| kit.created_at),
        sheets_tested_on: kit.as_ref().and_then(|kit| kit.tested_on),
        new_sheets_by: kit.as_ref().and_then(kits::Kit::due_at),
    }))
}

/// Whether this is still wanted, of somebody who can do it.
pub(crate) fn is_wanted(
    tx: &mut Tx<'_>,
    rolls: &Rolls,
    member: MemberId,
    wanted: Wanted,
) -> Result<bool> {
    let Some(stands) = standing(tx, rolls)? else {
        return Ok(false);
    };
    let roll = rolls.now(tx)?;
    let can = |capability| {
        let at = seconds(tx);
        roll.as_deref()
            .is_some_and(|roll: &RollState| has(roll, member, at, capability))
    };
    Ok(match wanted {
        Wanted::SecondHolder => !stands.second_holder && can(Capability::Grant),
        Wanted::NewSheets => stands.new_sheets_by.is_some() && can(Capability::Kit),
    })
}

fn has(roll: &RollState, member: MemberId, at: u64, capability: Capability) -> bool {
    roll.grants_of(member, at)
        .any(|grant| grant.rights.capabilities.contains(&capability))
}
