//! `orgs.csv`: schools, and what stands above and inside them.

use std::collections::HashMap;

use super::context::{Known, Reading, Reference};
use crate::School;
use crate::words::{is_gone, is_school};

/// The organisations of a roster.
#[derive(Debug, Default)]
pub(super) struct Organisations {
    pub(super) known: Known,
    by_id: HashMap<String, Organisation>,
}

#[derive(Debug)]
struct Organisation {
    is_school: bool,
    parent: String,
}

/// How far up a department looks for its school; more than any real tree is deep, and finite.
const DEEPEST: usize = 20;

impl Organisations {
    /// The school that an organisation is, or the nearest above it; none for a district.
    pub(super) fn school_of(&self, id: &str) -> Option<String> {
        let mut id = id;
        for _ in 0..DEEPEST {
            let organisation = self.by_id.get(id)?;
            if organisation.is_school && self.known.look_up(id) == Reference::Found {
                return Some(id.to_owned());
            }
            id = &organisation.parent;
        }
        None
    }

    pub(super) fn read(reading: &mut Reading<'_>) -> Self {
        let mut organisations = Self {
            known: Known::unread(),
            ..Self::default()
        };
        let Some(mut table) = reading.table("orgs") else {
            return organisations;
        };
        let refusals = &mut reading.refusals;
        let id = table.required("sourcedId", &["sourcedid"], refusals);
        let name = table.required("name", &["name"], refusals);
        let kind = table.required("type", &["type"], refusals);
        let (Some(id), Some(name), Some(kind)) = (id, name, kind) else {
            return organisations;
        };
        let parent = table.column(&["parentsourcedid"]);
        let identifier = table.column(&["identifier"]);
        let status = table.column(&["status"]);
        let mut parents = Vec::new();
        let cut_off = reading.each(&table, |at, refusals, roster| {
            let id = at.new_id(refusals, id, &mut organisations.known)?;
            let above = at.text(parent).to_owned();
            if let Some(column) = parent
                && !above.is_empty()
            {
                parents.push((at.record.line, column, above.clone()));
            }
            let organisation = Organisation {
                is_school: is_school(at.text(kind)),
                parent: above,
            };
            let is_school = organisation.is_school;
            organisations.by_id.insert(id.clone(), organisation);
            if is_gone(at.text(status)) {
                organisations.known.leave_out(&id);
                return Ok(());
            }
            let name = at.title(refusals, name).inspect_err(|_| {
                organisations.known.leave_out(&id);
            })?;
            if is_school {
                let identifier = at.text(identifier);
                roster.schools.push(School {
                    external_id: id,
                    name,
                    identifier: (!identifier.is_empty()).then(|| identifier.to_owned()),
                });
            }
            Ok(())
        });
        organisations.known.partial = cut_off;
        for (line, column, parent) in parents {
            if organisations.known.look_up(&parent) == Reference::Unknown {
                let reason = "No organisation in orgs.csv has this id; the row is used without it.";
                reading
                    .refusals
                    .add(table.file, line, Some(table.heading(column)), reason);
            }
        }
        organisations
    }
}
