//! Members of staff, and the accounts by which they sign in.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use diesel::prelude::*;
use domain::{AccountId, EmailAddress, MemberId, SchoolId, fold_name};
use store::dialect::insert_all;
use store::schema::{account, member};
use store::{Result, Tx};

use super::{ROWS, all_of_school, leave_in_school};
use crate::imports::records::{INVITED, LEFT, NewMember, OldMember};

all_of_school!(
    /// Every member, those who have left included.
    members: member => OldMember
);

/// An account, and whether somebody signs in with it.
#[derive(Clone, Copy)]
pub(in crate::imports) struct Account {
    pub(in crate::imports) id: AccountId,
    pub(in crate::imports) has_password: bool,
}

/// The accounts of the school's members.
pub(in crate::imports) fn accounts_of_members(
    tx: &mut Tx<'_>,
) -> Result<HashMap<MemberId, Account>> {
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
pub(in crate::imports) fn accounts_for(
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
pub(in crate::imports) fn add_members(
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
pub(in crate::imports) fn change_member(
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
pub(in crate::imports) fn adopt_member(
    tx: &mut Tx<'_>,
    id: MemberId,
    external_id: &str,
) -> Result<()> {
    let school = tx.school();
    diesel::update(member::table.find((school, id)))
        .set(member::external_id.eq(external_id))
        .execute(tx.connection())?;
    Ok(())
}

leave_in_school!(
    /// Marks members as left.
    leave_members: member by MemberId
);
