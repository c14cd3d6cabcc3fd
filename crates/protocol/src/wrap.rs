//! A compartment key wrapped for one device.
//!
//! ```text
//! W(c, dev) = SEAL(DKK_dev, ENC(wrap, school, compartment, u32 generation, dev), "", sk_c)    80 bytes
//! ```
//! Whoever grants makes the wraps on their own device; the server keeps them and releases them only
//! to a device that proves its PIN.

use domain::{DeviceId, Entropy, SchoolId};

use crate::Error;
use crate::compartments::{Compartment, CompartmentSecret, HeldKey};
use crate::encoding::Writer;
use crate::hpke::{self, KeyPair, PublicKey};

/// The length of a wrap.
pub const SIZE: usize = hpke::OVERHEAD + CompartmentSecret::SIZE;

/// For whom and of what a wrap is. All of it is bound into the sealing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrapContext {
    /// The school.
    pub school: SchoolId,
    /// The compartment.
    pub compartment: Compartment,
    /// The generation of the compartment's key.
    pub generation: u32,
    /// The device that will hold it.
    pub device: DeviceId,
}

impl WrapContext {
    fn info(&self) -> Vec<u8> {
        Writer::new("wrap")
            .id(self.school)
            .text(self.compartment.name())
            .u32(self.generation)
            .id(self.device)
            .finish()
    }
}

/// Wraps a key that this device holds for another (or for itself).
pub fn seal(
    school: SchoolId,
    device: DeviceId,
    recipient: &PublicKey,
    key: &HeldKey,
    entropy: &dyn Entropy,
) -> Result<Vec<u8>, Error> {
    let context = WrapContext {
        school,
        compartment: key.compartment.clone(),
        generation: key.generation,
        device,
    };
    hpke::seal(
        recipient,
        &context.info(),
        &[],
        key.secret.expose(),
        entropy,
    )
}

/// Opens a wrap on the device it is for.
pub fn open(context: &WrapContext, device: &KeyPair, wrap: &[u8]) -> Result<HeldKey, Error> {
    let secret = hpke::open(device, &context.info(), &[], wrap)?;
    Ok(HeldKey {
        compartment: context.compartment.clone(),
        generation: context.generation,
        secret: CompartmentSecret::try_from(secret.as_slice())?,
    })
}
