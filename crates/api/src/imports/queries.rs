//! Every query of the slice.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use diesel::prelude::*;
use domain::{AccountId, ClassId, ContactId, EmailAddress, MemberId, PupilId, SchoolId, fold_name};
use store::dialect::insert_all;
use store::schema::{
    account, class, class_member, class_pupil, contact, member, pupil, pupil_contact, school,
};
use store::{Result, Tx};

use super::records::{
    ACTIVE, INVITED, LEFT, NewClass, NewContact, NewMember, NewPupil, OldClass, OldContact,
    OldMember, OldPupil, keys,
};

/// Rows in one statement: thirteen columns of them stay below SQLite's 32,766 parameters.
const ROWS: usize = 1_000;

/// That the school is here.
///
/// # Errors
/// [`store::Error::Absent`].
pub(super) fn find_school(tx: &mut Tx<'_>) -> Result<SchoolId> {
    let id = tx.school();
    Ok(school::table
        .find(id)
        .select(school::id)
        .first(tx.connection())?)
}

macro_rules! all_of_school {
    ($(#[$doc:meta])* $name:ident: $table:ident => $row:ty) => {
        $(#[$doc])*
        pub(super) fn $name(tx: &mut Tx<'_>) -> Result<Vec<$row>> {
            let school = tx.school();
            Ok($table::table
                .filter($table::school_id.eq(school))
                .select(<$row>::as_select())
                .load(tx.connection())?)
        }
    };
}

all_of_school!(
    /// Every pupil, those who have left included.
    pupils: pupil => OldPupil
);
all_of_school!(
    /// Every member, those who have left included.
    members: member => OldMember
);
all_of_school!(
    /// Every contact, those who have left included.
    contacts: contact => OldContact
);
all_of_school!(
    /// Every class, those that are no more included.
    classes: class => OldClass
);

/// Who is taught in which class.
pub(super) fn class_pupils(tx: &mut Tx<'_>) -> Result<Vec<(ClassId, PupilId)>> {
    let school = tx.school();
    Ok(class_pupil::table
        .filter(class_pupil::school_id.eq(school))
        .select((class_pupil::class_id, class_pupil::pupil_id))
        .load(tx.connection())?)
}

/// Who teaches which class.
pub(super) fn class_members(tx: &mut Tx<'_>) -> Result<Vec<(ClassId, MemberId)>> {
    let school = tx.school();
    Ok(class_member::table
        .filter(class_member::school_id.eq(school))
        .select((class_member::class_id, class_member::member_id))
        .load(tx.connection())?)
}

/// Who is whose contact, and what to them.
pub(super) fn pupil_contacts(tx: &mut Tx<'_>) -> Result<Vec<(PupilId, ContactId, String)>> {
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
pub(super) fn add_pupils(tx: &mut Tx<'_>, new: &[(PupilId, NewPupil)]) -> Result<()> {
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
pub(super) fn change_pupil(tx: &mut Tx<'_>, id: PupilId, new: &NewPupil) -> Result<()> {
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
pub(super) fn leave_pupils(tx: &mut Tx<'_>, ids: &[PupilId]) -> Result<()> {
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
pub(super) fn add_contacts(tx: &mut Tx<'_>, new: &[(ContactId, NewContact)]) -> Result<()> {
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
pub(super) fn change_contact(tx: &mut Tx<'_>, id: ContactId, new: &NewContact) -> Result<()> {
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

/// Marks contacts as gone.
pub(super) fn leave_contacts(tx: &mut Tx<'_>, ids: &[ContactId]) -> Result<()> {
    let school = tx.school();
    for some in ids.chunks(ROWS) {
        diesel::update(
            contact::table
                .filter(contact::school_id.eq(school))
                .filter(contact::id.eq_any(some)),
        )
        .set(contact::state.eq(LEFT))
        .execute(tx.connection())?;
    }
    Ok(())
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
pub(super) fn add_classes(tx: &mut Tx<'_>, new: &[(ClassId, NewClass)]) -> Result<()> {
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
pub(super) fn change_class(tx: &mut Tx<'_>, id: ClassId, new: &NewClass) -> Result<()> {
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

/// Marks classes as no more.
pub(super) fn leave_classes(tx: &mut Tx<'_>, ids: &[ClassId]) -> Result<()> {
    let school = tx.school();
    for some in ids.chunks(ROWS) {
        diesel::update(
            class::table
                .filter(class::school_id.eq(school))
                .filter(class::id.eq_any(some)),
        )
        .set(class::state.eq(LEFT))
        .execute(tx.connection())?;
    }
    Ok(())
}

/// An account, and whether somebody signs in with it.
#[derive(Clone, Copy)]
pub(super) struct Account {
    pub(super) id: AccountId,
    pub(super) has_password: bool,
}

/// The accounts of the school's members.
pub(super) fn accounts_of_members(tx: &mut Tx<'_>) -> Result<HashMap<MemberId, Account>> {
    let school = tx.school();
    let rows: Vec<(MemberId, AccountId, Option<String>)> = member::table
        .inner_join(account::table.on(member::account_id.eq(account::id.nullable())))
        .filter(member::school_id.eq(school))
        .select((member::id, account::id, account::password_hash))
        .load(tx.connection())?;
    Ok(rows
        .into_iter()
        .map(|(member, id, hash)| {
            let has_password = hash.is_some();
            (member, Account { id, has_password })
        })
        .collect())
}

#[derive(Insertable)]
#[diesel(table_name = account)]
struct AccountRow<'new> {
    id: AccountId,
    email: &'new str,
    email_key: String,
    created_at: domain::Timestamp,
}

/// The account of each address by its key; one without a password is made where there is none.
pub(super) fn accounts_for(
    tx: &mut Tx<'_>,
    addresses: &[EmailAddress],
) -> Result<HashMap<String, Account>> {
    let mut found = HashMap::new();
    for some in addresses.chunks(ROWS) {
        let keys: Vec<String> = some.iter().map(EmailAddress::key).collect();
        let rows: Vec<(String, AccountId, Option<String>)> = account::table
            .filter(account::email_key.eq_any(&keys))
            .select((account::email_key, account::id, account::password_hash))
            .load(tx.connection())?;
        for (key, id, hash) in rows {
            let has_password = hash.is_some();
            found.insert(key, Account { id, has_password });
        }
        let mut rows = Vec::new();
        for address in some {
            if let Entry::Vacant(place) = found.entry(address.key()) {
                let id = tx.new_id();
                let has_password = false;
                place.insert(Account { id, has_password });
                rows.push(AccountRow {
                    id,
                    email: address.as_str(),
                    email_key: address.key(),
                    created_at: tx.now(),
                });
            }
        }
        insert_all::<account::table, AccountRow<'_>>(tx.connection(), account::table, &rows)?;
    }
    Ok(found)
}

#[derive(Insertable)]
#[diesel(table_name = member)]
struct MemberRow<'new> {
    school_id: SchoolId,
    id: MemberId,
    account_id: Option<AccountId>,
    external_id: &'new str,
    name: &'new str,
    name_key: String,
    email: Option<&'new str>,
    administrator: bool,
    auditor: bool,
    state: &'static str,
    created_at: domain::Timestamp,
}

/// Puts members of staff in, invited, each with the account by which they will sign in.
pub(super) fn add_members(
    tx: &mut Tx<'_>,
    new: &[(MemberId, Option<AccountId>, NewMember)],
) -> Result<()> {
    let (school_id, created_at) = (tx.school(), tx.now());
    for some in new.chunks(ROWS) {
        let rows: Vec<MemberRow<'_>> = some
            .iter()
            .map(|(id, account_id, new)| MemberRow {
                school_id,
                id: *id,
                account_id: *account_id,
                external_id: &new.external_id,
                name: &new.name,
                name_key: fold_name(&new.name),
                email: new.email.as_ref().map(EmailAddress::as_str),
                administrator: false,
                auditor: false,
                state: INVITED,
                created_at,
            })
            .collect();
        insert_all::<member::table, MemberRow<'_>>(tx.connection(), member::table, &rows)?;
    }
    Ok(())
}

/// Writes a member's name and address anew, and the account if one is given; `state` brings one back
/// who had left.
pub(super) fn change_member(
    tx: &mut Tx<'_>,
    id: MemberId,
    new: &NewMember,
    account: Option<AccountId>,
    state: Option<&'static str>,
) -> Result<()> {
    let school = tx.school();
    let row = member::table.find((school, id));
    diesel::update(row)
        .set((
            member::external_id.eq(&new.external_id),
            member::name.eq(&new.name),
            member::name_key.eq(fold_name(&new.name)),
            member::email.eq(new.email.as_ref().map(EmailAddress::as_str)),
            account.map(|account| member::account_id.eq(account)),
            state.map(|state| member::state.eq(state)),
        ))
        .execute(tx.connection())?;
    Ok(())
}

/// Notes by which id the files know a member who was there before.
pub(super) fn adopt_member(tx: &mut Tx<'_>, id: MemberId, external_id: &str) -> Result<()> {
    let school = tx.school();
    diesel::update(member::table.find((school, id)))
        .set(member::external_id.eq(external_id))
        .execute(tx.connection())?;
    Ok(())
}

/// Marks members as left.
pub(super) fn leave_members(tx: &mut Tx<'_>, ids: &[MemberId]) -> Result<()> {
    let school = tx.school();
    for some in ids.chunks(ROWS) {
        diesel::update(
            member::table
                .filter(member::school_id.eq(school))
                .filter(member::id.eq_any(some)),
        )
        .set(member::state.eq(LEFT))
        .execute(tx.connection())?;
    }
    Ok(())
}

#[derive(Insertable)]
#[diesel(table_name = class_pupil)]
struct ClassPupilRow {
    school_id: SchoolId,
    class_id: ClassId,
    pupil_id: PupilId,
}

/// Puts pupils into classes, and takes others out.
pub(super) fn place_pupils(
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
pub(super) fn place_members(
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

#[derive(Insertable)]
#[diesel(table_name = pupil_contact)]
struct PupilContactRow {
    school_id: SchoolId,
    pupil_id: PupilId,
    contact_id: ContactId,
    relationship: String,
}

/// Ties contacts to pupils, and unties others.
pub(super) fn tie_contacts(
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
