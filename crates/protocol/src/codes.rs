//! Offline codes: they prove that somebody has the device, and open nothing sealed.
//!
//! TOTP (RFC 6238) with SHA-256, 8 digits, 30 seconds; the secret is `KDF(seed,
//! "keyholder/v1/device-totp")`. The server takes the current step, in its first five seconds also
//! the one before, and each step once.

use totp_lite::{Sha256, totp_custom};

use crate::device::DeviceSeed;
use crate::encoding::{derive, label};
use crate::secret::secrets;

/// How long a code lasts, in seconds.
pub const STEP_SECONDS: u64 = 30;
/// For how many seconds of a step the code before it is still taken.
pub const GRACE_SECONDS: u64 = 5;
/// How many digits.
pub const DIGITS: u32 = 8;

secrets! {
    /// The secret that device and server share.
    CodeSecret[32];
}

impl CodeSecret {
    /// The secret of a device.
    pub fn of(seed: &DeviceSeed) -> Self {
        Self::from_bytes(*derive(seed.expose(), &label("device-totp")))
    }

    /// The code at a Unix second.
    pub fn code(&self, at: u64) -> String {
        totp_custom::<Sha256>(STEP_SECONDS, DIGITS, self.expose(), at)
    }

    /// The step that a code is of, if it may be taken at this Unix second: the server stores the
    /// last step and refuses it and all before.
    pub fn check(&self, code: &str, at: u64) -> Option<u64> {
        let same = |at: u64| -> bool {
            subtle::ConstantTimeEq::ct_eq(self.code(at).as_bytes(), code.as_bytes()).into()
        };
        let step = at / STEP_SECONDS;
        if same(at) {
            return Some(step);
        }
        let before = at.checked_sub(STEP_SECONDS)?;
        (at % STEP_SECONDS < GRACE_SECONDS && same(before)).then_some(step - 1)
    }
}

/// How many seconds the code of this Unix second still lasts.
pub const fn seconds_left(at: u64) -> u64 {
    STEP_SECONDS - at % STEP_SECONDS
}
