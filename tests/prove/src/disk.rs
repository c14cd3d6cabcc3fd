//! A disk that can be watched and can fail: SQLite's own way to files, with somebody looking on.
//!
//! It is registered as this process's default, so the product opens its database as ever and knows nothing of
//! it. Files outside a watched folder are none of its business.

#[expect(unsafe_code, reason = "SQLite calls it, in C")]
mod shim;

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

/// Which of a database's files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Part {
    /// The database itself.
    Database,
    /// The write-ahead log.
    Log,
    /// Anything else: a rollback journal, a temporary file.
    Other,
}

/// How a disk fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// ENOSPC.
    Full,
    /// EIO.
    Broken,
}

/// Whoever looks on. Each is asked before it happens; a fault is what SQLite gets instead.
pub trait Watch: Send + Sync + fmt::Debug {
    /// Bytes are written at a place.
    fn write(&self, part: Part, at: u64, bytes: &[u8]) -> Result<(), Fault>;
    /// The file is cut.
    fn truncate(&self, part: Part, length: u64) -> Result<(), Fault>;
    /// What was written is made to last; asked before.
    fn sync(&self, part: Part) -> Result<(), Fault>;
    /// The same; told after it was.
    fn synced(&self, part: Part) {
        let _ = part;
    }
    /// The file is removed.
    fn delete(&self, part: Part) {
        let _ = part;
    }
}

/// Watches for as long as it lives.
#[derive(Debug)]
pub struct Watched(PathBuf);

static WATCHES: Mutex<Vec<(PathBuf, Arc<dyn Watch>)>> = Mutex::new(Vec::new());

/// Has somebody look on at every database in a folder that is opened from now on.
///
/// # Panics
/// If SQLite does not take it.
pub fn watch(folder: &Path, watch: Arc<dyn Watch>) -> Watched {
    shim::register();
    let folder = folder.canonicalize().unwrap();
    WATCHES.lock().unwrap().push((folder.clone(), watch));
    Watched(folder)
}

impl Drop for Watched {
    fn drop(&mut self) {
        let mut watches = WATCHES.lock().unwrap();
        watches.retain(|(folder, _)| *folder != self.0);
    }
}

fn watch_of(file: &Path) -> Option<Arc<dyn Watch>> {
    let watches = WATCHES.lock().unwrap();
    let found = watches.iter().find(|(folder, _)| file.starts_with(folder));
    found.map(|(_, watch)| Arc::clone(watch))
}
