use std::collections::{BTreeSet, HashSet};

use chrono::NaiveDate;
use domain::{EmailAddress, PersonName, Sensitive, YearGroup};

use crate::{BirthDate, Format, Refusal};

/// Everything that a set of files says about the people of one or more schools.
///
/// Ids are those of the system the files come from. They are unique within their kind only: one
/// person may stand among the staff and among the contacts under the same id.
#[derive(Clone, Debug)]
pub struct Roster {
    /// What the files are.
    pub format: Format,
    /// Whether someone who is absent from the files has left: true of whole exports, false of those
    /// that hold changes only, and of files of which some row could not be told apart.
    pub complete: bool,
    /// Whether a class, or somebody's place in one, that is absent from the files is no more: true if
    /// both files of them are there and nothing in them was refused.
    pub classes_complete: bool,
    /// Schools and colleges; what stands above them (districts, ministries) or inside them
    /// (departments) only serves to find the school.
    pub schools: Vec<School>,
    /// Children on roll.
    pub pupils: Vec<Pupil>,
    /// Everyone who works there.
    pub staff: Vec<Staff>,
    /// Parents, carers and other adults in pupils' lives.
    pub contacts: Vec<Contact>,
    /// Classes, forms and teaching groups.
    pub classes: Vec<Class>,
    /// Who is in which class, without repetitions.
    pub enrolments: Vec<ClassMember>,
    /// Ids of people whose row says that they leave. (Whoever is present above is not meant: in School
    /// Data Sync v1 a pupil and a teacher may have one id.)
    pub leaving: BTreeSet<String>,
    /// Ids that stand in the files and were refused. They are not to be taken for leavers.
    pub withheld: BTreeSet<String>,
    /// Every row or cell that was not taken, by file and line.
    pub refused: Vec<Refusal>,
}

/// A school or college.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct School {
    /// Its id in the files.
    pub external_id: String,
    /// Its name.
    pub name: String,
    /// Its public number (DfE number, NCES id), where the files hold one.
    pub identifier: Option<String>,
}

/// A person's name in its parts, of which at least one is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FullName {
    /// Forename; the preferred one where the files hold both.
    pub given: Option<PersonName>,
    /// Surname.
    pub family: Option<PersonName>,
}

impl FullName {
    /// The name as it is said: forename, then surname.
    pub fn in_full(&self) -> Sensitive<String> {
        // EXPOSE: joins the two parts into another wrapper.
        let parts: Vec<&str> = [&self.given, &self.family]
            .into_iter()
            .flatten()
            .map(PersonName::expose)
            .collect();
        Sensitive::new(parts.join(" "))
    }
}

/// One school that a person belongs to, and since and until when if the files say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The school's id in the files.
    pub school: String,
    /// First day.
    pub starts_on: Option<NaiveDate>,
    /// Last day.
    pub ends_on: Option<NaiveDate>,
}

/// A child on roll.
#[derive(Clone, Debug)]
pub struct Pupil {
    /// Their id in the files.
    pub external_id: String,
    /// Their name.
    pub name: FullName,
    /// Their year group.
    pub year: Option<YearGroup>,
    /// Their date of birth.
    pub birth_date: Option<BirthDate>,
    /// Their unique pupil number, where the files hold one (England and Wales).
    pub upn: Option<Sensitive<String>>,
    /// Their school or schools.
    pub places: Vec<Place>,
}

/// Someone who works in a school.
#[derive(Clone, Debug)]
pub struct Staff {
    /// Their id in the files.
    pub external_id: String,
    /// Their name.
    pub name: FullName,
    /// Their address, by which they are invited; the user name if that is an address.
    pub email: Option<EmailAddress>,
    /// What the files call their roles, in small letters: `teacher`, `aide`, `administrator`…
    pub roles: BTreeSet<String>,
    /// Their schools; empty for those of a district or ministry.
    pub places: Vec<Place>,
}

/// A parent, carer or other adult in a pupil's life.
#[derive(Clone, Debug)]
pub struct Contact {
    /// Their id in the files.
    pub external_id: String,
    /// Their name.
    pub name: FullName,
    /// Their address.
    pub email: Option<EmailAddress>,
    /// Their telephone number as written.
    pub phone: Option<Sensitive<String>>,
    /// Whose contact they are, without repetitions.
    pub links: Vec<ContactLink>,
}

/// What a contact is to a pupil.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ContactLink {
    /// The pupil's id in the files.
    pub pupil: String,
    /// The files' word in small letters: `parent`, `guardian`, `relative`…
    pub relationship: String,
}

/// A class, form or teaching group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Class {
    /// Its id in the files.
    pub external_id: String,
    /// Its name.
    pub title: String,
    /// Its school's id in the files; absent if it belongs to a district.
    pub school: Option<String>,
    /// The year group it is for, where the files say.
    pub year: Option<YearGroup>,
    /// Whether this is the class in which pupils are registered (form, homeroom).
    pub registration: bool,
}

/// What somebody is in a class.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// A pupil who is taught.
    Pupil,
    /// A member of staff: teacher, assistant, invigilator.
    Staff,
}

/// Somebody's place in a class.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ClassMember {
    /// The class's id in the files.
    pub class: String,
    /// Whether `person` is one of the pupils or of the staff.
    pub part: Part,
    /// The person's id in the files.
    pub person: String,
}

impl Roster {
    /// The roster of some of its schools: their pupils, staff and classes, and those pupils' contacts.
    ///
    /// No schools named means all. Refusals stay as they are: they are about files, not schools.
    #[must_use]
    pub fn of_schools(mut self, schools: &[String]) -> Self {
        if schools.is_empty() {
            return self;
        }
        let chosen: HashSet<&str> = schools.iter().map(String::as_str).collect();
        let there = |places: &[Place]| {
            places
                .iter()
                .any(|place| chosen.contains(place.school.as_str()))
        };
        self.schools
            .retain(|school| chosen.contains(school.external_id.as_str()));
        self.pupils.retain(|pupil| there(&pupil.places));
        self.staff.retain(|member| there(&member.places));
        self.classes.retain(|class| {
            class
                .school
                .as_deref()
                .is_some_and(|school| chosen.contains(school))
        });
        let pupils: HashSet<&str> = ids(&self.pupils, |pupil| &pupil.external_id);
        let staff: HashSet<&str> = ids(&self.staff, |member| &member.external_id);
        let classes: HashSet<&str> = ids(&self.classes, |class| &class.external_id);
        for contact in &mut self.contacts {
            contact
                .links
                .retain(|link| pupils.contains(link.pupil.as_str()));
        }
        self.contacts.retain(|contact| !contact.links.is_empty());
        self.enrolments.retain(|member| {
            classes.contains(member.class.as_str())
                && match member.part {
                    Part::Pupil => pupils.contains(member.person.as_str()),
                    Part::Staff => staff.contains(member.person.as_str()),
                }
        });
        self
    }
}

fn ids<T>(rows: &[T], id: impl Fn(&T) -> &String) -> HashSet<&str> {
    rows.iter().map(|row| id(row).as_str()).collect()
}
