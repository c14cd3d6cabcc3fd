use serde::{Deserialize, Serialize};

use crate::{Refusal, Roster};

/// How much of each kind a roster holds: what `server import --dry-run --json` prints.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// Children on roll.
    pub pupils: usize,
    /// Everyone who works there.
    pub staff: usize,
    /// Parents, carers and other adults.
    pub contacts: usize,
    /// Classes, forms and teaching groups.
    pub classes: usize,
    /// Schools; districts, departments and ministries are not counted.
    pub schools: usize,
    /// Every row or cell that was not taken.
    pub refused: Vec<Refusal>,
}

impl Roster {
    /// The counts, and everything that was refused.
    pub fn summary(&self) -> Summary {
        Summary {
            pupils: self.pupils.len(),
            staff: self.staff.len(),
            contacts: self.contacts.len(),
            classes: self.classes.len(),
            schools: self.schools.len(),
            refused: self.refused.clone(),
        }
    }
}
