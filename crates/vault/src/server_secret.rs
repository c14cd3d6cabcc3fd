use std::fmt;
use std::path::Path;

use domain::{Entropy, SchoolId};
use protocol::encoding::derive;
use protocol::records::ServerPsk;
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::hmac;
use zeroize::Zeroizing;

/// `K_srv`: 32 random bytes in a file or the environment, never in the database.
///
/// Everything the server keeps to itself is derived from it by name, so that losing the database, or
/// a backup of it, loses none of it.
#[derive(Clone)]
pub struct ServerSecret(Zeroizing<[u8; 32]>);

/// What a derived key is for; each has its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Peppers password hashes.
    Pepper,
    /// Makes the digests of idempotent requests useless to guess with.
    Idempotency,
    /// Wraps the pepper that a former secret gave to password hashes.
    FormerPepper,
    /// Wraps the key that signs access tokens.
    TokenKey,
    /// Wraps the server's identity, `SIK`.
    Identity,
    /// Seals replies for the reporter, who has no key.
    Reply,
    /// Names an address among wrong sign-ins, without saying which address.
    SignInFailures,
    /// Wraps the secrets that devices' offline codes are made of.
    DeviceCode,
    /// Seals addresses and links that wait in the outbox.
    Outbox,
    /// Seals a psk that does not derive from this secret, or one of several.
    SchoolPsk,
}

impl Purpose {
    const fn label(self) -> &'static str {
        match self {
            Self::Pepper => "keyholder/v1/pepper",
            Self::FormerPepper => "keyholder/v1/former-pepper-wrap",
            Self::Idempotency => "keyholder/v1/idempotency",
            Self::TokenKey => "keyholder/v1/jwt-key-wrap",
            Self::Identity => "keyholder/v1/server-identity-wrap",
            Self::Reply => "keyholder/v1/reply",
            Self::SignInFailures => "keyholder/v1/sign-in-failures",
            Self::DeviceCode => "keyholder/v1/device-code-wrap",
            Self::Outbox => "keyholder/v1/outbox",
            Self::SchoolPsk => "keyholder/v1/lost-psk-wrap",
        }
    }
}

/// The bytes were not sealed by this server for this purpose and place, or were changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("what was sealed cannot be opened with this server's secret")]
pub struct Unsealable;

impl fmt::Debug for ServerSecret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("[server secret]")
    }
}

impl ServerSecret {
    /// From the 32 bytes.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// Reads the secret's file, or makes one that only its owner can read.
    ///
    /// # Errors
    /// If the file cannot be read or made, or is not 32 bytes long.
    pub fn read_or_create(path: &Path, entropy: &dyn Entropy) -> std::io::Result<Self> {
        use std::io::{Error, ErrorKind};

        match std::fs::read(path).map(Zeroizing::new) {
            Ok(bytes) => <[u8; 32]>::try_from(bytes.as_slice())
                .map(Self::new)
                .map_err(|_| {
                    Error::new(ErrorKind::InvalidData, "the server secret is not 32 bytes")
                }),
            Err(error) if error.kind() == ErrorKind::NotFound => {
                let secret = Self::new(entropy.bytes());
                match secret.create(path) {
                    // Another process was first: its secret it is.
                    Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                        Self::read_or_create(path, entropy)
                    }
                    made => made.map(|()| secret),
                }
            }
            Err(error) => Err(error),
        }
    }

    /// Writes the file whole or not at all, and for good: a power cut may not leave an empty one, with which
    /// the server would never start again, nor take away one under which something was sealed already.
    fn create(&self, path: &Path) -> std::io::Result<()> {
        use std::io::Write;

        let folder = path.parent().filter(|folder| *folder != Path::new(""));
        let folder = folder.unwrap_or(Path::new("."));
        let mut name = path.as_os_str().to_owned();
        name.push(format!(".{}", std::process::id()));
        let draft = Path::new(&name);
        // One of a process that ended here before; nothing was ever sealed with it.
        if draft.exists() {
            std::fs::remove_file(draft)?;
        }
        let mut options = std::fs::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o400);
        let mut file = options.open(draft)?;
        let written = file
            .write_all(&*self.0)
            .and_then(|()| file.sync_all())
            // Fails if another process has made it meanwhile, which a rename would replace.
            .and_then(|()| std::fs::hard_link(draft, path));
        std::fs::remove_file(draft)?;
        written?;
        std::fs::File::open(folder)?.sync_all()
    }

    /// `psk(school, g)`: with it, and only with it, a record can be sealed to the school or its seal
    /// opened (protocol.md, Keys).
    pub fn psk(&self, school: SchoolId, generation: u32) -> ServerPsk {
        ServerPsk::derive(&self.0, school, generation)
    }

    /// The key for one purpose.
    pub(crate) fn key(&self, purpose: Purpose) -> Zeroizing<[u8; 32]> {
        derive(&*self.0, purpose.label().as_bytes())
    }

    /// A keyed digest: equal for equal bytes, and useless to guess with.
    pub fn digest(&self, purpose: Purpose, bytes: &[u8]) -> [u8; 32] {
        let key = hmac::Key::new(hmac::HMAC_SHA256, &*self.key(purpose));
        let mut digest = [0; 32];
        digest.copy_from_slice(hmac::sign(&key, bytes).as_ref());
        digest
    }

    /// Seals a small text for the server itself; `place` binds it to its row.
    pub fn seal(
        &self,
        purpose: Purpose,
        place: &[u8],
        plain: &[u8],
        entropy: &dyn Entropy,
    ) -> Vec<u8> {
        let nonce: [u8; NONCE_LEN] = entropy.bytes();
        let mut sealed = Vec::with_capacity(NONCE_LEN + plain.len() + AES_256_GCM.tag_len());
        sealed.extend_from_slice(plain);
        // GCM fails only past 64 GiB.
        if self
            .gcm(purpose)
            .seal_in_place_append_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(place),
                &mut sealed,
            )
            .is_err()
        {
            sealed.clear();
        }
        sealed.splice(0..0, nonce);
        sealed
    }

    /// Opens what [`seal`](Self::seal) sealed.
    ///
    /// # Errors
    /// [`Unsealable`].
    pub fn open(
        &self,
        purpose: Purpose,
        place: &[u8],
        sealed: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, Unsealable> {
        let (nonce, sealed) = sealed.split_first_chunk::<NONCE_LEN>().ok_or(Unsealable)?;
        let mut plain = Zeroizing::new(sealed.to_vec());
        let length = self
            .gcm(purpose)
            .open_in_place(
                Nonce::assume_unique_for_key(*nonce),
                Aad::from(place),
                &mut plain,
            )
            .map_err(|_| Unsealable)?
            .len();
        plain.truncate(length);
        Ok(plain)
    }

    #[expect(clippy::expect_used, reason = "a 32-byte key fits AES-256")]
    fn gcm(&self, purpose: Purpose) -> LessSafeKey {
        LessSafeKey::new(
            UnboundKey::new(&AES_256_GCM, &*self.key(purpose)).expect("a 32-byte key fits"),
        )
    }
}

#[cfg(test)]
mod tests {
    use domain::SeededEntropy;

    use super::*;

    #[test]
    fn what_is_sealed_for_one_row_opens_for_no_other() {
        let secret = ServerSecret::new([7; 32]);
        let entropy = SeededEntropy::new([1; 32]);
        let sealed = secret.seal(Purpose::Reply, b"row 1", b"thank you", &entropy);

        assert_eq!(
            secret
                .open(Purpose::Reply, b"row 1", &sealed)
                .unwrap()
                .as_slice(),
            b"thank you"
        );
        assert!(secret.open(Purpose::Reply, b"row 2", &sealed).is_err());
        assert!(secret.open(Purpose::Outbox, b"row 1", &sealed).is_err());
        assert!(
            ServerSecret::new([8; 32])
                .open(Purpose::Reply, b"row 1", &sealed)
                .is_err()
        );
    }

    #[test]
    fn the_secret_is_made_once_and_read_again() {
        let folder = std::env::temp_dir().join(format!("safehold-secret-{}", std::process::id()));
        let _old = std::fs::remove_file(&folder);
        let first = ServerSecret::read_or_create(&folder, &SeededEntropy::new([1; 32])).unwrap();
        let again = ServerSecret::read_or_create(&folder, &SeededEntropy::new([2; 32])).unwrap();
        std::fs::remove_file(&folder).unwrap();
        assert_eq!(first.0, again.0);
    }
}
