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
    /// The nonces of the last challenges that were answered: none of them is put again.
    #[serde(default)]
    pub answered: Vec<Bytes>,
    /// Whether the server was told, by this device, to let its offline codes count.
    #[serde(default)]
    pub codes_count: bool,
}

/// How many answered challenges are remembered: more than can be asked in a week.
const REMEMBERED: usize = 256;

impl Profile {
    /// Whether a challenge with this nonce was answered before.
    pub(crate) fn has_answered(&self, nonce: &[u8; 32]) -> bool {
        self.answered.iter().any(|known| known.0 == nonce)
    }

    /// Remembers that a challenge was answered.
    pub(crate) fn note_answered(&mut self, nonce: &[u8; 32]) {
        let forgotten = (self.answered.len() + 1).saturating_sub(REMEMBERED);
        self.answered.drain(..forgotten);
        self.answered.push(Bytes::from(nonce));
    }
}

/// A chain's length and head.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    /// How many entries.
    pub length: u64,
    /// The head.
    pub head: Bytes,
}

/// Where the profiles are kept: one a school, of which one is in use.
pub trait ProfileStore {
    /// Writes it in place of what was known of its school, and makes it the one in use.
    fn save(&self, profile: &Profile) -> Result<(), String>;

    /// The one in use, if there is one.
    fn load(&self) -> Result<Option<Profile>, String>;

    /// All of them.
    fn all(&self) -> Result<Vec<Profile>, String> {
        Ok(self.load()?.into_iter().collect())
    }

    /// Makes this school's the one in use.
    fn choose(&self, school: SchoolId) -> Result<(), String> {
        match self.all()?.iter().find(|known| known.school == school) {
            Some(profile) => self.save(profile),
            None => Err("this device knows no such school".to_owned()),
        }
    }
}

/// A JSON file.
#[derive(Clone, Debug)]
pub struct ProfileFile(PathBuf);

/// What stands in the file: the one in use is the first.
#[derive(Serialize, Deserialize)]
struct Profiles {
    schools: Vec<Profile>,
}

/// The file as it was when a device could know one school only, or as it is now.
#[derive(Deserialize)]
#[serde(untagged)]
enum Written {
    Several(Profiles),
    One(Box<Profile>),
}

impl ProfileFile {
    /// `profile.json` in this folder, which is made when it is first written.
    pub fn within(folder: &Path) -> Self {
        Self(folder.join("profile.json"))
    }
}

impl ProfileStore for ProfileFile {
    fn save(&self, profile: &Profile) -> Result<(), String> {
        let bytes = write(put_first(self.all()?, profile))?;
        write_private(&self.0, &bytes).map_err(text)
    }

    fn load(&self) -> Result<Option<Profile>, String> {
        Ok(self.all()?.into_iter().next())
    }

    fn all(&self) -> Result<Vec<Profile>, String> {
        match fs::read(&self.0) {
            Ok(bytes) => read(&bytes),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(Vec::new()),
            Err(error) => Err(text(error)),
        }
    }
}

/// The file's profiles, the one in use first.
pub(crate) fn read(bytes: &[u8]) -> Result<Vec<Profile>, String> {
    match serde_json::from_slice(bytes).map_err(text)? {
        Written::Several(profiles) => Ok(profiles.schools),
        Written::One(profile) => Ok(vec![*profile]),
    }
}

/// The file with these profiles.
pub(crate) fn write(schools: Vec<Profile>) -> Result<Vec<u8>, String> {
    serde_json::to_vec_pretty(&Profiles { schools }).map_err(text)
}

/// Memory, for tests.
#[derive(Debug, Default)]
pub struct MemoryProfile(Mutex<Vec<Profile>>);

impl ProfileStore for MemoryProfile {
    fn save(&self, profile: &Profile) -> Result<(), String> {
        let mut kept = self.0.lock().map_err(text)?;
        *kept = put_first(std::mem::take(&mut *kept), profile);
        Ok(())
    }

    fn load(&self) -> Result<Option<Profile>, String> {
        Ok(self.all()?.into_iter().next())
    }

    fn all(&self) -> Result<Vec<Profile>, String> {
        self.0.lock().map(|kept| kept.clone()).map_err(text)
    }
}

fn put_first(mut schools: Vec<Profile>, profile: &Profile) -> Vec<Profile> {
    schools.retain(|known| known.school != profile.school);
    schools.insert(0, profile.clone());
    schools
}

#[expect(clippy::needless_pass_by_value, reason = "it stands in map_err")]
fn text(error: impl ToString) -> String {
    error.to_string()
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
