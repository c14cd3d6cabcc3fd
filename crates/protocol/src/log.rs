//! The audit log's chain: history cannot shrink or change unseen.
//!
//! ```text
//! h_0   = H(log-genesis, school)
//! entry = H(log-entry, school, u64 i, u64 time, actor, action, object, outcome, ct hash, detail ct hash)
//! h_i   = H(log, h_{i-1}, u64 i, entry)                              i from 1
//! ```
//! Time is in Unix seconds. Actor, action, object and outcome are the texts that the log shows (ids
//! and words, no names). A missing hash is an empty field.

use domain::SchoolId;

use crate::encoding::{Hash, Writer, hash};

/// How long a log is, and its last hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LogHead {
    /// How many entries.
    pub length: u64,
    /// `h_length`.
    pub head: Hash,
}

/// One entry, as it is hashed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LogEntry<'a> {
    /// When, in Unix seconds.
    pub at: u64,
    /// Who.
    pub actor: &'a str,
    /// Did what.
    pub action: &'a str,
    /// To what.
    pub object: &'a str,
    /// With what outcome.
    pub outcome: &'a str,
    /// The SHA-256 of the ciphertext that was written, if any.
    pub ciphertext: Option<Hash>,
    /// The SHA-256 of the sealed detail, if any.
    pub detail: Option<Hash>,
}

impl LogEntry<'_> {
    /// `H(log-entry, ..)` of the entry at this place: it says nothing of the entry, and extends a head.
    pub fn hash(&self, school: SchoolId, index: u64) -> Hash {
        Writer::new("log-entry")
            .id(school)
            .u64(index)
            .u64(self.at)
            .text(self.actor)
            .text(self.action)
            .text(self.object)
            .text(self.outcome)
            .field(self.ciphertext.as_ref().map_or(&[], |hash| hash))
            .field(self.detail.as_ref().map_or(&[], |hash| hash))
            .hash()
    }
}

impl LogHead {
    /// The log of a school before its first entry.
    pub fn genesis(school: SchoolId) -> Self {
        Self {
            length: 0,
            head: hash("log-genesis", &[school.as_bytes()]),
        }
    }

    /// The head after one more entry.
    #[must_use]
    pub fn extend(&self, school: SchoolId, entry: &LogEntry<'_>) -> Self {
        self.extend_hashed(entry.hash(school, self.length.saturating_add(1)))
    }

    /// The head after one more entry of which only the hash is known: enough to check a chain.
    #[must_use]
    pub fn extend_hashed(&self, entry: Hash) -> Self {
        // No log is so long; a head that somebody made up may say that it is.
        let index = self.length.saturating_add(1);
        Self {
            length: index,
            head: hash("log", &[&self.head, &index.to_be_bytes(), &entry]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_that_claims_the_greatest_length_is_extended_without_a_fault() {
        let made_up = LogHead {
            length: u64::MAX,
            head: [1; 32],
        };
        let after = made_up.extend_hashed([2; 32]);
        assert_eq!(after.length, u64::MAX);
        assert_ne!(after.head, made_up.head);
    }
}
