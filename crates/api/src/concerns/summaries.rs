use std::collections::HashMap;

use diesel::prelude::*;
use domain::{CategoryId, ConcernId, MemberId, PupilId, Timestamp, YearGroup};
use policy::Reach;
use store::dialect::{Prepared, steps};
use store::schema::{category, concern, concern_category, concern_pupil, member, pupil};
use store::{Result, Tx};

use super::model::{ActionKind, PupilRole, Status};
use super::queries::my_actions;
use super::view::{ActionSummary, CategoryChip, ConcernSummary, Person, PupilOnConcern};

/// The unsealed columns of a concern.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = concern)]
pub(crate) struct SummaryRow {
    pub(crate) id: ConcernId,
    pub(crate) author_id: Option<MemberId>,
    pub(crate) status: String,
    pub(crate) urgent: bool,
    pub(crate) occurred_at: Option<Timestamp>,
    pub(crate) received_at: Timestamp,
    pub(crate) first_read_at: Option<Timestamp>,
    pub(crate) attachments: i32,
    pub(crate) outstanding_actions: i32,
}

#[derive(Queryable)]
struct PupilRow {
    concern: ConcernId,
    role: String,
    id: PupilId,
    given_name: String,
    family_name: String,
    year_group: Option<String>,
    class_name: Option<String>,
}

/// Makes summaries of rows that the caller has already found within reach: three statements, however
/// many rows.
///
/// # Errors
/// What the database says.
pub(crate) fn summaries_of(
    tx: &mut Tx<'_>,
    reach: &Reach,
    rows: &[SummaryRow],
) -> Result<Vec<ConcernSummary>> {
    let ids: Vec<ConcernId> = rows.iter().map(|row| row.id).collect();
    let mut pupils = pupils_on(tx, reach, &ids)?;
    let mut categories = categories_on(tx, &ids)?;
    let people = people(tx, rows.iter().filter_map(|row| row.author_id))?;
    rows.iter()
        .map(|row| {
            Ok(ConcernSummary {
                id: row.id,
                reference: row.id.reference(),
                pupils: pupils.remove(&row.id).unwrap_or_default(),
                categories: categories.remove(&row.id).unwrap_or_default(),
                author: row.author_id.map(|author| person(&people, author)),
                occurred_at: row.occurred_at,
                received_at: row.received_at,
                status: Status::from_row(&row.status)?,
                urgent: row.urgent,
                read: row.first_read_at.is_some(),
                attachments: row.attachments,
                outstanding_actions: row.outstanding_actions,
            })
        })
        .collect()
}

/// The pupils of some concerns, as this reader may see them.
pub(crate) fn pupils_on(
    tx: &mut Tx<'_>,
    reach: &Reach,
    ids: &[ConcernId],
) -> Result<HashMap<ConcernId, Vec<PupilOnConcern>>> {
    let some = concern_pupil::table
        .inner_join(
            pupil::table.on(pupil::school_id
                .eq(concern_pupil::school_id)
                .and(pupil::id.eq(concern_pupil::pupil_id))),
        )
        .filter(concern_pupil::school_id.eq(tx.school()))
        .filter(concern_pupil::concern_id.eq_any(steps(ids)))
        .order_by(concern_pupil::position)
        .select((
            concern_pupil::concern_id,
            concern_pupil::role,
            pupil::id,
            pupil::given_name,
            pupil::family_name,
            pupil::year_group,
            pupil::class_name,
        ));
    let rows: Vec<PupilRow> = Prepared(some).load(tx.connection())?;
    let mut found: HashMap<_, Vec<_>> = HashMap::new();
    for row in rows {
        let year = row
            .year_group
            .and_then(|year| YearGroup::try_from(year).ok());
        let role = PupilRole::from_row(&row.role)?;
        let shown = if reach.has_year(year.as_ref()) {
            PupilOnConcern {
                id: Some(row.id),
                name: format!("{} {}", row.given_name, row.family_name),
                role,
                class_name: row.class_name,
            }
        } else {
            PupilOnConcern {
                id: None,
                name: initials(&row.given_name, &row.family_name),
                role,
                class_name: None,
            }
        };
        found.entry(row.concern).or_default().push(shown);
    }
    Ok(found)
}

/// The outstanding actions given to one member, on concerns within reach.
///
/// # Errors
/// What the database says.
pub(crate) fn my_action_summaries(
    tx: &mut Tx<'_>,
    reach: &Reach,
    member: MemberId,
    limit: i64,
) -> Result<Vec<ActionSummary>> {
    let today = tx.now().date();
    let rows = my_actions(tx, reach, member, limit)?;
    let ids: Vec<ConcernId> = rows.iter().map(|row| row.1).collect();
    let pupils = pupils_on(tx, reach, &ids)?;
    rows.into_iter()
        .map(|(id, concern, kind, at, due_on)| {
            Ok(ActionSummary {
                id,
                concern,
                reference: concern.reference(),
                kind: ActionKind::from_row(&kind)?,
                pupils: pupils.get(&concern).cloned().unwrap_or_default(),
                at,
                due_on,
                overdue: due_on.is_some_and(|day| day < today),
            })
        })
        .collect()
}

fn initials(given: &str, family: &str) -> String {
    [given, family]
        .iter()
        .filter_map(|name| name.chars().next())
        .map(|letter| format!("{letter}."))
        .collect()
}

fn categories_on(
    tx: &mut Tx<'_>,
    ids: &[ConcernId],
) -> Result<HashMap<ConcernId, Vec<CategoryChip>>> {
    let some = concern_category::table
        .inner_join(
            category::table.on(category::school_id
                .eq(concern_category::school_id)
                .and(category::id.eq(concern_category::category_id))),
        )
        .filter(concern_category::school_id.eq(tx.school()))
        .filter(concern_category::concern_id.eq_any(steps(ids)))
        .order_by(concern_category::position)
        .select((
            concern_category::concern_id,
            category::id,
            category::name,
            category::colour,
        ));
    let rows: Vec<(ConcernId, CategoryId, String, String)> =
        Prepared(some).load(tx.connection())?;
    let mut found: HashMap<_, Vec<_>> = HashMap::new();
    for (concern, id, name, colour) in rows {
        found
            .entry(concern)
            .or_default()
            .push(CategoryChip { id, name, colour });
    }
    Ok(found)
}

/// The names of some members of staff.
pub(crate) fn people(
    tx: &mut Tx<'_>,
    ids: impl IntoIterator<Item = MemberId>,
) -> Result<HashMap<MemberId, String>> {
    let mut ids: Vec<MemberId> = ids.into_iter().collect();
    ids.sort_unstable();
    ids.dedup();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let some = member::table
        .filter(member::school_id.eq(tx.school()))
        .filter(member::id.eq_any(steps(ids)))
        .select((member::id, member::name));
    let rows: Vec<(MemberId, String)> = Prepared(some).load(tx.connection())?;
    Ok(rows.into_iter().collect())
}

/// One of them.
pub(crate) fn person(people: &HashMap<MemberId, String>, id: MemberId) -> Person {
    Person {
        id,
        name: people.get(&id).cloned().unwrap_or_default(),
    }
}
