//! The letters of what is printed and typed: 32 of them, none that looks like another.

const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// The letter of five bits; what is above them is not looked at.
pub(crate) fn letter(five_bits: u32) -> char {
    char::from(ALPHABET[(five_bits & 31) as usize])
}

/// The five bits of a letter as somebody typed it: I and L are taken for 1, O for 0.
pub(crate) fn value(character: u8) -> Option<u8> {
    let character = match character.to_ascii_uppercase() {
        b'I' | b'L' => b'1',
        b'O' => b'0',
        other => other,
    };
    let place = ALPHABET.iter().position(|listed| *listed == character)?;
    u8::try_from(place).ok()
}

/// Multiplied by x, in GF(32) (x^5 + x^2 + 1): what check characters are made of.
pub(crate) const fn step(sum: u8) -> u8 {
    let shifted = sum << 1;
    if shifted & 32 == 0 {
        shifted
    } else {
        shifted ^ 37
    }
}
