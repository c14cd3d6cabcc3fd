use std::collections::BTreeSet;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
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

/// Roles in a body, each once.
pub(super) fn each_once<'de, D: Deserializer<'de>>(
    reader: D,
) -> Result<BTreeSet<MemberRole>, D::Error> {
    distinct(Vec::deserialize(reader)?).map_err(D::Error::custom)
}

/// The same where they may be left out.
pub(super) fn each_once_if_any<'de, D: Deserializer<'de>>(
    reader: D,
) -> Result<Option<BTreeSet<MemberRole>>, D::Error> {
    let listed = Option::<Vec<MemberRole>>::deserialize(reader)?;
    listed.map(distinct).transpose().map_err(D::Error::custom)
}

fn distinct(listed: Vec<MemberRole>) -> Result<BTreeSet<MemberRole>, &'static str> {
    let count = listed.len();
    let roles: BTreeSet<_> = listed.into_iter().collect();
    match roles.len() == count {
        true => Ok(roles),
        false => Err("a role stands twice"),
    }
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
