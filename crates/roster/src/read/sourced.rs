//! OneRoster 1.1 and 1.2, School Data Sync v2 and v2.1: files joined by `sourcedId`.
//!
//! They differ in where a person's role stands (`users.csv`, or `roles.csv` with several a person), in
//! how contacts are tied to pupils (`agentSourcedIds`, or `relationships.csv`) and in some headings.

use super::context::{Known, Reading, Skipped};
use super::orgs::Organisations;
use super::people::Role;
use super::teaching;
use super::users::{People, role_in};
use crate::model::{ContactLink, Place};
use crate::words::{Standing, is_gone, one_line};
use crate::{BirthDate, Files, Format, Roster};

pub(super) fn read(files: &Files, format: Format) -> Roster {
    let mut reading = Reading::new(files, format);
    let roles_here = files.find("roles").is_none();
    let organisations = Organisations::read(&mut reading);
    let mut people = People::read(&mut reading, &organisations, roles_here);
    if !roles_here {
        roles(&mut reading, &organisations, &mut people);
    }
    relationships(&mut reading, &mut people);
    people.link_agents(&mut reading);
    demographics(&mut reading, &mut people);
    people.enter(&mut reading);
    let classes = teaching::classes(&mut reading, &organisations);
    teaching::enrolments(&mut reading, &classes, &people);
    reading.finish(&["classes", "enrollments"])
}

/// `roles.csv`: what each person is, at which organisation and for how long.
fn roles(reading: &mut Reading<'_>, organisations: &Organisations, people: &mut People) {
    let Some(mut table) = reading.table("roles") else {
        return;
    };
    let refusals = &mut reading.refusals;
    let user = table.required("userSourcedId", &["usersourcedid"], refusals);
    let organisation = table.required("orgSourcedId", &["orgsourcedid"], refusals);
    let role = table.required("role", &["role"], refusals);
    let (Some(user), Some(organisation), Some(role)) = (user, organisation, role) else {
        reading.roster.complete = false;
        return;
    };
    let year = table.column(&["grade", "grades"]);
    let period = [
        table.column(&["rolestartdate", "begindate"]),
        table.column(&["roleenddate", "enddate"]),
    ];
    let orders = period.map(|column| table.slash_order(column));
    let status = table.column(&["status"]);
    reading.each_person(&table, |at, refusals, _| {
        if is_gone(at.text(status)) {
            return Ok(());
        }
        let id = at.reference(
            refusals,
            user,
            &people.known,
            "Nobody in users.csv has this id.",
        )?;
        let Some(person) = people.by_id.get_mut(&id) else {
            return Ok(());
        };
        let taken = (|| {
            let (standing, word) = role_in(&at, refusals, role)?;
            let unknown = "No organisation in orgs.csv has this id.";
            let organisation =
                at.reference(refusals, organisation, &organisations.known, unknown)?;
            let [starts_on, ends_on] = at.period(refusals, period, orders)?;
            let place = organisations.school_of(&organisation).map(|school| Place {
                school,
                starts_on,
                ends_on,
            });
            Ok(Role {
                standing,
                word,
                place,
            })
        })();
        person.role_refused |= taken.is_err();
        let role = taken?;
        if role.standing == Standing::Pupil && person.year.is_none() {
            person.year = at.year(refusals, year);
        }
        person.roles.push(role);
        Ok(())
    });
}

/// `relationships.csv` (School Data Sync v2.1): who is whose contact, and what to them.
fn relationships(reading: &mut Reading<'_>, people: &mut People) {
    let Some(mut table) = reading.table("relationships") else {
        return;
    };
    let refusals = &mut reading.refusals;
    let pupil = table.required("userSourcedId", &["usersourcedid"], refusals);
    let contact = table.required(
        "relationshipUserSourcedId",
        &["relationshipusersourcedid"],
        refusals,
    );
    let role = table.required("relationshipRole", &["relationshiprole"], refusals);
    let (Some(pupil), Some(contact), Some(role)) = (pupil, contact, role) else {
        reading.roster.complete = false;
        return;
    };
    reading.each_person(&table, |at, refusals, _| {
        let nobody = "Nobody in users.csv has this id.";
        let pupil_id = at.reference(refusals, pupil, &people.known, nobody)?;
        let contact = at.reference(refusals, contact, &people.known, nobody)?;
        let pupil_known = people.by_id.get(&pupil_id);
        if !pupil_known.is_some_and(|person| person.is(Standing::Pupil)) {
            // Left out with a refused role of the pupil, else refused here; either way the other's
            // only tie may be gone, and having none is not refused again.
            if !pupil_known.is_some_and(|person| person.role_refused) {
                at.refuse(refusals, pupil, "This person is not a pupil.");
            }
            if let Some(contact) = people.by_id.get_mut(&contact) {
                contact.role_refused = true;
            }
            return Err(Skipped::Settled);
        }
        let relationship = one_line(at.text(role)).to_lowercase();
        if let Some(contact) = people.by_id.get_mut(&contact) {
            contact.links.insert(ContactLink {
                pupil: pupil_id,
                relationship: if relationship.is_empty() {
                    "other".to_owned()
                } else {
                    relationship.chars().take(40).collect()
                },
            });
        }
        Ok(())
    });
}

/// `demographics.csv`: dates of birth. Nothing else in it is read.
fn demographics(reading: &mut Reading<'_>, people: &mut People) {
    let Some(mut table) = reading.table("demographics") else {
        return;
    };
    let names = ["usersourcedid", "sourcedid"];
    let Some(user) = table.required("userSourcedId", &names, &mut reading.refusals) else {
        return;
    };
    let birth_date = table.column(&["birthdate"]);
    let order = table.slash_order(birth_date);
    let status = table.column(&["status"]);
    let mut seen = Known::default();
    reading.each(&table, |at, refusals, _| {
        if is_gone(at.text(status)) {
            return Ok(());
        }
        at.reference(
            refusals,
            user,
            &people.known,
            "Nobody in users.csv has this id.",
        )?;
        let id = at.new_id(refusals, user, &mut seen)?;
        let date = at.date(refusals, birth_date, order)?;
        if let Some(person) = people.by_id.get_mut(&id) {
            person.birth_date = date.map(BirthDate::new);
        }
        Ok(())
    });
}
