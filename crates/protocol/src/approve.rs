//! The answer that opens a session: the compartment keys, sealed to one browser's unlock.
//!
//! ```text
//! bundle  = ENC(bundle, compartment, u32 generation, sk_c, ...)      sorted by name, then generation
//! sealed  = SEAL(epk_S, "keyholder/v1/unlock-bundle", aad H(C), bundle)
//! approve = ENC(approve, H(C), enc, ct, scopes, compartments, u32 session seconds)   + Ed25519(DSK)
//! witness = ENC(witness, school, dev, u64 log length, log head, u64 roll length, roll head)
//!                                                                                    + Ed25519(DSK)
//! ```
//! Scopes, compartments and seconds may be narrower than the challenge's, never wider.

use domain::{DeviceId, Entropy, SchoolId};

use crate::Error;
use crate::challenge::Challenge;
use crate::compartments::{Compartment, CompartmentSecret, HeldKey};
use crate::encoding::{Hash, Reader, Writer, label};
use crate::hpke::{self, KeyPair, PublicKey};
use crate::log::LogHead;
use crate::roll::RollHead;
use crate::signing::{Signature, SigningKey, VerifyingKey};

/// The keys that one session may use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bundle(Vec<HeldKey>);

impl Bundle {
    /// A bundle of these keys.
    pub fn new(mut keys: Vec<HeldKey>) -> Self {
        keys.sort_by(|one, other| {
            (&one.compartment, one.generation).cmp(&(&other.compartment, other.generation))
        });
        keys.dedup_by(|one, other| {
            one.compartment == other.compartment && one.generation == other.generation
        });
        Self(keys)
    }

    /// The keys, sorted by compartment and generation.
    pub fn keys(&self) -> &[HeldKey] {
        &self.0
    }

    /// The key of one generation of a compartment.
    pub fn key(&self, compartment: &Compartment, generation: u32) -> Option<&CompartmentSecret> {
        self.0
            .iter()
            .find(|key| key.compartment == *compartment && key.generation == generation)
            .map(|key| &key.secret)
    }

    pub(crate) fn encode(&self, name: &str) -> zeroize::Zeroizing<Vec<u8>> {
        self.0
            .iter()
            .fold(Writer::new(name), |writer, key| {
                writer
                    .text(key.compartment.name())
                    .u32(key.generation)
                    .field(key.secret.expose())
            })
            .finish_secret()
    }

    pub(crate) fn decode(bytes: &[u8], name: &'static str) -> Result<Self, Error> {
        let mut reader = Reader::new(bytes, name)?;
        let mut keys: Vec<HeldKey> = Vec::new();
        while !reader.is_empty() {
            keys.push(HeldKey {
                compartment: reader.text()?.parse()?,
                generation: reader.u32()?,
                secret: CompartmentSecret::try_from(reader.field()?)?,
            });
        }
        let in_order = keys.windows(2).all(|pair| {
            (&pair[0].compartment, pair[0].generation) < (&pair[1].compartment, pair[1].generation)
        });
        if in_order {
            Ok(Self(keys))
        } else {
            Err(Error::Malformed(name))
        }
    }

    /// Seals the bundle to the session key of the challenge of this hash.
    pub fn seal(
        &self,
        session: &PublicKey,
        challenge: &Hash,
        entropy: &dyn Entropy,
    ) -> Result<SealedBundle, Error> {
        let mut sealed = hpke::seal(
            session,
            &label("unlock-bundle"),
            challenge,
            &self.encode("bundle"),
            entropy,
        )?;
        let ciphertext = sealed.split_off(32);
        Ok(SealedBundle {
            encapsulated: sealed
                .try_into()
                .map_err(|_| Error::Malformed("sealed bundle"))?,
            ciphertext,
        })
    }

    /// Opens a bundle with the session pair.
    pub fn open(pair: &KeyPair, challenge: &Hash, sealed: &SealedBundle) -> Result<Self, Error> {
        let bytes = [&sealed.encapsulated, sealed.ciphertext.as_slice()].concat();
        let bundle = hpke::open(pair, &label("unlock-bundle"), challenge, &bytes)?;
        Self::decode(&bundle, "bundle")
    }
}

/// A bundle on its way to one unlock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedBundle {
    /// HPKE's `enc`.
    pub encapsulated: [u8; 32],
    /// HPKE's `ct`.
    pub ciphertext: Vec<u8>,
}

/// What a holder approved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Approval {
    /// `H(C)`.
    pub challenge: Hash,
    /// The bundle.
    pub bundle: SealedBundle,
    /// What the session may do.
    pub scopes: Vec<String>,
    /// What it may open.
    pub compartments: Vec<Compartment>,
    /// How long it lasts at most.
    pub session_seconds: u32,
}

impl Approval {
    fn message(&self) -> Vec<u8> {
        Writer::new("approve")
            .field(&self.challenge)
            .field(&self.bundle.encapsulated)
            .field(&self.bundle.ciphertext)
            .names(&self.scopes)
            .names(&self.compartments)
            .u32(self.session_seconds)
            .finish()
    }

    /// The device's signature.
    pub fn sign(&self, device: &SigningKey) -> Signature {
        device.sign(&self.message())
    }

    /// Checks the signature, that it answers this challenge, and that it asks for nothing wider.
    pub fn verify(
        &self,
        asked: &Challenge,
        signature: &[u8],
        device: &VerifyingKey,
    ) -> Result<(), Error> {
        let narrower = self.challenge == asked.hash()
            && self.scopes.iter().all(|scope| asked.scopes.contains(scope))
            && self
                .compartments
                .iter()
                .all(|name| asked.compartments.contains(name))
            && self.session_seconds <= asked.session_seconds;
        if !narrower {
            return Err(Error::Malformed("approval"));
        }
        device.verify(&self.message(), signature)
    }
}

/// What a device says it has seen of the log and the roll.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Witness {
    /// The school.
    pub school: SchoolId,
    /// The device.
    pub device: DeviceId,
    /// The log as the challenge showed it.
    pub log: LogHead,
    /// The roll as the device replayed it.
    pub roll: RollHead,
}

impl Witness {
    fn message(&self) -> Vec<u8> {
        Writer::new("witness")
            .id(self.school)
            .id(self.device)
            .u64(self.log.length)
            .field(&self.log.head)
            .u64(self.roll.length)
            .field(&self.roll.head)
            .finish()
    }

    /// The device's signature.
    pub fn sign(&self, device: &SigningKey) -> Signature {
        device.sign(&self.message())
    }

    /// Checks the signature.
    pub fn verify(&self, signature: &[u8], device: &VerifyingKey) -> Result<(), Error> {
        device.verify(&self.message(), signature)
    }
}
