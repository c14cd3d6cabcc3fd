//! The import itself: compared with what is there, and written if it is to be.

use std::collections::{HashMap, HashSet};

use domain::{ClassId, ContactId, Id, Kind, MemberId, PupilId};
use policy::Action;
use roster::{Part, Roster};
use store::{Event, Result, Tx};

use super::model::{Difference, Existing, Incoming, difference, pairs};
use super::queries;
use super::records::{ACTIVE, INVITED, NewClass, NewContact, NewMember, NewPupil, OldMember};
use super::view::{Changes, Count, Imported, Totals};

/// Whether an import is to be written, or only counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Import {
    /// Count what would change.
    Preview,
    /// Write it.
    Write,
}

/// Compares a roster with what is there and, if it is to be, writes what differs.
///
/// # Errors
/// [`store::Error::Absent`] if there is no such school; else what the database says. Then nothing was
/// written.
pub fn run(tx: &mut Tx<'_>, roster: &Roster, import: Import) -> Result<Changes> {
    match import {
        Import::Preview => queries::find_school(tx)?,
        // Compared first, and written only then.
        Import::Write => tx.hold_school()?,
    }
    let classes = compare_classes(tx, roster)?;
    let pupils = compare_pupils(tx, roster)?;
    let contacts = compare_contacts(tx, roster)?;
    let staff = Staff::compare(tx, roster)?;
    let count = |of: fn(&Sizes) -> usize| Count {
        pupils: of(&Sizes::of(&pupils)),
        staff: of(&Sizes::of(&staff.difference)),
        contacts: of(&Sizes::of(&contacts)),
        classes: of(&Sizes::of(&classes)),
    };
    let changes = Changes {
        added: count(|sizes| sizes.added),
        changed: count(|sizes| sizes.changed),
        unchanged: count(|sizes| sizes.unchanged),
        left: count(|sizes| sizes.left),
    };
    if import == Import::Write {
        let ids = Ids {
            classes: write_classes(tx, classes)?,
            pupils: write_pupils(tx, pupils)?,
            contacts: write_contacts(tx, contacts)?,
            staff: staff.write(tx)?,
        };
        write_places(tx, roster, &ids)?;
        write_links(tx, roster, &ids)?;
    }
    Ok(changes)
}

/// Writes a roster, and a line in the audit log that says how much.
///
/// # Errors
/// As [`run`].
pub fn import(tx: &mut Tx<'_>, roster: Roster) -> Result<Imported> {
    let changes = run(tx, &roster, Import::Write)?;
    tx.record(Event::of(Action::ImportRoster).detail(format!(
        "{} added {} changed {} left {} refused {}",
        roster.format,
        Totals::of(&changes).added,
        Totals::of(&changes).changed,
        Totals::of(&changes).left,
        roster.refused.len()
    )));
    Ok(Imported {
        changes,
        refused: roster.refused.into_iter().map(Into::into).collect(),
    })
}

struct Sizes {
    added: usize,
    changed: usize,
    unchanged: usize,
    left: usize,
}

impl Sizes {
    fn of<New, Id>(difference: &Difference<New, Id>) -> Self {
        Self {
            added: difference.added.len(),
            changed: difference.changed.len(),
            unchanged: difference.unchanged,
            left: difference.left.len(),
        }
    }
}

/// The id here of everything that has an id in the files.
struct Ids {
    classes: HashMap<String, ClassId>,
    pupils: HashMap<String, PupilId>,
    contacts: HashMap<String, ContactId>,
    staff: HashMap<String, MemberId>,
}

/// Whether a person who is absent from the roster has left.
fn has_left<New, Old: Existing<New>>(roster: &Roster, old: &Old) -> bool {
    old.external_id().is_some_and(|id| {
        roster.leaving.contains(id) || (roster.complete && !roster.withheld.contains(id))
    })
}

fn compare_classes(tx: &mut Tx<'_>, roster: &Roster) -> Result<Difference<NewClass, ClassId>> {
    let incoming = roster.classes.iter().map(NewClass::of).collect();
    let settled = roster.complete && roster.classes_complete;
    Ok(difference(&queries::classes(tx)?, incoming, |_| settled))
}

fn compare_pupils(tx: &mut Tx<'_>, roster: &Roster) -> Result<Difference<NewPupil, PupilId>> {
    let names = class_names(roster);
    let incoming = roster
        .pupils
        .iter()
        .map(|pupil| {
            let name = names.get(pupil.external_id.as_str());
            NewPupil::of(pupil, name.map(|name| (*name).to_owned()))
        })
        .collect();
    Ok(difference(&queries::pupils(tx)?, incoming, |old| {
        has_left(roster, old)
    }))
}

fn compare_contacts(tx: &mut Tx<'_>, roster: &Roster) -> Result<Difference<NewContact, ContactId>> {
    let incoming = roster.contacts.iter().map(NewContact::of).collect();
    Ok(difference(&queries::contacts(tx)?, incoming, |old| {
        has_left(roster, old)
    }))
}

/// The class by which each pupil is told from others of the same name: the one they are registered in,
/// or the only one they have.
fn class_names(roster: &Roster) -> HashMap<&str, &str> {
    let classes: HashMap<&str, &roster::Class> = roster
        .classes
        .iter()
        .map(|class| (class.external_id.as_str(), class))
        .collect();
    let mut of_pupil: HashMap<&str, Vec<&roster::Class>> = HashMap::new();
    for member in roster
        .enrolments
        .iter()
        .filter(|member| member.part == Part::Pupil)
    {
        if let Some(class) = classes.get(member.class.as_str()) {
            of_pupil.entry(&member.person).or_default().push(class);
        }
    }
    of_pupil
        .into_iter()
        .filter_map(|(pupil, classes)| {
            let registered = classes.iter().find(|class| class.registration);
            let only = (classes.len() == 1).then(|| classes.first()).flatten();
            registered
                .or(only)
                .map(|class| (pupil, class.title.as_str()))
        })
        .collect()
}

/// The ids of what is there and of what is added, the latter made now.
fn with_ids<New: Incoming, K: Kind>(
    tx: &Tx<'_>,
    added: Vec<New>,
    ids: &mut HashMap<String, Id<K>>,
) -> Vec<(Id<K>, New)> {
    added
        .into_iter()
        .map(|new| {
            let id = tx.new_id();
            ids.insert(new.external_id().to_owned(), id);
            (id, new)
        })
        .collect()
}

fn write_classes(
    tx: &mut Tx<'_>,
    mut classes: Difference<NewClass, ClassId>,
) -> Result<HashMap<String, ClassId>> {
    let added = with_ids(tx, classes.added, &mut classes.ids);
    queries::add_classes(tx, &added)?;
    for (id, new) in &classes.changed {
        queries::change_class(tx, *id, new)?;
    }
    queries::leave_classes(tx, &classes.left)?;
    Ok(classes.ids)
}

fn write_pupils(
    tx: &mut Tx<'_>,
    mut pupils: Difference<NewPupil, PupilId>,
) -> Result<HashMap<String, PupilId>> {
    let added = with_ids(tx, pupils.added, &mut pupils.ids);
    queries::add_pupils(tx, &added)?;
    for (id, new) in &pupils.changed {
        queries::change_pupil(tx, *id, new)?;
    }
    queries::leave_pupils(tx, &pupils.left)?;
    Ok(pupils.ids)
}

fn write_contacts(
    tx: &mut Tx<'_>,
    mut contacts: Difference<NewContact, ContactId>,
) -> Result<HashMap<String, ContactId>> {
    let added = with_ids(tx, contacts.added, &mut contacts.ids);
    queries::add_contacts(tx, &added)?;
    for (id, new) in &contacts.changed {
        queries::change_contact(tx, *id, new)?;
    }
    queries::leave_contacts(tx, &contacts.left)?;
    Ok(contacts.ids)
}

/// Members of staff, who may have been here before any import, and who have accounts.
struct Staff {
    difference: Difference<NewMember, MemberId>,
    /// Known again by their address; from now on by their id in the files.
    adopted: Vec<(MemberId, String)>,
    had_left: HashSet<MemberId>,
}

impl Staff {
    fn compare(tx: &mut Tx<'_>, roster: &Roster) -> Result<Self> {
        let incoming: Vec<NewMember> = roster.staff.iter().map(NewMember::of).collect();
        let mut existing = queries::members(tx)?;
        let adopted = adopt(&mut existing, &incoming);
        let leaves = |old: &OldMember| !old.administrator && has_left(roster, old);
        Ok(Self {
            adopted,
            had_left: existing
                .iter()
                .filter(|old| old.has_left())
                .map(Existing::id)
                .collect(),
            difference: difference(&existing, incoming, leaves),
        })
    }

    fn write(self, tx: &mut Tx<'_>) -> Result<HashMap<String, MemberId>> {
        let Self {
            mut difference,
            adopted,
            had_left,
        } = self;
        for (id, external_id) in &adopted {
            queries::adopt_member(tx, *id, external_id)?;
        }
        let changed = difference.changed.iter().map(|(_, new)| new);
        let addresses: Vec<_> = difference
            .added
            .iter()
            .chain(changed)
            .filter_map(|new| new.email.clone())
            .collect();
        let accounts = queries::accounts_for(tx, &addresses)?;
        let of_member = queries::accounts_of_members(tx)?;
        // One account is one person in a school: a shared mailbox goes to whoever has it first.
        let mut taken: HashSet<_> = of_member.values().map(|account| account.id).collect();
        let mut free = |new: &NewMember| {
            let account = accounts.get(&new.email.as_ref()?.key())?.id;
            taken.insert(account).then_some(account)
        };
        for (id, new) in &difference.changed {
            let own = of_member.get(id);
            // Whoever signs in already goes on with the address they sign in with.
            let settled = own.is_some_and(|account| account.has_password);
            let account = if settled { None } else { free(new) };
            let state = had_left
                .contains(id)
                .then_some(if settled { ACTIVE } else { INVITED });
            queries::change_member(tx, *id, new, account, state)?;
        }
        let added: Vec<_> = with_ids(tx, difference.added, &mut difference.ids)
            .into_iter()
            .map(|(id, new)| (id, free(&new), new))
            .collect();
        queries::add_members(tx, &added)?;
        queries::leave_members(tx, &difference.left)?;
        Ok(difference.ids)
    }
}

/// Gives members who were here before any import the id by which the files know them: that of the one
/// incoming member with their address.
fn adopt(existing: &mut [OldMember], incoming: &[NewMember]) -> Vec<(MemberId, String)> {
    let known: HashSet<String> = existing
        .iter()
        .filter_map(|old| old.external_id.clone())
        .collect();
    let mut by_address: HashMap<String, &NewMember> = HashMap::new();
    for new in incoming
        .iter()
        .filter(|new| !known.contains(&new.external_id))
    {
        if let Some(email) = &new.email {
            by_address.entry(email.key()).or_insert(new);
        }
    }
    let mut adopted = Vec::new();
    for old in existing.iter_mut().filter(|old| old.external_id.is_none()) {
        let key = old.email.as_deref().map(str::to_lowercase);
        if let Some(new) = key.and_then(|key| by_address.remove(&key)) {
            old.external_id = Some(new.external_id.clone());
            adopted.push((old.id, new.external_id.clone()));
        }
    }
    adopted
}

fn write_places(tx: &mut Tx<'_>, roster: &Roster, ids: &Ids) -> Result<()> {
    let settled = roster.complete && roster.classes_complete;
    let withheld = |id: &String| roster.withheld.contains(id);
    let imported_classes: HashSet<ClassId> = ids.classes.values().copied().collect();

    let (mut pupils, mut staff) = (HashSet::new(), HashSet::new());
    for member in &roster.enrolments {
        let Some(class) = ids.classes.get(&member.class) else {
            continue;
        };
        match member.part {
            Part::Pupil => pupils.extend(ids.pupils.get(&member.person).map(|id| (*class, *id))),
            Part::Staff => staff.extend(ids.staff.get(&member.person).map(|id| (*class, *id))),
        }
    }
    let goers = goers(&ids.pupils, withheld);
    let there = queries::class_pupils(tx)?.into_iter().collect();
    let places = pairs(&there, &pupils, |(class, pupil)| {
        settled && imported_classes.contains(class) && goers.contains(pupil)
    });
    queries::place_pupils(tx, places)?;

    let goers = self::goers(&ids.staff, withheld);
    let there = queries::class_members(tx)?.into_iter().collect();
    let places = pairs(&there, &staff, |(class, member)| {
        settled && imported_classes.contains(class) && goers.contains(member)
    });
    queries::place_members(tx, places)
}

/// Those who came by an import and whose row was not refused now: what ties them may go.
fn goers<K: Kind>(
    ids: &HashMap<String, Id<K>>,
    withheld: impl Fn(&String) -> bool,
) -> HashSet<Id<K>> {
    let settled = ids.iter().filter(|(external_id, _)| !withheld(external_id));
    settled.map(|(_, id)| *id).collect()
}

fn write_links(tx: &mut Tx<'_>, roster: &Roster, ids: &Ids) -> Result<()> {
    let withheld = |id: &String| roster.withheld.contains(id);
    let mut wanted: HashMap<(PupilId, ContactId), String> = HashMap::new();
    for contact in &roster.contacts {
        let Some(id) = ids.contacts.get(&contact.external_id) else {
            continue;
        };
        for link in &contact.links {
            let Some(pupil) = ids.pupils.get(&link.pupil) else {
                continue;
            };
            let words = wanted.entry((*pupil, *id)).or_default();
            if !words.is_empty() {
                words.push_str(", ");
            }
            words.push_str(&link.relationship);
        }
    }
    let (pupils, contacts) = (goers(&ids.pupils, withheld), goers(&ids.contacts, withheld));
    let mut take = Vec::new();
    for (pupil, contact, relationship) in queries::pupil_contacts(tx)? {
        let pair = (pupil, contact);
        match wanted.get(&pair) {
            Some(wanted_relationship) if *wanted_relationship == relationship => {
                wanted.remove(&pair);
            }
            Some(_) => take.push(pair),
            None if roster.complete && pupils.contains(&pupil) && contacts.contains(&contact) => {
                take.push(pair);
            }
            None => {}
        }
    }
    queries::tie_contacts(tx, wanted.into_iter().collect(), take)
}
