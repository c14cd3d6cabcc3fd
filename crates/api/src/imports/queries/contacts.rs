//! Whom to call about a pupil.

use diesel::prelude::*;
use domain::{ContactId, PupilId, SchoolId};
use store::dialect::insert_all;
use store::schema::{contact, pupil_contact};
use store::{Result, Tx};

use super::{ROWS, all_of_school, leave_in_school};
use crate::imports::records::{ACTIVE, LEFT, NewContact, OldContact};

all_of_school!(
    /// Every contact, those who have left included.
    contacts: contact => OldContact
);

/// Who is whose contact, and what to them.
pub(in crate::imports) fn pupil_contacts(
    tx: &mut Tx<'_>,
) -> Result<Vec<(PupilId, ContactId, String)>> {
    let school = tx.school();
    Ok(pupil_contact::table
        .filter(pupil_contact::school_id.eq(school))
        .select((
            pupil_contact::pupil_id,
            pupil_contact::contact_id,
            pupil_contact::relationship,
        ))
        .load(tx.connection())?)
}

#[derive(Insertable)]
#[diesel(table_name = contact)]
struct ContactRow<'new> {
    school_id: SchoolId,
    id: ContactId,
    external_id: &'new str,
    name: &'new str,
    phone: Option<&'new str>,
    email: Option<&'new str>,
    state: &'static str,
}

/// Puts contacts in.
pub(in crate::imports) fn add_contacts(
    tx: &mut Tx<'_>,
    new: &[(ContactId, NewContact)],
) -> Result<()> {
    let school_id = tx.school();
    for some in new.chunks(ROWS) {
        let rows: Vec<ContactRow<'_>> = some
            .iter()
            .map(|(id, new)| ContactRow {
                school_id,
                id: *id,
                external_id: &new.external_id,
                name: &new.name,
                phone: new.phone.as_deref(),
                email: new.email.as_deref(),
                state: ACTIVE,
            })
            .collect();
        insert_all::<contact::table, ContactRow<'_>>(tx.connection(), contact::table, &rows)?;
    }
    Ok(())
}

/// Writes a contact anew.
pub(in crate::imports) fn change_contact(
    tx: &mut Tx<'_>,
    id: ContactId,
    new: &NewContact,
) -> Result<()> {
    let school = tx.school();
    diesel::update(contact::table.find((school, id)))
        .set((
            contact::name.eq(&new.name),
            contact::phone.eq(&new.phone),
            contact::email.eq(&new.email),
            contact::state.eq(ACTIVE),
        ))
        .execute(tx.connection())?;
    Ok(())
}

leave_in_school!(
    /// Marks contacts as gone.
    leave_contacts: contact by ContactId
);

#[derive(Insertable)]
#[diesel(table_name = pupil_contact)]
struct PupilContactRow {
    school_id: SchoolId,
    pupil_id: PupilId,
    contact_id: ContactId,
    relationship: String,
}

/// Ties contacts to pupils, and unties others.
pub(in crate::imports) fn tie_contacts(
    tx: &mut Tx<'_>,
    put: Vec<((PupilId, ContactId), String)>,
    take: Vec<(PupilId, ContactId)>,
) -> Result<()> {
    let school_id = tx.school();
    for (pupil, contact) in take {
        diesel::delete(pupil_contact::table.find((school_id, pupil, contact)))
            .execute(tx.connection())?;
    }
    let rows: Vec<PupilContactRow> = put
        .into_iter()
        .map(|((pupil_id, contact_id), relationship)| PupilContactRow {
            school_id,
            pupil_id,
            contact_id,
            relationship,
        })
        .collect();
    for some in rows.chunks(ROWS) {
        insert_all::<pupil_contact::table, PupilContactRow>(
            tx.connection(),
            pupil_contact::table,
            some,
        )?;
    }
    Ok(())
}
