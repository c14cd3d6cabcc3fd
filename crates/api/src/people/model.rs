use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What a person may do in the school besides recording.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum MemberRole {
    /// Records concerns; everybody does.
    Reporter,
    /// People, settings, imports; never sealed content.
    Administrator,
    /// Numbers and the audit log; no content.
    Auditor,
}

/// Whether a person is here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum MemberState {
    /// Signs in.
    Active,
    /// Has a place, and no password yet.
    Invited,
    /// Has gone.
    Left,
}

/// What the state of a person may be changed to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum NewState {
    /// Is here, or here again.
    Active,
    /// Has gone.
    Left,
}

impl MemberState {
    /// As the table has it.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Invited => "invited",
            Self::Left => "left",
        }
    }

    /// From the table.
    pub(super) fn read(text: &str) -> Option<Self> {
        [Self::Active, Self::Invited, Self::Left]
            .into_iter()
            .find(|state| state.as_str() == text)
    }

    /// The state of somebody who is here: active as soon as they have a password.
    pub(super) const fn here(has_password: bool) -> Self {
        if has_password {
            Self::Active
        } else {
            Self::Invited
        }
    }

    /// The state after a change.
    pub(super) const fn changed(self, new: Option<NewState>, has_password: bool) -> Self {
        match new {
            None => self,
            Some(NewState::Left) => Self::Left,
            Some(NewState::Active) => Self::here(has_password),
        }
    }
}

/// The roles of a member, of whom nobody is not a reporter.
pub(super) fn roles(administrator: bool, auditor: bool) -> BTreeSet<MemberRole> {
    let mut roles = BTreeSet::from([MemberRole::Reporter]);
    if administrator {
        roles.insert(MemberRole::Administrator);
    }
    if auditor {
        roles.insert(MemberRole::Auditor);
    }
    roles
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_comes_back_is_active_only_with_a_password() {
        let back = |has_password| MemberState::Left.changed(Some(NewState::Active), has_password);
        assert_eq!(back(true), MemberState::Active);
        assert_eq!(back(false), MemberState::Invited);
        assert_eq!(
            MemberState::Invited.changed(None, false),
            MemberState::Invited
        );
    }
}
