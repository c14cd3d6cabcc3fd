//! The shapes of the contract's `/v1/device` operations, as this side needs them.
//!
//! Answers may hold more than is read here: a newer server must not break an older app. Whatever is
//! shown to a person goes through [`crate::label`] on its way in.

mod kit;
mod slots;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
use domain::{CategoryId, DeviceId, MemberId, SchoolId, UnlockId};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

pub use kit::{
    BeginKit, CompleteKit, DeviceRecovered, KitBegun, KitEntry, KitParts, KitTested, OwnedDevice,
    ProveKit, Psk, RecoverDevice,
};

pub use slots::{DepositSlots, KeyName, NewSlot, SlotsLeft};

/// Bytes, in JSON as base64url without padding.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bytes(pub Vec<u8>);

impl Bytes {
    /// As many bytes as the caller wants, if there are exactly so many.
    pub fn array<const N: usize>(&self) -> Option<[u8; N]> {
        self.0.as_slice().try_into().ok()
    }
}

impl<T: AsRef<[u8]>> From<T> for Bytes {
    fn from(bytes: T) -> Self {
        Self(bytes.as_ref().to_vec())
    }
}

impl Serialize for Bytes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&BASE64.encode(&self.0))
    }
}

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        BASE64
            .decode(text.as_bytes())
            .map(Self)
            .map_err(serde::de::Error::custom)
    }
}

/// Why the server refused (RFC 9457).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Problem {
    /// `/problems/<slug>`.
    #[serde(rename = "type", default)]
    pub kind: String,
    /// One line.
    #[serde(default, deserialize_with = "crate::label::read_sentence")]
    pub title: String,
    /// The HTTP status.
    #[serde(default)]
    pub status: u16,
    /// More of it.
    #[serde(default, deserialize_with = "crate::label::read_optional_sentence")]
    pub detail: Option<String>,
    /// How many PINs may still be tried.
    #[serde(default)]
    pub left: Option<u32>,
    /// In how many seconds the next is looked at.
    #[serde(default)]
    pub wait_seconds: Option<u32>,
}

impl Problem {
    /// The last part of the type.
    pub fn slug(&self) -> &str {
        self.kind.rsplit('/').next().unwrap_or_default()
    }
}

/// `begin_key_setup`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct BeginKeySetup {
    /// The link's token.
    pub token: Bytes,
    /// The device's own id.
    pub device: DeviceId,
    /// DSK.
    pub sign_public_key: Bytes,
    /// DKK.
    pub kem_public_key: Bytes,
    /// What its owner calls it.
    pub name: String,
    /// Where the seed is kept.
    pub store_kind: String,
    /// The recovery kit's pair.
    pub kit_kem_public_key: Bytes,
    /// The recovery kit's signer.
    pub kit_sign_public_key: Bytes,
    /// The compartment keys, sealed to the kit.
    pub part_a: Bytes,
}

/// The answer to `begin_key_setup`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct KeySetupBegun {
    /// The school.
    pub school: SchoolId,
    /// Its name.
    #[serde(deserialize_with = "crate::label::read")]
    pub school_name: String,
    /// Whose device it is.
    pub member: MemberId,
    /// Their name.
    #[serde(deserialize_with = "crate::label::read")]
    pub member_name: String,
    /// SIK.
    pub server_public_key: Bytes,
    /// The server's half, sealed to the kit.
    pub part_b: Bytes,
}

/// `complete_key_setup`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct CompleteKeySetup {
    /// The link's token.
    pub token: Bytes,
    /// Of the PIN that was chosen.
    pub pin_tag: Bytes,
    /// The first entry.
    pub genesis: SignedGenesis,
    /// The device's own wraps.
    pub wraps: Vec<Wrap>,
}

/// The first entry of the roll.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SignedGenesis {
    /// The entry.
    pub entry: Bytes,
    /// By the device.
    pub signature: Bytes,
    /// By the kit.
    pub kit_signature: Bytes,
}

/// A compartment key wrapped for the device that is talking.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wrap {
    /// Which compartment.
    pub compartment: String,
    /// Which generation.
    pub generation: u32,
    /// The wrap.
    pub wrap: Bytes,
}

/// A compartment key wrapped for another device.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WrapFor {
    /// For whom.
    pub device: DeviceId,
    /// Which compartment.
    pub compartment: String,
    /// Which generation.
    pub generation: u32,
    /// The wrap.
    pub wrap: Bytes,
}

/// Several wraps.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Wraps {
    /// The wraps.
    pub wraps: Vec<Wrap>,
}

/// How long the roll is after an entry was taken.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RollExtended {
    /// The length.
    pub roll_length: u64,
    /// The head.
    pub roll_head: Bytes,
}

/// `enrol_device`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct EnrolDevice {
    /// The link's token.
    pub token: Bytes,
    /// The device's own id.
    pub device: DeviceId,
    /// DSK.
    pub sign_public_key: Bytes,
    /// DKK.
    pub kem_public_key: Bytes,
    /// What its owner calls it.
    pub name: String,
    /// Where the seed is kept.
    pub store_kind: String,
    /// Of the PIN that was chosen.
    pub pin_tag: Bytes,
}

/// The answer to `enrol_device`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct DeviceEnrolled {
    /// The school.
    pub school: SchoolId,
    /// Its name.
    #[serde(deserialize_with = "crate::label::read")]
    pub school_name: String,
    /// Whose device it is.
    pub member: MemberId,
    /// Their name.
    #[serde(deserialize_with = "crate::label::read")]
    pub member_name: String,
    /// The roll.
    pub roll_length: u64,
    /// The roll's head.
    pub roll_head: Bytes,
    /// The log.
    pub log_length: u64,
    /// The log's head.
    pub log_head: Bytes,
}

/// `read_own_device`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct OwnDevice {
    /// `ungranted`, `granted`, `suspended` or `revoked`.
    pub state: String,
    /// The log.
    #[serde(default)]
    pub log_length: u64,
    /// The log's head.
    #[serde(default)]
    pub log_head: Bytes,
}

/// `read_log`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct LogPage {
    /// The hashes of the lines after the one asked for, in order.
    pub items: Vec<Bytes>,
}

/// `read_roll`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RollPage {
    /// Entries in order.
    pub items: Vec<RollItem>,
}

/// An entry of the roll.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RollItem {
    /// Its number.
    pub seq: u64,
    /// The entry.
    pub entry: Bytes,
    /// By its author.
    pub signature: Bytes,
    /// By the kit, on a genesis or new kit.
    #[serde(default)]
    pub endorsement: Option<Bytes>,
}

/// `list_school_devices`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SchoolDevices {
    /// The devices.
    pub items: Vec<SchoolDevice>,
    /// To choose from in a grant.
    #[serde(default)]
    pub categories: Vec<Category>,
    /// To choose from in a grant.
    #[serde(default, deserialize_with = "crate::label::read_all")]
    pub years: Vec<String>,
}

/// A device as the server lists it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SchoolDevice {
    /// The device.
    pub device: DeviceId,
    /// Whose it is.
    pub member: MemberId,
    /// Their name.
    #[serde(deserialize_with = "crate::label::read")]
    pub member_name: String,
    /// What its owner calls it.
    #[serde(deserialize_with = "crate::label::read")]
    pub name: String,
    /// Where the seed is kept.
    #[serde(deserialize_with = "crate::label::read")]
    pub store_kind: String,
    /// DSK.
    pub sign_public_key: Bytes,
    /// DKK.
    pub kem_public_key: Bytes,
    /// `ungranted`, `granted`, `suspended` or `revoked`.
    pub state: String,
}

/// A category to choose in a grant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Category {
    /// The category.
    pub id: CategoryId,
    /// Its name.
    #[serde(deserialize_with = "crate::label::read")]
    pub name: String,
}

/// `release_wraps`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ReleaseWraps {
    /// Of the PIN.
    pub pin_tag: Bytes,
}

/// `append_roll_entry`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct AppendRollEntry {
    /// The entry.
    pub entry: Bytes,
    /// By this device.
    pub signature: Bytes,
    /// Of the PIN.
    pub pin_tag: Bytes,
    /// What goes with a grant.
    pub wraps: Vec<WrapFor>,
}

/// `append_roll_entry`, for a rotation.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct AppendRotation {
    /// The entry.
    pub entry: Bytes,
    /// By this device.
    pub signature: Bytes,
    /// Of the PIN.
    pub pin_tag: Bytes,
    /// The new key for each device that holds the compartment.
    pub wraps: Vec<WrapFor>,
    /// The new key for the recovery kit.
    pub kit_part: Bytes,
}

/// `deposit_code_secret`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct DepositCodeSecret {
    /// What the codes are made of.
    pub secret: Bytes,
    /// Of the PIN.
    pub pin_tag: Bytes,
}

/// `list_rotations`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rotations {
    /// The old keys that are still in use.
    pub items: Vec<Rotation>,
}

/// A compartment's old key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rotation {
    /// Which compartment.
    #[serde(deserialize_with = "crate::label::read")]
    pub compartment: String,
    /// Which generation.
    pub generation: u32,
    /// How many records are still sealed to it.
    pub records_left: i64,
    /// How many the compartment has, under whichever key; a server of before does not say.
    #[serde(default)]
    pub records: i64,
    /// From when on it may be retired, if none is left.
    #[serde(deserialize_with = "crate::label::read")]
    pub may_retire_at: String,
}

/// `list_device_unlocks`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PendingUnlocks {
    /// What waits.
    pub items: Vec<PendingUnlock>,
}

/// One challenge.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PendingUnlock {
    /// Which unlock.
    pub unlock: UnlockId,
    /// The challenge.
    pub challenge: Bytes,
    /// By SIK.
    pub signature: Bytes,
}

/// `claim_unlock`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ClaimUnlock {
    /// As typed.
    pub number: String,
    /// Of the PIN.
    pub pin_tag: Bytes,
    /// By this device.
    pub signature: Bytes,
}

/// `approve_unlock`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ApproveUnlockBody {
    /// HPKE's `enc`.
    pub enc: Bytes,
    /// HPKE's `ct`.
    pub ciphertext: Bytes,
    /// What the session may do.
    pub scopes: Vec<String>,
    /// What it may open.
    pub compartments: Vec<String>,
    /// How long it lasts at most.
    pub session_seconds: u32,
    /// By this device.
    pub signature: Bytes,
    /// By this device, over the heads of log and roll.
    pub witness: Bytes,
    /// Of the token that the browser must bring back, if a link has opened the app.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub return_hash: Option<Bytes>,
}

/// `list_device_sessions`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct OpenSessions {
    /// What is open.
    pub items: Vec<OpenSession>,
}

/// One unlocked browser.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenSession {
    /// Which unlock.
    pub unlock: UnlockId,
    /// Where.
    #[serde(deserialize_with = "crate::label::read")]
    pub browser: String,
    /// Whether it is a short look, in a browser that is not known.
    #[serde(default)]
    pub probation: bool,
    /// Whether its owner has said that the browser is theirs.
    #[serde(default)]
    pub kept: bool,
    /// Since when.
    #[serde(deserialize_with = "crate::label::read")]
    pub opened_at: String,
    /// Until when at most.
    #[serde(deserialize_with = "crate::label::read")]
    pub ends_at: String,
}
