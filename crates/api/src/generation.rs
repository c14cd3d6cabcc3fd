//! With which keys a row is sealed: two generations in one number.
//!
//! A record needs both halves: its compartment's key, which is rotated on a device, and the server's, which
//! changes when the server's secret does. A row says which of each in one number that grows with either, so that
//! "sealed with an older key" is one comparison and every row from before the second half had generations
//! (which is all of them, if the secret was never changed) says what it always said.

use store::{Error, Result};

/// The bits of the compartment's key.
const BITS: u32 = 16;

/// Which key of the compartment, and which of the server's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Generation {
    /// Of the compartment's key, from 1.
    pub(crate) key: u32,
    /// Of the server's half, from 1.
    pub(crate) half: u32,
}

impl Generation {
    /// The last that a compartment's key can have.
    pub(crate) const LAST_KEY: u32 = (1 << BITS) - 1;

    /// As it stands in a row.
    ///
    /// # Errors
    /// [`Error::Unreadable`] past the end of either, which no school comes near.
    pub(crate) fn row(self) -> Result<u32> {
        let half = self.half.checked_sub(1);
        half.filter(|half| *half < 1 << (31 - BITS) && self.key <= Self::LAST_KEY)
            .map(|half| half << BITS | self.key)
            .ok_or(Error::Unreadable("a generation"))
    }

    /// The first and the last row's number that a half can have.
    ///
    /// # Errors
    /// As [`row`](Self::row).
    pub(crate) fn rows_of_half(half: u32) -> Result<(i32, i32)> {
        let row = |key| Self { key, half }.row().map(u32::cast_signed);
        Ok((row(0)?, row(Self::LAST_KEY)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_from_before_the_halves_had_generations_says_the_same_as_ever() {
        for key in [1, 2, 700, Generation::LAST_KEY] {
            assert_eq!(Generation { key, half: 1 }.row().unwrap(), key);
        }
    }

    #[test]
    fn either_newer_key_makes_a_greater_number() {
        let row = |key, half| Generation { key, half }.row().unwrap();
        assert!(row(3, 1) < row(4, 1));
        assert!(row(Generation::LAST_KEY, 1) < row(1, 2));
        assert_eq!(Generation::rows_of_half(1).unwrap(), (0, 65_535));
        assert_eq!(Generation::rows_of_half(3).unwrap(), (131_072, 196_607));
    }

    #[test]
    fn past_the_end_nothing_is_sealed() {
        for (key, half) in [(65_536, 1), (1, 0), (1, 32_769), (0, u32::MAX)] {
            assert!(Generation { key, half }.row().is_err(), "{key} {half}");
        }
        assert!(
            Generation {
                key: 65_535,
                half: 32_768
            }
            .row()
            .unwrap()
                <= i32::MAX.cast_unsigned()
        );
    }
}
