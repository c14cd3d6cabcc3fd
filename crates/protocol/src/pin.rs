//! The PIN that stands before every approval.
//!
//! ```text
//! tag       = KDF(seed, ENC(pin, school, dev, PIN))      leaves the device at each approval
//! reference = H(pin-ref, dev, tag)                       what the server keeps
//! ```
//! The server counts the tries and waits between them, so a short PIN is enough: nothing else can tell a right one
//! from a wrong one, the device least of all. The tag is worth nothing without the device's seed, so a stolen
//! database cannot be searched for PINs.

use domain::{DeviceId, SchoolId};

use crate::Error;
use crate::device::DeviceSeed;
use crate::encoding::{Hash, Writer, derive, hash};
use crate::secret::secrets;

/// The fewest digits.
pub const MIN_DIGITS: usize = 6;
/// The most digits.
pub const MAX_DIGITS: usize = 12;

secrets! {
    /// What the device sends to prove that its owner typed the PIN.
    PinTag[32];
}

/// Why a PIN was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WeakPin {
    /// Not six to twelve digits.
    #[error("use {MIN_DIGITS} to {MAX_DIGITS} digits")]
    NotDigits,
    /// One digit repeated, or a run up or down.
    #[error("that PIN is too easy to guess")]
    Guessable,
}

/// Whether a PIN may be chosen.
pub fn check_strength(pin: &str) -> Result<(), WeakPin> {
    let digits = pin.as_bytes();
    if !(MIN_DIGITS..=MAX_DIGITS).contains(&digits.len()) || !digits.iter().all(u8::is_ascii_digit)
    {
        return Err(WeakPin::NotDigits);
    }
    let steps = |step: i16| {
        digits
            .windows(2)
            .all(|pair| i16::from(pair[1]) - i16::from(pair[0]) == step)
    };
    if steps(0) || steps(1) || steps(-1) {
        return Err(WeakPin::Guessable);
    }
    Ok(())
}

/// The tag of a PIN on a device.
pub fn tag(seed: &DeviceSeed, school: SchoolId, device: DeviceId, pin: &str) -> PinTag {
    let info = Writer::new("pin")
        .id(school)
        .id(device)
        .field(pin.as_bytes())
        .finish_secret();
    PinTag::from_bytes(*derive(seed.expose(), &info))
}

impl PinTag {
    /// What the server keeps of it.
    pub fn reference(&self, device: DeviceId) -> Hash {
        hash("pin-ref", &[device.as_bytes(), self.expose()])
    }

    /// Whether this is the tag of which the reference was kept, in constant time.
    pub fn matches(&self, device: DeviceId, reference: &[u8]) -> Result<(), Error> {
        let same: bool =
            subtle::ConstantTimeEq::ct_eq(self.reference(device).as_slice(), reference).into();
        if same {
            Ok(())
        } else {
            Err(Error::DoesNotOpen)
        }
    }
}
