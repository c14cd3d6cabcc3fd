use domain::{DeviceId, SchoolId};

use super::{Body, RollError, RollHead};
use crate::Error;
use crate::encoding::{Hash, Reader, Writer, hash};
use crate::signing::{Signature, SigningKey};

const KIT: [u8; 16] = [0; 16];

/// Who signs an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Author {
    /// A device, with its DSK.
    Device(DeviceId),
    /// The recovery kit.
    Kit,
}

/// An entry before it is signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Whose roll.
    pub school: SchoolId,
    /// The roll that it is appended to.
    pub after: RollHead,
    /// What it does.
    pub body: Body,
    /// Who does it.
    pub author: Author,
    /// When, in Unix seconds.
    pub at: u64,
}

impl Entry {
    /// Its number, from 1.
    pub const fn seq(&self) -> u64 {
        self.after.length.saturating_add(1)
    }

    /// The bytes that are signed.
    pub fn encode(&self) -> Vec<u8> {
        let author = match &self.author {
            Author::Device(device) => device.as_bytes(),
            Author::Kit => &KIT,
        };
        Writer::new("roll")
            .id(self.school)
            .u64(self.seq())
            .field(&self.after.head)
            .text(self.body.kind())
            .field(&self.body.encode())
            .field(author)
            .u64(self.at)
            .finish()
    }

    /// Reads an entry; exactly the bytes that [`encode`](Self::encode) would write.
    pub fn decode(bytes: &[u8]) -> Result<Self, RollError> {
        read(bytes)
            .ok()
            .filter(|entry| entry.encode() == bytes)
            .ok_or(RollError::Malformed)
    }

    /// Signs it.
    pub fn sign(&self, key: &SigningKey) -> SignedEntry {
        let bytes = self.encode();
        SignedEntry {
            signature: key.sign(&bytes),
            bytes,
            second: None,
        }
    }
}

fn read(bytes: &[u8]) -> Result<Entry, Error> {
    let mut reader = Reader::new(bytes, "roll")?;
    let school = reader.id()?;
    let seq = reader.u64()?;
    let after = RollHead {
        length: seq.checked_sub(1).ok_or(Error::Malformed("roll"))?,
        head: reader.array()?,
    };
    let kind = reader.text()?;
    let body = Body::decode(kind, reader.field()?)?;
    let author = match reader.array()? {
        KIT => Author::Kit,
        device => Author::Device(DeviceId::from_bytes(device)),
    };
    let at = reader.u64()?;
    reader.finish()?;
    Ok(Entry {
        school,
        after,
        body,
        author,
        at,
    })
}

/// An entry as it is stored and sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedEntry {
    /// The entry.
    pub bytes: Vec<u8>,
    /// Its author's signature.
    pub signature: Signature,
    /// The kit's signature, on a genesis and a new kit; `None` on all others. The contract carries
    /// it as `kit_signature` and `endorsement`.
    pub second: Option<Signature>,
}

impl SignedEntry {
    /// Adds the kit's signature.
    #[must_use]
    pub fn countersign(mut self, kit: &SigningKey) -> Self {
        self.second = Some(kit.sign(&self.bytes));
        self
    }

    /// The head of a roll that ends with this entry.
    pub fn head(&self) -> Hash {
        hash("roll-head", &[&self.bytes])
    }
}
