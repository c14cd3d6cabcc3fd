//! What a device remembers that is not secret: which school, which server, what it last saw.

use std::fs;
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use domain::{DeviceId, MemberId, SchoolId};
use serde::{Deserialize, Serialize};

use crate::contract::Bytes;

/// A device's place in a school.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    /// The version of this file's form.
    pub version: u8,
    /// The server's origin, pinned.
    pub origin: String,
    /// The school.
    pub school: SchoolId,
    /// Its name.
    pub school_name: String,
    /// Whose device it is.
    pub member: MemberId,
    /// Their name.
    pub member_name: String,
    /// The device.
    pub device: DeviceId,
    /// What its owner calls it.
    pub device_name: String,
    /// Where its seed is kept.
    pub store_kind: String,
    /// The hash of the server's identity, pinned.
    pub server_pin: Bytes,
    /// Whether it was granted when it last looked.
    pub granted: bool,
    /// The roll when it last looked.
    pub roll: Seen,
    /// The log when it last approved.
    pub log: Seen,
}

/// A chain's length and head.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    /// How many entries.
    pub length: u64,
    /// The head.
    pub head: Bytes,
}

/// Where the profile is kept.
pub trait ProfileStore {
    /// Writes it.
    fn save(&self, profile: &Profile) -> Result<(), String>;

    /// Reads it, if there is one.
    fn load(&self) -> Result<Option<Profile>, String>;
}

/// A JSON file.
#[derive(Clone, Debug)]
pub struct ProfileFile(PathBuf);

impl ProfileFile {
    /// `profile.json` in this folder, which is made when it is first written.
    pub fn within(folder: &Path) -> Self {
        Self(folder.join("profile.json"))
    }
}

impl ProfileStore for ProfileFile {
    fn save(&self, profile: &Profile) -> Result<(), String> {
        let bytes = serde_json::to_vec_pretty(profile).map_err(|error| error.to_string())?;
        write_private(&self.0, &bytes).map_err(|error| error.to_string())
    }

    fn load(&self) -> Result<Option<Profile>, String> {
        let bytes = match fs::read(&self.0) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error.to_string()),
        };
        serde_json::from_slice(&bytes)
            .map(Some)
            .map_err(|error| error.to_string())
    }
}

/// Memory, for tests.
#[derive(Debug, Default)]
pub struct MemoryProfile(Mutex<Option<Profile>>);

impl ProfileStore for MemoryProfile {
    fn save(&self, profile: &Profile) -> Result<(), String> {
        let mut kept = self.0.lock().map_err(|error| error.to_string())?;
        *kept = Some(profile.clone());
        Ok(())
    }

    fn load(&self) -> Result<Option<Profile>, String> {
        self.0
            .lock()
            .map(|kept| kept.clone())
            .map_err(|error| error.to_string())
    }
}

/// Writes a file that only its owner can read, whole or not at all.
pub(crate) fn write_private(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let fresh = path.with_extension("new");
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&fresh)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&fresh, path)
}
