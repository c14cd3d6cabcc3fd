//! What [`crate::outside`] lets the fuzz targets do here.

use super::letters::Letters;

pub(crate) fn letters(typed: &str) -> Option<usize> {
    let letters = Letters::try_from(typed.to_owned()).ok()?;
    Some(letters.patterns().len())
}
