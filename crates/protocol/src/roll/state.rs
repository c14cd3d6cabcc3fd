use std::collections::{BTreeMap, BTreeSet};

use domain::{DeviceId, MemberId, SchoolId};

use super::{
    Author, Body, Capability, Entry, Grant, Integration, RollError, RollHead, SignedEntry, rules,
};
use crate::compartments::Compartment;
use crate::encoding::Hash;
use crate::hpke::PublicKey;
use crate::kit::KitPublicKeys;
use crate::signing::VerifyingKey;
use crate::words::Words;

/// What a roll says after its last entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RollState {
    pub(super) school: SchoolId,
    pub(super) head: RollHead,
    pub(super) at: u64,
    pub(super) devices: BTreeMap<DeviceId, Holder>,
    pub(super) compartments: BTreeMap<Compartment, CompartmentKeys>,
    pub(super) kit: KitPublicKeys,
    pub(super) server: VerifyingKey,
    pub(super) policies: BTreeMap<String, String>,
    pub(super) integrations: BTreeMap<[u8; 16], Integration>,
}

/// A device that is or was on the roll.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    /// What it holds now. Compartments that wait for an endorsement are not in it.
    pub grant: Grant,
    /// Whether it was taken off.
    pub revoked: bool,
    /// The compartments that wait for an endorsement, if any do.
    pub pending: Option<Pending>,
}

/// A grant that waits for a second holder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pending {
    /// The number of the grant's entry.
    pub seq: u64,
    /// The head of the roll just after it.
    pub head: Hash,
    /// Who granted.
    pub author: DeviceId,
    /// What waits.
    pub compartments: BTreeSet<Compartment>,
}

/// The keys of a compartment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompartmentKeys {
    /// The public keys by generation, the retired ones too.
    pub generations: BTreeMap<u32, PublicKey>,
    /// Generations that nothing is sealed to any more.
    pub retired: BTreeSet<u32>,
    /// The newest generation: what is received now is sealed to it.
    pub generation: u32,
    /// Its public key.
    pub public: PublicKey,
}

impl RollState {
    /// Replays a roll from its first entry.
    ///
    /// # Errors
    /// The first entry that is not valid. An empty roll is [`RollError::DoesNotFollow`].
    pub fn replay<'e>(
        school: SchoolId,
        entries: impl IntoIterator<Item = &'e SignedEntry>,
    ) -> Result<Self, RollError> {
        let mut entries = entries.into_iter();
        let first = entries.next().ok_or(RollError::DoesNotFollow)?;
        let mut state = rules::begin(school, first)?;
        for entry in entries {
            state.append(entry)?;
        }
        Ok(state)
    }

    /// Appends one entry if it is valid; otherwise nothing changes.
    pub fn append(&mut self, entry: &SignedEntry) -> Result<(), RollError> {
        rules::append(self, entry)
    }

    /// An entry that would follow, to be signed by its author.
    pub fn next(&self, body: Body, author: Author, at: u64) -> Entry {
        Entry {
            school: self.school,
            after: self.head,
            body,
            author,
            at: at.max(self.at),
        }
    }

    /// Whose roll it is.
    pub const fn school(&self) -> SchoolId {
        self.school
    }

    /// How long it is, and its head.
    pub const fn head(&self) -> RollHead {
        self.head
    }

    /// When its last entry was made, in Unix seconds.
    pub const fn last_at(&self) -> u64 {
        self.at
    }

    /// The six words of its head.
    pub fn words(&self) -> Words {
        self.head.words()
    }

    /// What a device holds, if it is on the roll and its end has not come at this Unix second.
    pub fn active(&self, device: DeviceId, at: u64) -> Option<&Grant> {
        self.devices
            .get(&device)
            .filter(|holder| !holder.revoked && !holder.grant.rights.has_expired(at))
            .map(|holder| &holder.grant)
    }

    /// Every device that is or was on the roll.
    pub fn devices(&self) -> impl Iterator<Item = &Holder> {
        self.devices.values()
    }

    /// A device that is or was on the roll.
    pub fn device(&self, device: DeviceId) -> Option<&Holder> {
        self.devices.get(&device)
    }

    /// What the devices of a member hold at this Unix second.
    pub fn grants_of(&self, member: MemberId, at: u64) -> impl Iterator<Item = &Grant> {
        self.active_grants(at)
            .filter(move |grant| grant.member == member)
    }

    /// Every device that holds anything at this Unix second.
    pub fn active_grants(&self, at: u64) -> impl Iterator<Item = &Grant> {
        self.devices
            .values()
            .filter(move |holder| !holder.revoked && !holder.grant.rights.has_expired(at))
            .map(|holder| &holder.grant)
    }

    /// The members who hold a compartment and may grant it, at this Unix second.
    pub fn granters_of(&self, compartment: &Compartment, at: u64) -> BTreeSet<MemberId> {
        self.active_grants(at)
            .filter(|grant| {
                grant.rights.capabilities.contains(&Capability::Grant)
                    && grant.rights.compartments.contains(compartment)
            })
            .map(|grant| grant.member)
            .collect()
    }

    /// The compartments and their keys.
    pub const fn compartments(&self) -> &BTreeMap<Compartment, CompartmentKeys> {
        &self.compartments
    }

    /// The keys of one compartment.
    pub fn compartment(&self, name: &Compartment) -> Option<&CompartmentKeys> {
        self.compartments.get(name)
    }

    /// The recovery kit's public keys.
    pub const fn kit(&self) -> &KitPublicKeys {
        &self.kit
    }

    /// The server's identity.
    pub const fn server(&self) -> &VerifyingKey {
        &self.server
    }

    /// A rule of the school.
    pub fn policy(&self, name: &str) -> Option<&str> {
        self.policies.get(name).map(String::as_str)
    }

    /// The third-party systems that receive a feed.
    pub fn integrations(&self) -> impl Iterator<Item = &Integration> {
        self.integrations.values()
    }
}
