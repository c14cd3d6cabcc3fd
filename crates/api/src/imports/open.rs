//! For `server import`: a roster on the server's own disk.

use std::fs::File;
use std::path::Path;

use roster::{FileProblem, Files, Limits, Roster};

use super::error::Error;

/// Opens and reads the roster at a path, which is a folder or a zip.
///
/// # Errors
/// [`Error::Files`] or [`Error::Format`].
pub fn open(path: &Path) -> Result<Roster, Error> {
    let files = if path.is_dir() {
        Files::from_folder(path, Limits::default())?
    } else {
        let zip = File::open(path).map_err(FileProblem::Unreadable)?;
        Files::from_zip(zip, Limits::default())?
    };
    Ok(roster::read(&files)?)
}
