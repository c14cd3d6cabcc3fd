use std::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind;
use std::path::PathBuf;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD as BASE64;
use protocol::roll::StoreKind;
use zeroize::Zeroizing;

use super::{KeyStore, StoreError};
use crate::profile::write_private;

/// A file that only its owner can read. Whoever can read the file has the key, so it is never
/// chosen for anybody: it is asked for by name, and the roll records it.
#[derive(Clone, Debug)]
pub struct FileStore(PathBuf);

impl FileStore {
    /// This file, which is made when the first secret is kept.
    pub const fn at(path: PathBuf) -> Self {
        Self(path)
    }

    fn read(&self) -> Result<BTreeMap<String, Zeroizing<String>>, StoreError> {
        match fs::read(&self.0).map(Zeroizing::new) {
            Ok(bytes) => read(&bytes),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(BTreeMap::new()),
            Err(error) => Err(failed(&error)),
        }
    }

    fn write(&self, kept: &BTreeMap<String, Zeroizing<String>>) -> Result<(), StoreError> {
        let plain: BTreeMap<&str, &str> = kept
            .iter()
            .map(|(name, secret)| (name.as_str(), secret.as_str()))
            .collect();
        let bytes = Zeroizing::new(serde_json::to_vec(&plain).map_err(|error| failed(&error))?);
        write_private(&self.0, &bytes).map_err(|error| failed(&error))
    }
}

impl KeyStore for FileStore {
    fn put(&self, name: &str, secret: &[u8]) -> Result<(), StoreError> {
        let mut kept = self.read()?;
        kept.insert(name.to_owned(), Zeroizing::new(BASE64.encode(secret)));
        self.write(&kept)
    }

    fn get(&self, name: &str) -> Result<Option<Zeroizing<Vec<u8>>>, StoreError> {
        self.read()?.get(name).map(|text| decode(text)).transpose()
    }

    fn forget(&self, name: &str) -> Result<(), StoreError> {
        let mut kept = self.read()?;
        match kept.remove(name) {
            Some(_) => self.write(&kept),
            None => Ok(()),
        }
    }

    fn kind(&self) -> StoreKind {
        StoreKind::File
    }
}

fn read(bytes: &[u8]) -> Result<BTreeMap<String, Zeroizing<String>>, StoreError> {
    let kept: BTreeMap<String, String> =
        serde_json::from_slice(bytes).map_err(|error| failed(&error))?;
    Ok(kept
        .into_iter()
        .map(|(name, secret)| (name, Zeroizing::new(secret)))
        .collect())
}

fn decode(text: &str) -> Result<Zeroizing<Vec<u8>>, StoreError> {
    BASE64
        .decode(text.as_bytes())
        .map(Zeroizing::new)
        .map_err(|error| failed(&error))
}

/// Every secret in such a file.
pub(crate) fn read_seeds(bytes: &[u8]) -> Result<BTreeMap<String, Zeroizing<Vec<u8>>>, StoreError> {
    read(bytes)?
        .into_iter()
        .map(|(name, text)| Ok((name, decode(&text)?)))
        .collect()
}

fn failed(error: &dyn std::error::Error) -> StoreError {
    StoreError::Failed(error.to_string())
}
