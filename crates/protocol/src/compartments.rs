//! Compartments: which key a record is sealed to.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use domain::Entropy;

use crate::Error;
use crate::hpke::{KeyPair, PublicKey};
use crate::secret::secrets;

/// The name of a compartment: lower-case letters, digits and hyphens, 1 to 32 of them.
///
/// Every school has [`PASTORAL`](Self::PASTORAL), [`SAFEGUARDING`](Self::SAFEGUARDING),
/// [`STAFF`](Self::STAFF) and [`HEAD`](Self::HEAD), and may have up to
/// [`MAX_OWN`](Self::MAX_OWN) of its own.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Compartment(Cow<'static, str>);

impl Compartment {
    /// Everyday welfare and behaviour.
    pub const PASTORAL: Self = Self(Cow::Borrowed("pastoral"));
    /// Concerns about the safety of a child.
    pub const SAFEGUARDING: Self = Self(Cow::Borrowed("safeguarding"));
    /// Concerns about an adult who works in the school.
    pub const STAFF: Self = Self(Cow::Borrowed("staff"));
    /// Concerns about the head teacher.
    pub const HEAD: Self = Self(Cow::Borrowed("head"));
    /// The four that every school has.
    pub const ALL_COMMON: [Self; 4] = [Self::HEAD, Self::PASTORAL, Self::SAFEGUARDING, Self::STAFF];
    /// How many a school may add.
    pub const MAX_OWN: usize = 4;

    /// The name.
    pub fn name(&self) -> &str {
        &self.0
    }

    /// Whether records here are sealed whole, and a grant needs a second holder's endorsement.
    pub fn is_about_adults(&self) -> bool {
        *self == Self::STAFF || *self == Self::HEAD
    }

    /// Whether every school has it.
    pub fn is_common(&self) -> bool {
        Self::ALL_COMMON.contains(self)
    }
}

impl FromStr for Compartment {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self, Error> {
        if let Some(common) = Self::ALL_COMMON.iter().find(|one| one.name() == name) {
            return Ok(common.clone());
        }
        let sound = (1..=32).contains(&name.len())
            && name
                .bytes()
                .all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'));
        if sound {
            Ok(Self(Cow::Owned(name.to_owned())))
        } else {
            Err(Error::Malformed("compartment name"))
        }
    }
}

impl AsRef<str> for Compartment {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Compartment {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl fmt::Debug for Compartment {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

secrets! {
    /// `sk_c`: the private key of one generation of a compartment. Made on a device, never by a
    /// server.
    CompartmentSecret[32];
}

impl CompartmentSecret {
    /// The pair it belongs to.
    pub fn key_pair(&self) -> Result<KeyPair, Error> {
        KeyPair::from_private(self.expose())
    }

    /// A new compartment key and its public half, to be announced in the roll.
    pub fn new_pair(entropy: &dyn Entropy) -> (Self, PublicKey) {
        let pair = KeyPair::generate(entropy);
        (Self::from_bytes(*pair.expose_private()), pair.public())
    }
}

/// One generation of a compartment's private key, with its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldKey {
    /// Which compartment.
    pub compartment: Compartment,
    /// Which generation of its key, from 1.
    pub generation: u32,
    /// The private key.
    pub secret: CompartmentSecret,
}
