//! Sealing what is written down: body parts, attachments, and the keys that open them.
//!
//! ```text
//! psk(school, g) = KDF(K_srv, ENC(psk, school, u32 g))                        the server's half
//! aad            = ENC(record, school, record id, u32 version)
//! inbox          = SEALP(pk_c, psk, school || u32 g,
//!                        ENC(seal, suite, school, compartment, u32 generation, u32 g), aad, DEK)
//!                = enc (32) || ct (48)                                        80 bytes
//! FK             = HKDF(salt psk, ikm sk_c, ENC(file-key, school, compartment, u32 generation, u32 g))
//! filed          = nonce (12) || GCM(FK, nonce, ENC(filed, school, record id, u32 version), DEK)
//!                                                                             60 bytes
//! part           = GCM(DEK, nonce, aad, PAD(text))      nonce = part (1) || u64 index || 0000 || last (1)
//! PAD(text)      = u32 length || text || zeros, up to the next Padmé size, 512 bytes at least
//! attachment     = chunks of 64 KiB (the last one shorter, perhaps empty), each
//!                  GCM(DEK, nonce(part 2, index, last), aad, chunk)           no padding
//! ```
//! A DEK seals one version of one record, or one attachment, and nothing else: that is why counters
//! may stand in the nonces of its parts. A record is anything with an id of its own: a concern, an
//! action, a reply, a closure, an amendment, an attachment.

mod attachment;
mod key;
mod padding;
mod part;

pub use attachment::{CHUNK_SIZE, open_attachment, open_chunk, seal_attachment, seal_chunk};
pub(crate) use key::prepare;
pub use key::{
    DataKey, FILED_SIZE, FileKey, INBOX_SIZE, InboxContext, ServerPsk, open_inbox, seal_inbox,
};
pub use padding::{MIN_PADDED, padded_size};
pub use part::{OpenedKey, Part, open_part, seal_part};

use domain::SchoolId;

use crate::encoding::Writer;

/// Which version of which record of which school is sealed: its identity in every context.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecordRef {
    /// The school.
    pub school: SchoolId,
    /// The bytes of the record's id, of whatever kind.
    pub record: [u8; 16],
    /// The version, from 1.
    pub version: u32,
}

impl RecordRef {
    /// A record of any kind of id.
    pub fn new<K: domain::Kind>(school: SchoolId, record: domain::Id<K>, version: u32) -> Self {
        Self {
            school,
            record: *record.as_bytes(),
            version,
        }
    }

    fn context(&self, label: &str) -> Vec<u8> {
        Writer::new(label)
            .id(self.school)
            .field(&self.record)
            .u32(self.version)
            .finish()
    }

    pub(crate) fn aad(&self) -> Vec<u8> {
        self.context("record")
    }
}
