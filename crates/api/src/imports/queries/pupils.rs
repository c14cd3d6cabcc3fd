//! Pupils.

use diesel::prelude::*;
use domain::{PupilId, SchoolId};
use store::dialect::insert_all;
use store::schema::pupil;
use store::{Result, Tx};

use super::{ROWS, all_of_school};
use crate::imports::records::{ACTIVE, LEFT, NewPupil, OldPupil, keys};

all_of_school!(
    /// Every pupil, those who have left included.
    pupils: pupil => OldPupil
);

#[derive(Insertable)]
#[diesel(table_name = pupil)]
struct PupilRow<'new> {
    school_id: SchoolId,
    id: PupilId,
    external_id: &'new str,
    upn: Option<&'new str>,
    given_name: &'new str,
    family_name: &'new str,
    given_key: String,
    family_key: String,
    date_of_birth: Option<chrono::NaiveDate>,
    year_group: Option<&'new str>,
    class_name: Option<&'new str>,
    state: &'static str,
    updated_at: domain::Timestamp,
}

/// Puts pupils in.
pub(in crate::imports) fn add_pupils(tx: &mut Tx<'_>, new: &[(PupilId, NewPupil)]) -> Result<()> {
    let (school_id, updated_at) = (tx.school(), tx.now());
    for some in new.chunks(ROWS) {
        let rows: Vec<PupilRow<'_>> = some
            .iter()
            .map(|(id, new)| {
                let (given_key, family_key) = keys(new);
                PupilRow {
                    school_id,
                    id: *id,
                    external_id: &new.external_id,
                    upn: new.upn.as_deref(),
                    given_name: &new.given_name,
                    family_name: &new.family_name,
                    given_key,
                    family_key,
                    date_of_birth: new.date_of_birth,
                    year_group: new.year_group.as_deref(),
                    class_name: new.class_name.as_deref(),
                    state: ACTIVE,
                    updated_at,
                }
            })
            .collect();
        insert_all::<pupil::table, PupilRow<'_>>(tx.connection(), pupil::table, &rows)?;
    }
    Ok(())
}

/// Writes a pupil anew; one who had left is back.
pub(in crate::imports) fn change_pupil(tx: &mut Tx<'_>, id: PupilId, new: &NewPupil) -> Result<()> {
    let (school, now) = (tx.school(), tx.now());
    let (given_key, family_key) = keys(new);
    diesel::update(pupil::table.find((school, id)))
        .set((
            pupil::upn.eq(&new.upn),
            pupil::given_name.eq(&new.given_name),
            pupil::family_name.eq(&new.family_name),
            pupil::given_key.eq(given_key),
            pupil::family_key.eq(family_key),
            pupil::date_of_birth.eq(new.date_of_birth),
            pupil::year_group.eq(&new.year_group),
            pupil::class_name.eq(&new.class_name),
            pupil::state.eq(ACTIVE),
            pupil::updated_at.eq(now),
        ))
        .execute(tx.connection())?;
    Ok(())
}

/// Marks pupils as left.
pub(in crate::imports) fn leave_pupils(tx: &mut Tx<'_>, ids: &[PupilId]) -> Result<()> {
    let (school, now) = (tx.school(), tx.now());
    for some in ids.chunks(ROWS) {
        diesel::update(
            pupil::table
                .filter(pupil::school_id.eq(school))
                .filter(pupil::id.eq_any(some)),
        )
        .set((pupil::state.eq(LEFT), pupil::updated_at.eq(now)))
        .execute(tx.connection())?;
    }
    Ok(())
}
