//! A school's roll that is appended to as people would, for the tests of its rules.
#![expect(clippy::unwrap_used, reason = "a test's helpers fail by panicking")]

use domain::{DeviceId, MemberId, SchoolId, SeededEntropy};
use protocol::compartments::{Compartment, CompartmentSecret};
use protocol::device::{DeviceKeys, DeviceSeed};
use protocol::kit::{KitKeys, KitSeed};
use protocol::roll::{
    Author, Body, Capability, Entry, Genesis, Grant, Rights, RollError, RollHead, RollState,
    SignedEntry, StoreKind,
};
use protocol::signing::SigningKey;

pub(super) const PASTORAL: Compartment = Compartment::PASTORAL;
pub(super) const SAFEGUARDING: Compartment = Compartment::SAFEGUARDING;
pub(super) const STAFF: Compartment = Compartment::STAFF;

pub(super) const SCHOOL: SchoolId = SchoolId::from_bytes([0x51; 16]);

pub(super) fn keys(device: u8) -> DeviceKeys {
    DeviceKeys::of(&DeviceSeed::from_bytes([device; 32])).unwrap()
}

pub(super) fn id(device: u8) -> DeviceId {
    DeviceId::from_bytes([device; 16])
}

pub(super) fn member(number: u8) -> MemberId {
    MemberId::from_bytes([number; 16])
}

pub(super) fn kit(number: u8) -> KitKeys {
    KitSeed::from_bytes([number; 16]).keys().unwrap()
}

pub(super) fn genesis() -> SignedEntry {
    let entropy = SeededEntropy::new([1; 32]);
    let entry = Entry {
        school: SCHOOL,
        after: RollHead::EMPTY,
        body: Body::Genesis(Genesis {
            device: id(1),
            member: member(1),
            keys: keys(1).public(),
            store_kind: StoreKind::Protected,
            server: SigningKey::from_seed(&[99; 32]).unwrap().public(),
            kit: kit(1).public(),
            compartments: Compartment::ALL_COMMON
                .into_iter()
                .map(|name| (name, CompartmentSecret::new_pair(&entropy).1))
                .collect(),
        }),
        author: Author::Device(id(1)),
        at: 1000,
    };
    entry.sign(keys(1).sign()).countersign(kit(1).sign())
}

/// A roll that is appended to as people would.
pub(super) struct School {
    pub(super) entries: Vec<SignedEntry>,
    pub(super) state: RollState,
    pub(super) at: u64,
}

impl School {
    /// Device 1 of member 1 holds everything.
    pub(super) fn new() -> Self {
        let entries = vec![genesis()];
        let state = RollState::replay(SCHOOL, &entries).unwrap();
        Self {
            entries,
            state,
            at: 1000,
        }
    }

    pub(super) fn by(&mut self, device: u8, body: Body) -> Result<(), RollError> {
        self.at += 1;
        let entry = self.state.next(body, Author::Device(id(device)), self.at);
        self.append(entry.sign(keys(device).sign()))
    }

    pub(super) fn by_kit(&mut self, number: u8, body: Body) -> Result<(), RollError> {
        self.at += 1;
        let entry = self.state.next(body, Author::Kit, self.at);
        self.append(entry.sign(kit(number).sign()))
    }

    pub(super) fn append(&mut self, signed: SignedEntry) -> Result<(), RollError> {
        self.state.append(&signed)?;
        self.entries.push(signed);
        Ok(())
    }

    pub(super) fn rights(&self, device: u8) -> &Rights {
        &self.state.active(id(device), self.at).unwrap().rights
    }
}

pub(super) fn rights(compartments: &[Compartment], capabilities: &[Capability]) -> Rights {
    Rights {
        compartments: compartments.iter().cloned().collect(),
        capabilities: capabilities.iter().copied().collect(),
        ..Rights::default()
    }
}

/// Device n is member n's unless said otherwise.
pub(super) fn grant(device: u8, rights: Rights) -> Body {
    grant_to(device, device, rights)
}

pub(super) fn grant_to(device: u8, owner: u8, rights: Rights) -> Body {
    Body::Grant(Grant {
        device: id(device),
        member: member(owner),
        keys: keys(device).public(),
        store_kind: StoreKind::Desktop,
        rights,
    })
}
