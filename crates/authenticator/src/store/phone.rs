use std::collections::HashMap;
use std::sync::Arc;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD as BASE64;
use keyring_core::{CredentialStore, Entry, Error};
use protocol::roll::StoreKind;
use zeroize::Zeroizing;

use super::{KeyStore, StoreError};

const SERVICE: &str = "safehold-authenticator";

/// A phone's keychain, which no other app can read: on iOS the protected one, kept from other devices
/// and from backups; on Android preferences sealed by a key that the hardware holds.
///
/// Never call this from the thread that draws.
#[derive(Clone, Debug)]
pub struct Keychain(Arc<CredentialStore>);

impl Keychain {
    /// Opens it.
    ///
    /// # Errors
    /// [`StoreError::Missing`] if this phone has none that answers.
    pub fn open() -> Result<Self, StoreError> {
        open().map(Self).map_err(|error| explain(&error))
    }

    fn entry(&self, name: &str) -> Result<Entry, StoreError> {
        self.0
            .build(SERVICE, name, Some(&HashMap::from(ACCESS)))
            .map_err(|error| explain(&error))
    }
}

/// Only while the phone is unlocked, and only on this one.
#[cfg(target_os = "ios")]
const ACCESS: [(&str, &str); 1] = [("access-policy", "when-unlocked-this-device-only")];
/// Android has no more to say: the key that seals never leaves the hardware.
#[cfg(target_os = "android")]
const ACCESS: [(&str, &str); 0] = [];

#[cfg(target_os = "ios")]
fn open() -> Result<Arc<CredentialStore>, Error> {
    Ok(apple_native_keyring_store::protected::Store::new()?)
}

#[cfg(target_os = "android")]
fn open() -> Result<Arc<CredentialStore>, Error> {
    Ok(android_native_keyring_store::Store::new()?)
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
        let text = Zeroizing::new(BASE64.encode(secret));
        self.entry(name)?
            .set_password(&text)
            .map_err(|error| explain(&error))
    }

    fn get(&self, name: &str) -> Result<Option<Zeroizing<Vec<u8>>>, StoreError> {
        match self.entry(name)?.get_password() {
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
        match self.entry(name)?.delete_credential() {
            Ok(()) | Err(Error::NoEntry) => Ok(()),
            Err(error) => Err(explain(&error)),
        }
    }

    fn kind(&self) -> StoreKind {
        StoreKind::Protected
    }
}
