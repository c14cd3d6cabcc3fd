use std::collections::HashMap;

use diesel::prelude::*;
use domain::{CategoryId, ConcernId, MemberId, PupilId, Timestamp, YearGroup};
use policy::Reach;
use store::dialect::{Prepare as _, steps};
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

/// That a pupil is on a concern.
#[derive(Queryable)]
struct PupilLink {
    concern: ConcernId,
    position: i32,
    role: String,
    pupil: PupilId,
}

/// What a link to a pupil shows.
#[derive(Queryable)]
struct PupilRow {
    id: PupilId,
    given_name: String,
    family_name: String,
    year_group: Option<String>,
    class_name: Option<String>,
}

/// Makes summaries of rows that the caller has already found within reach: five statements, however
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
///
/// Links first, then each pupil once: a pupil's chronology would meet the same one again and again.
pub(crate) fn pupils_on(
    tx: &mut Tx<'_>,
    reach: &Reach,
    ids: &[ConcernId],
) -> Result<HashMap<ConcernId, Vec<PupilOnConcern>>> {
    let links = concern_pupil::table
        .filter(concern_pupil::school_id.eq(tx.school()))
        .filter(concern_pupil::concern_id.eq_any(steps(ids)))
        .select((
            concern_pupil::concern_id,
            concern_pupil::position,
            concern_pupil::role,
            concern_pupil::pupil_id,
        ));
    let mut links: Vec<PupilLink> = links.prepared().load(tx.connection())?;
    links.sort_unstable_by_key(|link| (link.concern, link.position));
    let met = once(links.iter().map(|link| link.pupil));
    let pupils = pupil::table
        .filter(pupil::school_id.eq(tx.school()))
        .filter(pupil::id.eq_any(steps(met)))
        .select((
            pupil::id,
            pupil::given_name,
            pupil::family_name,
            pupil::year_group,
            pupil::class_name,
        ));
    let pupils: Vec<PupilRow> = pupils.prepared().load(tx.connection())?;
    let pupils: HashMap<PupilId, PupilRow> = pupils.into_iter().map(|row| (row.id, row)).collect();

    let mut found: HashMap<_, Vec<_>> = HashMap::with_capacity(ids.len());
    for link in links {
        let Some(row) = pupils.get(&link.pupil) else {
            continue;
        };
        let year = row
            .year_group
            .clone()
            .and_then(|year| YearGroup::try_from(year).ok());
        let role = PupilRole::from_row(&link.role)?;
        let shown = if reach.has_year(year.as_ref()) {
            PupilOnConcern {
                id: Some(row.id),
                name: format!("{} {}", row.given_name, row.family_name),
                role,
                class_name: row.class_name.clone(),
            }
        } else {
            PupilOnConcern {
                id: None,
                name: initials(&row.given_name, &row.family_name),
                role,
                class_name: None,
            }
        };
        found.entry(link.concern).or_default().push(shown);
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
    let links = concern_category::table
        .filter(concern_category::school_id.eq(tx.school()))
        .filter(concern_category::concern_id.eq_any(steps(ids)))
        .select((
            concern_category::concern_id,
            concern_category::position,
            concern_category::category_id,
        ));
    let mut links: Vec<(ConcernId, i32, CategoryId)> = links.prepared().load(tx.connection())?;
    links.sort_unstable();
    let met = once(links.iter().map(|link| link.2));
    let chips = category::table
        .filter(category::school_id.eq(tx.school()))
        .filter(category::id.eq_any(steps(met)))
        .select((category::id, category::name, category::colour));
    let chips: Vec<(CategoryId, String, String)> = chips.prepared().load(tx.connection())?;
    let chips: HashMap<CategoryId, CategoryChip> = chips
        .into_iter()
        .map(|(id, name, colour)| (id, CategoryChip { id, name, colour }))
        .collect();
    let mut found: HashMap<_, Vec<_>> = HashMap::with_capacity(ids.len());
    for (concern, _, category) in links {
        if let Some(chip) = chips.get(&category) {
            found.entry(concern).or_default().push(chip.clone());
        }
    }
    Ok(found)
}

/// Each of them once.
fn once<T: Ord>(values: impl IntoIterator<Item = T>) -> Vec<T> {
    let mut values: Vec<T> = values.into_iter().collect();
    values.sort_unstable();
    values.dedup();
    values
}

/// The names of some members of staff.
pub(crate) fn people(
    tx: &mut Tx<'_>,
    ids: impl IntoIterator<Item = MemberId>,
) -> Result<HashMap<MemberId, String>> {
    let ids = once(ids);
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let some = member::table
        .filter(member::school_id.eq(tx.school()))
        .filter(member::id.eq_any(steps(ids)))
        .select((member::id, member::name));
    let rows: Vec<(MemberId, String)> = some.prepared().load(tx.connection())?;
    Ok(rows.into_iter().collect())
}

/// One of them.
pub(crate) fn person(people: &HashMap<MemberId, String>, id: MemberId) -> Person {
    Person {
        id,
        name: people.get(&id).cloned().unwrap_or_default(),
    }
}
