//! A row of each kind, as the files say it and as the tables hold it.

use chrono::NaiveDate;
use diesel::prelude::*;
use domain::{
    ClassId, ContactId, EmailAddress, MemberId, PersonName, PupilId, YearGroup, fold_name,
};
use roster::FullName;
use store::schema::{class, contact, member, pupil};

use super::model::{Existing, Incoming};

/// The state of whoever is there.
pub(super) const ACTIVE: &str = "active";
/// The state of a member who has not signed in yet.
pub(super) const INVITED: &str = "invited";
/// The state of whoever has gone.
pub(super) const LEFT: &str = "left";

/// A pupil as the files say. No `Debug`: these are names.
pub(super) struct NewPupil {
    pub(super) external_id: String,
    pub(super) upn: Option<String>,
    pub(super) given_name: String,
    pub(super) family_name: String,
    pub(super) date_of_birth: Option<NaiveDate>,
    pub(super) year_group: Option<String>,
    pub(super) class_name: Option<String>,
}

/// A pupil as the table holds it.
#[derive(Queryable, Selectable)]
#[diesel(table_name = pupil)]
pub(super) struct OldPupil {
    id: PupilId,
    external_id: Option<String>,
    upn: Option<String>,
    given_name: String,
    family_name: String,
    date_of_birth: Option<NaiveDate>,
    year_group: Option<String>,
    class_name: Option<String>,
    state: String,
}

impl NewPupil {
    /// `class_name` is the class by which the school tells pupils of one name apart.
    pub(super) fn of(pupil: &roster::Pupil, class_name: Option<String>) -> Self {
        let (given_name, family_name) = parts(&pupil.name);
        Self {
            external_id: pupil.external_id.clone(),
            // EXPOSE: into the pupil's row.
            upn: pupil.upn.as_ref().map(|upn| upn.expose().clone()),
            given_name,
            family_name,
            date_of_birth: pupil.birth_date.as_ref().map(roster::BirthDate::expose),
            year_group: pupil.year.as_ref().map(YearGroup::to_string),
            class_name,
        }
    }
}

/// Forename and surname for their columns; an absent one is empty.
pub(super) fn parts(name: &FullName) -> (String, String) {
    // EXPOSE: into the row of the person.
    let part = |name: &Option<PersonName>| {
        name.as_ref()
            .map(|name| name.expose().to_owned())
            .unwrap_or_default()
    };
    (part(&name.given), part(&name.family))
}

impl Incoming for NewPupil {
    fn external_id(&self) -> &str {
        &self.external_id
    }
}

impl Existing<NewPupil> for OldPupil {
    type Id = PupilId;

    fn id(&self) -> PupilId {
        self.id
    }

    fn external_id(&self) -> Option<&str> {
        self.external_id.as_deref()
    }

    fn has_left(&self) -> bool {
        self.state == LEFT
    }

    fn complete(&self, new: &mut NewPupil) {
        keep(&mut new.upn, &self.upn);
        keep(&mut new.date_of_birth, &self.date_of_birth);
        keep(&mut new.year_group, &self.year_group);
        keep(&mut new.class_name, &self.class_name);
    }

    fn says(&self, new: &NewPupil) -> bool {
        self.upn == new.upn
            && self.given_name == new.given_name
            && self.family_name == new.family_name
            && self.date_of_birth == new.date_of_birth
            && self.year_group == new.year_group
            && self.class_name == new.class_name
    }
}

/// A member of staff as the files say. No `Debug`.
pub(super) struct NewMember {
    pub(super) external_id: String,
    pub(super) name: String,
    pub(super) email: Option<EmailAddress>,
}

/// A member as the table holds it.
#[derive(Queryable, Selectable)]
#[diesel(table_name = member)]
pub(super) struct OldMember {
    pub(super) id: MemberId,
    pub(super) external_id: Option<String>,
    name: String,
    pub(super) email: Option<String>,
    pub(super) administrator: bool,
    state: String,
}

impl NewMember {
    pub(super) fn of(staff: &roster::Staff) -> Self {
        Self {
            external_id: staff.external_id.clone(),
            // EXPOSE: into the member's row.
            name: staff.name.in_full().expose().clone(),
            email: staff.email.clone(),
        }
    }
}

impl Incoming for NewMember {
    fn external_id(&self) -> &str {
        &self.external_id
    }
}

impl Existing<NewMember> for OldMember {
    type Id = MemberId;

    fn id(&self) -> MemberId {
        self.id
    }

    fn external_id(&self) -> Option<&str> {
        self.external_id.as_deref()
    }

    fn has_left(&self) -> bool {
        self.state == LEFT
    }

    fn complete(&self, new: &mut NewMember) {
        if new.email.is_none() {
            new.email = self.email.clone().and_then(|email| email.try_into().ok());
        }
    }

    fn says(&self, new: &NewMember) -> bool {
        let key = |email: &str| email.to_lowercase();
        self.name == new.name
            && self.email.as_deref().map(key) == new.email.as_ref().map(EmailAddress::key)
    }
}

/// A contact as the files say. No `Debug`.
pub(super) struct NewContact {
    pub(super) external_id: String,
    pub(super) name: String,
    pub(super) phone: Option<String>,
    pub(super) email: Option<String>,
}

/// A contact as the table holds it.
#[derive(Queryable, Selectable)]
#[diesel(table_name = contact)]
pub(super) struct OldContact {
    pub(super) id: ContactId,
    pub(super) external_id: Option<String>,
    name: String,
    phone: Option<String>,
    email: Option<String>,
    state: String,
}

impl NewContact {
    pub(super) fn of(contact: &roster::Contact) -> Self {
        Self {
            external_id: contact.external_id.clone(),
            // EXPOSE: into the contact's row.
            name: contact.name.in_full().expose().clone(),
            phone: contact.phone.as_ref().map(|phone| phone.expose().clone()),
            email: contact
                .email
                .as_ref()
                .map(|email| email.as_str().to_owned()),
        }
    }
}

impl Incoming for NewContact {
    fn external_id(&self) -> &str {
        &self.external_id
    }
}

impl Existing<NewContact> for OldContact {
    type Id = ContactId;

    fn id(&self) -> ContactId {
        self.id
    }

    fn external_id(&self) -> Option<&str> {
        self.external_id.as_deref()
    }

    fn has_left(&self) -> bool {
        self.state == LEFT
    }

    fn complete(&self, new: &mut NewContact) {
        keep(&mut new.phone, &self.phone);
        keep(&mut new.email, &self.email);
    }

    fn says(&self, new: &NewContact) -> bool {
        self.name == new.name && self.phone == new.phone && self.email == new.email
    }
}

/// A class as the files say.
pub(super) struct NewClass {
    pub(super) external_id: String,
    pub(super) name: String,
    pub(super) year_group: Option<String>,
}

/// A class as the table holds it.
#[derive(Queryable, Selectable)]
#[diesel(table_name = class)]
pub(super) struct OldClass {
    pub(super) id: ClassId,
    pub(super) external_id: Option<String>,
    name: String,
    year_group: Option<String>,
    state: String,
}

impl NewClass {
    pub(super) fn of(class: &roster::Class) -> Self {
        Self {
            external_id: class.external_id.clone(),
            name: class.title.clone(),
            year_group: class.year.as_ref().map(YearGroup::to_string),
        }
    }
}

impl Incoming for NewClass {
    fn external_id(&self) -> &str {
        &self.external_id
    }
}

impl Existing<NewClass> for OldClass {
    type Id = ClassId;

    fn id(&self) -> ClassId {
        self.id
    }

    fn external_id(&self) -> Option<&str> {
        self.external_id.as_deref()
    }

    fn has_left(&self) -> bool {
        self.state == LEFT
    }

    fn complete(&self, new: &mut NewClass) {
        keep(&mut new.year_group, &self.year_group);
    }

    fn says(&self, new: &NewClass) -> bool {
        self.name == new.name && self.year_group == new.year_group
    }
}

fn keep<T: Clone>(new: &mut Option<T>, old: &Option<T>) {
    if new.is_none() {
        new.clone_from(old);
    }
}

/// The folded forms by which a pupil is looked up.
pub(super) fn keys(new: &NewPupil) -> (String, String) {
    (fold_name(&new.given_name), fold_name(&new.family_name))
}
