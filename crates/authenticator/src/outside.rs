//! What reads bytes from outside, for whoever tries to break it (`tests/fuzz`). Not for use: it calls what the
//! machines call and does nothing else.

use std::collections::BTreeMap;

use domain::SchoolId;
use protocol::kit::Sheet;
use zeroize::Zeroizing;

use crate::profile::Profile;
use crate::trouble::Trouble;
use crate::{profile, sheets, store};

/// The file of profiles, of its first form or of the present one.
///
/// # Errors
/// If it is neither.
pub fn profiles(bytes: &[u8]) -> Result<Vec<Profile>, String> {
    profile::read(bytes)
}

/// The same, written.
///
/// # Errors
/// If it cannot be written.
pub fn profiles_file(schools: Vec<Profile>) -> Result<Vec<u8>, String> {
    profile::write(schools)
}

/// The file of seeds, where somebody chose to have one.
///
/// # Errors
/// If it is none.
pub fn seeds(bytes: &[u8]) -> Result<BTreeMap<String, Zeroizing<Vec<u8>>>, String> {
    store::read_seeds(bytes).map_err(|error| error.to_string())
}

/// The sheets in what was typed, pasted or scanned.
///
/// # Errors
/// [`Trouble::BadSheet`], with the sheet and what is wrong.
pub fn sheets(school: SchoolId, text: &str) -> Result<Vec<Sheet>, Trouble> {
    sheets::read(school, text)
}
