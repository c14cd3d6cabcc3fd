use chrono::NaiveDate;
use diesel::dsl::count_star;
use diesel::prelude::*;
use domain::{
    ActionId, AmendmentId, AttachmentId, CategoryId, ConcernId, MemberId, ReplyId, StatusChangeId,
    Timestamp, YearGroup,
};
use policy::{Action, ConcernFacts, Facts, Reach};
use store::dialect::{Hold as _, Prepare as _, steps};
use store::schema::{
    action, amendment, attachment, concern, concern_category, concern_pupil, pupil, reply,
    status_change,
};
use store::{Result, Tx};

use super::reach::{Backend, within};
use super::sealed::compartment;

/// Minutes after a concern was received in which its author may add files.
const FRESH_MINUTES: i64 = 60;

/// A concern with what is sealed of it.
#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = concern)]
pub(crate) struct ConcernRow {
    pub(crate) id: ConcernId,
    pub(crate) compartment: String,
    pub(crate) generation: i32,
    pub(crate) status: String,
    pub(crate) occurred_precision: Option<String>,
    pub(crate) outstanding_actions: i32,
    pub(crate) filed: bool,
    pub(crate) sealed_key: Vec<u8>,
    pub(crate) body: Vec<u8>,
}

/// Every query on concerns starts here, so that none can forget the school.
macro_rules! of_school {
    ($table:ident, $tx:expr) => {
        $table::table.filter($table::school_id.eq($tx.school()))
    };
}
pub(crate) use of_school;

/// One concern.
///
/// # Errors
/// [`store::Error::Absent`].
pub(crate) fn find(tx: &mut Tx<'_>, id: ConcernId) -> Result<ConcernRow> {
    Ok(of_school!(concern, tx)
        .filter(concern::id.eq(id))
        .select(ConcernRow::as_select())
        .prepared()
        .get_result(tx.connection())?)
}

/// The same, and nobody else changes its status or what is outstanding of it until the transaction ends.
///
/// # Errors
/// [`store::Error::Absent`].
pub(super) fn hold(tx: &mut Tx<'_>, id: ConcernId) -> Result<ConcernRow> {
    Ok(of_school!(concern, tx)
        .filter(concern::id.eq(id))
        .select(ConcernRow::as_select())
        .held()
        .prepared()
        .get_result(tx.connection())?)
}

/// What the rules need to know of one concern.
///
/// # Errors
/// [`store::Error::Absent`].
pub(crate) fn facts(tx: &mut Tx<'_>, id: ConcernId) -> Result<ConcernFacts> {
    let (name, author, received_at): (String, Option<MemberId>, Timestamp) =
        of_school!(concern, tx)
            .filter(concern::id.eq(id))
            .select((
                concern::compartment,
                concern::author_id,
                concern::received_at,
            ))
            .prepared()
            .get_result(tx.connection())?;
    let categories: Vec<CategoryId> = of_school!(concern_category, tx)
        .filter(concern_category::concern_id.eq(id))
        .select(concern_category::category_id)
        .load(tx.connection())?;
    let years: Vec<Option<String>> = of_school!(concern_pupil, tx)
        .inner_join(
            pupil::table.on(pupil::school_id
                .eq(concern_pupil::school_id)
                .and(pupil::id.eq(concern_pupil::pupil_id))),
        )
        .filter(concern_pupil::concern_id.eq(id))
        .filter(concern_pupil::role.eq("subject"))
        .select(pupil::year_group)
        .load(tx.connection())?;
    Ok(ConcernFacts {
        id,
        compartment: compartment(&name)?,
        author,
        categories,
        subject_years: years
            .into_iter()
            .map(|year| year.and_then(|year| YearGroup::try_from(year).ok()))
            .collect(),
        fresh: received_at.plus_minutes(FRESH_MINUTES) > tx.now(),
    })
}

/// What the rules need to know of one concern, once they allow this action on it.
///
/// The level is asked before the row is looked for: with the records locked, a concern that is hidden
/// and one that is not there get the same answer.
///
/// # Errors
/// [`store::Error::Refused`], or [`store::Error::Absent`].
pub(crate) fn authorised(tx: &mut Tx<'_>, action: Action, id: ConcernId) -> Result<ConcernFacts> {
    tx.require(action, Facts::School)?;
    let facts = facts(tx, id)?;
    tx.require(action, Facts::Concern(&facts))?;
    Ok(facts)
}

/// An amendment.
#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = amendment)]
pub(crate) struct AmendmentRow {
    pub(crate) id: AmendmentId,
    pub(crate) concern_id: ConcernId,
    pub(crate) author_id: MemberId,
    pub(crate) recorded_at: Timestamp,
    pub(crate) compartment: String,
    pub(crate) generation: i32,
    pub(crate) filed: bool,
    pub(crate) sealed_key: Vec<u8>,
    pub(crate) body: Vec<u8>,
}

/// The amendments of some concerns, oldest first.
///
/// # Errors
/// What the database says.
pub(crate) fn amendments_of(tx: &mut Tx<'_>, ids: &[ConcernId]) -> Result<Vec<AmendmentRow>> {
    let some = of_school!(amendment, tx)
        .filter(amendment::concern_id.eq_any(steps(ids)))
        .order_by((amendment::recorded_at, amendment::id))
        .select(AmendmentRow::as_select());
    Ok(some.prepared().load(tx.connection())?)
}

/// A file's row.
#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = attachment)]
pub(crate) struct AttachmentRow {
    pub(crate) id: AttachmentId,
    pub(crate) size: i64,
    pub(crate) chunks: i32,
    pub(crate) compartment: String,
    pub(crate) generation: i32,
    pub(crate) filed: bool,
    pub(crate) sealed_key: Vec<u8>,
    pub(crate) head: Vec<u8>,
}

/// The files of one concern, oldest first.
///
/// # Errors
/// What the database says.
pub(crate) fn attachments_of(tx: &mut Tx<'_>, id: ConcernId) -> Result<Vec<AttachmentRow>> {
    Ok(of_school!(attachment, tx)
        .filter(attachment::concern_id.eq(id))
        .order_by((attachment::recorded_at, attachment::id))
        .select(AttachmentRow::as_select())
        .load(tx.connection())?)
}

/// An action.
#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = action)]
pub(crate) struct ActionRow {
    pub(crate) id: ActionId,
    pub(crate) concern_id: ConcernId,
    pub(crate) parent_id: Option<ActionId>,
    pub(crate) kind: String,
    pub(crate) author_id: MemberId,
    pub(crate) recorded_at: Timestamp,
    pub(crate) assignee_id: Option<MemberId>,
    pub(crate) due_on: Option<NaiveDate>,
    pub(crate) completed_at: Option<Timestamp>,
    pub(crate) compartment: String,
    pub(crate) generation: i32,
    pub(crate) sealed_key: Vec<u8>,
    pub(crate) body: Vec<u8>,
    pub(crate) completion_body: Option<Vec<u8>>,
}

/// The actions of some concerns, oldest first.
///
/// # Errors
/// What the database says.
pub(crate) fn actions_of(tx: &mut Tx<'_>, ids: &[ConcernId]) -> Result<Vec<ActionRow>> {
    let some = of_school!(action, tx)
        .filter(action::concern_id.eq_any(steps(ids)))
        .order_by((action::recorded_at, action::id))
        .select(ActionRow::as_select());
    Ok(some.prepared().load(tx.connection())?)
}

/// One action.
///
/// # Errors
/// [`store::Error::Absent`].
pub(crate) fn find_action(tx: &mut Tx<'_>, id: ActionId) -> Result<ActionRow> {
    Ok(of_school!(action, tx)
        .filter(action::id.eq(id))
        .select(ActionRow::as_select())
        .prepared()
        .get_result(tx.connection())?)
}

/// The outstanding actions given to one member, on concerns within reach, those due first.
///
/// # Errors
/// What the database says.
pub(crate) fn my_actions(
    tx: &mut Tx<'_>,
    reach: &Reach,
    member: MemberId,
    limit: i64,
) -> Result<Vec<(ActionId, ConcernId, String, Timestamp, Option<NaiveDate>)>> {
    let mine = of_school!(action, tx)
        .inner_join(
            concern::table.on(concern::school_id
                .eq(action::school_id)
                .and(concern::id.eq(action::concern_id))),
        )
        .filter(action::assignee_id.eq(member))
        .filter(action::completed_at.is_null())
        .order_by((action::due_on.is_null(), action::due_on, action::id))
        .limit(limit)
        .select((
            action::id,
            action::concern_id,
            action::kind,
            action::recorded_at,
            action::due_on,
        ))
        .into_boxed::<Backend>();
    Ok(within!(mine, reach).load(tx.connection())?)
}

/// How many outstanding actions within reach are past their day, whosever they are.
///
/// # Errors
/// What the database says.
pub(crate) fn overdue_actions(tx: &mut Tx<'_>, reach: &Reach, today: NaiveDate) -> Result<i64> {
    let overdue = of_school!(action, tx)
        .inner_join(
            concern::table.on(concern::school_id
                .eq(action::school_id)
                .and(concern::id.eq(action::concern_id))),
        )
        .filter(action::completed_at.is_null())
        .filter(action::due_on.lt(today))
        .select(count_star())
        .into_boxed::<Backend>();
    Ok(within!(overdue, reach)
        .prepared()
        .get_result(tx.connection())?)
}

/// A reply.
#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = reply)]
pub(crate) struct ReplyRow {
    pub(crate) id: ReplyId,
    pub(crate) author_id: MemberId,
    pub(crate) recorded_at: Timestamp,
    pub(crate) seen_at: Option<Timestamp>,
    pub(crate) body: Vec<u8>,
}

/// The replies to one concern, oldest first.
///
/// # Errors
/// What the database says.
pub(crate) fn replies_of(tx: &mut Tx<'_>, id: ConcernId) -> Result<Vec<ReplyRow>> {
    Ok(of_school!(reply, tx)
        .filter(reply::concern_id.eq(id))
        .order_by((reply::recorded_at, reply::id))
        .select(ReplyRow::as_select())
        .load(tx.connection())?)
}

/// A change of status.
#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = status_change)]
pub(crate) struct ChangeRow {
    pub(crate) id: StatusChangeId,
    pub(crate) concern_id: ConcernId,
    pub(crate) author_id: MemberId,
    pub(crate) recorded_at: Timestamp,
    pub(crate) what: String,
    pub(crate) compartment: String,
    pub(crate) generation: i32,
    pub(crate) sealed_key: Option<Vec<u8>>,
    pub(crate) body: Option<Vec<u8>>,
}

/// The changes of status of some concerns, oldest first.
///
/// # Errors
/// What the database says.
pub(crate) fn changes_of(tx: &mut Tx<'_>, ids: &[ConcernId]) -> Result<Vec<ChangeRow>> {
    let some = of_school!(status_change, tx)
        .filter(status_change::concern_id.eq_any(steps(ids)))
        .order_by((status_change::recorded_at, status_change::id))
        .select(ChangeRow::as_select());
    Ok(some.prepared().load(tx.connection())?)
}
