//! Who asks, and for what.
#![expect(clippy::unwrap_used, reason = "a test's helpers fail by panicking")]

use std::collections::BTreeSet;
use std::sync::Arc;

use domain::{CategoryId, ConcernId, DeviceId, MemberId, SchoolId, UnlockId, YearGroup};
use policy::{Actor, Caller, ConcernFacts, Level, Reach, Roles};
use protocol::compartments::Compartment;

pub(super) const ME: MemberId = MemberId::from_bytes([1; 16]);
pub(super) const COLLEAGUE: MemberId = MemberId::from_bytes([2; 16]);
pub(super) const CONCERN: ConcernId = ConcernId::from_bytes([3; 16]);
pub(super) const BULLYING: CategoryId = CategoryId::from_bytes([4; 16]);
pub(super) const NEGLECT: CategoryId = CategoryId::from_bytes([5; 16]);

pub(super) fn year(text: &str) -> YearGroup {
    YearGroup::try_from(text.to_owned()).unwrap()
}

pub(super) fn reach() -> Reach {
    Reach {
        unlock: UnlockId::from_bytes([6; 16]),
        device: DeviceId::from_bytes([7; 16]),
        compartments: [Compartment::PASTORAL, Compartment::SAFEGUARDING].into(),
        categories: None,
        years: None,
        excluded: BTreeSet::new(),
        probation: false,
    }
}

pub(super) fn caller(roles: Roles, level: Level) -> Caller {
    Caller {
        school: Some(SchoolId::from_bytes([8; 16])),
        actor: Actor::Member(ME),
        roles,
        level,
    }
}

pub(super) const REPORTER: Roles = Roles {
    administrator: false,
    auditor: false,
    key_holder: false,
};
pub(super) const HOLDER: Roles = Roles {
    key_holder: true,
    ..REPORTER
};
pub(super) const ADMINISTRATOR: Roles = Roles {
    administrator: true,
    ..REPORTER
};
pub(super) const AUDITOR: Roles = Roles {
    auditor: true,
    ..REPORTER
};

pub(super) fn reporter() -> Caller {
    caller(REPORTER, Level::SignedIn)
}

pub(super) fn locked() -> Caller {
    caller(HOLDER, Level::SignedIn)
}

pub(super) fn opened(reach: Reach) -> Caller {
    caller(HOLDER, Level::Unlocked(Arc::new(reach)))
}

pub(super) fn probation() -> Caller {
    opened(Reach {
        probation: true,
        ..reach()
    })
}

pub(super) fn device() -> Caller {
    Caller {
        actor: Actor::Device(DeviceId::from_bytes([7; 16]), ME),
        ..locked()
    }
}

pub(super) fn concern() -> ConcernFacts {
    ConcernFacts {
        id: CONCERN,
        compartment: Compartment::PASTORAL,
        author: Some(COLLEAGUE),
        categories: vec![BULLYING],
        subject_years: vec![Some(year("9"))],
        fresh: true,
    }
}
