use domain::{DeviceId, SchoolId};

use super::{KitKeys, KitPublicKeys};
use crate::Error;
use crate::encoding::Writer;
use crate::signing::Signature;

/// That a device has two sheets of the kit in front of it, without showing any of them.
///
/// The server hands parts A and B to nobody who cannot prove this, so that an account without sheets
/// gets nothing at all; and only devices of an account can ask, so that sheets without one get nothing
/// either.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KitProof {
    /// Whose kit.
    pub school: SchoolId,
    /// The device that says so.
    pub device: DeviceId,
    /// When, in Unix seconds by the device's clock.
    pub at: u64,
}

impl KitProof {
    fn message(&self) -> Vec<u8> {
        Writer::new("kit-proof")
            .id(self.school)
            .id(self.device)
            .u64(self.at)
            .finish()
    }

    /// Proves it, with the kit that the sheets gave back.
    pub fn sign(&self, kit: &KitKeys) -> Signature {
        kit.sign().sign(&self.message())
    }

    /// Checks it against the kit that the roll announces. That it is recent is the caller's to check.
    pub fn verify(&self, signature: &[u8], kit: &KitPublicKeys) -> Result<(), Error> {
        kit.sign.verify(&self.message(), signature)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kit::KitSeed;

    #[test]
    fn a_proof_is_of_one_kit_one_device_and_one_moment() {
        let kit = KitSeed::from_bytes([3; 16]).keys().unwrap();
        let proof = KitProof {
            school: SchoolId::from_bytes([1; 16]),
            device: DeviceId::from_bytes([2; 16]),
            at: 1_795_000_000,
        };
        let signature = proof.sign(&kit);
        assert!(proof.verify(&signature, &kit.public()).is_ok());

        let other = KitSeed::from_bytes([4; 16]).keys().unwrap();
        assert!(proof.verify(&signature, &other.public()).is_err());
        let of_other_device = KitProof {
            device: DeviceId::from_bytes([9; 16]),
            ..proof
        };
        assert!(of_other_device.verify(&signature, &kit.public()).is_err());
        let later = KitProof {
            at: proof.at + 1,
            ..proof
        };
        assert!(later.verify(&signature, &kit.public()).is_err());
    }
}
