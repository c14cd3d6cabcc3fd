use diesel::prelude::*;
use domain::sql::Json;
use domain::{AlertId, ConcernId, MemberId, SchoolId, Timestamp};
use store::dialect::Prepare as _;
use store::schema::{alert, alert_rule, concern, member};
use store::{Result, Tx};

use crate::concerns::{Backend, within};

/// One notice to one person.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = alert)]
pub(super) struct Row {
    pub(super) school_id: SchoolId,
    pub(super) id: AlertId,
    pub(super) concern_id: ConcernId,
    pub(super) member_id: MemberId,
    pub(super) reason: String,
    pub(super) created_at: Timestamp,
    pub(super) read_at: Option<Timestamp>,
}

/// Categories, year groups and recipients of a rule.
pub(super) type RuleRow = (Json, Json, Json);

/// The rules that are switched on.
pub(super) fn enabled_rules(tx: &mut Tx<'_>) -> Result<Vec<RuleRow>> {
    let school = tx.school();
    Ok(alert_rule::table
        .filter(alert_rule::school_id.eq(school))
        .filter(alert_rule::enabled.eq(true))
        .select((
            alert_rule::categories,
            alert_rule::years,
            alert_rule::recipients,
        ))
        .load(tx.connection())?)
}

/// Who works here now.
pub(super) fn staff(tx: &mut Tx<'_>) -> Result<Vec<MemberId>> {
    let school = tx.school();
    Ok(member::table
        .filter(member::school_id.eq(school))
        .filter(member::state.eq("active"))
        .select(member::id)
        .load(tx.connection())?)
}

/// Notes that somebody has seen what their alerts about a concern are about. It writes at once: a reading
/// transaction calls it at its end ([`Tx::finally`]).
pub(crate) fn mark_read_for(tx: &mut Tx<'_>, concern: ConcernId, reader: MemberId) -> Result<()> {
    let (school, now) = (tx.school(), tx.now());
    diesel::update(
        alert::table
            .filter(alert::school_id.eq(school))
            .filter(alert::member_id.eq(reader))
            .filter(alert::concern_id.eq(concern))
            .filter(alert::read_at.is_null()),
    )
    .set(alert::read_at.eq(now))
    .prepared()
    .execute(tx.connection())?;
    Ok(())
}

/// Whose an alert is, if its concern is within reach.
pub(super) fn owner(tx: &mut Tx<'_>, id: AlertId) -> Result<Option<MemberId>> {
    let Some(reach) = tx.caller().reach().cloned() else {
        return Ok(None);
    };
    let joined = alert::table
        .inner_join(
            concern::table.on(concern::school_id
                .eq(alert::school_id)
                .and(concern::id.eq(alert::concern_id))),
        )
        .filter(alert::school_id.eq(tx.school()))
        .filter(alert::id.eq(id))
        .select(alert::member_id)
        .into_boxed::<Backend>();
    Ok(within!(joined, &reach)
        .prepared()
        .get_result(tx.connection())
        .optional()?)
}

/// Notes that an alert was read, unless that was noted before.
pub(super) fn mark_read(tx: &mut Tx<'_>, id: AlertId) -> Result<()> {
    let (school, now) = (tx.school(), tx.now());
    diesel::update(
        alert::table
            .find((school, id))
            .filter(alert::read_at.is_null()),
    )
    .set(alert::read_at.eq(now))
    .prepared()
    .execute(tx.connection())?;
    Ok(())
}
