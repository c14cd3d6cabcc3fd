//! Six words that two people can compare aloud: 66 bits of a hash.
//!
//! The list is the English one of BIP-39 (2,048 words, MIT, see `words/LICENSE`), with
//! about sixty words replaced that nobody should have to say about a child's safety. The first four
//! letters still tell any two words apart, and the list is sorted.

use std::fmt;
use std::str::FromStr;

use crate::Error;
use crate::encoding::Hash;

const LIST: &str = include_str!("words/english.txt");

/// How many words are said.
pub const COUNT: usize = 6;

/// The first 66 bits of a hash.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Words([u16; COUNT]);

impl Words {
    /// The words of a hash.
    pub fn of(hash: &Hash) -> Self {
        let mut first = [0; 16];
        first[..9].copy_from_slice(&hash[..9]);
        let bits = u128::from_be_bytes(first) >> (128 - COUNT * 11);
        Self(std::array::from_fn(|place| {
            // Eleven bits fit in sixteen.
            (bits >> ((COUNT - 1 - place) * 11) & 0x7ff) as u16
        }))
    }

    /// The words, in order.
    pub fn list(&self) -> [&'static str; COUNT] {
        self.0
            .map(|number| LIST.lines().nth(usize::from(number)).unwrap_or_default())
    }
}

impl fmt::Display for Words {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.list().join(" "))
    }
}

impl fmt::Debug for Words {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

impl FromStr for Words {
    type Err = Error;

    /// Takes words in any case, between any white space, hyphens or commas; four letters are enough.
    fn from_str(text: &str) -> Result<Self, Error> {
        let text = text.to_lowercase();
        let numbers: Vec<u16> = text
            .split(|letter: char| letter.is_whitespace() || letter == '-' || letter == ',')
            .filter(|word| !word.is_empty())
            .map(|word| number_of(word).ok_or(Error::Malformed("list of six words")))
            .collect::<Result<_, _>>()?;
        numbers
            .try_into()
            .map(Self)
            .map_err(|_| Error::Malformed("list of six words"))
    }
}

fn number_of(word: &str) -> Option<u16> {
    let place = LIST
        .lines()
        .position(|listed| listed == word || (word.len() >= 4 && listed.starts_with(word)))?;
    u16::try_from(place).ok()
}
