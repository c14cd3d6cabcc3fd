//! What the server asks a device to approve.
//!
//! ```text
//! C = ENC(challenge, suite (1), school, dev, member, unlock, nonce (32), epk_S (32), origin,
//!         digits (1: 0, 2 or 6), known browser (1: 0 or 1), browser, place, scopes, compartments,
//!         u32 session seconds, u64 issued, u64 expires,
//!         u64 log length, log head, u64 roll length, roll head)      + Ed25519(SIK)
//! ```
//! Times are Unix seconds by the server's clock: the device shows them and judges nothing by them.

use domain::{DeviceId, MemberId, SchoolId, UnlockId};

use crate::Error;
use crate::compartments::Compartment;
use crate::encoding::{Hash, Reader, Writer, sha256};
use crate::hpke::PublicKey;
use crate::log::LogHead;
use crate::roll::RollHead;
use crate::signing::{Signature, SigningKey, VerifyingKey};
use crate::suite::Suite;

/// A challenge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Challenge {
    /// The suite that the bundle is sealed with.
    pub suite: Suite,
    /// The school.
    pub school: SchoolId,
    /// The device that is asked. Each device of the member gets a challenge of its own.
    pub device: DeviceId,
    /// Whose unlock.
    pub member: MemberId,
    /// Which unlock.
    pub unlock: UnlockId,
    /// Random, once.
    pub nonce: [u8; 32],
    /// The public half of the session pair that the bundle is sealed to.
    pub session_key: PublicKey,
    /// The origin whose page asked, such as `https://safehold.example`.
    pub origin: String,
    /// How many digits the number on the page has: two, or six for an unknown browser. None if the app was
    /// opened by a link of the page ([`crate::hand_off`]).
    pub digits: u8,
    /// Whether the browser is one that this member has unlocked before.
    pub known_browser: bool,
    /// What the browser calls itself, in a fixed vocabulary: `Chrome on Windows`.
    pub browser: String,
    /// From where, as far as the server can tell.
    pub place: String,
    /// What the session will be able to do, sorted.
    pub scopes: Vec<String>,
    /// Which compartments it asks for, sorted.
    pub compartments: Vec<Compartment>,
    /// How long the session lasts at most.
    pub session_seconds: u32,
    /// When it was made.
    pub issued: u64,
    /// When it can no longer be answered.
    pub expires: u64,
    /// The audit log when it was made.
    pub log: LogHead,
    /// The roll when it was made.
    pub roll: RollHead,
}

/// Why a device will not put a challenge before its owner.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Suspicion {
    /// Not the school, device or member that this device was enrolled for.
    #[error("the request is not for this device")]
    NotForThisDevice,
    /// The page that asked is not the one that was pinned at enrolment.
    #[error("the request comes from another address than the one this device knows")]
    OtherOrigin,
    /// The number has neither two nor six digits, or an unknown browser got two; or there is none although no
    /// link has opened the app, or one although a link has.
    #[error("the request does not ask for the number it must")]
    Digits,
    /// It names a compartment that this device was not granted.
    #[error("the request asks for records that this device cannot open")]
    Compartments,
}

/// What a device knows of itself when it judges a challenge.
#[derive(Clone, Copy, Debug)]
pub struct Pinned<'a> {
    /// The school.
    pub school: SchoolId,
    /// The member.
    pub member: MemberId,
    /// The device.
    pub device: DeviceId,
    /// The origin pinned at enrolment.
    pub origin: &'a str,
    /// What the device was granted, from the roll.
    pub compartments: &'a [Compartment],
    /// Whether a link of the pinned origin has opened the app for this very unlock.
    pub hand_off: bool,
}

impl Challenge {
    /// The bytes that are signed and hashed.
    pub fn encode(&self) -> Vec<u8> {
        Writer::new("challenge")
            .u8(self.suite.byte())
            .id(self.school)
            .id(self.device)
            .id(self.member)
            .id(self.unlock)
            .field(&self.nonce)
            .field(self.session_key.as_bytes())
            .text(&self.origin)
            .u8(self.digits)
            .u8(u8::from(self.known_browser))
            .text(&self.browser)
            .text(&self.place)
            .names(&self.scopes)
            .names(&self.compartments)
            .u32(self.session_seconds)
            .u64(self.issued)
            .u64(self.expires)
            .u64(self.log.length)
            .field(&self.log.head)
            .u64(self.roll.length)
            .field(&self.roll.head)
            .finish()
    }

    /// `H(C)`.
    pub fn hash(&self) -> Hash {
        sha256(&self.encode())
    }

    /// The server's signature.
    pub fn sign(&self, server: &SigningKey) -> Signature {
        server.sign(&self.encode())
    }

    /// Reads a challenge whose signature holds.
    pub fn verify(bytes: &[u8], signature: &[u8], server: &VerifyingKey) -> Result<Self, Error> {
        server.verify(bytes, signature)?;
        Self::decode(bytes)
    }

    /// Reads a challenge without asking who made it: for the server, of its own rows.
    pub fn decode(bytes: &[u8]) -> Result<Self, Error> {
        let mut reader = Reader::new(bytes, "challenge")?;
        let challenge = Self {
            suite: Suite::try_from(reader.u8()?)?,
            school: reader.id()?,
            device: reader.id()?,
            member: reader.id()?,
            unlock: reader.id()?,
            nonce: reader.array()?,
            session_key: PublicKey::from_bytes(reader.array()?),
            origin: reader.text()?.to_owned(),
            digits: reader.u8()?,
            known_browser: reader.flag()?,
            browser: reader.text()?.to_owned(),
            place: reader.text()?.to_owned(),
            scopes: reader.names()?.into_iter().map(str::to_owned).collect(),
            compartments: reader
                .names()?
                .into_iter()
                .map(str::parse)
                .collect::<Result<_, _>>()?,
            session_seconds: reader.u32()?,
            issued: reader.u64()?,
            expires: reader.u64()?,
            log: LogHead {
                length: reader.u64()?,
                head: reader.array()?,
            },
            roll: RollHead {
                length: reader.u64()?,
                head: reader.array()?,
            },
        };
        reader.finish()?;
        Ok(challenge)
    }

    /// What a device checks before it shows a challenge, beside the signature, the roll and the log.
    pub fn check(&self, pinned: &Pinned<'_>) -> Result<(), Suspicion> {
        if self.school != pinned.school
            || self.member != pinned.member
            || self.device != pinned.device
        {
            return Err(Suspicion::NotForThisDevice);
        }
        if self.origin != pinned.origin {
            return Err(Suspicion::OtherOrigin);
        }
        match (self.digits, self.known_browser, pinned.hand_off) {
            (2, true, false) | (6, _, false) | (0, _, true) => {}
            _ => return Err(Suspicion::Digits),
        }
        if self
            .compartments
            .iter()
            .any(|asked| !pinned.compartments.contains(asked))
        {
            return Err(Suspicion::Compartments);
        }
        Ok(())
    }
}
