use base64::Engine as _;
use base64::prelude::BASE64_STANDARD as BASE64;
use keyring::v1::{Entry, Error};
use protocol::roll::StoreKind;
use zeroize::Zeroizing;

use super::{KeyStore, StoreError};

const SERVICE: &str = "safehold-authenticator";

/// A computer's keychain: macOS Keychain, Windows Credential Manager, Secret Service.
///
/// A locked keychain may open the desktop's prompt and wait for it: never call this from the thread
/// that draws.
#[derive(Clone, Copy, Debug)]
pub struct Keychain(());

impl Keychain {
    /// Opens it.
    ///
    /// # Errors
    /// [`StoreError::Missing`] if this machine has none that answers.
    pub fn open() -> Result<Self, StoreError> {
        match Entry::store_status() {
            Ok(()) => Ok(Self(())),
            Err(_) => Err(StoreError::Missing),
        }
    }
}

fn entry(name: &str) -> Result<Entry, StoreError> {
    Entry::new(SERVICE, name).map_err(|error| explain(&error))
}

fn explain(error: &Error) -> StoreError {
    match error {
        Error::NoStorageAccess(_) => StoreError::Locked,
        Error::NoDefaultStore => StoreError::Missing,
        other => StoreError::Failed(other.to_string()),
    }
}

impl KeyStore for Keychain {
    fn put(&self, name: &str, secret: &[u8]) -> Result<(), StoreError> {
        // Text, because KDE's wallet takes no other bytes.
        let text = Zeroizing::new(BASE64.encode(secret));
        entry(name)?
            .set_password(&text)
            .map_err(|error| explain(&error))
    }

    fn get(&self, name: &str) -> Result<Option<Zeroizing<Vec<u8>>>, StoreError> {
        match entry(name)?.get_password() {
            Ok(text) => {
                let text = Zeroizing::new(text);
                BASE64
                    .decode(text.as_bytes())
                    .map(|secret| Some(Zeroizing::new(secret)))
                    .map_err(|error| StoreError::Failed(error.to_string()))
            }
            Err(Error::NoEntry) => Ok(None),
            Err(error) => Err(explain(&error)),
        }
    }

    fn forget(&self, name: &str) -> Result<(), StoreError> {
        match entry(name)?.delete_credential() {
            Ok(()) | Err(Error::NoEntry) => Ok(()),
            Err(error) => Err(explain(&error)),
        }
    }

    fn kind(&self) -> StoreKind {
        StoreKind::Desktop
    }
}
