use std::fmt;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use domain::Entropy;
use protocol::encoding::sha256;
use zeroize::Zeroizing;

/// 32 random bytes that open something to whoever holds them: a cookie, a mailed link.
///
/// Only its hash is stored, and looking the hash up is the comparison.
#[derive(Clone, PartialEq, Eq)]
pub struct Reference(Zeroizing<[u8; 32]>);

impl Reference {
    /// A new one.
    pub fn new(entropy: &dyn Entropy) -> Self {
        Self(Zeroizing::new(entropy.bytes()))
    }

    /// Of a secret that was made elsewhere.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// Reads what [`to_text`](Self::to_text) wrote.
    pub fn from_text(text: &str) -> Option<Self> {
        let bytes = Zeroizing::new(BASE64_URL_SAFE_NO_PAD.decode(text).ok()?);
        <[u8; 32]>::try_from(bytes.as_slice())
            .ok()
            .map(|bytes| Self(Zeroizing::new(bytes)))
    }

    /// For the cookie or the link: base64url, 43 characters.
    pub fn to_text(&self) -> Zeroizing<String> {
        Zeroizing::new(BASE64_URL_SAFE_NO_PAD.encode(*self.0))
    }

    /// What is stored: SHA-256.
    pub fn hash(&self) -> [u8; 32] {
        sha256(&*self.0)
    }

    /// The bytes themselves, where they are the secret of a key.
    pub fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for Reference {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("[reference]")
    }
}
