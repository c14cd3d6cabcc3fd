use std::collections::HashSet;
use std::hash::Hash;

use domain::sql::Json;
use serde::Serialize;
use store::Tx;

use super::error::Error;
use super::model::Matching;
use super::queries;

/// Looks a rule's people and categories up; each stands in it once.
pub(super) fn settled(tx: &mut Tx<'_>, matching: Matching) -> Result<Matching, Error> {
    if matching.recipients.is_empty() {
        return Err(Error::NoRecipient);
    }
    match queries::strangers(tx, &matching)? {
        (Some(place), _) => return Err(Error::CategoryUnknown(place)),
        (None, Some(place)) => return Err(Error::RecipientUnknown(place)),
        (None, None) => {}
    }
    Ok(Matching {
        categories: once(matching.categories),
        years: once(matching.years),
        recipients: once(matching.recipients),
    })
}

fn once<T: Clone + Eq + Hash>(list: Vec<T>) -> Vec<T> {
    let mut seen = HashSet::new();
    list.into_iter()
        .filter(|item| seen.insert(item.clone()))
        .collect()
}

/// A list as its column has it.
pub(super) fn document<T: Serialize>(list: &[T]) -> Json {
    Json(serde_json::to_value(list).unwrap_or_default())
}
