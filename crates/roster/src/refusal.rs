use serde::{Deserialize, Serialize};

/// One row, or one cell of a row, that was not taken.
///
/// It says where and why, and never what stands there.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Refusal {
    /// The file's name, without its folder.
    pub file: String,
    /// The line on which the row begins; the headings are line 1 unless something stands before them.
    pub line: u64,
    /// The heading of the column, as the file writes it; absent if the row as a whole is meant.
    pub column: Option<String>,
    /// A sentence for the person who has to mend it.
    pub reason: String,
}

/// Gathers refusals, with an upper bound for each file so that a hostile file cannot fill memory.
#[derive(Debug, Default)]
pub(crate) struct Refusals {
    kept: Vec<Refusal>,
    left_off: std::collections::BTreeMap<String, u64>,
    by_file: std::collections::HashMap<String, usize>,
}

/// How many refusals are kept for one file.
pub(crate) const KEPT_PER_FILE: usize = 1_000;

impl Refusals {
    pub(crate) fn add(&mut self, file: &str, line: u64, column: Option<&str>, reason: &str) {
        let count = self.by_file.entry(file.to_owned()).or_default();
        if *count >= KEPT_PER_FILE {
            *self.left_off.entry(file.to_owned()).or_default() += 1;
            return;
        }
        *count += 1;
        self.kept.push(Refusal {
            file: file.to_owned(),
            line,
            column: column.map(str::to_owned),
            reason: reason.to_owned(),
        });
    }

    /// All of them, by file and line; then, for each file with too many, how many were left off.
    pub(crate) fn finish(mut self) -> Vec<Refusal> {
        self.kept.sort();
        for (file, count) in self.left_off {
            let line = self
                .kept
                .iter()
                .rev()
                .find(|refusal| refusal.file == file)
                .map_or(1, |refusal| refusal.line);
            self.kept.push(Refusal {
                file,
                line,
                column: None,
                reason: format!("{count} more refusals in this file are not listed"),
            });
        }
        self.kept
    }
}
