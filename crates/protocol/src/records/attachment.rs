use zeroize::Zeroizing;

use super::part::nonce;
use super::{DataKey, OpenedKey, Part, RecordRef};
use crate::Error;

/// How much of an attachment is sealed at a time.
pub const CHUNK_SIZE: usize = 64 * 1024;

const TAG: usize = 16;

/// Seals one chunk. All but the last are [`CHUNK_SIZE`] long; the last is shorter.
pub fn seal_chunk(
    key: &OpenedKey,
    attachment: &RecordRef,
    index: u64,
    last: bool,
    chunk: &[u8],
) -> Result<Vec<u8>, Error> {
    // A file that fills its last chunk ends with an empty one: it has one form only.
    if chunk.len() > CHUNK_SIZE || last == (chunk.len() == CHUNK_SIZE) {
        return Err(Error::Malformed("attachment chunk"));
    }
    let mut sealed = Vec::with_capacity(chunk.len() + TAG);
    sealed.extend_from_slice(chunk);
    key.seal_in_place(nonce(Part::File, index, last), attachment, &mut sealed)?;
    Ok(sealed)
}

/// Opens one chunk in its place and returns its content.
pub fn open_chunk<'b>(
    key: &OpenedKey,
    attachment: &RecordRef,
    index: u64,
    last: bool,
    sealed: &'b mut [u8],
) -> Result<&'b [u8], Error> {
    key.open_in_place(nonce(Part::File, index, last), attachment, sealed)
        .map(|opened| &*opened)
}

/// Seals a whole attachment: its chunks one after the other.
pub fn seal_attachment(
    key: &DataKey,
    attachment: &RecordRef,
    content: &[u8],
) -> Result<Vec<u8>, Error> {
    let key = OpenedKey::new(key)?;
    let chunks = content.len() / CHUNK_SIZE + 1;
    let mut sealed = Vec::with_capacity(content.len() + chunks * TAG);
    for index in 0..chunks {
        let start = index * CHUNK_SIZE;
        let end = content.len().min(start + CHUNK_SIZE);
        let last = index + 1 == chunks;
        sealed.extend(seal_chunk(
            &key,
            attachment,
            index as u64,
            last,
            &content[start..end],
        )?);
    }
    Ok(sealed)
}

/// Opens a whole attachment. A missing, doubled or moved chunk is refused.
pub fn open_attachment(
    key: &DataKey,
    attachment: &RecordRef,
    sealed: &[u8],
) -> Result<Zeroizing<Vec<u8>>, Error> {
    let key = OpenedKey::new(key)?;
    let mut content = Zeroizing::new(Vec::with_capacity(sealed.len()));
    let mut chunk = Zeroizing::new(Vec::with_capacity(CHUNK_SIZE + TAG));
    let mut rest = sealed;
    for index in 0.. {
        let last = rest.len() < CHUNK_SIZE + TAG;
        let (next, after) = rest.split_at(rest.len().min(CHUNK_SIZE + TAG));
        chunk.clear();
        chunk.extend_from_slice(next);
        content.extend_from_slice(open_chunk(&key, attachment, index, last, &mut chunk)?);
        if last {
            break;
        }
        rest = after;
    }
    Ok(content)
}
