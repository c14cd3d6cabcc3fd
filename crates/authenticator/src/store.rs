//! Where the seed is kept: the platform's keychain, or a file by explicit choice. Never the one in
//! place of the other: a locked keychain is not a lost key, and a second key made in silence would
//! be one.

mod file;
#[cfg_attr(any(target_os = "android", target_os = "ios"), path = "store/phone.rs")]
mod keychain;
mod memory;

pub use file::FileStore;
pub(crate) use file::read_seeds;
pub use keychain::Keychain;
pub use memory::MemoryStore;

use protocol::roll::StoreKind;
use zeroize::Zeroizing;

/// A place for secrets.
pub trait KeyStore {
    /// Keeps a secret under a name, in place of what was there.
    fn put(&self, name: &str, secret: &[u8]) -> Result<(), StoreError>;

    /// The secret of this name, or `None` if there never was one.
    fn get(&self, name: &str) -> Result<Option<Zeroizing<Vec<u8>>>, StoreError>;

    /// Forgets a secret. That there was none is no error.
    fn forget(&self, name: &str) -> Result<(), StoreError>;

    /// What kind it is, as the roll records it.
    fn kind(&self) -> StoreKind;
}

/// Why a secret could not be kept or read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// There is no keychain on this machine.
    #[error(
        "This machine has no keychain. Start one, or choose a file knowingly with --key-store file:PATH."
    )]
    Missing,
    /// The keychain is there but locked. The key is not lost.
    #[error("The keychain is locked. Unlock it and try again: your key is still in it.")]
    Locked,
    /// Something else went wrong.
    #[error("The key store failed: {0}")]
    Failed(String),
}
