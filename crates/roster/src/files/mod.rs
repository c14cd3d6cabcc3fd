//! The files of a roster, taken from a zip or a folder within limits.

mod folder;
mod zip;

use std::fmt;
use std::io::{self, Read};

use domain::Sensitive;

/// How much a set of files may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The most entries in a zip or folder, those that are not read included.
    pub entries: usize,
    /// The most bytes that all files together may hold once inflated.
    pub bytes: u64,
    /// The most bytes that one packed byte may inflate to.
    pub ratio: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            entries: 200,
            bytes: 200 * 1024 * 1024,
            ratio: 100,
        }
    }
}

/// Below this size nobody asks how densely a file was packed: a few equal lines pack very well.
const FREE_OF_RATIO: u64 = 64 * 1024;

/// Why a zip or folder was not opened.
#[derive(Debug, thiserror::Error)]
pub enum FileProblem {
    /// Not a zip archive, or one that is cut off.
    #[error("this is not a zip file, or only a part of one")]
    NotAZip,
    /// More entries than the limit.
    #[error("this holds more than {0} files")]
    TooManyEntries(usize),
    /// More bytes than the limit.
    #[error("the files in this hold more than {} MB together", .0 / 1024 / 1024)]
    TooLarge(u64),
    /// A file that inflates to far more than it was packed into.
    #[error("a file in this is packed more densely than any school's export is")]
    TooDense,
    /// A link to another place.
    #[error("this holds a link, and only files are read")]
    Link,
    /// An archive within the archive.
    #[error("this holds another archive; pack the CSV files themselves")]
    NestedArchive,
    /// A name that leads out of the archive, or is made to look like another.
    #[error("a file in this has a name that is not allowed")]
    UnsafeName,
    /// A file for which a password is needed.
    #[error("a file in this is locked with a password")]
    Locked,
    /// The same file twice, perhaps in two folders.
    #[error("{0} stands in this more than once")]
    Twice(String),
    /// A file whose packed bytes do not unpack, or whose checksum is wrong.
    #[error("{0} is damaged and cannot be unpacked")]
    Damaged(String),
    /// The disk did not give the file.
    #[error("a file could not be read")]
    Unreadable(#[source] io::Error),
}

/// One file: its name without folders, and its bytes, which are wiped when dropped.
pub(crate) struct File {
    pub(crate) name: String,
    pub(crate) bytes: Sensitive<Vec<u8>>,
}

impl fmt::Debug for File {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        // EXPOSE: the length only.
        write!(
            formatter,
            "{} ({} bytes)",
            self.name,
            self.bytes.expose().len()
        )
    }
}

/// The CSV files of a roster. Other files are passed over.
#[derive(Debug)]
pub struct Files {
    limits: Limits,
    used: u64,
    files: Vec<File>,
}

impl Files {
    fn empty(limits: Limits) -> Self {
        Self {
            limits,
            used: 0,
            files: Vec::new(),
        }
    }

    /// Takes files that are in memory already, by name.
    ///
    /// # Errors
    ///
    /// Those of the limits, and [`FileProblem::Twice`].
    pub fn from_memory<Name: AsRef<str>>(
        files: impl IntoIterator<Item = (Name, Vec<u8>)>,
        limits: Limits,
    ) -> Result<Self, FileProblem> {
        let mut taken = Self::empty(limits);
        for (count, (name, bytes)) in files.into_iter().enumerate() {
            if count >= limits.entries {
                return Err(FileProblem::TooManyEntries(limits.entries));
            }
            if let Some(name) = roster_name(name.as_ref()) {
                taken.add(&name, bytes.as_slice(), None, FileProblem::Unreadable)?;
            }
        }
        Ok(taken)
    }

    /// The names of the files, without folders.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.files.iter().map(|file| file.name.as_str())
    }

    /// The file of this name, whatever its capitals: `students` finds `Students.CSV`.
    pub(crate) fn find(&self, stem: &str) -> Option<&File> {
        self.files.iter().find(|file| stem_of(&file.name) == stem)
    }

    /// Reads one file to its end, counting as it goes: what a directory says of sizes is not believed.
    fn add(
        &mut self,
        name: &str,
        mut from: impl Read,
        packed: Option<u64>,
        damaged: impl FnOnce(io::Error) -> FileProblem,
    ) -> Result<(), FileProblem> {
        if self.find(&stem_of(name)).is_some() {
            return Err(FileProblem::Twice(name.to_owned()));
        }
        let mut buffer = [0u8; 16 * 1024];
        let mut kept = Vec::new();
        let outcome = loop {
            let count = match from.read(&mut buffer) {
                Ok(0) => break Ok(()),
                Ok(count) => count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => break Err(damaged(error)),
            };
            self.used += count as u64;
            if self.used > self.limits.bytes {
                break Err(FileProblem::TooLarge(self.limits.bytes));
            }
            kept.extend_from_slice(&buffer[..count]);
            let length = kept.len() as u64;
            let dense = packed.is_some_and(|packed| length / self.limits.ratio > packed);
            if dense && length > FREE_OF_RATIO {
                break Err(FileProblem::TooDense);
            }
        };
        let bytes = Sensitive::new(kept);
        outcome?;
        self.files.push(File {
            name: name.to_owned(),
            bytes,
        });
        Ok(())
    }
}

/// The name of a file without its folders, if it may be part of a roster: a `.csv` that no system put
/// there for itself.
fn roster_name(path: &str) -> Option<String> {
    let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
    let hidden = name.starts_with('.') || path.split(['/', '\\']).any(|part| part == "__MACOSX");
    let fits = name.len() <= 100 && !name.chars().any(char::is_control);
    (fits && !hidden && name.to_ascii_lowercase().ends_with(".csv")).then(|| name.to_owned())
}

fn stem_of(name: &str) -> String {
    let name = name.to_lowercase();
    let stem = name.strip_suffix(".csv").unwrap_or(&name);
    stem.chars()
        .filter(|letter| letter.is_alphanumeric())
        .collect()
}
