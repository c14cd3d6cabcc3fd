//! Which algorithms a version uses. There is no negotiation: a byte says which, and a minimum stands.

use crate::Error;

/// A set of algorithms, named by one byte in every context and in the challenge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Suite {
    /// DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM (RFC 9180), signatures Ed25519 (RFC 8032).
    X25519Aes256Gcm,
}

impl Suite {
    /// The one that new things are sealed with.
    pub const CURRENT: Self = Self::X25519Aes256Gcm;

    /// Its byte.
    pub const fn byte(self) -> u8 {
        match self {
            Self::X25519Aes256Gcm => 1,
        }
    }
}

impl TryFrom<u8> for Suite {
    type Error = Error;

    fn try_from(byte: u8) -> Result<Self, Error> {
        match byte {
            1 => Ok(Self::X25519Aes256Gcm),
            _ => Err(Error::SuiteRefused(byte)),
        }
    }
}
