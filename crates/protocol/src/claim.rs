//! The number and the PIN: what a device sends before it gets its wraps.
//!
//! ```text
//! claim = ENC(claim, H(C), number in ASCII digits, pin tag (32))      + Ed25519(DSK)
//! ```

use crate::Error;
use crate::encoding::{Hash, Writer};
use crate::pin::PinTag;
use crate::signing::{Signature, SigningKey, VerifyingKey};

fn message(challenge: &Hash, number: &str, tag: &PinTag) -> zeroize::Zeroizing<Vec<u8>> {
    Writer::new("claim")
        .field(challenge)
        .field(number.as_bytes())
        .field(tag.expose())
        .finish_secret()
}

/// Signs a claim on the challenge of this hash.
pub fn sign(challenge: &Hash, number: &str, tag: &PinTag, device: &SigningKey) -> Signature {
    device.sign(&message(challenge, number, tag))
}

/// Checks a claim's signature. Whether number and tag are right is the server's to check.
pub fn verify(
    challenge: &Hash,
    number: &str,
    tag: &PinTag,
    signature: &[u8],
    device: &VerifyingKey,
) -> Result<(), Error> {
    device.verify(&message(challenge, number, tag), signature)
}
