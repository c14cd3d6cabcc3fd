//! What a preview and an import answer, and what `server import` prints.

use roster::Refusal;
use serde::Serialize;
use utoipa::ToSchema;

/// How many of each kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Count {
    /// Children.
    pub pupils: usize,
    /// Members of staff.
    pub staff: usize,
    /// Parents, carers and other adults.
    pub contacts: usize,
    /// Classes, forms and teaching groups.
    pub classes: usize,
}

/// What an import does, or did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Changes {
    /// Not there before.
    pub added: Count,
    /// There, and written anew.
    pub changed: Count,
    /// There, and the same.
    pub unchanged: Count,
    /// There, in the files no more, and marked as left.
    pub left: Count,
}

/// The same, of all kinds together.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub(super) struct Totals {
    /// Not there yet.
    pub added: usize,
    /// There, and to be written anew.
    pub changed: usize,
    /// There, and the same.
    pub unchanged: usize,
    /// There, in the files no more, and to be marked as left.
    pub left: usize,
}

impl Totals {
    pub(super) const fn of(changes: &Changes) -> Self {
        Self {
            added: changes.added.total(),
            changed: changes.changed.total(),
            unchanged: changes.unchanged.total(),
            left: changes.left.total(),
        }
    }
}

impl Count {
    const fn total(&self) -> usize {
        self.pupils + self.staff + self.contacts + self.classes
    }
}

/// A row or cell that was not taken.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RefusedRow {
    /// The file's name.
    pub file: String,
    /// The line on which the row begins, as an editor counts.
    pub line: u64,
    /// The heading of the column; `null` if the row as a whole is meant.
    pub column: Option<String>,
    /// A sentence for the person who has to mend it.
    pub reason: String,
}

/// A school that the files hold.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct RosterSchool {
    /// Its id in the files: what `schools` of an import names.
    pub external_id: String,
    /// Its name.
    pub name: String,
}

/// How much the files hold.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub(super) struct RosterCounts {
    /// Children.
    pub pupils: usize,
    /// Members of staff.
    pub staff: usize,
    /// Parents, carers and other adults.
    pub contacts: usize,
    /// Classes, forms and teaching groups.
    pub classes: usize,
    /// Schools.
    pub schools: usize,
}

/// What an import of these files would do.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct RosterPreview {
    /// What the files are.
    #[schema(example = "oneroster-1.1")]
    pub format: String,
    /// The schools in them, also those that were not chosen.
    pub schools: Vec<RosterSchool>,
    /// How much they hold of the schools chosen.
    pub counts: RosterCounts,
    /// What an import would do, of all kinds together.
    pub changes: Totals,
    /// Whether who is absent from the files would be marked as left.
    pub leavers_are_marked: bool,
    /// What would not be taken.
    pub refused: Vec<RefusedRow>,
}

/// What an import did.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Imported {
    /// What was added, changed, left as it was, and marked as left.
    #[serde(flatten)]
    pub changes: Changes,
    /// What was not taken.
    pub refused: Vec<RefusedRow>,
}

impl From<Refusal> for RefusedRow {
    fn from(refusal: Refusal) -> Self {
        Self {
            file: refusal.file,
            line: refusal.line,
            column: refusal.column,
            reason: refusal.reason,
        }
    }
}
