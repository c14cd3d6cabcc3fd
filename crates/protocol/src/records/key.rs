use domain::{Entropy, SchoolId};
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};

use super::RecordRef;
use crate::Error;
use crate::compartments::{Compartment, CompartmentSecret};
use crate::encoding::{Writer, derive, derive_salted};
use crate::hpke::{self, KeyPair, PresharedKey, PublicKey};
use crate::secret::secrets;
use crate::suite::Suite;

/// The length of a DEK sealed to a compartment on receipt.
pub const INBOX_SIZE: usize = hpke::OVERHEAD + DataKey::SIZE;

/// The length of a DEK wrapped under a file key.
pub const FILED_SIZE: usize = NONCE_LEN + DataKey::SIZE + 16;

secrets! {
    /// A DEK: AES-256-GCM, for one version of one record or for one attachment.
    DataKey[32];
    /// `psk(school, g)`: the server's half, without which no compartment key opens anything.
    ServerPsk[32];
}

impl ServerPsk {
    /// Derived from the server's root secret for one school and generation.
    pub fn derive(root: &[u8; 32], school: SchoolId, generation: u32) -> Self {
        let info = Writer::new("psk").id(school).u32(generation).finish();
        Self::from_bytes(*derive(root, &info))
    }
}

/// Where a received record is sealed to. All of it is bound into the sealing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InboxContext {
    /// The school.
    pub school: SchoolId,
    /// The compartment.
    pub compartment: Compartment,
    /// The generation of the compartment's key.
    pub generation: u32,
    /// The generation of the server's psk.
    pub psk_generation: u32,
}

impl InboxContext {
    fn info(&self) -> Vec<u8> {
        Writer::new("seal")
            .u8(Suite::CURRENT.byte())
            .id(self.school)
            .text(self.compartment.name())
            .u32(self.generation)
            .u32(self.psk_generation)
            .finish()
    }

    fn psk_id(&self) -> [u8; 20] {
        let mut id = [0; 20];
        id[..16].copy_from_slice(self.school.as_bytes());
        id[16..].copy_from_slice(&self.psk_generation.to_be_bytes());
        id
    }
}

/// Seals a DEK to a compartment, on receipt: needs the public key and the server's psk only.
pub fn seal_inbox(
    context: &InboxContext,
    public: &PublicKey,
    psk: &ServerPsk,
    record: &RecordRef,
    key: &DataKey,
    entropy: &dyn Entropy,
) -> Result<[u8; INBOX_SIZE], Error> {
    let id = context.psk_id();
    let sealed = hpke::seal_with_psk(
        public,
        PresharedKey { key: psk, id: &id },
        &context.info(),
        &record.aad(),
        key.expose(),
        entropy,
    )?;
    sealed
        .try_into()
        .map_err(|_| Error::Malformed("sealed data key"))
}

/// Opens a DEK that [`seal_inbox`] sealed.
pub fn open_inbox(
    context: &InboxContext,
    pair: &KeyPair,
    psk: &ServerPsk,
    record: &RecordRef,
    sealed: &[u8],
) -> Result<DataKey, Error> {
    let id = context.psk_id();
    let key = hpke::open_with_psk(
        pair,
        PresharedKey { key: psk, id: &id },
        &context.info(),
        &record.aad(),
        sealed,
    )?;
    DataKey::try_from(key.as_slice())
}

/// `FK(c)`: wraps the DEKs of records already filed. Derive it once a request; its AES key schedule
/// is prepared, so that each unwrapping costs well under a microsecond.
pub struct FileKey(LessSafeKey);

impl FileKey {
    /// Derived from both halves: the compartment's private key and the server's psk.
    pub fn derive(
        context: &InboxContext,
        secret: &CompartmentSecret,
        psk: &ServerPsk,
    ) -> Result<Self, Error> {
        prepare(&Self::derive_bytes(context, secret, psk)).map(Self)
    }

    pub(crate) fn derive_bytes(
        context: &InboxContext,
        secret: &CompartmentSecret,
        psk: &ServerPsk,
    ) -> zeroize::Zeroizing<[u8; 32]> {
        let info = Writer::new("file-key")
            .id(context.school)
            .text(context.compartment.name())
            .u32(context.generation)
            .u32(context.psk_generation)
            .finish();
        derive_salted(psk.expose(), secret.expose(), &info)
    }

    /// Files a DEK: wraps it under this key.
    pub fn wrap(
        &self,
        record: &RecordRef,
        key: &DataKey,
        entropy: &dyn Entropy,
    ) -> Result<[u8; FILED_SIZE], Error> {
        let mut filed = [0; FILED_SIZE];
        let (nonce, rest) = filed.split_at_mut(NONCE_LEN);
        entropy.fill(nonce);
        let (wrapped, tag_place) = rest.split_at_mut(DataKey::SIZE);
        wrapped.copy_from_slice(key.expose());
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| Error::DoesNotOpen)?;
        let tag = self
            .0
            .seal_in_place_separate_tag(nonce, Aad::from(record.context("filed")), wrapped)
            .map_err(|_| Error::DoesNotOpen)?;
        tag_place.copy_from_slice(tag.as_ref());
        Ok(filed)
    }

    /// Opens a filed DEK.
    pub fn unwrap(&self, record: &RecordRef, filed: &[u8]) -> Result<DataKey, Error> {
        let mut filed: zeroize::Zeroizing<[u8; FILED_SIZE]> =
            zeroize::Zeroizing::new(filed.try_into().map_err(|_| Error::DoesNotOpen)?);
        let (nonce, wrapped) = filed.split_at_mut(NONCE_LEN);
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| Error::DoesNotOpen)?;
        let key = self
            .0
            .open_in_place(nonce, Aad::from(record.context("filed")), wrapped)
            .map_err(|_| Error::DoesNotOpen)?;
        DataKey::try_from(&*key)
    }
}

impl std::fmt::Debug for FileKey {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("FileKey([secret])")
    }
}

/// An AES-256-GCM key with its schedule prepared.
pub(crate) fn prepare(key: &[u8; 32]) -> Result<LessSafeKey, Error> {
    UnboundKey::new(&AES_256_GCM, key)
        .map(LessSafeKey::new)
        .map_err(|_| Error::Malformed("key"))
}
