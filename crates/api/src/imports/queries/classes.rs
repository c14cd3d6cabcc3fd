//! Classes, and who is taught and who teaches in them.

use diesel::prelude::*;
use domain::{ClassId, MemberId, PupilId, SchoolId};
use store::dialect::insert_all;
use store::schema::{class, class_member, class_pupil};
use store::{Result, Tx};

use super::{ROWS, all_of_school, leave_in_school};
use crate::imports::records::{ACTIVE, LEFT, NewClass, OldClass};

all_of_school!(
    /// Every class, those that are no more included.
    classes: class => OldClass
);

/// Who is taught in which class.
pub(in crate::imports) fn class_pupils(tx: &mut Tx<'_>) -> Result<Vec<(ClassId, PupilId)>> {
    let school = tx.school();
    Ok(class_pupil::table
        .filter(class_pupil::school_id.eq(school))
        .select((class_pupil::class_id, class_pupil::pupil_id))
        .load(tx.connection())?)
}

/// Who teaches which class.
pub(in crate::imports) fn class_members(tx: &mut Tx<'_>) -> Result<Vec<(ClassId, MemberId)>> {
    let school = tx.school();
    Ok(class_member::table
        .filter(class_member::school_id.eq(school))
        .select((class_member::class_id, class_member::member_id))
        .load(tx.connection())?)
}

#[derive(Insertable)]
#[diesel(table_name = class)]
struct ClassRow<'new> {
    school_id: SchoolId,
    id: ClassId,
    external_id: &'new str,
    name: &'new str,
    year_group: Option<&'new str>,
    state: &'static str,
}

/// Puts classes in.
pub(in crate::imports) fn add_classes(tx: &mut Tx<'_>, new: &[(ClassId, NewClass)]) -> Result<()> {
    let school_id = tx.school();
    for some in new.chunks(ROWS) {
        let rows: Vec<ClassRow<'_>> = some
            .iter()
            .map(|(id, new)| ClassRow {
                school_id,
                id: *id,
                external_id: &new.external_id,
                name: &new.name,
                year_group: new.year_group.as_deref(),
                state: ACTIVE,
            })
            .collect();
        insert_all::<class::table, ClassRow<'_>>(tx.connection(), class::table, &rows)?;
    }
    Ok(())
}

/// Writes a class anew.
pub(in crate::imports) fn change_class(tx: &mut Tx<'_>, id: ClassId, new: &NewClass) -> Result<()> {
    let school = tx.school();
    diesel::update(class::table.find((school, id)))
        .set((
            class::name.eq(&new.name),
            class::year_group.eq(&new.year_group),
            class::state.eq(ACTIVE),
        ))
        .execute(tx.connection())?;
    Ok(())
}

leave_in_school!(
    /// Marks classes as no more.
    leave_classes: class by ClassId
);

#[derive(Insertable)]
#[diesel(table_name = class_pupil)]
struct ClassPupilRow {
    school_id: SchoolId,
    class_id: ClassId,
    pupil_id: PupilId,
}

/// Puts pupils into classes, and takes others out.
pub(in crate::imports) fn place_pupils(
    tx: &mut Tx<'_>,
    (put, take): (Vec<(ClassId, PupilId)>, Vec<(ClassId, PupilId)>),
) -> Result<()> {
    let school_id = tx.school();
    let row = |(class_id, pupil_id)| ClassPupilRow {
        school_id,
        class_id,
        pupil_id,
    };
    for pair in take {
        diesel::delete(class_pupil::table.find((school_id, pair.0, pair.1)))
            .execute(tx.connection())?;
    }
    let rows: Vec<ClassPupilRow> = put.into_iter().map(row).collect();
    for some in rows.chunks(ROWS) {
        insert_all::<class_pupil::table, ClassPupilRow>(tx.connection(), class_pupil::table, some)?;
    }
    Ok(())
}

#[derive(Insertable)]
#[diesel(table_name = class_member)]
struct ClassMemberRow {
    school_id: SchoolId,
    class_id: ClassId,
    member_id: MemberId,
}

/// Puts members of staff into classes, and takes others out.
pub(in crate::imports) fn place_members(
    tx: &mut Tx<'_>,
    (put, take): (Vec<(ClassId, MemberId)>, Vec<(ClassId, MemberId)>),
) -> Result<()> {
    let school_id = tx.school();
    let row = |(class_id, member_id)| ClassMemberRow {
        school_id,
        class_id,
        member_id,
    };
    for pair in take {
        diesel::delete(class_member::table.find((school_id, pair.0, pair.1)))
            .execute(tx.connection())?;
    }
    let rows: Vec<ClassMemberRow> = put.into_iter().map(row).collect();
    for some in rows.chunks(ROWS) {
        insert_all::<class_member::table, ClassMemberRow>(
            tx.connection(),
            class_member::table,
            some,
        )?;
    }
    Ok(())
}
