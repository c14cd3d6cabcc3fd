//! The machines that make, give, take and restore keys, at a server that changes what a school would answer. A
//! person says yes to everything, and tries again once.
//!
//! - Each request goes to the pinned address, for the pinned school, signed by the device; each entry that is
//!   signed goes on from a roll that there was ([`school`]).
//! - No key leaves but sealed to whom the person meant, and no sheet, seed or PIN does ([`Play::end`]).
//! - With answers that nobody changed it comes to its good end: what follows is not asked of a machine that
//!   stopped at the door.
//! - A machine that came to rest does nothing for the same answer once more; what it writes down is of the same
//!   server, and says that it holds keys only if the roll does.

mod amend;
mod enrol;
mod grant;
mod kits;
mod line;
mod recover;
mod school;
mod setup;

pub use amend::amend;
pub use enrol::enrol;
pub use grant::grant;
pub use kits::{new_kit, test_kit};
pub use recover::recover;
pub use setup::setup;

use authenticator::contract::Bytes;
use authenticator::{
    Call, Done, Driver, Identity, Machine, MemoryProfile, MemoryStore, Profile, ProfileStore as _,
    Seen, Trouble, World, outside,
};
use domain::{DeviceId, FixedClock, SeededEntropy, Timestamp};
use protocol::compartments::{Compartment, HeldKey};
use protocol::device::{DeviceKeys, DeviceSeed};
use protocol::kit::{KitSeed, Sheet, combine};
use protocol::roll::{Entry, RollHead};
use protocol::wrap::{self, WrapContext};
use serde_json::Value;
use zeroize::Zeroizing;

use crate::app::{NOW, first_profile};
use crate::keys::{SCHOOL, roll};
use line::Line;
use school::{School, id, stage};

const PIN: &str = "483920";

fn pin() -> Zeroizing<String> {
    Zeroizing::new(PIN.to_owned())
}

/// A device, its owner, and the line to the school.
struct Play<'a> {
    line: Line<'a>,
    /// Whether the school answers everything as it should.
    is_honest: bool,
    keys: MemoryStore,
    profiles: MemoryProfile,
    clock: FixedClock,
    entropy: SeededEntropy,
}

impl<'a> Play<'a> {
    /// What the person chooses stands in the first byte, what becomes of the answers in the rest.
    fn new(data: &'a [u8], school: impl FnOnce(u8) -> School) -> (u8, Self) {
        let (choice, rest) = match data.split_first() {
            Some((choice, rest)) => (*choice, rest),
            None => (0, data),
        };
        let play = Self {
            line: Line::new(school(choice), rest),
            is_honest: rest.is_empty(),
            keys: MemoryStore::default(),
            profiles: MemoryProfile::default(),
            clock: FixedClock::at(Timestamp::from_seconds(NOW)),
            entropy: SeededEntropy::new([4; 32]),
        };
        (choice, play)
    }

    fn driver(&self) -> Driver<'_> {
        Driver {
            keys: &self.keys,
            profiles: &self.profiles,
            transport: &self.line,
            clock: &self.clock,
            entropy: &self.entropy,
        }
    }

    fn run<M: Machine>(&self, machine: &mut M, event: M::Event) {
        self.driver().run(machine, event);
    }

    /// The device of this number, which has seen the roll when it had two entries.
    fn identity(&self, number: u8) -> Identity {
        let profile = Profile {
            device: id(number),
            server_pin: Bytes::from(self.line.school.server().pin()),
            granted: number == 1,
            roll: Seen::from(roll().0.head()),
            ..first_profile()
        };
        Identity::new(profile, DeviceSeed::from_bytes([number; 32])).unwrap()
    }

    /// What holds of every machine, whatever it was answered. The sheets are those of a kit that it made.
    fn end<M: Machine>(
        &self,
        mut machine: M,
        trouble: impl FnOnce(&M) -> Option<Trouble>,
        sheets: Option<&[Sheet; 3]>,
    ) -> M {
        if let Some(trouble) = trouble(&machine) {
            let said = trouble.to_string();
            assert!(!said.is_empty() && said.chars().count() < 520, "{said:?}");
            assert!(!said.chars().any(char::is_control), "{said:?}");
        }
        let again = [
            self.line.last().map(Done::Called),
            Some(Done::Saved(Ok(()))),
            Some(Done::Kept(Ok(()))),
        ];
        for done in again.into_iter().flatten() {
            let world = World {
                now: NOW as u64,
                entropy: &self.entropy,
            };
            let effect = machine.on(done.into(), world);
            assert!(effect.is_none(), "{effect:?}");
        }
        let secrets = self.secrets(sheets);
        for call in self.line.sent.borrow().iter() {
            assert_keeps(call, &secrets);
        }
        if let Some(saved) = self.profiles.load().unwrap() {
            self.assert_sound(&saved);
        }
        machine
    }

    /// What may never leave as it is.
    fn secrets(&self, sheets: Option<&[Sheet; 3]>) -> Vec<Vec<u8>> {
        let mut secrets = vec![PIN.into(), vec![1; 32], vec![7; 32]];
        let keys = stage().keys.iter();
        secrets.extend(keys.map(|key| key.secret.expose().to_vec()));
        let seed = sheets.map(|[one, other, _]| combine(one, other).unwrap());
        secrets.extend(seed.map(|seed| seed.expose().to_vec()));
        for sheet in school_sheets().iter().chain(sheets.into_iter().flatten()) {
            // Its last line is so short that it may stand anywhere.
            let lines = sheet.lines().into_iter().take(5);
            secrets.extend(lines.map(|line| line.as_bytes().to_vec()));
            secrets.push(sheet.code().as_bytes().to_vec());
        }
        secrets
    }

    /// What is written down is read again, names the pinned server, and has no other roll than there was.
    fn assert_sound(&self, saved: &Profile) {
        let written = outside::profiles_file(vec![saved.clone()]).unwrap();
        let again = outside::profiles(&written).unwrap();
        assert_eq!(again, std::slice::from_ref(saved));
        let pin = self.line.school.server().pin();
        assert_eq!(saved.server_pin, Bytes::from(pin));
        assert_eq!(
            (saved.school, &saved.origin),
            (SCHOOL, &first_profile().origin)
        );
        if saved.granted {
            let (length, head) = (saved.roll.length, saved.roll.head.array().unwrap());
            assert!(self.line.school.knows(RollHead { length, head }));
        }
    }
}

/// That none of the secrets is in a request, neither as it stands there nor as bytes.
fn assert_keeps(call: &Call, secrets: &[Vec<u8>]) {
    let mut parts = vec![call.body.clone(), call.target.clone().into_bytes()];
    if !call.body.is_empty() {
        decode_all(&serde_json::from_slice(&call.body).unwrap(), &mut parts);
    }
    for secret in secrets {
        let inside = |part: &Vec<u8>| part.windows(secret.len()).any(|window| window == secret);
        assert!(!parts.iter().any(inside), "a secret leaves in {call:?}");
    }
}

/// Whatever in it is bytes.
fn decode_all(value: &Value, all: &mut Vec<Vec<u8>>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| decode_all(item, all)),
        Value::Object(fields) => fields.values().for_each(|field| decode_all(field, all)),
        text => all.extend(serde_json::from_value(text.clone()).map(|Bytes(bytes)| bytes)),
    }
}

/// The key in a wrap, which opens with these keys.
fn unwrapped(
    (device, keys): (DeviceId, &DeviceKeys),
    compartment: &str,
    generation: u32,
    wrapped: &Bytes,
) -> HeldKey {
    let context = WrapContext {
        school: SCHOOL,
        compartment: compartment.parse().unwrap(),
        generation,
        device,
    };
    wrap::open(&context, keys.kem(), &wrapped.0).unwrap()
}

/// That these are the school's keys of these compartments, all that count.
fn assert_whole<'c>(keys: &[HeldKey], compartments: impl IntoIterator<Item = &'c Compartment>) {
    let given: Vec<&Compartment> = compartments.into_iter().collect();
    for key in keys {
        assert!(stage().keys.contains(key) && given.contains(&&key.compartment));
    }
    for key in &stage().keys {
        assert_eq!(
            keys.contains(key),
            given.contains(&&key.compartment),
            "{key:?}"
        );
    }
}

fn entry(sent: &Bytes) -> Entry {
    Entry::decode(&sent.0).unwrap()
}

/// The sheets of the school's kit.
fn school_sheets() -> [Sheet; 3] {
    KitSeed::from_bytes([1; 16]).split(SCHOOL, &SeededEntropy::new([8; 32]))
}

/// A sheet as it is printed.
fn printed(sheet: &Sheet) -> String {
    let lines: Vec<_> = sheet.lines().iter().map(|line| line.to_string()).collect();
    lines.join("\n")
}
