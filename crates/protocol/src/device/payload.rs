use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
use domain::{DeviceId, MemberId, SchoolId};

use super::{DeviceKeys, DevicePublicKeys};
use crate::Error;
use crate::encoding::{Hash, Reader, Writer};
use crate::hpke::PublicKey;
use crate::links::query;
use crate::signing::{Signature, VerifyingKey};

const LINK: &str = "safehold:grant?d=";

/// What an enrolled device shows to be granted a key: who it is, and what it has seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DevicePayload {
    /// The school.
    pub school: SchoolId,
    /// Whose device.
    pub member: MemberId,
    /// The device.
    pub device: DeviceId,
    /// Its keys.
    pub keys: DevicePublicKeys,
    /// How many entries its copy of the roll has.
    pub roll_length: u64,
    /// The head of that copy.
    pub roll_head: Hash,
    /// How many entries the log had when it enrolled.
    pub log_length: u64,
    /// The log's head then.
    pub log_head: Hash,
}

impl DevicePayload {
    fn encode(&self) -> Vec<u8> {
        Writer::new("device")
            .id(self.school)
            .id(self.member)
            .id(self.device)
            .field(self.keys.sign.as_bytes())
            .field(self.keys.kem.as_bytes())
            .u64(self.roll_length)
            .field(&self.roll_head)
            .u64(self.log_length)
            .field(&self.log_head)
            .finish()
    }

    /// The payload with the device's signature at its end.
    pub fn sign(&self, keys: &DeviceKeys) -> Vec<u8> {
        let mut bytes = self.encode();
        let signature = keys.sign().sign(&bytes);
        bytes.extend_from_slice(&signature);
        bytes
    }

    /// Reads a payload and checks that the device in it signed it.
    pub fn verify(signed: &[u8]) -> Result<Self, Error> {
        let (bytes, signature): (&[u8], &Signature) = signed
            .split_last_chunk()
            .ok_or(Error::Malformed("device"))?;
        let mut reader = Reader::new(bytes, "device")?;
        let payload = Self {
            school: reader.id()?,
            member: reader.id()?,
            device: reader.id()?,
            keys: DevicePublicKeys {
                sign: VerifyingKey::from_bytes(reader.array()?),
                kem: PublicKey::from_bytes(reader.array()?),
            },
            roll_length: reader.u64()?,
            roll_head: reader.array()?,
            log_length: reader.u64()?,
            log_head: reader.array()?,
        };
        reader.finish()?;
        payload.keys.sign.verify(bytes, signature)?;
        Ok(payload)
    }

    /// The signed payload as a link that opens the app of whoever may grant it. Nothing of it is secret.
    pub fn to_link(&self, keys: &DeviceKeys) -> String {
        format!("{LINK}{}", BASE64.encode(self.sign(keys)))
    }

    /// Reads a link, and checks that the device in it signed what it says.
    pub fn from_link(text: &str) -> Result<Self, Error> {
        let payload = query(text, "grant")
            .and_then(|rest| rest.strip_prefix("d="))
            .and_then(|payload| BASE64.decode(payload).ok())
            .ok_or(Error::Malformed("link"))?;
        Self::verify(&payload)
    }
}
