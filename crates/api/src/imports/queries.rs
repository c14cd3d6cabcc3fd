//! Every query of the slice.

mod classes;
mod contacts;
mod members;
mod pupils;

use diesel::prelude::*;
use domain::SchoolId;
use store::schema::school;
use store::{Result, Tx};

pub(super) use self::classes::{
    add_classes, change_class, class_members, class_pupils, classes, leave_classes, place_members,
    place_pupils,
};
pub(super) use self::contacts::{
    add_contacts, change_contact, contacts, leave_contacts, pupil_contacts, tie_contacts,
};
pub(super) use self::members::{
    accounts_for, accounts_of_members, add_members, adopt_member, change_member, leave_members,
    members,
};
pub(super) use self::pupils::{add_pupils, change_pupil, leave_pupils, pupils};

/// Rows in one statement: thirteen columns of them stay below SQLite's 32,766 parameters.
const ROWS: usize = 1_000;

/// That the school is here.
///
/// # Errors
/// [`store::Error::Absent`].
pub(super) fn find_school(tx: &mut Tx<'_>) -> Result<()> {
    let id = tx.school();
    school::table
        .find(id)
        .select(school::id)
        .first::<SchoolId>(tx.connection())?;
    Ok(())
}

macro_rules! all_of_school {
    ($(#[$doc:meta])* $name:ident: $table:ident => $row:ty) => {
        $(#[$doc])*
        pub(in crate::imports) fn $name(tx: &mut Tx<'_>) -> Result<Vec<$row>> {
            let school = tx.school();
            Ok($table::table
                .filter($table::school_id.eq(school))
                .select(<$row>::as_select())
                .load(tx.connection())?)
        }
    };
}
use all_of_school;

macro_rules! leave_in_school {
    ($(#[$doc:meta])* $name:ident: $table:ident by $id:ty) => {
        $(#[$doc])*
        pub(in crate::imports) fn $name(tx: &mut Tx<'_>, ids: &[$id]) -> Result<()> {
            let school = tx.school();
            for some in ids.chunks(ROWS) {
                let leaving = $table::table
                    .filter($table::school_id.eq(school))
                    .filter($table::id.eq_any(some));
                diesel::update(leaving)
                    .set($table::state.eq(LEFT))
                    .execute(tx.connection())?;
            }
            Ok(())
        }
    };
}
use leave_in_school;
