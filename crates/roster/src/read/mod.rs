//! One reader for the formats whose files are joined by `sourcedId`, one for School Data Sync v1.

mod context;
mod orgs;
mod people;
mod sds_v1;
mod sourced;
mod teaching;
mod users;

use crate::format::Manifest;
use crate::{Files, Format, Roster};

/// The files are not a roster in any format that is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "these files are not a roster: OneRoster and School Data Sync v2 need orgs.csv and users.csv, \
     School Data Sync v1 needs School.csv and Student.csv"
)]
pub struct NotARoster;

/// Reads the files as one roster.
///
/// # Errors
///
/// [`NotARoster`] if the files are of no known format. All else is in [`Roster::refused`].
pub fn read(files: &Files) -> Result<Roster, NotARoster> {
    let format = Format::of(files).ok_or(NotARoster)?;
    let delta = Manifest::of(files).is_some_and(|manifest| manifest.delta);
    let mut roster = match format {
        Format::SdsV1 => sds_v1::read(files),
        _ => sourced::read(files, format),
    };
    roster.complete &= !delta;
    Ok(roster)
}
