//! `classes.csv` and `enrollments.csv`: who is taught with whom, and by whom.

use std::collections::HashSet;

use super::context::{Known, Reading, Skipped};
use super::orgs::Organisations;
use super::users::{People, role_in};
use crate::model::{Class, ClassMember, Part};
use crate::words::{Standing, is_gone, plain, year_group};

pub(super) fn classes(reading: &mut Reading<'_>, organisations: &Organisations) -> Known {
    let mut known = Known::unread();
    let Some(mut table) = reading.table_for("classes.csv", "enrollments") else {
        return known;
    };
    let refusals = &mut reading.refusals;
    let id = table.required("sourcedId", &["sourcedid"], refusals);
    let title = table.required("title", &["title"], refusals);
    let names = ["schoolsourcedid", "orgsourcedid"];
    let organisation = table.required("schoolSourcedId", &names, refusals);
    let (Some(id), Some(title), Some(organisation)) = (id, title, organisation) else {
        return known;
    };
    let kind = table.column(&["classtype"]);
    let year = table.column(&["grades", "grade"]);
    let status = table.column(&["status"]);
    let cut_off = reading.each(&table, |at, refusals, roster| {
        let id = at.new_id(refusals, id, &mut known)?;
        if is_gone(at.text(status)) {
            known.leave_out(&id);
            return Ok(());
        }
        let class = (|| {
            let unknown = "No organisation in orgs.csv has this id.";
            let school = at.reference(refusals, organisation, &organisations.known, unknown)?;
            Ok(Class {
                external_id: id.clone(),
                title: at.title(refusals, title)?,
                school: organisations.school_of(&school),
                year: year_group(at.text(year)).unwrap_or_default(),
                registration: matches!(plain(at.text(kind)).as_str(), "homeroom" | "registration"),
            })
        })();
        match class {
            Ok(class) => roster.classes.push(class),
            Err(skipped) => {
                known.leave_out(&id);
                return Err(skipped);
            }
        }
        Ok(())
    });
    known.partial = cut_off;
    known
}

pub(super) fn enrolments(reading: &mut Reading<'_>, classes: &Known, people: &People) {
    let Some(mut table) = reading.table("enrollments") else {
        return;
    };
    let refusals = &mut reading.refusals;
    let class = table.required("classSourcedId", &["classsourcedid"], refusals);
    let user = table.required("userSourcedId", &["usersourcedid"], refusals);
    let role = table.required("role", &["role"], refusals);
    let (Some(class), Some(user), Some(role)) = (class, user, role) else {
        return;
    };
    let own_id = table.column(&["sourcedid"]);
    let status = table.column(&["status"]);
    let period = [table.column(&["begindate"]), table.column(&["enddate"])];
    let orders = period.map(|column| table.slash_order(column));
    let mut own_ids = Known::default();
    let mut seen = HashSet::new();
    reading.each(&table, |at, refusals, roster| {
        if let Some(own_id) = own_id {
            at.new_id(refusals, own_id, &mut own_ids)?;
        }
        if is_gone(at.text(status)) {
            return Ok(());
        }
        let class = at.reference(
            refusals,
            class,
            classes,
            "No class in classes.csv has this id.",
        )?;
        let id = at.reference(
            refusals,
            user,
            &people.known,
            "Nobody in users.csv has this id.",
        )?;
        let (standing, _) = role_in(&at, refusals, role)?;
        at.period(refusals, period, orders)?;
        let Some(person) = people.by_id.get(&id) else {
            return Ok(());
        };
        // The person's own role settles it where the two disagree: a pupil who helps in a class of
        // younger ones stays a pupil.
        let parts = match standing {
            Standing::Pupil => [Part::Pupil, Part::Staff],
            _ => [Part::Staff, Part::Pupil],
        };
        let part = parts.into_iter().find(|part| {
            person.is(match part {
                Part::Pupil => Standing::Pupil,
                Part::Staff => Standing::Staff,
            })
        });
        let Some(part) = part else {
            at.refuse(
                refusals,
                user,
                "This person is neither a pupil nor a member of staff.",
            );
            return Err(Skipped::Settled);
        };
        let member = ClassMember {
            class,
            part,
            person: id,
        };
        if seen.insert(member.clone()) {
            roster.enrolments.push(member);
        }
        Ok(())
    });
}
