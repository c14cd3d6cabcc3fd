//! The recovery kit: three printed sheets, any two of which give back every key.
//!
//! ```text
//! k             = 16 random bytes = r1 xor r2 xor r3
//! sheet 1 holds r2 r3, sheet 2 r1 r3, sheet 3 r1 r2: one alone says nothing about k
//! sheet code    = base32(01 || number || 32 bytes || first 2 bytes of H(kit-sheet, school, 01 || number || 32 bytes))
//!               = 58 characters of 0123456789ABCDEFGHJKMNPQRSTVWXYZ
//! kit pair      = DeriveKeyPair(KDF(k, "keyholder/v1/kit-kem"))
//! kit signer    = Ed25519(KDF(k, "keyholder/v1/kit-sign"))
//! part A        = SEAL(kit, ENC(kit-part-a, suite, school), "", ENC(kit-keys, compartment, u32 generation, sk_c, ...))
//! part B        = SEAL(kit, ENC(kit-part-b, suite, school), "", ENC(kit-psks, u32 g, psk, ...))
//! proof         = Ed25519(kit signer, ENC(kit-proof, school, dev, u64 at))
//! ```
//! Part A is made by a device, part B by the server; both lie in the database and in every backup.
//! A later compartment key adds a further part A rather than replacing the first: the parts A of a kit
//! are `ENC(kit-parts-a, part, part, ...)`, or the first alone. Parts that do not open are passed over,
//! so that whoever adds a bad one takes nothing of the others away.

mod parts;
mod proof;
mod sheet;

pub use parts::{add_part_a, open_part_a, open_part_b, seal_part_a, seal_part_b};
pub use proof::KitProof;
pub use sheet::{MistypedSheet, Sheet, TypedLine, combine, look_at_line};

use domain::{Entropy, SchoolId};

use crate::Error;
use crate::encoding::{derive, label};
use crate::hpke::{KeyPair, PublicKey};
use crate::secret::secrets;
use crate::signing::{SigningKey, VerifyingKey};

secrets! {
    /// `k`: exists on the device that makes the kit, until the sheets are checked, and on paper.
    KitSeed[16];
}

impl KitSeed {
    /// The kit's two key pairs.
    pub fn keys(&self) -> Result<KitKeys, Error> {
        Ok(KitKeys {
            sign: SigningKey::from_seed(&derive(self.expose(), &label("kit-sign")))?,
            kem: KeyPair::derive(derive(self.expose(), &label("kit-kem")).as_slice()),
        })
    }

    /// The three sheets to print.
    pub fn split(&self, school: SchoolId, entropy: &dyn Entropy) -> [Sheet; 3] {
        sheet::split(self, school, entropy)
    }
}

/// The kit's key pairs.
#[derive(Debug)]
pub struct KitKeys {
    sign: SigningKey,
    kem: KeyPair,
}

impl KitKeys {
    /// Signs the genesis, and what recovery does.
    pub const fn sign(&self) -> &SigningKey {
        &self.sign
    }

    /// Opens parts A and B.
    pub const fn kem(&self) -> &KeyPair {
        &self.kem
    }

    /// The public half, which the roll announces.
    pub fn public(&self) -> KitPublicKeys {
        KitPublicKeys {
            sign: self.sign.public(),
            kem: self.kem.public(),
        }
    }
}

/// The kit's public keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KitPublicKeys {
    /// Verifies what the kit signs.
    pub sign: VerifyingKey,
    /// Seals to the kit.
    pub kem: PublicKey,
}
