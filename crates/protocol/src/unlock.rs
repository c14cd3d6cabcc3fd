//! `S`: what one browser's unlock cookie holds, and all that opens its bundle.
//!
//! ```text
//! session pair = DeriveKeyPair(KDF(S, "keyholder/v1/unlock-kem"))
//! reference    = H(unlock-ref, S)                                what the database keeps
//! kept         = nonce (12) || AES-256-GCM(KDF(S, "keyholder/v1/unlock-kept"), nonce, aad H(C), bundle)
//! ```
//! A device seals a bundle to the public half, for it may not know `S`. The first request that opens it keeps it
//! under `S` itself: whoever has the cookie opens either, nobody else opens one, and the requests after it need no
//! curve.

use domain::Entropy;
use ring::aead::{Aad, LessSafeKey, NONCE_LEN, Nonce};
use zeroize::Zeroizing;

use crate::approve::{Bundle, SealedBundle};
use crate::encoding::{Hash, derive, hash, label};
use crate::hpke::KeyPair;
use crate::secret::secrets;
use crate::{Error, encoding, records};

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

    /// Opens the bundle that a device sealed for this unlock: once, and then [`keep_bundle`](Self::keep_bundle).
    pub fn open_bundle(&self, challenge: &Hash, sealed: &SealedBundle) -> Result<Bundle, Error> {
        Bundle::open(&self.pair(), challenge, sealed)
    }

    /// Seals an opened bundle under this secret itself, for the requests that come after.
    pub fn keep_bundle(
        &self,
        challenge: &Hash,
        bundle: &Bundle,
        entropy: &dyn Entropy,
    ) -> Result<Vec<u8>, Error> {
        let nonce: [u8; NONCE_LEN] = entropy.bytes();
        let mut bytes = bundle.encode("bundle");
        let tag = self
            .kept_under()?
            .seal_in_place_separate_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(challenge),
                &mut bytes,
            )
            .map_err(|_| Error::DoesNotOpen)?;
        Ok([nonce.as_slice(), &bytes, tag.as_ref()].concat())
    }

    /// Opens what [`keep_bundle`](Self::keep_bundle) made: once a request.
    pub fn open_kept(&self, challenge: &Hash, kept: &[u8]) -> Result<Bundle, Error> {
        let (nonce, sealed) = kept
            .split_first_chunk::<NONCE_LEN>()
            .ok_or(Error::DoesNotOpen)?;
        let mut sealed = Zeroizing::new(sealed.to_vec());
        let bundle = self
            .kept_under()?
            .open_in_place(
                Nonce::assume_unique_for_key(*nonce),
                Aad::from(challenge),
                &mut sealed,
            )
            .map_err(|_| Error::DoesNotOpen)?;
        Bundle::decode(bundle, "bundle")
    }

    fn kept_under(&self) -> Result<LessSafeKey, Error> {
        records::prepare(&derive(self.expose(), &label("unlock-kept")))
    }
}

/// `H(C)`: the hash of a challenge's bytes, to which claim, bundle and approval are bound.
pub fn challenge_hash(challenge: &[u8]) -> Hash {
    encoding::sha256(challenge)
}
