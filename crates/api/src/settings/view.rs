use domain::{AlertRuleId, CategoryId, MemberId, YearGroup};
use serde::Serialize;
use serde::de::DeserializeOwned;
use store::{Error, Result};
use utoipa::ToSchema;

use super::queries::{CategoryRow, RuleRow};

/// What a concern may be about.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Category {
    pub(super) id: CategoryId,
    /// The broader category that it belongs to.
    pub(super) parent: Option<CategoryId>,
    pub(super) name: String,
    #[schema(example = "#175cd3")]
    pub(super) colour: String,
    pub(super) help: String,
    pub(super) high_priority: bool,
    /// Where the key of its concerns is.
    #[schema(example = "safeguarding")]
    pub(super) compartment: String,
    /// Whether it is no longer offered; what was recorded under it stays.
    pub(super) disabled: bool,
}

/// The school's categories, in its own order.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Categories {
    pub(super) items: Vec<Category>,
}

impl From<CategoryRow> for Category {
    fn from(row: CategoryRow) -> Self {
        Self {
            id: row.id,
            parent: row.parent_id,
            name: row.name,
            colour: row.colour,
            help: row.help,
            high_priority: row.high_priority,
            compartment: row.compartment,
            disabled: row.disabled_at.is_some(),
        }
    }
}

/// Who is told of which concerns.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct AlertRule {
    pub(super) id: AlertRuleId,
    pub(super) name: String,
    /// Any, if empty.
    pub(super) categories: Vec<CategoryId>,
    /// Any, if empty.
    pub(super) years: Vec<YearGroup>,
    pub(super) recipients: Vec<MemberId>,
    pub(super) enabled: bool,
}

/// The school's alert rules, oldest first.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct AlertRules {
    pub(super) items: Vec<AlertRule>,
}

impl TryFrom<RuleRow> for AlertRule {
    type Error = Error;

    fn try_from(row: RuleRow) -> Result<Self> {
        Ok(Self {
            id: row.id,
            name: row.name,
            categories: read(row.categories.0)?,
            years: read(row.years.0)?,
            recipients: read(row.recipients.0)?,
            enabled: row.enabled,
        })
    }
}

fn read<T: DeserializeOwned>(document: serde_json::Value) -> Result<T> {
    T::deserialize(document).map_err(|_| Error::Unreadable("alert_rule"))
}
