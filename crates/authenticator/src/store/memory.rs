use std::collections::BTreeMap;
use std::sync::Mutex;

use protocol::roll::StoreKind;
use zeroize::Zeroizing;

use super::{KeyStore, StoreError};

/// Memory: gone with the program. For tests.
#[derive(Debug, Default)]
pub struct MemoryStore(Mutex<BTreeMap<String, Zeroizing<Vec<u8>>>>);

impl MemoryStore {
    fn map<T>(
        &self,
        work: impl FnOnce(&mut BTreeMap<String, Zeroizing<Vec<u8>>>) -> T,
    ) -> Result<T, StoreError> {
        self.0
            .lock()
            .map(|mut kept| work(&mut kept))
            .map_err(|error| StoreError::Failed(error.to_string()))
    }
}

impl KeyStore for MemoryStore {
    fn put(&self, name: &str, secret: &[u8]) -> Result<(), StoreError> {
        self.map(|kept| {
            kept.insert(name.to_owned(), Zeroizing::new(secret.to_vec()));
        })
    }

    fn get(&self, name: &str) -> Result<Option<Zeroizing<Vec<u8>>>, StoreError> {
        self.map(|kept| kept.get(name).cloned())
    }

    fn forget(&self, name: &str) -> Result<(), StoreError> {
        self.map(|kept| {
            kept.remove(name);
        })
    }

    fn kind(&self) -> StoreKind {
        StoreKind::Memory
    }
}
