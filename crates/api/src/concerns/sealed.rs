//! What is sealed of a concern, and how its parts are laid out before sealing.
//!
//! ```text
//! concern    = ENC(concern-body, narrative, child's words, location, told lead (empty, 0 or 1),
//!                  told whom, staff present, folded)
//! amendment  = ENC(amendment-body, narrative, reason, folded)
//! action     = ENC(action-body, text, folded)
//! completion = ENC(completion-body, note)           under the action's key, version 2
//! closure    = ENC(closure-body, summary, follow-up, action taken, decision, reasons, outcome)
//! reopening  = ENC(reopening-body, reason)
//! file head  = ENC(file-head, name, content type)
//! folded     = the words to search if they are not plain ASCII, folded; otherwise empty
//! ```
//! A field that was left out is empty: no field that was written can be.

use domain::{Entropy, Id, Kind, SchoolId};
use protocol::compartments::Compartment;
use protocol::encoding::{Reader, Writer, sha256};
use protocol::hpke::PublicKey;
use protocol::records::{
    DataKey, InboxContext, Part, RecordRef, ServerPsk, open_part, seal_inbox, seal_part,
};
use protocol::roll::RollState;
use store::{Error, Result, Tx};
use zeroize::Zeroizing;

use super::text_search::fold_for_search;
use crate::generation::Generation;
use crate::keys::{OpenKeys, SealedKey, ServerHalf};

/// Where a new record is sealed to: a compartment's present key, and the server's half of it.
#[derive(Clone, Debug)]
pub(crate) struct Recipient {
    context: InboxContext,
    public: PublicKey,
    psk: ServerPsk,
}

/// A record sealed on receipt.
#[derive(Debug)]
pub(crate) struct Sealed {
    pub(crate) generation: i32,
    pub(crate) key: Vec<u8>,
    pub(crate) body: Vec<u8>,
    /// What the audit log keeps of it.
    pub(crate) hash: [u8; 32],
}

impl Recipient {
    /// The compartment as it stands on the roll now.
    ///
    /// # Errors
    /// [`Error::Absent`] if the school has no such compartment.
    pub(crate) fn of(
        school: SchoolId,
        compartment: &Compartment,
        roll: &RollState,
        half: &ServerHalf,
    ) -> Result<Self> {
        let keys = roll.compartment(compartment).ok_or(Error::Absent)?;
        let (psk_generation, psk) = half.newest();
        Ok(Self {
            context: InboxContext {
                school,
                compartment: compartment.clone(),
                generation: keys.generation,
                psk_generation,
            },
            public: keys.public,
            psk: psk.clone(),
        })
    }

    /// Whether it is the same compartment with the same keys.
    pub(crate) fn is(&self, other: &Self) -> bool {
        self.context == other.context && self.public == other.public
    }

    /// A new data key, sealed to the compartment: its generation and its sealed bytes.
    ///
    /// # Errors
    /// [`Error::Unreadable`] if the compartment's key is no key.
    pub(crate) fn seal_key<K: Kind>(
        &self,
        record: Id<K>,
        data_key: &DataKey,
        entropy: &dyn Entropy,
    ) -> Result<(i32, Vec<u8>)> {
        let sealed = seal_inbox(
            &self.context,
            &self.public,
            &self.psk,
            &RecordRef::new(self.context.school, record, 1),
            data_key,
            entropy,
        )
        .map_err(|_| Error::Unreadable("a compartment's public key"))?;
        let generation = Generation {
            key: self.context.generation,
            half: self.context.psk_generation,
        };
        Ok((generation.row()?.cast_signed(), sealed.to_vec()))
    }

    /// Seals a whole record.
    ///
    /// # Errors
    /// As [`seal_key`](Self::seal_key).
    pub(crate) fn seal<K: Kind>(
        &self,
        record: Id<K>,
        plain: &[u8],
        entropy: &dyn Entropy,
    ) -> Result<Sealed> {
        let data_key = DataKey::generate(entropy);
        let (generation, key) = self.seal_key(record, &data_key, entropy)?;
        let body = seal_part(
            &data_key,
            &RecordRef::new(self.context.school, record, 1),
            Part::Body,
            plain,
        )
        .map_err(|_| Error::Unreadable("a record too long to seal"))?;
        Ok(Sealed {
            generation,
            hash: sha256(&body),
            key,
            body,
        })
    }
}

/// Seals a record written in an unlocked session: filed at once, under the compartment's newest key.
///
/// # Errors
/// [`Error::Absent`] if the compartment is not open.
pub(crate) fn seal_filed<K: Kind>(
    tx: &Tx<'_>,
    keys: &OpenKeys,
    compartment: &Compartment,
    record: Id<K>,
    plain: &[u8],
) -> Result<Sealed> {
    let generation = keys.newest_of(compartment)?;
    let reference = RecordRef::new(keys.school(), record, 1);
    let data_key = DataKey::generate(tx.entropy());
    let key = keys.file(tx, &reference, compartment, generation, &data_key)?;
    let body = seal_part(&data_key, &reference, Part::Body, plain)
        .map_err(|_| Error::Unreadable("a record too long to seal"))?;
    Ok(Sealed {
        generation: i32::try_from(generation).map_err(|_| Error::Unreadable("a generation"))?,
        hash: sha256(&body),
        key,
        body,
    })
}

/// What a row holds of a sealed record.
#[derive(Clone, Copy)]
pub(crate) struct SealedRow<'a> {
    pub(crate) compartment: &'a Compartment,
    pub(crate) generation: i32,
    pub(crate) filed: bool,
    pub(crate) key: &'a [u8],
}

impl SealedRow<'_> {
    /// Opens the record's own key.
    ///
    /// # Errors
    /// [`Error::Absent`] if its compartment is not open here.
    pub(crate) fn data_key<K: Kind>(&self, keys: &OpenKeys, record: Id<K>) -> Result<DataKey> {
        keys.data_key(
            &RecordRef::new(keys.school(), record, 1),
            SealedKey {
                compartment: self.compartment,
                generation: u32::try_from(self.generation).unwrap_or_default(),
                filed: self.filed,
                bytes: self.key,
            },
        )
    }

    /// Opens the record's body.
    ///
    /// # Errors
    /// As [`data_key`](Self::data_key).
    pub(crate) fn open<K: Kind>(
        &self,
        keys: &OpenKeys,
        record: Id<K>,
        body: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>> {
        let data_key = self.data_key(keys, record)?;
        let mut plain = Zeroizing::new(Vec::new());
        let length = open_part(
            &data_key,
            &RecordRef::new(keys.school(), record, 1),
            Part::Body,
            body,
            &mut plain,
        )
        .map_err(|_| Error::Unreadable("a sealed body"))?
        .len();
        // The text stands behind its length prefix.
        plain.drain(..4);
        plain.truncate(length);
        Ok(plain)
    }
}

/// Reads a compartment's name out of a row.
///
/// # Errors
/// [`Error::Unreadable`] if it is none.
pub(crate) fn compartment(name: &str) -> Result<Compartment> {
    name.parse()
        .map_err(|_| Error::Unreadable("a compartment's name"))
}

/// What somebody wrote down, before sealing.
pub(crate) struct ConcernText<'a> {
    pub(crate) narrative: &'a str,
    pub(crate) child_words: &'a str,
    pub(crate) location: &'a str,
    pub(crate) told_lead: Option<bool>,
    pub(crate) told_whom: &'a str,
    pub(crate) staff_present: &'a str,
}

/// The same, read back; borrowed from the opened bytes.
pub(crate) struct OpenedConcern<'a> {
    pub(crate) narrative: &'a str,
    pub(crate) child_words: &'a str,
    pub(crate) location: &'a str,
    pub(crate) told_lead: Option<bool>,
    pub(crate) told_whom: &'a str,
    pub(crate) staff_present: &'a str,
    /// What a search looks through if it is not empty; otherwise the fields themselves are ASCII.
    pub(crate) folded: &'a str,
}

impl ConcernText<'_> {
    pub(crate) fn encode(&self) -> Zeroizing<Vec<u8>> {
        let told = match self.told_lead {
            None => &[][..],
            Some(false) => &[0],
            Some(true) => &[1],
        };
        let folded = fold_for_search(&[self.narrative, self.child_words, self.location]);
        Writer::new("concern-body")
            .field(self.narrative.as_bytes())
            .field(self.child_words.as_bytes())
            .field(self.location.as_bytes())
            .field(told)
            .field(self.told_whom.as_bytes())
            .field(self.staff_present.as_bytes())
            .field(folded.as_bytes())
            .finish_secret()
    }
}

impl<'a> OpenedConcern<'a> {
    /// # Errors
    /// [`Error::Unreadable`] if the bytes are not such a body.
    pub(crate) fn decode(plain: &'a [u8]) -> Result<Self> {
        read_concern(plain).ok_or(Error::Unreadable("a concern's body"))
    }
}

fn read_concern(plain: &[u8]) -> Option<OpenedConcern<'_>> {
    let mut reader = Reader::new(plain, "concern-body").ok()?;
    let mut text = || std::str::from_utf8(reader.field().ok()?).ok();
    let (narrative, child_words, location) = (text()?, text()?, text()?);
    let told = text()?;
    let (told_whom, staff_present, folded) = (text()?, text()?, text()?);
    reader.finish().ok()?;
    Some(OpenedConcern {
        narrative,
        child_words,
        location,
        told_lead: told.as_bytes().first().map(|byte| *byte == 1),
        told_whom,
        staff_present,
        folded,
    })
}

/// Lays out a record that is a list of texts.
pub(crate) fn encode_texts(label: &str, texts: &[&str]) -> Zeroizing<Vec<u8>> {
    texts
        .iter()
        .fold(Writer::new(label), |writer, text| {
            writer.field(text.as_bytes())
        })
        .finish_secret()
}

/// Reads a record of `N` texts.
///
/// # Errors
/// [`Error::Unreadable`] if the bytes are not such a record.
pub(crate) fn decode_texts<'a, const N: usize>(
    plain: &'a [u8],
    label: &'static str,
) -> Result<[&'a str; N]> {
    let read = || {
        let mut reader = Reader::new(plain, label).ok()?;
        let mut texts = [""; N];
        for text in &mut texts {
            *text = std::str::from_utf8(reader.field().ok()?).ok()?;
        }
        reader.finish().ok()?;
        Some(texts)
    };
    read().ok_or(Error::Unreadable(label))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_reads_back_and_what_was_left_out_is_empty() {
        let plain = ConcernText {
            narrative: "He said “no”.",
            child_words: "",
            location: "Playground",
            told_lead: Some(true),
            told_whom: "Bashir",
            staff_present: "",
        }
        .encode();
        let opened = OpenedConcern::decode(&plain).unwrap();
        assert_eq!(opened.narrative, "He said “no”.");
        assert_eq!(opened.child_words, "");
        assert_eq!(opened.told_lead, Some(true));
        assert!(opened.folded.contains("he said \"no\"."));
        assert!(OpenedConcern::decode(&plain[1..]).is_err());
    }
}
