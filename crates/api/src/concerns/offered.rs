use diesel::prelude::*;
use domain::CategoryId;
use protocol::compartments::Compartment;
use store::Tx;
use store::schema::category;

use super::error::Error;
use super::queries::of_school;

/// The categories that a concern may be given, each with the compartment it goes to.
#[derive(Debug)]
pub(crate) struct Offered(Vec<(CategoryId, Compartment)>);

impl Offered {
    /// As the school has set them.
    ///
    /// # Errors
    /// What the database says.
    pub(super) fn read(tx: &mut Tx<'_>) -> store::Result<Self> {
        let rows: Vec<(CategoryId, String)> = of_school!(category, tx)
            .filter(category::disabled_at.is_null())
            .select((category::id, category::compartment))
            .load(tx.connection())?;
        rows.into_iter()
            .map(|(id, name)| Ok((id, super::sealed::compartment(&name)?)))
            .collect::<store::Result<_>>()
            .map(Self)
    }

    /// Which compartment a concern goes to: the most closely held of its categories'.
    pub(super) fn compartment_of(&self, chosen: &[CategoryId]) -> Result<Compartment, Error> {
        if !(1..=3).contains(&chosen.len()) {
            return Err(Error::CategoryCount);
        }
        let mut found = Vec::new();
        for (place, id) in chosen.iter().enumerate() {
            let known = self.0.iter().find(|(known, _)| known == id);
            match known {
                Some((_, compartment)) if !chosen[..place].contains(id) => found.push(compartment),
                _ => return Err(Error::UnknownCategory(place)),
            }
        }
        if found.iter().all(|one| **one == Compartment::PASTORAL) {
            return Ok(Compartment::PASTORAL);
        }
        let own = found
            .into_iter()
            .find(|one| **one != Compartment::PASTORAL && **one != Compartment::SAFEGUARDING);
        Ok(own.cloned().unwrap_or(Compartment::SAFEGUARDING))
    }
}
