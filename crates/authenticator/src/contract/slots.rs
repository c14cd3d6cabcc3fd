use serde::{Deserialize, Serialize};

use super::Bytes;

/// `deposit_slots`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct DepositSlots {
    /// Ten of them.
    pub slots: Vec<NewSlot>,
    /// The keys that each holds.
    pub keys: Vec<KeyName>,
    /// How long the records stay open at most.
    pub session_seconds: u32,
    /// Of the PIN.
    pub pin_tag: Bytes,
}

/// What one code opens.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct NewSlot {
    /// Which of the ten, from 1.
    pub number: u8,
    /// By what it is found.
    pub reference: Bytes,
    /// The public half of the pair that the code makes.
    pub session_key: Bytes,
    /// HPKE's encapsulated key.
    pub enc: Bytes,
    /// HPKE's ciphertext.
    pub ciphertext: Bytes,
}

/// One generation of a compartment's key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyName {
    /// Which compartment.
    pub compartment: String,
    /// Which generation.
    pub generation: u32,
}

/// The answer to `read_slots`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SlotsLeft {
    /// How many have not been used.
    pub left: usize,
    /// When they were made, in the server's words.
    #[serde(default, deserialize_with = "crate::label::read_optional_sentence")]
    pub made_at: Option<String>,
}
