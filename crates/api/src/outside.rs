//! Doors to the parsers of this crate that read what comes from outside and that nobody else needs to see: the
//! fuzz targets (`tests/fuzz`) come in here. Nothing but calls.

use crate::concerns::outside as concerns;
use crate::pupils::outside as pupils;

/// What a search finds in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Whether every word stands in it.
    pub matches: bool,
    /// Where words stand in it, in characters.
    pub highlights: Vec<(usize, usize)>,
}

/// Searches one text for what was typed; `None` if no word was.
pub fn search(typed: &str, text: &str) -> Option<Found> {
    concerns::search(typed, text).map(|(matches, highlights)| Found {
        matches,
        highlights,
    })
}

/// Reads an opened body as each kind of record that lies sealed. Returns how many kinds it could be.
pub fn read_sealed(plain: &[u8]) -> usize {
    concerns::read_sealed(plain)
}

/// What an uploaded file is called afterwards.
pub fn plain_name(name: &str) -> String {
    concerns::plain_name(name)
}

/// What an uploaded file is, if it is taken.
pub fn file_kind(name: &str, content: &[u8]) -> Option<&'static str> {
    concerns::file_kind(name, content)
}

/// Looks names up by their beginning: how many pairs of patterns that makes, if it is looked up at all.
pub fn letters(typed: &str) -> Option<usize> {
    pupils::letters(typed)
}
