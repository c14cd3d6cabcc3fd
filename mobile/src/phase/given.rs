use std::collections::BTreeSet;

use authenticator::end_of;
use chrono::NaiveDate;
use domain::{CategoryId, ConcernId};
use protocol::compartments::Compartment;
use protocol::roll::{Capability, Rights};

/// What another device is to open and may do. What is left out stays as it is with the one who gives, or as it was.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Given {
    /// Which compartments.
    pub compartments: BTreeSet<Compartment>,
    /// What it may do beside opening records.
    pub tasks: BTreeSet<Task>,
    /// Only records of these categories; `None` for all that can be given.
    pub categories: Option<BTreeSet<CategoryId>>,
    /// Only these year groups; `None` for all that can be given.
    pub years: Option<BTreeSet<String>>,
    /// Records that it must never show, beside those that are excluded already.
    pub excluded: BTreeSet<ConcernId>,
    /// Its last day.
    pub last_day: Option<NaiveDate>,
}

/// What a key may do beside opening records. Capabilities that are of no use apart are given together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Task {
    /// Give keys, narrow them and take them away.
    GiveKeys,
    /// Change a compartment's key.
    ChangeKeys,
    /// Make recovery sheets, and what else concerns the roots of trust.
    MakeSheets,
    /// Take records out.
    TakeOut,
    /// Send a pupil's file to another school.
    SendOn,
    /// Approve that records are destroyed.
    Destroy,
}

impl Task {
    /// All of them, the one that every school needs first.
    pub const ALL: [Self; 6] = [
        Self::GiveKeys,
        Self::ChangeKeys,
        Self::MakeSheets,
        Self::TakeOut,
        Self::SendOn,
        Self::Destroy,
    ];

    const fn capabilities(self) -> &'static [Capability] {
        use Capability::{Export, Grant, Kit, Purge, Restrict, Revoke, Rotate, Transfer};
        match self {
            Self::GiveKeys => &[Grant, Restrict, Revoke],
            Self::ChangeKeys => &[Rotate],
            Self::MakeSheets => &[Kit],
            Self::TakeOut => &[Export],
            Self::SendOn => &[Transfer],
            Self::Destroy => &[Purge],
        }
    }

    /// Those that rights hold, at least in part.
    pub(crate) fn of(rights: &Rights) -> Vec<Self> {
        let held = |one: &Capability| rights.capabilities.contains(one);
        let tasks = Self::ALL.into_iter();
        tasks
            .filter(|task| task.capabilities().iter().any(held))
            .collect()
    }
}

impl Given {
    /// As rights: no more of them than `most` has, which the one who gives holds, or the key held until now.
    pub(super) fn within(self, most: &Rights) -> Rights {
        let tasks = self.tasks.iter();
        let capabilities: BTreeSet<Capability> = tasks
            .flat_map(|task| task.capabilities())
            .copied()
            .collect();
        let excluded = self.excluded.iter().map(|record| *record.as_bytes());
        Rights {
            compartments: self.compartments,
            capabilities: &capabilities & &most.capabilities,
            categories: self.categories.or_else(|| most.categories.clone()),
            years: self.years.or_else(|| most.years.clone()),
            excluded: most.excluded.iter().copied().chain(excluded).collect(),
            expires: self.last_day.and_then(end_of).or(most.expires),
        }
    }
}
