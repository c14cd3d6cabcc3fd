use std::fs;
use std::path::Path;

use super::{FileProblem, Files, Limits, roster_name};

impl Files {
    /// Reads the CSV files that lie in a folder, not in folders below it.
    ///
    /// # Errors
    ///
    /// [`FileProblem::Link`] if a CSV file there is a link, those of the limits, and
    /// [`FileProblem::Unreadable`].
    pub fn from_folder(path: &Path, limits: Limits) -> Result<Self, FileProblem> {
        let mut files = Self::empty(limits);
        let mut entries = fs::read_dir(path)
            .and_then(Iterator::collect::<Result<Vec<_>, _>>)
            .map_err(FileProblem::Unreadable)?;
        if entries.len() > limits.entries {
            return Err(FileProblem::TooManyEntries(limits.entries));
        }
        entries.sort_by_key(fs::DirEntry::file_name);
        for entry in entries {
            let Some(name) = roster_name(&entry.file_name().to_string_lossy()) else {
                continue;
            };
            let kind = entry.file_type().map_err(FileProblem::Unreadable)?;
            if kind.is_symlink() {
                return Err(FileProblem::Link);
            }
            if kind.is_file() {
                let file = fs::File::open(entry.path()).map_err(FileProblem::Unreadable)?;
                files.add(&name, file, None, FileProblem::Unreadable)?;
            }
        }
        Ok(files)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_csv_files_of_the_folder_itself_are_read() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("users.csv"), "a").unwrap();
        fs::write(folder.path().join("README.md"), "b").unwrap();
        fs::create_dir(folder.path().join("old")).unwrap();
        fs::write(folder.path().join("old/orgs.csv"), "c").unwrap();

        let files = Files::from_folder(folder.path(), Limits::default()).unwrap();
        assert_eq!(files.names().collect::<Vec<_>>(), ["users.csv"]);
        assert_eq!(
            format!("{:?}", files.find("users").unwrap()),
            "users.csv (1 bytes)"
        );

        let few = Limits {
            entries: 2,
            ..Limits::default()
        };
        assert!(matches!(
            Files::from_folder(folder.path(), few),
            Err(FileProblem::TooManyEntries(2))
        ));
    }

    #[cfg(unix)]
    #[test]
    fn a_link_in_the_folder_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        std::os::unix::fs::symlink("/etc/hostname", folder.path().join("users.csv")).unwrap();
        assert!(matches!(
            Files::from_folder(folder.path(), Limits::default()),
            Err(FileProblem::Link)
        ));
    }
}
