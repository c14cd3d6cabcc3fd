//! The only way in which anything is hashed, signed, or used as context of a sealing.
//!
//! ```text
//! LP(x)              = u32(len x) || x                          big-endian
//! ENC(label, f1..fn) = ASCII("keyholder/v1/" label) || 00 || LP(f1) .. LP(fn)
//! H(label, ..)       = SHA-256(ENC(label, ..))
//! KDF(ikm, info)     = HKDF-SHA256(salt "keyholder/v1", ikm, info) -> 32 bytes
//! ```
//!
//! Numbers are big-endian of fixed width; text is UTF-8 in NFC without control characters; lists of
//! names are sorted, without repetition, and joined by one space. A [`Reader`] takes nothing else,
//! so that each value has exactly one encoding.

use domain::Id;
use ring::{digest, hkdf};
use unicode_normalization::{UnicodeNormalization, is_nfc};
use zeroize::Zeroizing;

use crate::Error;

/// The first part of every label and the salt of every derivation.
pub const VERSION: &str = "keyholder/v1";

/// A SHA-256 hash.
pub type Hash = [u8; 32];

/// Writes `ENC`.
#[derive(Clone, Debug)]
pub struct Writer(Vec<u8>);

impl Writer {
    /// Begins with the label, which is given without `keyholder/v1/`.
    pub fn new(label: &str) -> Self {
        let mut bytes = Vec::with_capacity(192);
        bytes.extend_from_slice(VERSION.as_bytes());
        bytes.push(b'/');
        bytes.extend_from_slice(label.as_bytes());
        bytes.push(0);
        Self(bytes)
    }

    /// Adds one field.
    #[must_use]
    pub fn field(mut self, field: &[u8]) -> Self {
        write_prefixed(&mut self.0, field);
        self
    }

    /// Adds a text field, normalised.
    #[must_use]
    pub fn text(self, text: &str) -> Self {
        if text.is_ascii() {
            return self.field(text.as_bytes());
        }
        self.field(normalise(text).as_bytes())
    }

    /// Adds a list of names.
    #[must_use]
    pub fn names<S: AsRef<str>>(self, names: &[S]) -> Self {
        self.text(&join_names(names))
    }

    /// Adds a number of one byte.
    #[must_use]
    pub fn u8(self, number: u8) -> Self {
        self.field(&[number])
    }

    /// Adds a number of four bytes.
    #[must_use]
    pub fn u32(self, number: u32) -> Self {
        self.field(&number.to_be_bytes())
    }

    /// Adds a number of eight bytes.
    #[must_use]
    pub fn u64(self, number: u64) -> Self {
        self.field(&number.to_be_bytes())
    }

    /// Adds an id.
    #[must_use]
    pub fn id<K: domain::Kind>(self, id: Id<K>) -> Self {
        self.field(id.as_bytes())
    }

    /// The encoding.
    pub fn finish(self) -> Vec<u8> {
        self.0
    }

    /// The encoding, wiped when dropped.
    pub fn finish_secret(self) -> Zeroizing<Vec<u8>> {
        Zeroizing::new(self.0)
    }

    /// `H`: the SHA-256 of the encoding.
    pub fn hash(self) -> Hash {
        sha256(&self.0)
    }
}

/// Appends `LP(field)`.
pub(crate) fn write_prefixed(bytes: &mut Vec<u8>, field: &[u8]) {
    // A field of 4 GiB cannot come into being: every body is bounded far below by the server.
    let length = u32::try_from(field.len()).unwrap_or(u32::MAX);
    bytes.extend_from_slice(&length.to_be_bytes());
    bytes.extend_from_slice(field);
}

/// `ENC` of fields that are bytes already.
pub fn encode(label: &str, fields: &[&[u8]]) -> Vec<u8> {
    fields
        .iter()
        .fold(Writer::new(label), |writer, field| writer.field(field))
        .finish()
}

/// `H` of fields that are bytes already.
pub fn hash(label: &str, fields: &[&[u8]]) -> Hash {
    sha256(&encode(label, fields))
}

/// SHA-256.
pub fn sha256(bytes: &[u8]) -> Hash {
    let mut hash = [0; 32];
    hash.copy_from_slice(digest::digest(&digest::SHA256, bytes).as_ref());
    hash
}

/// `KDF` with the version as salt.
pub fn derive(ikm: &[u8], info: &[u8]) -> Zeroizing<[u8; 32]> {
    derive_salted(VERSION.as_bytes(), ikm, info)
}

/// HKDF-SHA256 with a salt of its own.
pub(crate) fn derive_salted(salt: &[u8], ikm: &[u8], info: &[u8]) -> Zeroizing<[u8; 32]> {
    struct Length;
    impl hkdf::KeyType for Length {
        fn len(&self) -> usize {
            32
        }
    }
    let mut output = Zeroizing::new([0; 32]);
    let key = hkdf::Salt::new(hkdf::HKDF_SHA256, salt).extract(ikm);
    let filled = key
        .expand(&[info], Length)
        .and_then(|okm| okm.fill(output.as_mut_slice()));
    // HKDF refuses only outputs longer than 255 hashes; this one is one hash long.
    debug_assert!(filled.is_ok());
    output
}

/// The whole label, for derivations whose info is the bare label.
pub(crate) fn label(name: &str) -> Vec<u8> {
    [VERSION.as_bytes(), b"/", name.as_bytes()].concat()
}

/// Text as it is encoded: NFC.
pub fn normalise(text: &str) -> String {
    text.nfc().collect()
}

/// Names sorted, without repetition, joined by one space.
pub fn join_names<S: AsRef<str>>(names: &[S]) -> String {
    let mut names: Vec<&str> = names.iter().map(AsRef::as_ref).collect();
    names.sort_unstable();
    names.dedup();
    names.join(" ")
}

/// Reads `ENC` and takes nothing that [`Writer`] would not have written.
#[derive(Clone, Debug)]
pub struct Reader<'a> {
    rest: &'a [u8],
    label: &'static str,
}

impl<'a> Reader<'a> {
    /// Checks the label, which is given without `keyholder/v1/`.
    pub fn new(bytes: &'a [u8], label: &'static str) -> Result<Self, Error> {
        bytes
            .strip_prefix(VERSION.as_bytes())
            .and_then(|rest| rest.strip_prefix(b"/"))
            .and_then(|rest| rest.strip_prefix(label.as_bytes()))
            .and_then(|rest| rest.strip_prefix(b"\0"))
            .map(|rest| Self { rest, label })
            .ok_or(Error::Malformed(label))
    }

    /// Fields without a label, inside another field.
    pub(crate) const fn bare(bytes: &'a [u8], label: &'static str) -> Self {
        Self { rest: bytes, label }
    }

    fn malformed(&self) -> Error {
        Error::Malformed(self.label)
    }

    /// The next field.
    pub fn field(&mut self) -> Result<&'a [u8], Error> {
        let (length, rest) = self.rest.split_first_chunk::<4>().ok_or(self.malformed())?;
        let length = usize::try_from(u32::from_be_bytes(*length)).map_err(|_| self.malformed())?;
        let (field, rest) = rest.split_at_checked(length).ok_or(self.malformed())?;
        self.rest = rest;
        Ok(field)
    }

    /// The next field, of a fixed size.
    pub fn array<const N: usize>(&mut self) -> Result<[u8; N], Error> {
        self.field()?.try_into().map_err(|_| self.malformed())
    }

    /// The next field, a number of one byte.
    pub fn u8(&mut self) -> Result<u8, Error> {
        self.array::<1>().map(|[number]| number)
    }

    /// The next field, one byte that is 0 or 1.
    pub fn flag(&mut self) -> Result<bool, Error> {
        match self.u8()? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(self.malformed()),
        }
    }

    /// The next field, a number of four bytes.
    pub fn u32(&mut self) -> Result<u32, Error> {
        self.array().map(u32::from_be_bytes)
    }

    /// The next field, a number of eight bytes.
    pub fn u64(&mut self) -> Result<u64, Error> {
        self.array().map(u64::from_be_bytes)
    }

    /// The next field, an id.
    pub fn id<K: domain::Kind>(&mut self) -> Result<Id<K>, Error> {
        self.array().map(Id::from_bytes)
    }

    /// The next field, text.
    pub fn text(&mut self) -> Result<&'a str, Error> {
        let text = std::str::from_utf8(self.field()?).map_err(|_| self.malformed())?;
        if !is_nfc(text) || text.chars().any(char::is_control) {
            return Err(self.malformed());
        }
        Ok(text)
    }

    /// The next field, a list of names in order.
    pub fn names(&mut self) -> Result<Vec<&'a str>, Error> {
        let text = self.text()?;
        if text.is_empty() {
            return Ok(Vec::new());
        }
        let names: Vec<&str> = text.split(' ').collect();
        let in_order = names.windows(2).all(|pair| pair[0] < pair[1]);
        if !in_order || names.iter().any(|name| name.is_empty()) {
            return Err(self.malformed());
        }
        Ok(names)
    }

    /// Whether every field has been read.
    pub fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// Refuses anything left over.
    pub fn finish(self) -> Result<(), Error> {
        if self.rest.is_empty() {
            Ok(())
        } else {
            Err(self.malformed())
        }
    }
}
