use std::collections::HashSet;

use diesel::dsl;
use diesel::prelude::*;
use domain::sql::Json;
use domain::{AlertRuleId, CategoryId, MemberId, SchoolId, Timestamp};
use store::schema::{alert_rule, category, member};
use store::{Error, Result, Tx};

use super::model::Matching;

/// A category's row.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = category)]
pub(super) struct CategoryRow {
    pub(super) school_id: SchoolId,
    pub(super) id: CategoryId,
    pub(super) parent_id: Option<CategoryId>,
    pub(super) name: String,
    pub(super) colour: String,
    pub(super) help: String,
    pub(super) compartment: String,
    pub(super) high_priority: bool,
    pub(super) position: i32,
    pub(super) disabled_at: Option<Timestamp>,
}

/// An alert rule's row.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = alert_rule)]
pub(super) struct RuleRow {
    pub(super) school_id: SchoolId,
    pub(super) id: AlertRuleId,
    pub(super) name: String,
    pub(super) categories: Json,
    pub(super) years: Json,
    pub(super) recipients: Json,
    pub(super) enabled: bool,
    pub(super) created_at: Timestamp,
}

/// Every query on categories starts here, so that none can forget the school.
#[dsl::auto_type]
fn categories_of(school: SchoolId) -> _ {
    category::table.filter(category::school_id.eq(school))
}

/// Every query on alert rules starts here.
#[dsl::auto_type]
fn rules_of(school: SchoolId) -> _ {
    alert_rule::table.filter(alert_rule::school_id.eq(school))
}

/// The categories, in the school's order.
pub(super) fn categories(tx: &mut Tx<'_>) -> Result<Vec<CategoryRow>> {
    Ok(categories_of(tx.school())
        .order_by((category::position, category::id))
        .select(CategoryRow::as_select())
        .load(tx.connection())?)
}

/// One category.
pub(super) fn category(tx: &mut Tx<'_>, id: CategoryId) -> Result<CategoryRow> {
    Ok(categories_of(tx.school())
        .filter(category::id.eq(id))
        .select(CategoryRow::as_select())
        .first(tx.connection())?)
}

/// The place after the last category.
pub(super) fn next_position(tx: &mut Tx<'_>) -> Result<i32> {
    let last: Option<i32> = categories_of(tx.school())
        .select(dsl::max(category::position))
        .first(tx.connection())?;
    Ok(last.unwrap_or(0) + 1)
}

/// Whether another category beside it, one that is still offered, is called the same.
pub(super) fn name_is_taken(tx: &mut Tx<'_>, row: &CategoryRow) -> Result<bool> {
    let beside: Vec<(CategoryId, Option<CategoryId>, String)> = categories_of(tx.school())
        .filter(category::disabled_at.is_null())
        .select((category::id, category::parent_id, category::name))
        .load(tx.connection())?;
    let name = row.name.to_lowercase();
    Ok(beside.into_iter().any(|(id, parent, other)| {
        id != row.id && parent == row.parent_id && other.to_lowercase() == name
    }))
}

/// Adds a category.
pub(super) fn insert_category(tx: &mut Tx<'_>, row: &CategoryRow) -> Result<()> {
    diesel::insert_into(category::table)
        .values(row)
        .execute(tx.connection())?;
    Ok(())
}

/// Writes what may change of a category.
pub(super) fn update_category(tx: &mut Tx<'_>, row: &CategoryRow) -> Result<()> {
    diesel::update(category::table.find((row.school_id, row.id)))
        .set((
            category::name.eq(&row.name),
            category::colour.eq(&row.colour),
            category::help.eq(&row.help),
            category::high_priority.eq(row.high_priority),
            category::disabled_at.eq(row.disabled_at),
        ))
        .execute(tx.connection())?;
    Ok(())
}

/// The alert rules, oldest first.
pub(super) fn rules(tx: &mut Tx<'_>) -> Result<Vec<RuleRow>> {
    Ok(rules_of(tx.school())
        .order_by((alert_rule::created_at, alert_rule::id))
        .select(RuleRow::as_select())
        .load(tx.connection())?)
}

/// One alert rule.
pub(super) fn rule(tx: &mut Tx<'_>, id: AlertRuleId) -> Result<RuleRow> {
    Ok(rules_of(tx.school())
        .filter(alert_rule::id.eq(id))
        .select(RuleRow::as_select())
        .first(tx.connection())?)
}

/// Adds an alert rule.
pub(super) fn insert_rule(tx: &mut Tx<'_>, row: &RuleRow) -> Result<()> {
    diesel::insert_into(alert_rule::table)
        .values(row)
        .execute(tx.connection())?;
    Ok(())
}

/// Writes an alert rule anew.
pub(super) fn update_rule(tx: &mut Tx<'_>, row: &RuleRow) -> Result<()> {
    diesel::update(alert_rule::table.find((row.school_id, row.id)))
        .set((
            alert_rule::name.eq(&row.name),
            alert_rule::categories.eq(&row.categories),
            alert_rule::years.eq(&row.years),
            alert_rule::recipients.eq(&row.recipients),
            alert_rule::enabled.eq(row.enabled),
        ))
        .execute(tx.connection())?;
    Ok(())
}

/// Takes an alert rule away.
pub(super) fn delete_rule(tx: &mut Tx<'_>, id: AlertRuleId) -> Result<()> {
    let school = tx.school();
    match diesel::delete(alert_rule::table.find((school, id))).execute(tx.connection())? {
        0 => Err(Error::Absent),
        _ => Ok(()),
    }
}

/// The first category, and the first recipient, that a rule may not name.
pub(super) fn strangers(
    tx: &mut Tx<'_>,
    matching: &Matching,
) -> Result<(Option<usize>, Option<usize>)> {
    let categories: HashSet<CategoryId> = categories_of(tx.school())
        .filter(category::id.eq_any(&matching.categories))
        .select(category::id)
        .load(tx.connection())?
        .into_iter()
        .collect();
    let school = tx.school();
    let recipients: HashSet<MemberId> = member::table
        .filter(member::school_id.eq(school))
        .filter(member::id.eq_any(&matching.recipients))
        .filter(member::state.eq("active"))
        .select(member::id)
        .load(tx.connection())?
        .into_iter()
        .collect();
    let category = matching
        .categories
        .iter()
        .position(|id| !categories.contains(id));
    let recipient = matching
        .recipients
        .iter()
        .position(|id| !recipients.contains(id));
    Ok((category, recipient))
}
