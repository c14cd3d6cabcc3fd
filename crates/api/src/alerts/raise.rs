use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;

use domain::sql::Json;
use domain::{CategoryId, ConcernId, MemberId, UnlockId, YearGroup};
use policy::{Action, Actor, Caller, ConcernFacts, Decision, Facts, Level, Reach, Roles};
use protocol::roll::{Grant, RollState};
use serde::de::DeserializeOwned;
use store::schema::alert;
use store::{Error, Result, Tx};

use super::queries::{self, Row, RuleRow};
use super::view::Reason;
use crate::hooks::{Recorded, What};
use crate::mail::Mail;

/// Raises the alerts of what was recorded, and leaves their mails in the outbox.
///
/// # Errors
/// What the database says.
pub(crate) fn raise(tx: &mut Tx<'_>, recorded: &Recorded<'_>) -> Result<()> {
    let school = tx.school();
    let told = recorded.told.now(tx, Told::read)?;
    let mut able = able_to_open(tx, recorded.roll, recorded.facts);
    able.retain(|member| told.staff.contains(member));
    let able = Vec::from_iter(able);
    let chosen = if recorded.urgent {
        BTreeSet::new()
    } else {
        told.chosen_by_rules(recorded.facts)
    };
    let recipients = whom_to_tell(&able, &chosen, recorded.author);

    let reason = match recorded.what {
        What::Addition => Reason::Addition,
        What::Concern if recorded.urgent => Reason::Urgent,
        What::Concern => Reason::Rule,
    };
    let now = tx.now();
    let rows: Vec<Row> = recipients
        .into_iter()
        .map(|member_id| Row {
            school_id: school,
            id: tx.new_id(),
            concern_id: recorded.facts.id,
            member_id,
            reason: reason.as_str().to_owned(),
            created_at: now,
            read_at: None,
        })
        .collect();
    for row in &rows {
        tx.enqueue(Mail::AlertWaits(row.member_id).job());
    }
    tx.put_all(alert::table, rows);
    Ok(())
}

/// The people to tell, out of those who can open the concern: whom the rules chose, or everybody if they
/// chose none of them; the author only if nobody else is left.
fn whom_to_tell(able: &[MemberId], chosen: &BTreeSet<MemberId>, author: MemberId) -> Vec<MemberId> {
    let but_author = |members: Vec<MemberId>| -> Vec<MemberId> {
        members.into_iter().filter(|one| *one != author).collect()
    };
    let by_rule = able.iter().filter(|one| chosen.contains(one)).copied();
    let by_rule = but_author(by_rule.collect());
    if !by_rule.is_empty() {
        return by_rule;
    }
    let others = but_author(able.to_vec());
    if others.is_empty() {
        return able.to_vec();
    }
    others
}

/// The members with a device whose grant opens the concern, by the very rule that `read_concern` asks.
fn able_to_open(tx: &Tx<'_>, roll: &RollState, facts: &ConcernFacts) -> BTreeSet<MemberId> {
    let at = u64::try_from(tx.now().seconds()).unwrap_or_default();
    roll.active_grants(at)
        .filter(|grant| opens(roll, grant, facts))
        .map(|grant| grant.member)
        .collect()
}

/// Whether a grant opens a concern.
fn opens(roll: &RollState, grant: &Grant, facts: &ConcernFacts) -> bool {
    let holder = Caller {
        school: Some(roll.school()),
        actor: Actor::Member(grant.member),
        roles: Roles {
            key_holder: true,
            ..Roles::default()
        },
        level: Level::Unlocked(Arc::new(reach_of(grant))),
    };
    policy::decide(&holder, Action::ReadConcern, Facts::Concern(facts)) == Decision::Allow
}

/// What an unlock approved by this device would open.
pub(super) fn reach_of(grant: &Grant) -> Reach {
    let rights = &grant.rights;
    Reach {
        probation: false,
        // No unlock has been asked for: this one stands for any that the device would approve.
        unlock: UnlockId::from_bytes([0; 16]),
        device: grant.device,
        compartments: rights.compartments.clone(),
        categories: rights.categories.clone(),
        years: rights.years.as_ref().map(|years| {
            years
                .iter()
                .filter_map(|year| YearGroup::try_from(year.clone()).ok())
                .collect()
        }),
        excluded: rights
            .excluded
            .iter()
            .map(|bytes| ConcernId::from_bytes(*bytes))
            .collect(),
    }
}

/// What a school has set of who is told: its rules, and who works there.
#[derive(Debug)]
pub(crate) struct Told {
    rules: Vec<Rule>,
    staff: HashSet<MemberId>,
}

/// A rule that is switched on. Without categories it is of any, and so of the year groups.
#[derive(Debug)]
struct Rule {
    categories: Vec<CategoryId>,
    years: Vec<YearGroup>,
    recipients: Vec<MemberId>,
}

impl Told {
    fn read(tx: &mut Tx<'_>) -> Result<Self> {
        let rules = queries::enabled_rules(tx)?
            .into_iter()
            .map(Rule::read)
            .collect::<Result<_>>()?;
        let staff = queries::staff(tx)?.into_iter().collect();
        Ok(Self { rules, staff })
    }

    /// The recipients of every rule that matches.
    fn chosen_by_rules(&self, facts: &ConcernFacts) -> BTreeSet<MemberId> {
        self.rules
            .iter()
            .filter(|rule| rule.is_about(facts))
            .flat_map(|rule| rule.recipients.iter().copied())
            .collect()
    }
}

impl Rule {
    fn read((categories, years, recipients): RuleRow) -> Result<Self> {
        Ok(Self {
            categories: read(categories)?,
            years: read(years)?,
            recipients: read(recipients)?,
        })
    }

    fn is_about(&self, facts: &ConcernFacts) -> bool {
        let of_category = self.categories.is_empty()
            || self
                .categories
                .iter()
                .any(|category| facts.categories.contains(category));
        let of_year = self.years.is_empty()
            || facts
                .subject_years
                .iter()
                .flatten()
                .any(|year| self.years.contains(year));
        of_category && of_year
    }
}

fn read<T: DeserializeOwned>(document: Json) -> Result<T> {
    T::deserialize(document.0).map_err(|_| Error::Unreadable("alert_rule"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn member(number: u8) -> MemberId {
        MemberId::from_bytes([number; 16])
    }

    #[test]
    fn whoever_the_rules_choose_is_told_and_nobody_else() {
        let able = [member(1), member(2), member(3)];
        let chosen = BTreeSet::from([member(2), member(9)]);
        assert_eq!(whom_to_tell(&able, &chosen, member(3)), [member(2)]);
    }

    #[test]
    fn a_rule_whose_people_cannot_open_the_concern_leaves_nobody_untold() {
        let able = [member(1), member(2)];
        let chosen = BTreeSet::from([member(9)]);
        assert_eq!(
            whom_to_tell(&able, &chosen, member(5)),
            [member(1), member(2)]
        );
    }

    #[test]
    fn the_author_is_told_only_if_nobody_else_would_be() {
        let nobody = BTreeSet::new();
        assert_eq!(
            whom_to_tell(&[member(1), member(2)], &nobody, member(1)),
            [member(2)]
        );
        assert_eq!(whom_to_tell(&[member(1)], &nobody, member(1)), [member(1)]);
        // A rule that names only the author is no reason to tell nobody.
        let author = BTreeSet::from([member(1)]);
        assert_eq!(
            whom_to_tell(&[member(1), member(2)], &author, member(1)),
            [member(2)]
        );
    }
}
