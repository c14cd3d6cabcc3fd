//! What was acknowledged, on disk before the next request goes out and where the server cannot reach it.

use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::sync::Mutex;

use domain::{AttachmentId, ConcernId, OutboxId};
use serde::{Deserialize, Serialize};

/// One acknowledged answer, a line.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Line {
    /// A receipt: the idempotency key (as an id of the same sixteen bytes), the concern, and which words.
    Recorded {
        key: OutboxId,
        concern: ConcernId,
        words: u64,
    },
    /// A file that was taken.
    Attached {
        concern: ConcernId,
        attachment: AttachmentId,
        words: u64,
    },
}

/// Appended to and synced by every writer.
#[derive(Debug)]
pub(crate) struct Ledger {
    file: Mutex<(File, Vec<Line>)>,
}

impl Ledger {
    pub(crate) fn new(path: &Path) -> Self {
        Self {
            file: Mutex::new((File::create_new(path).unwrap(), Vec::new())),
        }
    }

    /// Writes a line and waits until it is on the disk.
    pub(crate) fn append(&self, line: Line) {
        let mut text = serde_json::to_string(&line).unwrap();
        text.push('\n');
        let mut file = self.file.lock().unwrap();
        file.0.write_all(text.as_bytes()).unwrap();
        file.0.sync_data().unwrap();
        file.1.push(line);
    }

    /// All of it from a line on.
    pub(crate) fn lines(&self, from: usize) -> Vec<Line> {
        self.file.lock().unwrap().1[from..].to_vec()
    }

    pub(crate) fn len(&self) -> usize {
        self.file.lock().unwrap().1.len()
    }
}
