//! Every query of the slice.

use std::collections::{BTreeSet, HashMap};

use chrono::NaiveDate;
use diesel::prelude::*;
use diesel::sql_types::Bool;
use domain::{CategoryId, ConcernId, PupilId, SchoolId, YearGroup};
use policy::{Action, ConcernFacts, Decision, Facts};
use store::schema::{
    class, class_pupil, concern, concern_category, concern_pupil, contact, pupil, pupil_contact,
};
use store::{AnyConnection, Error, Result, Tx};

use super::letters::Letters;

type Backend = <AnyConnection as Connection>::Backend;
type Filter = Box<dyn BoxableExpression<pupil::table, Backend, SqlType = Bool>>;

const ACTIVE: &str = "active";

/// A pupil's row. No `Debug`: it holds a name.
#[derive(Queryable, Selectable)]
#[diesel(table_name = pupil)]
pub(super) struct PupilRow {
    pub(super) id: PupilId,
    given_name: String,
    family_name: String,
    pub(super) date_of_birth: Option<NaiveDate>,
    pub(super) upn: Option<String>,
    year_group: Option<String>,
    pub(super) class_name: Option<String>,
    state: String,
}

impl PupilRow {
    /// Forename, then surname.
    pub(super) fn name(&self) -> String {
        let parts = [self.given_name.as_str(), self.family_name.as_str()];
        let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        parts.join(" ")
    }

    /// The year group.
    pub(super) fn year(&self) -> Option<YearGroup> {
        self.year_group
            .clone()
            .and_then(|year| YearGroup::try_from(year).ok())
    }

    /// Whether the pupil has left.
    pub(super) fn has_left(&self) -> bool {
        self.state != ACTIVE
    }
}

/// Every query on pupils starts here, so that none can forget the school.
#[diesel::dsl::auto_type]
fn of_school(school: SchoolId) -> _ {
    pupil::table.filter(pupil::school_id.eq(school))
}

/// Those whose name begins with the letters.
fn named(letters: &Letters) -> Filter {
    let begins = |(given, family): (Option<String>, Option<String>)| -> Filter {
        match (given, family) {
            (Some(given), Some(family)) => Box::new(
                pupil::given_key
                    .like(given)
                    .escape('\\')
                    .and(pupil::family_key.like(family).escape('\\')),
            ),
            (Some(given), None) => Box::new(pupil::given_key.like(given).escape('\\')),
            (None, family) => Box::new(
                pupil::family_key
                    .like(family.unwrap_or_default())
                    .escape('\\'),
            ),
        }
    };
    letters
        .patterns()
        .into_iter()
        .map(begins)
        .reduce(|one, other| Box::new(one.or(other)))
        .unwrap_or_else(|| Box::new(pupil::id.ne(pupil::id)))
}

/// Who is on roll and whose name begins with the letters, by surname.
pub(super) fn on_roll(tx: &mut Tx<'_>, letters: &Letters, limit: i64) -> Result<Vec<PupilRow>> {
    Ok(of_school(tx.school())
        .filter(pupil::state.eq(ACTIVE))
        .filter(named(letters))
        .order_by((pupil::family_key, pupil::given_key, pupil::id))
        .limit(limit)
        .select(PupilRow::as_select())
        .load(tx.connection())?)
}

/// Whose name begins with the letters, of some year groups or of all; those on roll first.
pub(super) fn within(
    tx: &mut Tx<'_>,
    letters: &Letters,
    years: Option<&BTreeSet<YearGroup>>,
    limit: i64,
) -> Result<Vec<PupilRow>> {
    let mut query = of_school(tx.school())
        .filter(named(letters))
        .order_by((pupil::state, pupil::family_key, pupil::given_key, pupil::id))
        .limit(limit)
        .select(PupilRow::as_select())
        .into_boxed();
    if let Some(years) = years {
        let years: Vec<&str> = years.iter().map(YearGroup::as_str).collect();
        query = query.filter(pupil::year_group.eq_any(years));
    }
    Ok(query.load(tx.connection())?)
}

/// One pupil.
///
/// # Errors
/// [`Error::Absent`].
pub(super) fn find(tx: &mut Tx<'_>, id: PupilId) -> Result<PupilRow> {
    Ok(of_school(tx.school())
        .filter(pupil::id.eq(id))
        .select(PupilRow::as_select())
        .first(tx.connection())?)
}

/// Name, relationship, telephone number and address of a pupil's contacts, by name.
pub(super) fn contacts(
    tx: &mut Tx<'_>,
    id: PupilId,
) -> Result<Vec<(String, String, Option<String>, Option<String>)>> {
    let school = tx.school();
    Ok(pupil_contact::table
        .inner_join(
            contact::table.on(contact::school_id
                .eq(pupil_contact::school_id)
                .and(contact::id.eq(pupil_contact::contact_id))),
        )
        .filter(pupil_contact::school_id.eq(school))
        .filter(pupil_contact::pupil_id.eq(id))
        .filter(contact::state.eq(ACTIVE))
        .order_by((contact::name, contact::id))
        .select((
            contact::name,
            pupil_contact::relationship,
            contact::phone,
            contact::email,
        ))
        .load(tx.connection())?)
}

/// The names of the classes that a pupil is taught in, in order.
pub(super) fn classes(tx: &mut Tx<'_>, id: PupilId) -> Result<Vec<String>> {
    let school = tx.school();
    Ok(class_pupil::table
        .inner_join(
            class::table.on(class::school_id
                .eq(class_pupil::school_id)
                .and(class::id.eq(class_pupil::class_id))),
        )
        .filter(class_pupil::school_id.eq(school))
        .filter(class_pupil::pupil_id.eq(id))
        .filter(class::state.eq(ACTIVE))
        .order_by((class::name, class::id))
        .select(class::name)
        .load(tx.connection())?)
}

/// How many concerns that the caller may read name each of these pupils.
///
/// The rules themselves are asked about every one, so that no count tells of a record that is hidden.
pub(super) fn concerns(tx: &mut Tx<'_>, pupils: &[PupilId]) -> Result<HashMap<PupilId, usize>> {
    let school = tx.school();
    let named: Vec<(PupilId, ConcernId, String)> = concern_pupil::table
        .inner_join(
            concern::table.on(concern::school_id
                .eq(concern_pupil::school_id)
                .and(concern::id.eq(concern_pupil::concern_id))),
        )
        .filter(concern_pupil::school_id.eq(school))
        .filter(concern_pupil::pupil_id.eq_any(pupils))
        .select((
            concern_pupil::pupil_id,
            concern_pupil::concern_id,
            concern::compartment,
        ))
        .load(tx.connection())?;
    let ids: Vec<ConcernId> = named.iter().map(|(_, concern, _)| *concern).collect();
    let mut categories: HashMap<ConcernId, Vec<CategoryId>> = HashMap::new();
    let mut years: HashMap<ConcernId, Vec<Option<YearGroup>>> = HashMap::new();
    for some in ids.chunks(1_000) {
        let rows: Vec<(ConcernId, CategoryId)> = concern_category::table
            .filter(concern_category::school_id.eq(school))
            .filter(concern_category::concern_id.eq_any(some))
            .select((concern_category::concern_id, concern_category::category_id))
            .load(tx.connection())?;
        for (concern, category) in rows {
            categories.entry(concern).or_default().push(category);
        }
        let rows: Vec<(ConcernId, Option<String>)> = concern_pupil::table
            .inner_join(
                pupil::table.on(pupil::school_id
                    .eq(concern_pupil::school_id)
                    .and(pupil::id.eq(concern_pupil::pupil_id))),
            )
            .filter(concern_pupil::school_id.eq(school))
            .filter(concern_pupil::concern_id.eq_any(some))
            .filter(concern_pupil::role.eq("subject"))
            .select((concern_pupil::concern_id, pupil::year_group))
            .load(tx.connection())?;
        for (concern, year) in rows {
            let year = year.and_then(|year| YearGroup::try_from(year).ok());
            years.entry(concern).or_default().push(year);
        }
    }
    let mut counts = HashMap::new();
    for (pupil, id, compartment) in named {
        let facts = ConcernFacts {
            id,
            compartment: compartment
                .parse()
                .map_err(|_| Error::Unreadable("concern.compartment"))?,
            author: None,
            categories: categories.get(&id).cloned().unwrap_or_default(),
            subject_years: years.get(&id).cloned().unwrap_or_default(),
            fresh: false,
        };
        let decision = policy::decide(tx.caller(), Action::ReadConcern, Facts::Concern(&facts));
        if decision == Decision::Allow {
            *counts.entry(pupil).or_default() += 1;
        }
    }
    Ok(counts)
}
