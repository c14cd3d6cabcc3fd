//! Slot codes: ten codes on paper, each of which opens the records once, in a browser that is known, where
//! the device has no connection.
//!
//! ```text
//! code      = 125 random bits: 25 characters, and one that checks them
//! reference = H(slot-ref, school, member, code (16))             by what the server finds the slot
//! S         = KDF(code, ENC(slot, school, member, dev, u8 number))
//! terms     = ENC(slot-terms, suite (1), school, member, dev, u8 number, compartments, u32 session seconds)
//! sealed    = SEAL(pair of S, "keyholder/v1/unlock-bundle", aad H(terms), bundle)
//! ```
//! The device makes the codes while it is online, shows them once, and deposits for each the reference, the
//! public half of the pair and the sealed bundle. `S` is what the unlock cookie of the browser that uses the
//! code will hold ([`UnlockSecret`]), so the bundle is opened as any other is: nothing is sealed anew when a
//! code is used, and nobody but who has the paper can make `S`.

use domain::{DeviceId, Entropy, MemberId, SchoolId};
use zeroize::Zeroizing;

use crate::Error;
use crate::approve::{Bundle, SealedBundle};
use crate::compartments::Compartment;
use crate::encoding::{Hash, Writer, derive, hash};
use crate::hpke::PublicKey;
use crate::letters::{letter, step, value};
use crate::suite::Suite;
use crate::unlock::UnlockSecret;

/// How many codes a device deposits at a time, in the place of all before.
pub const SLOTS: u8 = 10;
/// How many characters a code has.
pub const CHARACTERS: usize = 26;

const SIZE: usize = 16;
/// The bits of the last byte that no character holds.
const UNUSED: u8 = 0b111;

/// What one line of the paper says.
#[derive(Clone, PartialEq, Eq)]
pub struct SlotCode(Zeroizing<[u8; SIZE]>);

impl std::fmt::Debug for SlotCode {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("SlotCode([secret])")
    }
}

/// What is wrong with a code as it was typed. It says nothing of whether there is such a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MistypedCode {
    /// Too few or too many characters.
    #[error("a code has 26 letters and figures")]
    Length,
    /// Its last character does not fit the others, or one is none that a code has.
    #[error("there is a slip in it")]
    Slip,
}

impl SlotCode {
    /// A new one.
    pub fn generate(entropy: &dyn Entropy) -> Self {
        let mut bytes = Zeroizing::new([0; SIZE]);
        entropy.fill(bytes.as_mut_slice());
        bytes[SIZE - 1] &= !UNUSED;
        Self(bytes)
    }

    /// As it is shown: in groups of four.
    pub fn text(&self) -> Zeroizing<String> {
        let mut text = Zeroizing::new(String::with_capacity(CHARACTERS + CHARACTERS / 4));
        let (mut held, mut bits, mut sum, mut place) = (0u32, 0, 0, 0);
        let mut push = |five: u32| {
            if place > 0 && place % 4 == 0 {
                text.push(' ');
            }
            text.push(letter(five));
            place += 1;
        };
        for byte in self.0.iter() {
            held = held << 8 | u32::from(*byte);
            bits += 8;
            while bits >= 5 {
                bits -= 5;
                let five = held >> bits & 31;
                sum = step(sum) ^ five as u8;
                push(five);
            }
            held &= (1 << bits) - 1;
        }
        push(u32::from(step(sum)));
        text
    }

    /// Reads a code as it was typed, however spaced and whatever the case.
    ///
    /// # Errors
    /// Any one wrong character and any two exchanged are a slip.
    pub fn parse(text: &str) -> Result<Self, MistypedCode> {
        let typed: Zeroizing<Vec<u8>> = Zeroizing::new(
            text.bytes()
                .filter(|byte| !byte.is_ascii_whitespace() && *byte != b'-')
                .collect(),
        );
        if typed.len() != CHARACTERS {
            return Err(MistypedCode::Length);
        }
        let mut bytes = Zeroizing::new([0; SIZE]);
        let (mut held, mut bits, mut place, mut sum) = (0u32, 0, 0, 0);
        for (at, byte) in typed.iter().enumerate() {
            let five = value(*byte).ok_or(MistypedCode::Slip)?;
            sum = step(sum) ^ five;
            if at + 1 == CHARACTERS {
                break;
            }
            held = held << 5 | u32::from(five);
            bits += 5;
            if bits >= 8 {
                bits -= 8;
                bytes[place] = (held >> bits & 0xff) as u8;
                place += 1;
                held &= (1 << bits) - 1;
            }
        }
        if sum != 0 {
            return Err(MistypedCode::Slip);
        }
        bytes[place] = (held << (8 - bits) & 0xff) as u8;
        Ok(Self(bytes))
    }

    /// By what the server finds the slot of a code.
    pub fn reference(&self, school: SchoolId, member: MemberId) -> Hash {
        hash(
            "slot-ref",
            &[school.as_bytes(), member.as_bytes(), self.0.as_slice()],
        )
    }

    /// The secret of the unlock that this code opens in this slot.
    pub fn secret(&self, slot: &Slot) -> UnlockSecret {
        UnlockSecret::from_bytes(*derive(self.0.as_slice(), &slot.info()))
    }
}

/// Whose slot it is, and which: all of it is bound into what the code opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slot {
    /// The school.
    pub school: SchoolId,
    /// Whose records.
    pub member: MemberId,
    /// The device that made it.
    pub device: DeviceId,
    /// Which of its ten, from 1.
    pub number: u8,
}

impl Slot {
    fn info(&self) -> Vec<u8> {
        self.write(Writer::new("slot")).finish()
    }

    fn write(&self, writer: Writer) -> Writer {
        writer
            .id(self.school)
            .id(self.member)
            .id(self.device)
            .u8(self.number)
    }
}

/// What a code opens, and for how long: decided on the device, and bound into the sealing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terms {
    /// Of which slot.
    pub slot: Slot,
    /// What the session may open.
    pub compartments: Vec<Compartment>,
    /// How long it lasts at most.
    pub session_seconds: u32,
}

impl Terms {
    /// `H(terms)`: it stands where the hash of a challenge does in other unlocks.
    pub fn hash(&self) -> Hash {
        self.slot
            .write(Writer::new("slot-terms").u8(Suite::CURRENT.byte()))
            .names(&self.compartments)
            .u32(self.session_seconds)
            .hash()
    }
}

/// What a device deposits for one code. Nothing of it opens anything without the code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedSlot {
    /// By what it is found.
    pub reference: Hash,
    /// The public half of the pair that the bundle is sealed to.
    pub session_key: PublicKey,
    /// The keys.
    pub bundle: SealedBundle,
}

/// Seals a bundle for whoever will type this code.
pub fn seal(
    code: &SlotCode,
    terms: &Terms,
    bundle: &Bundle,
    entropy: &dyn Entropy,
) -> Result<SealedSlot, Error> {
    let pair = code.secret(&terms.slot).pair();
    Ok(SealedSlot {
        reference: code.reference(terms.slot.school, terms.slot.member),
        session_key: pair.public(),
        bundle: bundle.seal(&pair.public(), &terms.hash(), entropy)?,
    })
}
