//! Sealing to a public key: RFC 9180, suite 01, modes base and psk, single shot.
//!
//! ```text
//! SEAL(pk, info, aad, pt)              = mode_base -> enc (32) || ct (len pt + 16)
//! SEALP(pk, psk, pskid, info, aad, pt) = mode_psk  -> enc (32) || ct
//! ```

use std::convert::Infallible;
use std::fmt;

use domain::Entropy;
use hpke::aead::AesGcm256;
use hpke::kdf::HkdfSha256;
#[cfg(any(target_os = "android", target_os = "ios"))]
use hpke::kem::X25519HkdfSha256 as Dhkem;
use hpke::rand_core::{TryCryptoRng, TryRng};
use hpke::{
    Deserializable, Kem, OpModeR, OpModeS, PskBundle, Serializable, single_shot_open,
    single_shot_seal_with_rng,
};
use zeroize::Zeroizing;

use crate::Error;
#[cfg(not(any(target_os = "android", target_os = "ios")))]
use crate::kem::Dhkem;

/// What sealing adds to the length of what is sealed.
pub const OVERHEAD: usize = ENCAPSULATED + 16;

const ENCAPSULATED: usize = 32;

/// An X25519 public key.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PublicKey([u8; 32]);

impl PublicKey {
    /// From bytes that were stored or sent. Whether they are a point shows when they are used.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The 32 bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        crate::show_start(formatter, "PublicKey", &self.0)
    }
}

/// An X25519 private key with its public key. `Debug` shows the public half only.
#[derive(Clone)]
pub struct KeyPair {
    private: <Dhkem as Kem>::PrivateKey,
    public: PublicKey,
}

impl KeyPair {
    /// `DeriveKeyPair(ikm)` of RFC 9180, 7.1.3.
    pub fn derive(ikm: &[u8]) -> Self {
        let (private, public) = Dhkem::derive_keypair(ikm);
        Self {
            private,
            public: PublicKey(public.to_bytes().into()),
        }
    }

    /// A new pair.
    pub fn generate(entropy: &dyn Entropy) -> Self {
        let mut ikm = Zeroizing::new([0; 32]);
        entropy.fill(ikm.as_mut_slice());
        Self::derive(ikm.as_slice())
    }

    /// From a stored private key.
    pub fn from_private(bytes: &[u8; 32]) -> Result<Self, Error> {
        let private = <Dhkem as Kem>::PrivateKey::from_bytes(bytes)
            .map_err(|_| Error::Malformed("private key"))?;
        let public = Dhkem::sk_to_pk(&private);
        Ok(Self {
            private,
            public: PublicKey(public.to_bytes().into()),
        })
    }

    /// The public key.
    pub const fn public(&self) -> PublicKey {
        self.public
    }

    /// The private key, to be wrapped or stored where secrets are stored.
    pub fn expose_private(&self) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(self.private.to_bytes().into())
    }
}

impl fmt::Debug for KeyPair {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("KeyPair")
            .field("public", &self.public)
            .finish_non_exhaustive()
    }
}

/// The key that both the sealer and the opener must hold beside the pair (mode psk).
#[derive(Clone, Copy, Debug)]
pub struct PresharedKey<'a> {
    /// The key: 32 bytes.
    pub key: &'a crate::records::ServerPsk,
    /// Its name.
    pub id: &'a [u8],
}

/// Seals to a public key.
pub fn seal(
    recipient: &PublicKey,
    info: &[u8],
    aad: &[u8],
    plaintext: &[u8],
    entropy: &dyn Entropy,
) -> Result<Vec<u8>, Error> {
    seal_as(&OpModeS::Base, recipient, info, aad, plaintext, entropy)
}

/// Seals to a public key so that only a holder of the preshared key can have sealed it, and only one
/// can open it.
pub fn seal_with_psk(
    recipient: &PublicKey,
    psk: PresharedKey<'_>,
    info: &[u8],
    aad: &[u8],
    plaintext: &[u8],
    entropy: &dyn Entropy,
) -> Result<Vec<u8>, Error> {
    let bundle = PskBundle::new(psk.key.expose(), psk.id).map_err(|_| Error::DoesNotOpen)?;
    seal_as(
        &OpModeS::Psk(bundle),
        recipient,
        info,
        aad,
        plaintext,
        entropy,
    )
}

/// Opens what [`seal`] made.
pub fn open(
    recipient: &KeyPair,
    info: &[u8],
    aad: &[u8],
    sealed: &[u8],
) -> Result<Zeroizing<Vec<u8>>, Error> {
    open_as(&OpModeR::Base, recipient, info, aad, sealed)
}

/// Opens what [`seal_with_psk`] made.
pub fn open_with_psk(
    recipient: &KeyPair,
    psk: PresharedKey<'_>,
    info: &[u8],
    aad: &[u8],
    sealed: &[u8],
) -> Result<Zeroizing<Vec<u8>>, Error> {
    let bundle = PskBundle::new(psk.key.expose(), psk.id).map_err(|_| Error::DoesNotOpen)?;
    open_as(&OpModeR::Psk(bundle), recipient, info, aad, sealed)
}

fn seal_as(
    mode: &OpModeS<'_, Dhkem>,
    recipient: &PublicKey,
    info: &[u8],
    aad: &[u8],
    plaintext: &[u8],
    entropy: &dyn Entropy,
) -> Result<Vec<u8>, Error> {
    let recipient = <Dhkem as Kem>::PublicKey::from_bytes(&recipient.0)
        .map_err(|_| Error::Malformed("public key"))?;
    let (encapsulated, ciphertext) = single_shot_seal_with_rng::<AesGcm256, HkdfSha256, Dhkem>(
        mode,
        &recipient,
        info,
        plaintext,
        aad,
        &mut Chance(entropy),
    )
    .map_err(|_| Error::Malformed("public key"))?;
    let mut sealed = Vec::with_capacity(plaintext.len() + OVERHEAD);
    sealed.extend_from_slice(&encapsulated.to_bytes());
    sealed.extend_from_slice(&ciphertext);
    Ok(sealed)
}

fn open_as(
    mode: &OpModeR<'_, Dhkem>,
    recipient: &KeyPair,
    info: &[u8],
    aad: &[u8],
    sealed: &[u8],
) -> Result<Zeroizing<Vec<u8>>, Error> {
    let (encapsulated, ciphertext) = sealed
        .split_at_checked(ENCAPSULATED)
        .ok_or(Error::DoesNotOpen)?;
    let encapsulated =
        <Dhkem as Kem>::EncappedKey::from_bytes(encapsulated).map_err(|_| Error::DoesNotOpen)?;
    single_shot_open::<AesGcm256, HkdfSha256, Dhkem>(
        mode,
        &recipient.private,
        &encapsulated,
        info,
        ciphertext,
        aad,
    )
    .map(Zeroizing::new)
    .map_err(|_| Error::DoesNotOpen)
}

/// Lets `hpke` draw from the randomness that the caller passed in.
pub(crate) struct Chance<'a>(pub(crate) &'a dyn Entropy);

impl TryRng for Chance<'_> {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(u32::from_be_bytes(self.0.bytes()))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(u64::from_be_bytes(self.0.bytes()))
    }

    fn try_fill_bytes(&mut self, buffer: &mut [u8]) -> Result<(), Infallible> {
        self.0.fill(buffer);
        Ok(())
    }
}

impl TryCryptoRng for Chance<'_> {}

#[cfg(test)]
mod tests {
    use domain::{Entropy, SeededEntropy};
    use hpke::rand_core::TryRng;

    use super::Chance;

    #[test]
    fn whatever_is_drawn_comes_from_the_chance_that_was_passed_in() {
        let (passed, same) = (SeededEntropy::new([7; 32]), SeededEntropy::new([7; 32]));
        let same: &dyn Entropy = &same;
        let mut chance = Chance(&passed);
        let Ok(four) = chance.try_next_u32();
        assert_eq!(four, u32::from_be_bytes(same.bytes()));
        let Ok(eight) = chance.try_next_u64();
        assert_eq!(eight, u64::from_be_bytes(same.bytes()));
        let mut many = [0; 40];
        let Ok(()) = chance.try_fill_bytes(&mut many);
        assert_eq!(many, same.bytes::<40>());
    }
}
