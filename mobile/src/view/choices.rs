use authenticator::contract::SchoolDevices;
use authenticator::last_day;
use chrono::NaiveDate;
use domain::CategoryId;
use protocol::compartments::Compartment;
use protocol::roll::Rights;

use crate::phase::Task;

/// What a key can be given, or narrowed to: no more than the rights that it is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choices {
    /// The compartments.
    pub compartments: Vec<Compartment>,
    /// What it may do beside opening records.
    pub tasks: Vec<Task>,
    /// The categories, as the school names them.
    pub categories: Vec<(CategoryId, String)>,
    /// The year groups.
    pub years: Vec<String>,
    /// The last day that can be given, if there is one.
    pub last_day: Option<NaiveDate>,
}

impl Choices {
    pub(super) fn of(most: &Rights, listed: &SchoolDevices) -> Self {
        let categories = listed.categories.iter();
        Self {
            compartments: most.compartments.iter().cloned().collect(),
            tasks: Task::of(most),
            categories: categories
                .filter(|one| match &most.categories {
                    Some(most) => most.contains(&one.id),
                    None => true,
                })
                .map(|one| (one.id, one.name.clone()))
                .collect(),
            years: match &most.years {
                Some(years) => years.iter().cloned().collect(),
                None => listed.years.clone(),
            },
            last_day: most.expires.and_then(last_day),
        }
    }
}
