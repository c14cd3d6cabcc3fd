use std::collections::HashMap;

use chrono::NaiveDate;
use domain::{PupilId, YearGroup};
use serde::Serialize;
use utoipa::ToSchema;

use super::queries::PupilRow;

/// A pupil's name, and the class that tells it from another.
#[derive(Serialize, ToSchema)]
pub(super) struct PupilName {
    pub(super) id: PupilId,
    /// Forename and surname.
    #[schema(example = "Zoë O'Neill")]
    pub(super) name: String,
    /// The class the pupil is registered in.
    pub(super) class_name: Option<String>,
}

/// A pupil in a list.
#[derive(Serialize, ToSchema)]
pub(super) struct PupilSummary {
    #[serde(flatten)]
    pub(super) name: PupilName,
    /// The year group.
    pub(super) year: Option<YearGroup>,
    /// How many concerns within the reader's grant name this pupil.
    pub(super) concerns: usize,
}

/// A parent, carer or other adult in a pupil's life.
#[derive(Serialize, ToSchema)]
pub(super) struct PupilContact {
    pub(super) name: String,
    /// The school's word: parent, guardian, relative…
    pub(super) relationship: String,
    pub(super) phone: Option<String>,
    pub(super) email: Option<String>,
}

/// A pupil's profile.
#[derive(Serialize, ToSchema)]
pub(super) struct PupilProfile {
    #[serde(flatten)]
    pub(super) summary: PupilSummary,
    pub(super) date_of_birth: Option<NaiveDate>,
    /// The unique pupil number, in England and Wales.
    pub(super) upn: Option<String>,
    pub(super) contacts: Vec<PupilContact>,
    /// The classes the pupil is taught in.
    pub(super) classes: Vec<String>,
    /// Whether the pupil has left the school.
    pub(super) left: bool,
}

/// A list without pages.
#[derive(Serialize, ToSchema)]
pub(super) struct Found<T> {
    pub(super) items: Vec<T>,
}

impl PupilName {
    pub(super) fn of(row: &PupilRow) -> Self {
        Self {
            id: row.id,
            name: row.name(),
            class_name: row.class_name.clone(),
        }
    }
}

impl PupilSummary {
    pub(super) fn of(row: &PupilRow, concerns: &HashMap<PupilId, usize>) -> Self {
        Self {
            name: PupilName::of(row),
            year: row.year(),
            concerns: concerns.get(&row.id).copied().unwrap_or_default(),
        }
    }
}
