//! School Data Sync v1: a file for each kind of thing, with headings in words.
//!
//! The US form says `SIS ID` where the UK form says `ID` or `DfE Number`; white space and capitals are
//! disregarded. Parents stand in `User.csv` and are joined to pupils by e-mail address in
//! `GuardianRelationship.csv`.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::context::{At, Known, Reading, Skipped};
use crate::model::{Class, ClassMember, Contact, ContactLink, Part, Place, Pupil, School, Staff};
use crate::refusal::Refusals;
use crate::table::{Column, Table};
use crate::words::{is_gone, one_line, upn};
use crate::{BirthDate, Files, Format, Roster};

const ID: [&str; 4] = ["sisid", "id", "dfenumber", "sourcedid"];
const SCHOOL: [&str; 4] = ["schoolsisid", "schooldfenumber", "schoolid", "schoolnumber"];
const SECTION: [&str; 3] = ["sectionsisid", "sectionid", "classid"];

pub(super) fn read(files: &Files) -> Roster {
    let mut reading = Reading::new(files, Format::SdsV1);
    let schools = schools(&mut reading);
    let pupils = pupils(&mut reading, &schools);
    let staff = staff(&mut reading, &schools);
    contacts(&mut reading, &pupils);
    let classes = classes(&mut reading, &schools);
    members(
        &mut reading,
        "studentenrollment",
        &classes,
        &pupils,
        Part::Pupil,
    );
    members(&mut reading, "teacherroster", &classes, &staff, Part::Staff);
    reading.finish(&["section", "studentenrollment", "teacherroster"])
}

fn schools(reading: &mut Reading<'_>) -> Known {
    let mut known = Known::unread();
    let Some(mut table) = reading.table("school") else {
        return known;
    };
    let refusals = &mut reading.refusals;
    // The UK form has a number of its own under a heading that the US form gives to another.
    let names = ["sisid", "dfenumber", "schooldfenumber", "id"];
    let id = table.required("SIS ID", &names, refusals);
    let name = table.required("Name", &["name", "schoolname"], refusals);
    let (Some(id), Some(name)) = (id, name) else {
        return known;
    };
    let identifier = table.column(&["dfenumber", "schoolncesid"]);
    let cut_off = reading.each(&table, |at, refusals, roster| {
        let id = at.new_id(refusals, id, &mut known)?;
        let name = at
            .title(refusals, name)
            .inspect_err(|_| known.leave_out(&id))?;
        let identifier = at.text(identifier);
        roster.schools.push(School {
            external_id: id,
            name,
            identifier: (!identifier.is_empty()).then(|| identifier.to_owned()),
        });
        Ok(())
    });
    known.partial = cut_off;
    known
}

/// The columns that pupils and staff share.
struct PersonColumns {
    id: Column,
    school: Column,
    given: Column,
    family: Column,
    status: Option<Column>,
}

impl PersonColumns {
    fn of(table: &mut Table<'_>, refusals: &mut Refusals) -> Option<Self> {
        let id = table.required("SIS ID", &ID, refusals);
        let school = table.required("School SIS ID", &SCHOOL, refusals);
        let given = table.required("First Name", &["firstname", "givenname"], refusals);
        let family = table.required("Last Name", &["lastname", "familyname"], refusals);
        Some(Self {
            id: id?,
            school: school?,
            given: given?,
            family: family?,
            status: table.column(&["status"]),
        })
    }

    /// The id and school of a row; an error for one that is refused or says that the person has left.
    fn person(
        &self,
        at: &At<'_>,
        refusals: &mut Refusals,
        roster: &mut Roster,
        known: &mut Known,
        schools: &Known,
    ) -> Result<(String, Place), Skipped> {
        let id = at.new_id(refusals, self.id, known)?;
        if is_gone(at.text(self.status)) {
            known.leave_out(&id);
            roster.leaving.insert(id);
            return Err(Skipped::Settled);
        }
        let unknown = "No school in School.csv has this id.";
        let school = at
            .reference(refusals, self.school, schools, unknown)
            .inspect_err(|_| withhold(&id, known, roster))?;
        let place = Place {
            school,
            starts_on: None,
            ends_on: None,
        };
        Ok((id, place))
    }
}

fn withhold(id: &str, known: &mut Known, roster: &mut Roster) {
    known.leave_out(id);
    roster.withheld.insert(id.to_owned());
}

fn pupils(reading: &mut Reading<'_>, schools: &Known) -> Known {
    let mut known = Known::unread();
    let Some(mut table) = reading.table("student") else {
        return known;
    };
    let Some(columns) = PersonColumns::of(&mut table, &mut reading.refusals) else {
        reading.roster.complete = false;
        return known;
    };
    let preferred = table.column(&["preferredfirstname", "preferredgivenname"]);
    let year = table.column(&["grade", "yeargroup"]);
    let birth_date = table.column(&["birthdate", "dateofbirth"]);
    let order = table.slash_order(birth_date);
    let number = table.column(&["upn", "studentnumber"]);
    let cut_off = reading.each_person(&table, |at, refusals, roster| {
        let (id, place) = columns.person(&at, refusals, roster, &mut known, schools)?;
        let pupil = (|| {
            Ok(Pupil {
                name: at.name(
                    refusals,
                    [preferred, Some(columns.given)],
                    [None, Some(columns.family)],
                )?,
                birth_date: at.date(refusals, birth_date, order)?.map(BirthDate::new),
                year: at.year(refusals, year),
                upn: upn(at.text(number)),
                places: vec![place],
                external_id: id.clone(),
            })
        })();
        let pupil = pupil.inspect_err(|_| withhold(&id, &mut known, roster))?;
        roster.pupils.push(pupil);
        Ok(())
    });
    known.partial = cut_off;
    known
}

fn staff(reading: &mut Reading<'_>, schools: &Known) -> Known {
    let mut known = Known::unread();
    let Some(mut table) = reading.table_for("Teacher.csv", "teacherroster") else {
        return known;
    };
    let Some(columns) = PersonColumns::of(&mut table, &mut reading.refusals) else {
        reading.roster.complete = false;
        return known;
    };
    let email = table.column(&["email", "secondaryemail"]);
    let username = table.column(&["username"]);
    let cut_off = reading.each_person(&table, |at, refusals, roster| {
        let (id, place) = columns.person(&at, refusals, roster, &mut known, schools)?;
        let names = [None, Some(columns.given)];
        let name = at
            .name(refusals, names, [None, Some(columns.family)])
            .inspect_err(|_| withhold(&id, &mut known, roster))?;
        roster.staff.push(Staff {
            name,
            email: at.email_or_user_name(refusals, email, username),
            roles: BTreeSet::from(["teacher".to_owned()]),
            places: vec![place],
            external_id: id,
        });
        Ok(())
    });
    known.partial = cut_off;
    known
}

fn contacts(reading: &mut Reading<'_>, pupils: &Known) {
    let mut known = Known::default();
    let mut places = HashMap::new();
    if let Some(mut table) = reading.table("user") {
        let refusals = &mut reading.refusals;
        let email = table.required("Email", &["email"], refusals);
        let given = table.required("First Name", &["firstname", "givenname"], refusals);
        let family = table.required("Last Name", &["lastname", "familyname"], refusals);
        let (Some(email), Some(given), Some(family)) = (email, given, family) else {
            reading.roster.complete = false;
            return;
        };
        let phone = table.column(&["phone"]);
        known.partial = true;
        let cut_off = reading.each_person(&table, |at, refusals, roster| {
            let id = at.new_id(refusals, email, &mut known)?;
            let name = at
                .name(refusals, [None, Some(given)], [None, Some(family)])
                .inspect_err(|_| withhold(&id, &mut known, roster))?;
            places.insert(id.clone(), roster.contacts.len());
            roster.contacts.push(Contact {
                name,
                email: at.email(refusals, Some(email)),
                phone: at.phone(refusals, &[phone]),
                links: Vec::new(),
                external_id: id,
            });
            Ok(())
        });
        known.partial = cut_off;
    }
    let Some(mut table) = reading.table("guardianrelationship") else {
        return;
    };
    let refusals = &mut reading.refusals;
    let pupil = table.required("SIS ID", &ID, refusals);
    let email = table.required("Email", &["email"], refusals);
    let (Some(pupil), Some(email)) = (pupil, email) else {
        reading.roster.complete = false;
        return;
    };
    let role = table.column(&["role"]);
    reading.each_person(&table, |at, refusals, roster| {
        let pupil = at.reference(
            refusals,
            pupil,
            pupils,
            "No pupil in Student.csv has this id.",
        )?;
        let contact = at.reference(
            refusals,
            email,
            &known,
            "Nobody in User.csv has this address.",
        )?;
        let word = one_line(at.text(role)).to_lowercase();
        let link = ContactLink {
            pupil,
            relationship: match word.as_str() {
                // What School Data Sync itself takes an empty role for.
                "" => "other".to_owned(),
                word => word.chars().take(40).collect(),
            },
        };
        let place = places.get(&contact).copied();
        if let Some(contact) = place.and_then(|place| roster.contacts.get_mut(place))
            && !contact.links.contains(&link)
        {
            contact.links.push(link);
        }
        Ok(())
    });
}

fn classes(reading: &mut Reading<'_>, schools: &Known) -> Known {
    let mut known = Known::unread();
    let Some(mut table) = reading.table_for("Section.csv", "studentenrollment") else {
        return known;
    };
    let refusals = &mut reading.refusals;
    let id = table.required("SIS ID", &ID, refusals);
    let school = table.required("School SIS ID", &SCHOOL, refusals);
    let title = table.required("Section Name", &["sectionname", "name"], refusals);
    let (Some(id), Some(school), Some(title)) = (id, school, title) else {
        return known;
    };
    let status = table.column(&["status"]);
    let period = [
        table.column(&["termstartdate"]),
        table.column(&["termenddate"]),
    ];
    let orders = period.map(|column| table.slash_order(column));
    let cut_off = reading.each(&table, |at, refusals, roster| {
        let id = at.new_id(refusals, id, &mut known)?;
        if is_gone(at.text(status)) {
            known.leave_out(&id);
            return Ok(());
        }
        let class = (|| {
            let unknown = "No school in School.csv has this id.";
            let school = at.reference(refusals, school, schools, unknown)?;
            at.period(refusals, period, orders)?;
            Ok(Class {
                title: at.title(refusals, title)?,
                school: Some(school),
                year: None,
                registration: false,
                external_id: id.clone(),
            })
        })();
        roster
            .classes
            .push(class.inspect_err(|_: &Skipped| known.leave_out(&id))?);
        Ok(())
    });
    known.partial = cut_off;
    known
}

/// `StudentEnrollment.csv` or `TeacherRoster.csv`: two columns, a class and a person.
fn members(reading: &mut Reading<'_>, stem: &str, classes: &Known, people: &Known, part: Part) {
    let Some(mut table) = reading.table(stem) else {
        return;
    };
    let refusals = &mut reading.refusals;
    let class = table.required("Section SIS ID", &SECTION, refusals);
    let person = table.required("SIS ID", &ID, refusals);
    let (Some(class), Some(person)) = (class, person) else {
        return;
    };
    let nobody = match part {
        Part::Pupil => "No pupil in Student.csv has this id.",
        Part::Staff => "Nobody in Teacher.csv has this id.",
    };
    let mut seen = HashSet::new();
    reading.each(&table, |at, refusals, roster| {
        let member = ClassMember {
            class: at.reference(
                refusals,
                class,
                classes,
                "No class in Section.csv has this id.",
            )?,
            part,
            person: at.reference(refusals, person, people, nobody)?,
        };
        if seen.insert(member.clone()) {
            roster.enrolments.push(member);
        }
        Ok(())
    });
}
