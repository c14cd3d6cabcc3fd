use std::collections::BTreeSet;

use domain::MemberId;
use serde::Serialize;
use utoipa::ToSchema;

use super::model::{MemberRole, MemberState, roles};
use super::queries::MemberRow;

/// Somebody who works in the school, as its administrators see them.
#[derive(Serialize, ToSchema)]
pub(super) struct SchoolPerson {
    pub(super) id: MemberId,
    pub(super) name: String,
    /// Missing for somebody who came by an import without an address.
    pub(super) email: Option<String>,
    /// Always with `reporter`.
    pub(super) roles: BTreeSet<MemberRole>,
    pub(super) state: MemberState,
    /// Whether the signed roll grants one of their devices anything.
    pub(super) key_holder: bool,
}

impl SchoolPerson {
    pub(super) fn of(row: MemberRow, key_holder: bool) -> Self {
        Self {
            id: row.id,
            state: row.state(),
            roles: roles(row.administrator, row.auditor),
            name: row.name,
            email: row.email,
            key_holder,
        }
    }
}
