//! A device: its seed, the two keys that come of it, and how others recognise it.
//!
//! ```text
//! DSK         = Ed25519(KDF(seed, "keyholder/v1/device-sign"))
//! DKK         = DeriveKeyPair(KDF(seed, "keyholder/v1/device-kem"))
//! fingerprint = H(device-fingerprint, school, sign pk, kem pk)      first 66 bits = six words
//! payload     = ENC(device, school, member, dev, sign pk, kem pk, u64 roll length, roll head,
//!                   u64 log length, log head) || Ed25519(DSK)       what a new device shows
//! link        = "safehold:grant?d=" base64url(payload)              as its square says it, and as it is sent
//! ```

mod payload;
mod request;

pub use payload::DevicePayload;
pub use request::{
    DeviceRequest, MAX_AGE_SECONDS, NONCE_SIZE, RequestSignature, SCHEME, verify_request,
};

use domain::SchoolId;

use crate::Error;
use crate::encoding::{Hash, derive, hash, label};
use crate::hpke::{KeyPair, PublicKey};
use crate::secret::secrets;
use crate::signing::{SigningKey, VerifyingKey};
use crate::words::Words;

secrets! {
    /// Everything that a device must keep: 32 bytes, in its keychain only.
    DeviceSeed[32];
}

/// A device's two key pairs.
#[derive(Debug)]
pub struct DeviceKeys {
    sign: SigningKey,
    kem: KeyPair,
}

impl DeviceKeys {
    /// The keys of a seed.
    pub fn of(seed: &DeviceSeed) -> Result<Self, Error> {
        Ok(Self {
            sign: SigningKey::from_seed(&derive(seed.expose(), &label("device-sign")))?,
            kem: KeyPair::derive(derive(seed.expose(), &label("device-kem")).as_slice()),
        })
    }

    /// The key that signs (DSK).
    pub const fn sign(&self) -> &SigningKey {
        &self.sign
    }

    /// The key that wraps are sealed to (DKK).
    pub const fn kem(&self) -> &KeyPair {
        &self.kem
    }

    /// The public half.
    pub fn public(&self) -> DevicePublicKeys {
        DevicePublicKeys {
            sign: self.sign.public(),
            kem: self.kem.public(),
        }
    }
}

/// The public keys of a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DevicePublicKeys {
    /// Verifies what the device signs.
    pub sign: VerifyingKey,
    /// Seals to the device.
    pub kem: PublicKey,
}

impl DevicePublicKeys {
    /// The hash by which people recognise the device.
    pub fn fingerprint(&self, school: SchoolId) -> Hash {
        hash(
            "device-fingerprint",
            &[school.as_bytes(), self.sign.as_bytes(), self.kem.as_bytes()],
        )
    }

    /// Six words of the fingerprint, to be compared aloud when a key is granted.
    pub fn words(&self, school: SchoolId) -> Words {
        Words::of(&self.fingerprint(school))
    }
}
