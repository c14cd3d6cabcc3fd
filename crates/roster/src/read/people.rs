//! The people of the formats that list everyone in `users.csv`, while it is being found out what each
//! of them is.

use std::collections::BTreeSet;

use domain::{EmailAddress, Sensitive, YearGroup};

use crate::model::{Contact, ContactLink, FullName, Place, Pupil, Staff};
use crate::words::Standing;
use crate::{BirthDate, Roster};

/// One row of `users.csv`.
#[derive(Debug)]
pub(super) struct Person {
    pub(super) id: String,
    pub(super) line: u64,
    pub(super) name: FullName,
    pub(super) email: Option<EmailAddress>,
    pub(super) phone: Option<Sensitive<String>>,
    pub(super) upn: Option<Sensitive<String>>,
    pub(super) year: Option<YearGroup>,
    pub(super) birth_date: Option<BirthDate>,
    /// Ids of the adults named in the row (a pupil's), or of the pupils (an adult's), with its line.
    pub(super) agents: Vec<String>,
    /// What the person is; several if the files give several roles.
    pub(super) roles: Vec<Role>,
    /// Whose contact the person is.
    pub(super) links: BTreeSet<ContactLink>,
    /// Whether some role was refused: then having none is no new refusal.
    pub(super) role_refused: bool,
}

/// One role of a person.
#[derive(Debug)]
pub(super) struct Role {
    pub(super) standing: Standing,
    /// The files' word in small letters.
    pub(super) word: String,
    pub(super) place: Option<Place>,
}

impl Person {
    pub(super) fn is(&self, standing: Standing) -> bool {
        match standing {
            Standing::Contact => {
                !self.links.is_empty() || self.roles.iter().any(|role| role.standing == standing)
            }
            _ => self.roles.iter().any(|role| role.standing == standing),
        }
    }

    /// The word for what a contact is, where no relationship says it.
    pub(super) fn contact_word(&self) -> Option<&str> {
        self.roles
            .iter()
            .find(|role| role.standing == Standing::Contact)
            .map(|role| role.word.as_str())
    }

    fn places(&self, standing: Standing) -> Vec<Place> {
        let mut places: Vec<Place> = Vec::new();
        for role in self.roles.iter().filter(|role| role.standing == standing) {
            if let Some(place) = &role.place
                && !places.iter().any(|other| other.school == place.school)
            {
                places.push(place.clone());
            }
        }
        places
    }

    /// Puts the person among the pupils, staff and contacts: wherever they belong.
    pub(super) fn enter(&self, roster: &mut Roster) {
        if self.is(Standing::Pupil) {
            roster.pupils.push(Pupil {
                external_id: self.id.clone(),
                name: self.name.clone(),
                year: self.year.clone(),
                birth_date: self.birth_date.clone(),
                upn: self.upn.clone(),
                places: self.places(Standing::Pupil),
            });
        }
        if self.is(Standing::Staff) {
            let roles = self.roles.iter();
            roster.staff.push(Staff {
                external_id: self.id.clone(),
                name: self.name.clone(),
                email: self.email.clone(),
                roles: roles
                    .filter(|role| role.standing == Standing::Staff)
                    .map(|role| role.word.clone())
                    .collect(),
                places: self.places(Standing::Staff),
            });
        }
        if self.is(Standing::Contact) {
            roster.contacts.push(Contact {
                external_id: self.id.clone(),
                name: self.name.clone(),
                email: self.email.clone(),
                phone: self.phone.clone(),
                links: self.links.iter().cloned().collect(),
            });
        }
    }
}
