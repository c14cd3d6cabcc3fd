use domain::DeviceId;
use serde::{Deserialize, Serialize};

use super::{Bytes, Wrap};

/// `release_kit_parts` and `record_kit_test`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ProveKit {
    /// When, in Unix seconds.
    pub at: u64,
    /// By the kit.
    pub proof: Bytes,
}

/// The answer to `release_kit_parts`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct KitParts {
    /// The compartments' keys, sealed to the kit.
    pub part_a: Bytes,
    /// The server's half, sealed to the kit.
    pub part_b: Bytes,
    /// The server's identity now.
    pub server_public_key: Bytes,
    /// Whether the server asks for its half back.
    #[serde(default)]
    pub wants_psks: bool,
    /// The owner's other devices.
    #[serde(default)]
    pub devices: Vec<OwnedDevice>,
}

/// One of the owner's devices, as the server names it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnedDevice {
    /// Which.
    pub id: DeviceId,
    /// What its owner calls it.
    #[serde(deserialize_with = "crate::label::read")]
    pub name: String,
    /// `ungranted`, `granted`, `suspended` or `revoked`.
    #[serde(deserialize_with = "crate::label::read")]
    pub state: String,
}

/// `recover_device`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RecoverDevice {
    /// Of the PIN.
    pub pin_tag: Bytes,
    /// By the kit.
    pub entries: Vec<KitEntry>,
    /// The device's own wraps.
    pub wraps: Vec<Wrap>,
    /// The server's half, if it asked.
    pub psks: Vec<Psk>,
}

/// An entry of the roll, by the kit.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct KitEntry {
    /// The entry.
    pub entry: Bytes,
    /// By the kit.
    pub signature: Bytes,
}

/// The server's half in one generation.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Psk {
    /// Which generation.
    pub generation: u32,
    /// The psk.
    pub psk: Bytes,
}

/// The answer to `recover_device`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct DeviceRecovered {
    /// The roll's length.
    pub roll_length: u64,
    /// Its head.
    pub roll_head: Bytes,
    /// Until when new sheets are to be printed.
    #[serde(deserialize_with = "crate::label::read")]
    pub new_kit_by: String,
}

/// The answer to `record_kit_test`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct KitTested {
    /// The day.
    #[serde(deserialize_with = "crate::label::read")]
    pub tested_on: String,
}

/// `begin_kit`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct BeginKit {
    /// Of the PIN.
    pub pin_tag: Bytes,
    /// The kit's pair.
    pub kit_kem_public_key: Bytes,
    /// The kit's signer.
    pub kit_sign_public_key: Bytes,
    /// The compartment keys, sealed to the kit.
    pub part_a: Bytes,
}

/// The answer to `begin_kit`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct KitBegun {
    /// The server's half, sealed to the kit.
    pub part_b: Bytes,
}

/// `complete_kit`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct CompleteKit {
    /// Of the PIN.
    pub pin_tag: Bytes,
    /// The entry.
    pub entry: Bytes,
    /// By this device.
    pub signature: Bytes,
    /// By the new kit.
    pub kit_signature: Bytes,
}
