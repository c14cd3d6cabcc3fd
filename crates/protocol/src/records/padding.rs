use crate::Error;

/// The least that a body takes, so that short notes look alike.
pub const MIN_PADDED: usize = 512;

const LENGTH: usize = 4;

/// The Padmé size for a content of `length` bytes (Nikitin et al., PETS 2019, algorithm 1), at least
/// [`MIN_PADDED`]: it gives away O(log log n) bits and adds at most 12 %.
pub fn padded_size(length: usize) -> usize {
    if length <= MIN_PADDED {
        return MIN_PADDED;
    }
    let exponent = length.ilog2();
    let significant = exponent.ilog2() + 1;
    let mask = (1usize << (exponent - significant)) - 1;
    length.saturating_add(mask) & !mask
}

/// Appends `PAD(text)`.
pub(super) fn pad(text: &[u8], output: &mut Vec<u8>) -> Result<(), Error> {
    let length = u32::try_from(text.len()).map_err(|_| Error::Malformed("record part"))?;
    let start = output.len();
    output.extend_from_slice(&length.to_be_bytes());
    output.extend_from_slice(text);
    output.resize(start + padded_size(LENGTH + text.len()), 0);
    Ok(())
}

/// The text inside, if the padding is exactly what [`pad`] would have made.
pub(super) fn unpad(padded: &[u8]) -> Result<&[u8], Error> {
    let (length, rest) = padded
        .split_first_chunk::<LENGTH>()
        .ok_or(Error::Malformed("record part"))?;
    let length = usize::try_from(u32::from_be_bytes(*length))
        .map_err(|_| Error::Malformed("record part"))?;
    let (text, zeros) = rest
        .split_at_checked(length)
        .ok_or(Error::Malformed("record part"))?;
    if padded.len() != padded_size(LENGTH + length) || zeros.iter().any(|byte| *byte != 0) {
        return Err(Error::Malformed("record part"));
    }
    Ok(text)
}
