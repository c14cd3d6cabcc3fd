//! `users.csv`: everyone, before it is known what each of them is.

use super::context::{At, InOrder, Known, Reading, Reference, Skipped};
use super::orgs::Organisations;
use super::people::{Person, Role};
use crate::model::{ContactLink, Place};
use crate::refusal::Refusals;
use crate::table::Column;
use crate::words::{Standing, is_gone, one_line, standing, upn};

/// The people of a roster.
#[derive(Debug, Default)]
pub(super) struct People {
    pub(super) known: Known,
    pub(super) by_id: InOrder<Person>,
    file: String,
    agents_heading: String,
    id_heading: String,
}

impl People {
    /// Reads `users.csv`; `roles_here` says that it has the role of each person, not `roles.csv`.
    pub(super) fn read(
        reading: &mut Reading<'_>,
        organisations: &Organisations,
        roles_here: bool,
    ) -> Self {
        let mut people = Self {
            known: Known::unread(),
            ..Self::default()
        };
        let Some(mut table) = reading.table("users") else {
            return people;
        };
        let refusals = &mut reading.refusals;
        let id = table.required("sourcedId", &["sourcedid"], refusals);
        let given = table.required("givenName", &["givenname"], refusals);
        let family = table.required("familyName", &["familyname"], refusals);
        let role = if roles_here {
            let role = table.required("role", &["role"], refusals);
            if role.is_none() {
                reading.roster.complete = false;
                return people;
            }
            role
        } else {
            None
        };
        let (Some(id), Some(given), Some(family)) = (id, given, family) else {
            reading.roster.complete = false;
            return people;
        };
        let preferred = [
            table.column(&["preferredgivenname", "preferredfirstname"]),
            table.column(&["preferredfamilyname", "preferredlastname"]),
        ];
        let email = table.column(&["email"]);
        let username = table.column(&["username"]);
        let phones = [table.column(&["phone"]), table.column(&["sms"])];
        let identifier = table.column(&["identifier", "upn"]);
        let year = table.column(&["grades", "grade"]);
        let agents = table.column(&["agentsourcedids"]);
        let status = table.column(&["status"]);
        let places = table.column(&["orgsourcedids", "orgsourcedid"]);
        people.file = table.file.to_owned();
        people.id_heading = table.heading(id).to_owned();
        people.agents_heading = agents.map_or("", |column| table.heading(column)).to_owned();

        let cut_off = reading.each_person(&table, |at, refusals, roster| {
            let id = at.new_id(refusals, id, &mut people.known)?;
            if is_gone(at.text(status)) {
                people.known.leave_out(&id);
                roster.leaving.insert(id);
                return Ok(());
            }
            let taken = (|| {
                let roles = match role {
                    Some(column) => {
                        let (standing, word) = role_in(&at, refusals, column)?;
                        let places = places_in(&at, refusals, places, organisations)?;
                        roles_at(standing, &word, places)
                    }
                    None => Vec::new(),
                };
                Ok(Person {
                    id: id.clone(),
                    line: at.record.line,
                    name: at.name(
                        refusals,
                        [preferred[0], Some(given)],
                        [preferred[1], Some(family)],
                    )?,
                    email: at.email_or_user_name(refusals, email, username),
                    phone: at.phone(refusals, &phones),
                    upn: upn(at.text(identifier)),
                    year: at.year(refusals, year),
                    birth_date: None,
                    agents: list(at.text(agents)),
                    roles,
                    links: Default::default(),
                    role_refused: false,
                })
            })();
            match taken {
                Ok(person) => {
                    people.by_id.get_or_insert(&id, || person);
                    Ok(())
                }
                Err(skipped) => {
                    people.known.leave_out(&id);
                    roster.withheld.insert(id);
                    Err(skipped)
                }
            }
        });
        people.known.partial = cut_off;
        people
    }

    /// Turns `agentSourcedIds` into the links between pupils and their contacts, whichever of the two
    /// names the other. An agent who is neither (a tutor, a sibling) is nobody's contact.
    pub(super) fn link_agents(&mut self, reading: &mut Reading<'_>) {
        let mut links = Vec::new();
        for person in self.by_id.values() {
            let mut unknown = false;
            for agent in &person.agents {
                unknown |= self.known.look_up(agent) == Reference::Unknown;
                let Some(other) = self.by_id.get(agent) else {
                    continue;
                };
                let (pupil, contact) = if person.is(Standing::Pupil) {
                    (person, other)
                } else {
                    (other, person)
                };
                if pupil.is(Standing::Pupil)
                    && let Some(word) = contact.contact_word()
                {
                    links.push((contact.id.clone(), pupil.id.clone(), word.to_owned()));
                }
            }
            if unknown {
                let heading = Some(self.agents_heading.as_str());
                let reason =
                    "Nobody in users.csv has one of these ids; the person is taken without it.";
                reading
                    .refusals
                    .add(&self.file, person.line, heading, reason);
            }
        }
        for (contact, pupil, relationship) in links {
            if let Some(contact) = self.by_id.get_mut(&contact) {
                contact.links.insert(ContactLink {
                    pupil,
                    relationship,
                });
            }
        }
    }

    /// Enters everyone whose standing is known now. Who has none is refused, unless a role of theirs
    /// was refused or they are of former days.
    pub(super) fn enter(&mut self, reading: &mut Reading<'_>) {
        for person in self.by_id.values() {
            let entered = [Standing::Pupil, Standing::Staff, Standing::Contact]
                .into_iter()
                .any(|standing| person.is(standing));
            if entered {
                person.enter(&mut reading.roster);
                continue;
            }
            self.known.leave_out(&person.id);
            if person.is(Standing::Former) {
                reading.roster.leaving.insert(person.id.clone());
                continue;
            }
            reading.roster.withheld.insert(person.id.clone());
            if !person.role_refused {
                let reason = "Nothing says what this person is: roles.csv has no role for this id.";
                reading
                    .refusals
                    .add(&self.file, person.line, Some(&self.id_heading), reason);
            }
        }
    }
}

/// The role in a column; refused if it is missing or not known.
pub(super) fn role_in(
    at: &At<'_>,
    refusals: &mut Refusals,
    column: Column,
) -> Result<(Standing, String), Skipped> {
    let word = one_line(at.text(column)).to_lowercase();
    let reason = if word.is_empty() {
        "The role is missing."
    } else if let Some(standing) = standing(&word) {
        return Ok((standing, word));
    } else {
        "This is not a role that is known, such as student, teacher, aide or parent."
    };
    at.refuse(refusals, column, reason);
    Err(Skipped::Settled)
}

/// A role at each place, or one without a place.
fn roles_at(standing: Standing, word: &str, places: Vec<Place>) -> Vec<Role> {
    let role = |place| Role {
        standing,
        word: word.to_owned(),
        place,
    };
    if places.is_empty() {
        return vec![role(None)];
    }
    places.into_iter().map(|place| role(Some(place))).collect()
}

/// The schools that a list of organisations stands for. Unknown ones are refused; if none is known,
/// so is the row.
fn places_in(
    at: &At<'_>,
    refusals: &mut Refusals,
    column: Option<Column>,
    organisations: &Organisations,
) -> Result<Vec<Place>, Skipped> {
    let named = list(at.text(column));
    let unknown = named
        .iter()
        .filter(|id| organisations.known.look_up(id) == Reference::Unknown)
        .count();
    if unknown > 0 {
        let none_known = unknown == named.len();
        let reason = if none_known {
            "No organisation in orgs.csv has this id."
        } else {
            "No organisation in orgs.csv has one of these ids; the person is taken without it."
        };
        at.refuse(refusals, column, reason);
        if none_known {
            return Err(Skipped::Settled);
        }
    }
    let mut places: Vec<Place> = Vec::new();
    for school in named.iter().filter_map(|id| organisations.school_of(id)) {
        if !places.iter().any(|place| place.school == school) {
            places.push(Place {
                school,
                starts_on: None,
                ends_on: None,
            });
        }
    }
    Ok(places)
}

/// The ids in a cell that holds several, with commas between them.
fn list(cell: &str) -> Vec<String> {
    let ids = cell.split(',').map(str::trim);
    ids.filter(|id| !id.is_empty()).map(str::to_owned).collect()
}
