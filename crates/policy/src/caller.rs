use std::collections::BTreeSet;
use std::sync::Arc;

use domain::{CategoryId, ConcernId, DeviceId, MemberId, SchoolId, UnlockId, YearGroup};
use protocol::compartments::Compartment;

/// Who asks, as the live session, the member's row and the signed roll say at this moment.
#[derive(Clone, Debug)]
pub struct Caller {
    /// The school whose rows this caller may touch; `None` before one is chosen.
    pub school: Option<SchoolId>,
    /// Whose name stands in the audit log.
    pub actor: Actor,
    /// What the school has made of this person.
    pub roles: Roles,
    /// How far the sign-in reaches now.
    pub level: Level,
}

/// Whose act it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Actor {
    /// Nobody that we know.
    Nobody,
    /// The server itself, or its operator at the command line.
    System,
    /// A member of the school, in a browser.
    Member(MemberId),
    /// An authenticator app, of a member.
    Device(DeviceId, MemberId),
}

/// What the school has made of a person; everybody is a reporter.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Roles {
    /// People, settings, imports; never sealed content.
    pub administrator: bool,
    /// Numbers and the audit log.
    pub auditor: bool,
    /// The roll grants at least one of this person's devices something.
    pub key_holder: bool,
}

/// How far a sign-in reaches.
#[derive(Clone, Debug)]
pub enum Level {
    /// Not signed in.
    Anonymous,
    /// Signed in, nothing open.
    SignedIn,
    /// Signed in, and an offline code has shown that the person has their device: nothing is open.
    Present,
    /// Signed in, and the records that `Reach` names are open.
    Unlocked(Arc<Reach>),
}

/// What one approved unlock opens: the keys it holds, within the signed grant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reach {
    /// The unlock that was approved.
    pub unlock: UnlockId,
    /// The device that approved it.
    pub device: DeviceId,
    /// The compartments whose keys the approval carried.
    pub compartments: BTreeSet<Compartment>,
    /// The categories granted; `None` means all.
    pub categories: Option<BTreeSet<CategoryId>>,
    /// The year groups granted; `None` means all.
    pub years: Option<BTreeSet<YearGroup>>,
    /// Records this person may never see, key holder or not.
    pub excluded: BTreeSet<ConcernId>,
    /// A short look in a browser that nobody has vouched for: reading only, and little of it.
    pub probation: bool,
}

impl Caller {
    /// Somebody who is not signed in.
    pub const fn nobody() -> Self {
        Self {
            school: None,
            actor: Actor::Nobody,
            roles: Roles {
                administrator: false,
                auditor: false,
                key_holder: false,
            },
            level: Level::Anonymous,
        }
    }

    /// The server itself, in one school.
    pub fn system(school: SchoolId) -> Self {
        Self {
            school: Some(school),
            actor: Actor::System,
            ..Self::nobody()
        }
    }

    /// The member who asks, in a browser or through a device.
    pub const fn member(&self) -> Option<MemberId> {
        match self.actor {
            Actor::Member(member) | Actor::Device(_, member) => Some(member),
            Actor::Nobody | Actor::System => None,
        }
    }

    /// What is open, if anything is.
    pub const fn reach(&self) -> Option<&Arc<Reach>> {
        match &self.level {
            Level::Unlocked(reach) => Some(reach),
            Level::Anonymous | Level::SignedIn | Level::Present => None,
        }
    }
}

impl Reach {
    /// Whether a pupil of this year group is within the grant; a pupil without a year group is only
    /// within an unrestricted one.
    pub fn has_year(&self, year: Option<&YearGroup>) -> bool {
        self.years
            .as_ref()
            .is_none_or(|years| year.is_some_and(|year| years.contains(year)))
    }

    /// Whether a category is within the grant.
    pub fn has_category(&self, category: CategoryId) -> bool {
        self.categories
            .as_ref()
            .is_none_or(|categories| categories.contains(&category))
    }
}
