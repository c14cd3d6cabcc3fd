use std::io::{self, Read, Seek, SeekFrom};

use ::zip::ZipArchive;
use ::zip::result::ZipError;

use super::{FileProblem, Files, Limits, roster_name};

/// The record at the end of a zip: its mark, its length without the comment, and where in it the
/// number of entries stands (APPNOTE 4.3.16).
const END_MARK: &[u8; 4] = b"PK\x05\x06";
const END_LENGTH: usize = 22;
const END_COUNT: usize = 10;
const LONGEST_COMMENT: u64 = 65_535;

impl Files {
    /// Reads the CSV files in a zip, in whatever folder of it they lie.
    ///
    /// The whole archive is refused if anything in it is odd (links, archives, names that lead
    /// elsewhere, entries that overlap): no school system writes such a file.
    ///
    /// # Errors
    ///
    /// See [`FileProblem`].
    pub fn from_zip(mut zip: impl Read + Seek, limits: Limits) -> Result<Self, FileProblem> {
        let declared = declared_entries(&mut zip)?;
        if declared > limits.entries {
            return Err(FileProblem::TooManyEntries(limits.entries));
        }
        let mut archive = ZipArchive::new(zip).map_err(|_| FileProblem::NotAZip)?;
        // Entries of one name are one entry to the crate.
        if archive.len() != declared
            || archive
                .has_overlapping_entries()
                .map_err(|_| FileProblem::NotAZip)?
        {
            return Err(FileProblem::UnsafeName);
        }
        let mut files = Self::empty(limits);
        for place in 0..archive.len() {
            let entry = archive.by_index(place).map_err(|error| problem(&error))?;
            let name = entry
                .name()
                .map_err(|_| FileProblem::UnsafeName)?
                .into_owned();
            if !is_plain_path(&name) || name.as_bytes().contains(&0) {
                return Err(FileProblem::UnsafeName);
            }
            if entry.is_symlink() {
                return Err(FileProblem::Link);
            }
            if is_archive(&name) {
                return Err(FileProblem::NestedArchive);
            }
            if entry.is_dir() {
                continue;
            }
            let Some(name) = roster_name(&name) else {
                continue;
            };
            let packed = entry.compressed_size();
            files.add(&name, entry, Some(packed), |_| {
                FileProblem::Damaged(name.clone())
            })?;
            let begins_as_zip = files
                .files
                .last()
                // EXPOSE: the first bytes, to see whether the file is what its name says.
                .is_some_and(|file| file.bytes.expose().starts_with(b"PK\x03\x04"));
            if begins_as_zip {
                return Err(FileProblem::NestedArchive);
            }
        }
        Ok(files)
    }
}

fn problem(error: &ZipError) -> FileProblem {
    match error {
        ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED) => FileProblem::Locked,
        _ => FileProblem::NotAZip,
    }
}

/// How many entries the archive's end says there are: asked before the directory is read into memory.
fn declared_entries(zip: &mut (impl Read + Seek)) -> Result<usize, FileProblem> {
    let mut read_end = || -> io::Result<Vec<u8>> {
        let length = zip.seek(SeekFrom::End(0))?;
        let most = LONGEST_COMMENT + END_LENGTH as u64;
        zip.seek(SeekFrom::Start(length.saturating_sub(most)))?;
        let mut end = Vec::new();
        zip.take(most).read_to_end(&mut end)?;
        zip.rewind()?;
        Ok(end)
    };
    let end = read_end().map_err(FileProblem::Unreadable)?;
    end.windows(END_LENGTH)
        .rev()
        .find(|window| window.starts_with(END_MARK))
        .map(|window| {
            usize::from(u16::from_le_bytes([
                window[END_COUNT],
                window[END_COUNT + 1],
            ]))
        })
        .ok_or(FileProblem::NotAZip)
}

/// Whether a path stays below where it starts and is written in one way only.
fn is_plain_path(path: &str) -> bool {
    let inner = path.strip_suffix('/').unwrap_or(path);
    !path.contains(['\\', ':'])
        && !path.chars().any(char::is_control)
        && inner
            .split('/')
            .all(|part| !matches!(part, "" | "." | ".."))
}

fn is_archive(name: &str) -> bool {
    const ENDINGS: [&str; 11] = [
        ".zip", ".gz", ".tgz", ".bz2", ".xz", ".zst", ".7z", ".rar", ".tar", ".jar", ".cab",
    ];
    let name = name.to_ascii_lowercase();
    ENDINGS.iter().any(|ending| name.ends_with(ending))
}
