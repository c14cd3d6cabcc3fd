use std::sync::{Arc, Mutex, PoisonError};

use argon2::{Algorithm, Argon2, Block, Params, Version};
use base64::Engine;
use base64::prelude::BASE64_STANDARD_NO_PAD;
use domain::{Entropy, Sensitive};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::{Purpose, ServerSecret, Unsealable};

const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// Hashes and checks passwords: Argon2id (RFC 9106), 19 MiB, two passes, with a pepper that is not in
/// the database, so that a stolen table cannot be guessed against.
///
/// One check is 20 to 40 ms of a core: callers go through a semaphore.
#[derive(Clone, Debug)]
pub struct Passwords {
    pepper: Pepper,
    memory: Memory,
}

/// The 19 MiB of each hash that runs at once, used again by the next. Given back each time, they would stay
/// with whichever thread had them, and a flood of sign-ins goes through many threads.
#[derive(Clone, Default)]
struct Memory(Arc<Mutex<Vec<Vec<Block>>>>);

impl std::fmt::Debug for Memory {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("[memory of hashes]")
    }
}

impl Memory {
    fn take(&self, blocks: usize) -> Vec<Block> {
        let spare = self.0.lock().unwrap_or_else(PoisonError::into_inner).pop();
        spare.unwrap_or_else(|| vec![Block::default(); blocks])
    }

    fn give_back(&self, blocks: Vec<Block>) {
        let mut spare = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        spare.push(blocks);
    }
}

/// What is added to every password before it is hashed: derived from the server's secret, so that a stolen table
/// cannot be guessed against.
#[derive(Clone)]
pub struct Pepper(Zeroizing<[u8; 32]>);

impl std::fmt::Debug for Pepper {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("[pepper]")
    }
}

impl Pepper {
    /// The name under which a former secret's pepper is kept.
    pub const FORMER: &'static str = "former-pepper";

    /// Of the server's secret.
    pub fn of(secret: &ServerSecret) -> Self {
        Self(secret.key(Purpose::Pepper))
    }

    /// Sealed under another secret, for the hashes that were made with it.
    pub fn seal(&self, secret: &ServerSecret, entropy: &dyn Entropy) -> Vec<u8> {
        let place = Self::FORMER.as_bytes();
        secret.seal(Purpose::FormerPepper, place, &*self.0, entropy)
    }

    /// One that [`seal`](Self::seal) sealed.
    ///
    /// # Errors
    /// [`Unsealable`].
    pub fn open(secret: &ServerSecret, sealed: &[u8]) -> Result<Self, Unsealable> {
        let plain = secret.open(Purpose::FormerPepper, Self::FORMER.as_bytes(), sealed)?;
        let bytes = plain.as_slice().try_into().map_err(|_| Unsealable)?;
        Ok(Self(Zeroizing::new(bytes)))
    }
}

/// A hash as it stands in the account's row: `1$salt$hash`, the 1 naming the parameters.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(String);

impl std::fmt::Debug for PasswordHash {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("[password hash]")
    }
}

impl PasswordHash {
    /// As the row has it.
    pub const fn from_row(text: String) -> Self {
        Self(text)
    }

    /// For the row.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Passwords {
    /// With a pepper.
    pub fn new(pepper: Pepper) -> Self {
        Self {
            pepper,
            memory: Memory::default(),
        }
    }

    /// Hashes a password with a new salt.
    pub fn hash(&self, password: &Sensitive<String>, entropy: &dyn Entropy) -> PasswordHash {
        let salt: [u8; 16] = entropy.bytes();
        PasswordHash(format!(
            "1${}${}",
            BASE64_STANDARD_NO_PAD.encode(salt),
            BASE64_STANDARD_NO_PAD.encode(self.derive(password, &salt))
        ))
    }

    /// Whether the password is the account's. Without a hash it takes as long and says no, so that
    /// the answer's time does not tell whether there is an account.
    pub fn check(&self, password: &Sensitive<String>, hash: Option<&PasswordHash>) -> bool {
        let parts = hash.and_then(|hash| {
            let (salt, digest) = hash.0.strip_prefix("1$")?.split_once('$')?;
            Some((
                BASE64_STANDARD_NO_PAD.decode(salt).ok()?,
                BASE64_STANDARD_NO_PAD.decode(digest).ok()?,
            ))
        });
        let known = parts.is_some();
        let (salt, digest) = parts.unwrap_or_else(|| (vec![0; 16], vec![0; 32]));
        let same: bool = self
            .derive(password, &salt)
            .as_slice()
            .ct_eq(&digest)
            .into();
        same & known
    }

    #[expect(
        clippy::expect_used,
        reason = "the parameters are constants that Argon2 takes"
    )]
    fn derive(&self, password: &Sensitive<String>, salt: &[u8]) -> Zeroizing<[u8; 32]> {
        let params =
            Params::new(MEMORY_KIB, PASSES, LANES, Some(32)).expect("the parameters are valid");
        let mut memory = self.memory.take(params.block_count());
        let argon2 =
            Argon2::new_with_secret(&*self.pepper.0, Algorithm::Argon2id, Version::V0x13, params)
                .expect("the pepper has a valid length");
        let mut hash = Zeroizing::new([0; 32]);
        argon2
            // EXPOSE: the hash is made from the password itself.
            .hash_password_into_with_memory(
                password.expose().as_bytes(),
                salt,
                &mut *hash,
                &mut memory,
            )
            .expect("salt and password have valid lengths");
        self.memory.give_back(memory);
        hash
    }
}

#[cfg(test)]
mod tests {
    use argon2::{AssociatedData, ParamsBuilder};
    use domain::SeededEntropy;

    use super::*;

    #[test]
    fn argon2id_is_that_of_rfc_9106() {
        // RFC 9106, 5.3.
        let data = AssociatedData::new(&[4; 12]).expect("short data");
        let mut params = ParamsBuilder::new();
        params.m_cost(32).t_cost(3).p_cost(4).data(data);
        let params = params.build().expect("the parameters are valid");
        let argon2 = Argon2::new_with_secret(&[3; 8], Algorithm::Argon2id, Version::V0x13, params)
            .expect("the secret has a valid length");
        let mut hash = [0; 32];
        argon2
            .hash_password_into(&[1; 32], &[2; 16], &mut hash)
            .expect("salt and password have valid lengths");
        assert_eq!(
            hash,
            [
                0x0d, 0x64, 0x0d, 0xf5, 0x8d, 0x78, 0x76, 0x6c, 0x08, 0xc0, 0x37, 0xa3, 0x4a, 0x8b,
                0x53, 0xc9, 0xd0, 0x1e, 0xf0, 0x45, 0x2d, 0x75, 0xb6, 0x5e, 0xb5, 0x25, 0x20, 0xe9,
                0x6b, 0x01, 0xe6, 0x59,
            ]
        );
    }

    #[test]
    fn what_one_hash_left_in_its_memory_changes_nothing_for_the_next() {
        let passwords = Passwords::new(Pepper::of(&ServerSecret::new([1; 32])));
        let password = Sensitive::new("correct horse battery".to_owned());
        let entropy = || SeededEntropy::new([1; 32]);
        let first = passwords.hash(&password, &entropy());
        passwords.hash(&Sensitive::new("something else".to_owned()), &entropy());

        assert!(passwords.hash(&password, &entropy()) == first);
    }

    #[test]
    fn a_password_opens_only_its_own_hash_and_only_with_the_pepper() {
        let entropy = SeededEntropy::new([1; 32]);
        let passwords = Passwords::new(Pepper::of(&ServerSecret::new([1; 32])));
        let right = Sensitive::new("correct horse battery".to_owned());
        let wrong = Sensitive::new("correct horse batterz".to_owned());
        let hash = passwords.hash(&right, &entropy);

        assert!(passwords.check(&right, Some(&hash)));
        assert!(!passwords.check(&wrong, Some(&hash)));
        assert!(!passwords.check(&right, None));
        assert!(
            !Passwords::new(Pepper::of(&ServerSecret::new([2; 32]))).check(&right, Some(&hash))
        );
    }
}
