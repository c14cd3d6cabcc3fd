//! The roll: who holds which keys, as a chain of signed entries that everybody replays.
//!
//! ```text
//! entry  = ENC(roll, school, u64 seq, previous head, kind, body, author dev, u64 at)   seq from 1
//! head   = H(roll-head, entry)                          the head before the genesis is 32 zeros
//! body   = ENC(roll-<kind>, ..)                         see the kinds below
//! author = a device's id, signed by its DSK; or 16 zeros, signed by the recovery kit
//! rights = compartments, capabilities, categories, years, excluded, expires     six fields:
//!          names; names; 00 for all or 01 || ids; 00 for all or 01 || LP(year)..; record ids;
//!          empty for never or u64 Unix seconds
//! ```
//! | kind | body after the label | who may |
//! |---|---|---|
//! | genesis | device, member, sign pk, kem pk, store kind, server key, kit sign pk, kit kem pk, compartments, their pk in the same order | the first device; signed by the kit as well |
//! | grant | device, member, sign pk, kem pk, store kind, rights | `grant`, and rights that cover both what the device had and what it gets; the kit |
//! | revoke | device | `revoke`; the device itself; the kit |
//! | restrict | device, rights | `restrict` and the compartments taken away; the device itself; only ever narrower |
//! | rotate | compartment, u32 generation, pk | `rotate` and the compartment |
//! | retire | compartment, u32 generation | `rotate` and the compartment |
//! | compartment | name, pk | `rotate`; its author holds it from then on |
//! | kit | kit sign pk, kit kem pk | `kit` and every compartment; the old kit. Signed by the new kit as well |
//! | restore-accept | u64 length and head of the log before, u64 length and head after | `kit`; the kit |
//! | server-key | pk | `kit`; the kit |
//! | integration | client (16), kem pk, compartments, fields, filter, u64 expires | `export` and the compartments |
//! | policy | name, value | `grant` |
//! | endorse | u64 seq, head of the grant | `grant` and the compartments, another member than the grant's author |
//!
//! An entry is valid if and only if the chain and the signature hold and its author held what the
//! table says just before it, unexpired at the entry's own time. Times never run backwards; that the
//! newest is near the real time is the server's to check when it appends.
//!
//! A grant of a compartment about adults (`staff`, `head`) waits for an `endorse` when two members
//! who may grant it hold that compartment already: until then the device holds the rest.
//! Whom a record excludes stays excluded: a grant cannot drop an exclusion that its author or another
//! device of the same member carries.

mod body;
mod entry;
mod rights;
mod rules;
mod state;

pub use body::{Body, Genesis, Grant, Integration};
pub use entry::{Author, Entry, SignedEntry};
pub use rights::{Capability, Rights, StoreKind};
pub use state::{CompartmentKeys, Holder, Pending, RollState};

use crate::compartments::Compartment;
use crate::encoding::Hash;
use crate::words::Words;

/// How long a roll is, and the hash of its last entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RollHead {
    /// How many entries.
    pub length: u64,
    /// The head.
    pub head: Hash,
}

impl RollHead {
    /// Before the first entry.
    pub const EMPTY: Self = Self {
        length: 0,
        head: [0; 32],
    };

    /// The six words of the head, which every app shows.
    pub fn words(&self) -> Words {
        Words::of(&self.head)
    }
}

/// Why an entry, and with it every roll that contains it, is not valid.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RollError {
    /// The bytes are not an entry.
    #[error("the entry is not well formed")]
    Malformed,
    /// It is another school's.
    #[error("the entry belongs to another school")]
    OtherSchool,
    /// Its number, previous head or time does not follow on.
    #[error("the entry does not follow the one before it")]
    DoesNotFollow,
    /// A signature that it needs is missing or does not hold.
    #[error("a signature on the entry does not hold")]
    BadSignature,
    /// Its author is not a device of the roll, or is one no longer.
    #[error("the entry's author is not on the roll")]
    UnknownAuthor,
    /// Its author may not do this at all.
    #[error("the entry's author may not {0}")]
    LacksCapability(Capability),
    /// Its author does not hold the compartment.
    #[error("the entry's author does not hold the compartment {0}")]
    LacksCompartment(Compartment),
    /// It gives more than its author has, or drops an exclusion.
    #[error("the entry gives more than its author has")]
    TooWide,
    /// It names a device that is not there, or is gone, or is another's.
    #[error("the entry names a device that it cannot be about")]
    WrongDevice,
    /// It names a compartment, generation or key that cannot be.
    #[error("the entry names a key that it cannot be about")]
    WrongKey,
    /// There is nothing that waits for this endorsement, or not from this member.
    #[error("the endorsement is of nothing that waits for it")]
    NothingToEndorse,
}
