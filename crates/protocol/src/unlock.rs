//! `S`: what one browser's unlock cookie holds, and all that opens its bundle.
//!
//! ```text
//! session pair = DeriveKeyPair(KDF(S, "keyholder/v1/unlock-kem"))
//! reference    = H(unlock-ref, S)                                what the database keeps
//! ```

use crate::approve::{Bundle, SealedBundle};
use crate::encoding::{Hash, derive, hash, label};
use crate::hpke::KeyPair;
use crate::secret::secrets;
use crate::{Error, encoding};

secrets! {
    /// The secret of one unlock. It exists in the browser's `__Host-unlock` cookie only.
    UnlockSecret[32];
}

impl UnlockSecret {
    /// The session pair. Its public half goes into the challenge and the database.
    pub fn pair(&self) -> KeyPair {
        KeyPair::derive(derive(self.expose(), &label("unlock-kem")).as_slice())
    }

    /// By what the database finds the unlock of a cookie.
    pub fn reference(&self) -> Hash {
        hash("unlock-ref", &[self.expose()])
    }

    /// Opens the bundle that a device sealed for this unlock: once a request.
    pub fn open_bundle(&self, challenge: &Hash, sealed: &SealedBundle) -> Result<Bundle, Error> {
        Bundle::open(&self.pair(), challenge, sealed)
    }
}

/// `H(C)`: the hash of a challenge's bytes, to which claim, bundle and approval are bound.
pub fn challenge_hash(challenge: &[u8]) -> Hash {
    encoding::sha256(challenge)
}
