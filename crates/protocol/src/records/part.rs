use ring::aead::{Aad, LessSafeKey, NONCE_LEN, Nonce};

use super::key::prepare;
use super::padding::{pad, unpad};
use super::{DataKey, RecordRef};
use crate::Error;

/// What a sealed piece is of its record: the first byte of its nonce.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Who, whom, when: sealed apart for compartments about adults.
    Head,
    /// Everything free-text.
    Body,
    /// A chunk of an attachment.
    File,
}

impl Part {
    const fn byte(self) -> u8 {
        match self {
            Self::Head => 0,
            Self::Body => 1,
            Self::File => 2,
        }
    }
}

pub(super) fn nonce(part: Part, index: u64, last: bool) -> Nonce {
    let mut bytes = [0; NONCE_LEN];
    bytes[0] = part.byte();
    bytes[1..9].copy_from_slice(&index.to_be_bytes());
    bytes[11] = u8::from(last);
    Nonce::assume_unique_for_key(bytes)
}

/// A DEK with its AES key schedule prepared, for several parts of one record.
pub struct OpenedKey(LessSafeKey);

impl OpenedKey {
    /// Prepares a DEK.
    pub fn new(key: &DataKey) -> Result<Self, Error> {
        prepare(key.expose()).map(Self)
    }

    pub(super) fn seal_in_place(
        &self,
        nonce: Nonce,
        record: &RecordRef,
        buffer: &mut Vec<u8>,
    ) -> Result<(), Error> {
        self.0
            .seal_in_place_append_tag(nonce, Aad::from(record.aad()), buffer)
            .map_err(|_| Error::Malformed("record part"))
    }

    pub(super) fn open_in_place<'b>(
        &self,
        nonce: Nonce,
        record: &RecordRef,
        buffer: &'b mut [u8],
    ) -> Result<&'b mut [u8], Error> {
        self.0
            .open_in_place(nonce, Aad::from(record.aad()), buffer)
            .map_err(|_| Error::DoesNotOpen)
    }

    /// Opens a part into the caller's buffer, whose former content is lost, and returns the text in
    /// it: nothing is allocated once the buffer is large enough, for searches that open thousands.
    pub fn open_part<'b>(
        &self,
        record: &RecordRef,
        part: Part,
        sealed: &[u8],
        buffer: &'b mut Vec<u8>,
    ) -> Result<&'b [u8], Error> {
        buffer.clear();
        buffer.extend_from_slice(sealed);
        unpad(self.open_in_place(nonce(part, 0, true), record, buffer)?)
    }
}

impl std::fmt::Debug for OpenedKey {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("OpenedKey([secret])")
    }
}

/// Seals the head or body of a record, padded.
pub fn seal_part(
    key: &DataKey,
    record: &RecordRef,
    part: Part,
    text: &[u8],
) -> Result<Vec<u8>, Error> {
    let mut sealed = Vec::with_capacity(super::padded_size(text.len() + 4) + 16);
    pad(text, &mut sealed)?;
    OpenedKey::new(key)?.seal_in_place(nonce(part, 0, true), record, &mut sealed)?;
    Ok(sealed)
}

/// Opens what [`seal_part`] sealed into the caller's buffer, which should be wiped after use
/// (`Zeroizing<Vec<u8>>`).
pub fn open_part<'b>(
    key: &DataKey,
    record: &RecordRef,
    part: Part,
    sealed: &[u8],
    buffer: &'b mut Vec<u8>,
) -> Result<&'b [u8], Error> {
    OpenedKey::new(key)?.open_part(record, part, sealed, buffer)
}
