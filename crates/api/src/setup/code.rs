use std::fmt;

use diesel::prelude::*;
use protocol::encoding::hash;
use store::schema::setup_code;
use store::{Result, Tx};
use zeroize::Zeroizing;

/// Minutes that a code is good.
const MINUTES: i64 = 60;
/// Crockford's base 32: no I, L, O or U to mistake.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// What proves that whoever sets a school up can read the server's terminal.
pub(super) struct SetupCode(Zeroizing<[u8; 16]>);

impl fmt::Debug for SetupCode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("[setup code]")
    }
}

impl SetupCode {
    /// Reads what a person typed: with or without hyphens, in either case, O for 0 and I or L for 1.
    pub(super) fn from_text(text: &str) -> Option<Self> {
        let mut bits = Zeroizing::new(0_u128);
        let mut count = 0;
        for letter in text.chars().filter(|letter| !matches!(letter, '-' | ' ')) {
            let letter = match letter.to_ascii_uppercase() {
                'O' => '0',
                'I' | 'L' => '1',
                other => other,
            };
            let value = ALPHABET
                .iter()
                .position(|known| char::from(*known) == letter)?;
            // 26 letters hold 130 bits: the first two are nought.
            if count == 0 && value > 7 {
                return None;
            }
            *bits = *bits << 5 | value as u128;
            count += 1;
        }
        (count == 26).then(|| Self(Zeroizing::new(bits.to_be_bytes())))
    }

    fn to_text(&self) -> Zeroizing<String> {
        let bits = u128::from_be_bytes(*self.0);
        let mut text = Zeroizing::new(String::with_capacity(32));
        for place in (0..26).rev() {
            text.push(char::from(ALPHABET[(bits >> (place * 5) & 31) as usize]));
            if matches!(place, 5 | 10 | 15 | 20) {
                text.push('-');
            }
        }
        text
    }

    fn hash(&self) -> Vec<u8> {
        hash("setup-code", &[&*self.0]).to_vec()
    }

    /// Whether it is good now.
    pub(super) fn is_good(&self, tx: &mut Tx<'_>) -> Result<bool> {
        let now = tx.now();
        let found: Option<Vec<u8>> = setup_code::table
            .find(self.hash())
            .filter(setup_code::used_at.is_null())
            .filter(setup_code::expires_at.gt(now))
            .select(setup_code::code_hash)
            .first(tx.connection())
            .optional()?;
        Ok(found.is_some())
    }

    /// Uses it up; whether it was still good.
    pub(super) fn take(&self, tx: &mut Tx<'_>) -> Result<bool> {
        let now = tx.now();
        let taken = diesel::update(
            setup_code::table
                .find(self.hash())
                .filter(setup_code::used_at.is_null())
                .filter(setup_code::expires_at.gt(now)),
        )
        .set(setup_code::used_at.eq(now))
        .execute(tx.connection())?;
        Ok(taken == 1)
    }
}

/// Whether a code that was printed is still good.
pub(super) fn waits(tx: &mut Tx<'_>) -> Result<bool> {
    let now = tx.now();
    let found: Option<Vec<u8>> = setup_code::table
        .filter(setup_code::used_at.is_null())
        .filter(setup_code::expires_at.gt(now))
        .select(setup_code::code_hash)
        .first(tx.connection())
        .optional()?;
    Ok(found.is_some())
}

/// Makes a setup code for the operator's terminal: good for 60 minutes, once. Codes issued before are
/// no longer good.
///
/// # Errors
/// What the database says.
pub fn issue_setup_code(tx: &mut Tx<'_>) -> Result<Zeroizing<String>> {
    let now = tx.now();
    diesel::delete(setup_code::table.filter(setup_code::used_at.is_null()))
        .execute(tx.connection())?;
    let code = SetupCode(Zeroizing::new(tx.entropy().bytes()));
    diesel::insert_into(setup_code::table)
        .values((
            setup_code::code_hash.eq(code.hash()),
            setup_code::expires_at.eq(now.plus_minutes(MINUTES)),
        ))
        .execute(tx.connection())?;
    Ok(code.to_text())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_reads_back_as_a_person_types_it() {
        let code = SetupCode(Zeroizing::new([0xf7; 16]));
        let text = code.to_text();
        assert_eq!(text.len(), 30);
        let typed = text.to_lowercase().replace('-', " ").replace('0', "o");
        assert_eq!(*SetupCode::from_text(&typed).unwrap().0, [0xf7; 16]);
        for wrong in [
            "",
            "0",
            &text[1..],
            &format!("{}0", &*text),
            &text.replace('7', "U"),
        ] {
            assert!(SetupCode::from_text(wrong).is_none(), "{wrong}");
        }
        assert!(SetupCode::from_text(&"Z".repeat(26)).is_none());
    }
}
