//! DHKEM(X25519, HKDF-SHA256) of RFC 9180, 4.1, with the X25519 of AWS-LC.
//!
//! `hpke` brings the same with curve25519-dalek's, which takes twice as long, and works out the ephemeral public key twice:
//! together that was a quarter of the processor time that recording a concern took (`docs/adr/0080-x25519-of-aws-lc.md`). Keys, key
//! schedule and cipher stay those of `hpke`; a phone has all of it from there.

use aws_lc_rs::agreement::{PrivateKey, UnparsedPublicKey, X25519, agree};
use hpke::kdf::{HkdfSha256, Kdf};
use hpke::kem::{SharedSecret, X25519HkdfSha256};
use hpke::rand_core::CryptoRng;
use hpke::{Deserializable as _, HpkeError, Kem, Serializable as _};
use zeroize::Zeroizing;

/// `concat("KEM", I2OSP(kem_id, 2))`.
const SUITE: [u8; 5] = {
    let [high, low] = X25519HkdfSha256::KEM_ID.to_be_bytes();
    [b'K', b'E', b'M', high, low]
};

/// In place of [`X25519HkdfSha256`], byte for byte the same.
#[derive(Debug)]
pub(crate) struct Dhkem;

impl Kem for Dhkem {
    type PublicKey = <X25519HkdfSha256 as Kem>::PublicKey;
    type PrivateKey = <X25519HkdfSha256 as Kem>::PrivateKey;
    type EncappedKey = <X25519HkdfSha256 as Kem>::EncappedKey;
    type NSecret = <X25519HkdfSha256 as Kem>::NSecret;

    const KEM_ID: u16 = X25519HkdfSha256::KEM_ID;

    fn sk_to_pk(private: &Self::PrivateKey) -> Self::PublicKey {
        X25519HkdfSha256::sk_to_pk(private)
    }

    fn derive_keypair(ikm: &[u8]) -> (Self::PrivateKey, Self::PublicKey) {
        X25519HkdfSha256::derive_keypair(ikm)
    }

    fn encap_with_rng(
        recipient: &Self::PublicKey,
        sender: Option<(&Self::PrivateKey, &Self::PublicKey)>,
        chance: &mut impl CryptoRng,
    ) -> Result<(SharedSecret<Self>, Self::EncappedKey), HpkeError> {
        no_sender(sender, HpkeError::EncapError)?;
        // DeriveKeyPair of 32 random bytes (RFC 9180, 7.1.3), as `hpke` makes an ephemeral key.
        let mut ikm = Zeroizing::new([0; 32]);
        chance.fill_bytes(ikm.as_mut_slice());
        let ephemeral = HkdfSha256::derive_x25519_sk_eph_bytes(&SUITE, ikm.as_slice());
        let ephemeral = Pair::of(&Zeroizing::new(ephemeral)).ok_or(HpkeError::EncapError)?;
        let (public, recipient) = (ephemeral.public, recipient.to_bytes().into());
        let shared = ephemeral
            .shared(&recipient, &public, &recipient)
            .ok_or(HpkeError::EncapError)?;
        Ok((shared, Self::EncappedKey::from_bytes(&public)?))
    }

    fn decap(
        recipient: &Self::PrivateKey,
        sender: Option<&Self::PublicKey>,
        encapsulated: &Self::EncappedKey,
    ) -> Result<SharedSecret<Self>, HpkeError> {
        no_sender(sender, HpkeError::DecapError)?;
        let private: Zeroizing<[u8; 32]> = Zeroizing::new(recipient.to_bytes().into());
        let recipient = Pair::of(&private).ok_or(HpkeError::DecapError)?;
        let (ephemeral, public) = (encapsulated.to_bytes().into(), recipient.public);
        recipient
            .shared(&ephemeral, &ephemeral, &public)
            .ok_or(HpkeError::DecapError)
    }
}

/// The modes that name a sender are none of the protocol's.
fn no_sender<T>(sender: Option<T>, error: HpkeError) -> Result<(), HpkeError> {
    match sender {
        None => Ok(()),
        Some(_) => Err(error),
    }
}

/// A private key with its public key.
struct Pair {
    private: PrivateKey,
    public: [u8; 32],
}

impl Pair {
    fn of(private: &[u8; 32]) -> Option<Self> {
        let private = PrivateKey::from_private_key(&X25519, private).ok()?;
        let public = private.compute_public_key().ok()?;
        let public = public.as_ref().try_into().ok()?;
        Some(Self { private, public })
    }

    /// `ExtractAndExpand(DH(private, other), concat(encapsulated, recipient))`; nothing if the other's key is one
    /// whose every secret is zero.
    fn shared(
        &self,
        other: &[u8; 32],
        encapsulated: &[u8; 32],
        recipient: &[u8; 32],
    ) -> Option<SharedSecret<Dhkem>> {
        let context = [encapsulated.as_slice(), recipient.as_slice()].concat();
        let mut shared = SharedSecret::default();
        let other = UnparsedPublicKey::new(&X25519, other);
        agree(&self.private, other, (), |secret| {
            HkdfSha256::extract_and_expand(secret, &SUITE, &context, &mut shared.0).map_err(drop)
        })
        .ok()?;
        Some(shared)
    }
}

#[cfg(test)]
mod tests {
    use domain::SeededEntropy;
    use hpke::kem::X25519HkdfSha256;
    use hpke::{Deserializable as _, HpkeError, Kem, Serializable as _};

    use super::Dhkem;
    use crate::hpke::Chance;

    type PublicKey = <Dhkem as Kem>::PublicKey;

    /// What the recipient and the chance come to.
    fn encap<K: Kem<PublicKey = PublicKey>>(
        recipient: &PublicKey,
        seed: u8,
    ) -> Result<(Vec<u8>, Vec<u8>), HpkeError> {
        let chance = SeededEntropy::new([seed; 32]);
        let (shared, encapsulated) = K::encap_with_rng(recipient, None, &mut Chance(&chance))?;
        Ok((shared.0.to_vec(), encapsulated.to_bytes().to_vec()))
    }

    #[test]
    fn secrets_and_encapsulations_are_those_of_hpkes_own() {
        let keys = SeededEntropy::new([1; 32]);
        for seed in 0..200 {
            let entropy: &dyn domain::Entropy = &keys;
            let (private, public) = Dhkem::derive_keypair(&entropy.bytes::<32>());
            let ours = encap::<Dhkem>(&public, seed).unwrap();
            assert_eq!(Ok(&ours), encap::<X25519HkdfSha256>(&public, seed).as_ref());

            let (shared, encapsulated) = ours;
            let encapsulated = <Dhkem as Kem>::EncappedKey::from_bytes(&encapsulated).unwrap();
            let found = Dhkem::decap(&private, None, &encapsulated).unwrap();
            assert_eq!(found.0.as_slice(), shared);
            let theirs = X25519HkdfSha256::decap(&private, None, &encapsulated).unwrap();
            assert_eq!(theirs.0.as_slice(), shared);
        }
    }

    #[test]
    fn nobody_agrees_with_a_key_whose_every_secret_is_zero() {
        let (private, _) = Dhkem::derive_keypair(&[7; 32]);
        for weak in [[0; 32], {
            let mut one = [0; 32];
            one[0] = 1;
            one
        }] {
            let public = PublicKey::from_bytes(&weak).unwrap();
            assert_eq!(encap::<Dhkem>(&public, 1), Err(HpkeError::EncapError));
            let encapsulated = <Dhkem as Kem>::EncappedKey::from_bytes(&weak).unwrap();
            let found = Dhkem::decap(&private, None, &encapsulated);
            assert!(matches!(found, Err(HpkeError::DecapError)));
        }
    }

    #[test]
    fn a_sender_with_a_key_pair_is_refused() {
        let (private, public) = Dhkem::derive_keypair(&[7; 32]);
        let chance = SeededEntropy::new([1; 32]);
        let sealed =
            Dhkem::encap_with_rng(&public, Some((&private, &public)), &mut Chance(&chance));
        assert!(matches!(sealed, Err(HpkeError::EncapError)));
        let (_, encapsulated) = Dhkem::encap_with_rng(&public, None, &mut Chance(&chance)).unwrap();
        let opened = Dhkem::decap(&private, Some(&public), &encapsulated);
        assert!(matches!(opened, Err(HpkeError::DecapError)));
    }
}
