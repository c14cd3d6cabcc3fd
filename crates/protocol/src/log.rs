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

use crate::encoding::{Hash, Writer, encode, hash};

/// Bytes of a field's length.
const LENGTH: usize = 4;

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
        self.written(school, index).hash()
    }

    /// What is hashed of the entry, before its place and after it: with the place, in eight bytes, between them
    /// it is what [`hash`](Self::hash) hashes. For a log whose length is known to the database alone.
    pub fn around_its_place(&self, school: SchoolId) -> (Vec<u8>, Vec<u8>) {
        let mut before = self.written(school, 0).finish();
        let place = Writer::new("log-entry").id(school).finish().len() + LENGTH;
        let after = before.split_off(place + 8);
        before.truncate(place);
        (before, after)
    }

    fn written(&self, school: SchoolId, index: u64) -> Writer {
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

    /// What is hashed for the next head before the last head, before the place and before the entry's hash. For a log
    /// whose head is known to the database alone.
    pub fn before_its_parts() -> [Vec<u8>; 3] {
        let mut label = encode("log", &[&[0; 32], &[0; 8], &[0; 32]]);
        let mut head = label.split_off(label.len() - 2 * 32 - 8 - 2 * LENGTH);
        let mut place = head.split_off(32);
        let mut entry = place.split_off(LENGTH + 8);
        place.truncate(LENGTH);
        entry.truncate(LENGTH);
        [label, place, entry]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::encoding::sha256;

    #[test]
    fn what_stands_around_places_and_heads_is_hashed_to_the_same() {
        let school = SchoolId::from_bytes([7; 16]);
        let entries = [
            LogEntry {
                at: 1_800_000_000,
                actor: "a member",
                action: "open",
                object: "",
                outcome: "done",
                ciphertext: None,
                detail: None,
            },
            LogEntry {
                at: 0,
                actor: "Zoë",
                action: "sign_in",
                object: "a concern",
                outcome: "refused",
                ciphertext: Some([3; 32]),
                detail: Some([4; 32]),
            },
        ];
        let [label, place, before_entry] = LogHead::before_its_parts();
        let mut head = LogHead::genesis(school);
        for entry in &entries {
            let index = (head.length + 1).to_be_bytes();
            let (before, after) = entry.around_its_place(school);
            let hashed = sha256(&[before, index.to_vec(), after].concat());
            assert_eq!(hashed, entry.hash(school, head.length + 1));

            let parts: [&[u8]; 6] = [&label, &head.head, &place, &index, &before_entry, &hashed];
            let next = sha256(&parts.concat());
            head = head.extend(school, entry);
            assert_eq!(next, head.head);
        }
    }

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
