//! When an entry is valid, and what it does. The table is in the [module](super) doc.

use std::collections::BTreeSet;

use domain::{DeviceId, SchoolId};

use super::rights::Rights;
use super::state::Pending;
use super::{
    Author, Body, Capability, CompartmentKeys, Entry, Genesis, Grant, Holder, RollError, RollHead,
    RollState, SignedEntry,
};
use crate::compartments::Compartment;
use crate::encoding::Hash;
use crate::hpke::PublicKey;
use crate::signing::VerifyingKey;

/// Begins a roll with its genesis.
pub(super) fn begin(school: SchoolId, signed: &SignedEntry) -> Result<RollState, RollError> {
    let entry = Entry::decode(&signed.bytes)?;
    if entry.school != school {
        return Err(RollError::OtherSchool);
    }
    if entry.after != RollHead::EMPTY {
        return Err(RollError::DoesNotFollow);
    }
    let Body::Genesis(genesis) = entry.body else {
        return Err(RollError::DoesNotFollow);
    };
    if entry.author != Author::Device(genesis.device) {
        return Err(RollError::UnknownAuthor);
    }
    check_signature(&genesis.keys.sign, signed)?;
    check_second(&genesis.kit.sign, signed)?;
    check_genesis(&genesis)?;
    let rights = Rights::unlimited(
        genesis
            .compartments
            .iter()
            .map(|(name, _)| name.clone())
            .collect(),
    );
    let holder = Holder {
        grant: Grant {
            device: genesis.device,
            member: genesis.member,
            keys: genesis.keys,
            store_kind: genesis.store_kind,
            rights,
        },
        revoked: false,
        pending: None,
    };
    Ok(RollState {
        school,
        head: RollHead {
            length: 1,
            head: signed.head(),
        },
        at: entry.at,
        devices: [(genesis.device, holder)].into(),
        compartments: genesis
            .compartments
            .into_iter()
            .map(|(name, public)| (name, first_generation(public)))
            .collect(),
        kit: genesis.kit,
        server: genesis.server,
        policies: std::collections::BTreeMap::new(),
        integrations: std::collections::BTreeMap::new(),
    })
}

fn check_genesis(genesis: &Genesis) -> Result<(), RollError> {
    let names: BTreeSet<_> = genesis.compartments.iter().map(|(name, _)| name).collect();
    let keys: BTreeSet<_> = genesis.compartments.iter().map(|(_, key)| key).collect();
    let sound = Compartment::ALL_COMMON
        .iter()
        .all(|common| names.contains(common))
        && names.len() <= Compartment::ALL_COMMON.len() + Compartment::MAX_OWN
        && names.len() == genesis.compartments.len()
        && keys.len() == genesis.compartments.len();
    if sound {
        Ok(())
    } else {
        Err(RollError::WrongKey)
    }
}

fn first_generation(public: PublicKey) -> CompartmentKeys {
    CompartmentKeys {
        generations: [(1, public)].into(),
        retired: BTreeSet::new(),
        generation: 1,
        public,
    }
}

/// Appends one entry, or changes nothing.
pub(super) fn append(state: &mut RollState, signed: &SignedEntry) -> Result<(), RollError> {
    let entry = Entry::decode(&signed.bytes)?;
    if entry.school != state.school {
        return Err(RollError::OtherSchool);
    }
    if entry.after != state.head || entry.at < state.at {
        return Err(RollError::DoesNotFollow);
    }
    let author = match entry.author {
        Author::Kit => {
            check_signature(&state.kit.sign, signed)?;
            By::Kit
        }
        Author::Device(device) => {
            let grant = state
                .active(device, entry.at)
                .ok_or(RollError::UnknownAuthor)?;
            check_signature(&grant.keys.sign, signed)?;
            By::Device(Box::new(grant.clone()))
        }
    };
    if let Body::Kit(kit) = &entry.body {
        check_second(&kit.sign, signed)?;
    } else if signed.second.is_some() {
        return Err(RollError::BadSignature);
    }
    let head = RollHead {
        length: entry.seq(),
        head: signed.head(),
    };
    apply(state, entry.body, &author, entry.at, head)?;
    state.head = head;
    state.at = entry.at;
    Ok(())
}

fn check_signature(key: &VerifyingKey, signed: &SignedEntry) -> Result<(), RollError> {
    key.verify(&signed.bytes, &signed.signature)
        .map_err(|_| RollError::BadSignature)
}

fn check_second(key: &VerifyingKey, signed: &SignedEntry) -> Result<(), RollError> {
    let second = signed.second.as_ref().ok_or(RollError::BadSignature)?;
    key.verify(&signed.bytes, second)
        .map_err(|_| RollError::BadSignature)
}

/// Who signed, with what they held just before.
enum By {
    Device(Box<Grant>),
    Kit,
}

impl By {
    fn is(&self, device: DeviceId) -> bool {
        matches!(self, Self::Device(grant) if grant.device == device)
    }

    fn device(&self) -> Result<&Grant, RollError> {
        match self {
            Self::Device(grant) => Ok(grant),
            // The kit recovers and nothing else.
            Self::Kit => Err(RollError::UnknownAuthor),
        }
    }

    fn require(&self, capability: Capability) -> Result<(), RollError> {
        match self {
            Self::Device(grant) if !grant.rights.capabilities.contains(&capability) => {
                Err(RollError::LacksCapability(capability))
            }
            _ => Ok(()),
        }
    }

    fn require_compartments<'c>(
        &self,
        compartments: impl IntoIterator<Item = &'c Compartment>,
    ) -> Result<(), RollError> {
        let Self::Device(grant) = self else {
            return Ok(());
        };
        match compartments
            .into_iter()
            .find(|name| !grant.rights.compartments.contains(name))
        {
            Some(missing) => Err(RollError::LacksCompartment(missing.clone())),
            None => Ok(()),
        }
    }
}

fn apply(
    state: &mut RollState,
    body: Body,
    author: &By,
    at: u64,
    head: RollHead,
) -> Result<(), RollError> {
    match body {
        Body::Genesis(_) => Err(RollError::DoesNotFollow),
        Body::Grant(grant) => apply_grant(state, grant, author, at, head),
        Body::Revoke(device) => {
            if !author.is(device) {
                author.require(Capability::Revoke)?;
            }
            let holder = present(state, device)?;
            holder.revoked = true;
            holder.pending = None;
            Ok(())
        }
        Body::Restrict(device, rights) => apply_restrict(state, device, rights, author),
        Body::Rotate(name, generation, public) => {
            author.device()?;
            author.require(Capability::Rotate)?;
            author.require_compartments([&name])?;
            check_new_key(state, &public)?;
            let keys = state
                .compartments
                .get_mut(&name)
                .filter(|keys| keys.generation.checked_add(1) == Some(generation))
                .ok_or(RollError::WrongKey)?;
            keys.generations.insert(generation, public);
            keys.generation = generation;
            keys.public = public;
            Ok(())
        }
        Body::Retire(name, generation) => {
            author.device()?;
            author.require(Capability::Rotate)?;
            author.require_compartments([&name])?;
            let keys = state
                .compartments
                .get_mut(&name)
                .filter(|keys| {
                    generation < keys.generation && keys.generations.contains_key(&generation)
                })
                .ok_or(RollError::WrongKey)?;
            if keys.retired.insert(generation) {
                Ok(())
            } else {
                Err(RollError::WrongKey)
            }
        }
        Body::Compartment(name, public) => apply_compartment(state, name, public, author),
        Body::Kit(kit) => {
            author.require(Capability::Kit)?;
            author.require_compartments(state.compartments.keys())?;
            state.kit = kit;
            Ok(())
        }
        Body::RestoreAccept(..) => author.require(Capability::Kit),
        Body::ServerKey(key) => {
            author.require(Capability::Kit)?;
            state.server = key;
            Ok(())
        }
        Body::Integration(integration) => {
            author.device()?;
            author.require(Capability::Export)?;
            author.require_compartments(&integration.compartments)?;
            state.integrations.insert(integration.client, integration);
            Ok(())
        }
        Body::Policy(name, value) => {
            author.device()?;
            author.require(Capability::Grant)?;
            state.policies.insert(name, value);
            Ok(())
        }
        Body::Endorse(seq, endorsed) => apply_endorse(state, seq, endorsed, author, at),
    }
}

fn present(state: &mut RollState, device: DeviceId) -> Result<&mut Holder, RollError> {
    state
        .devices
        .get_mut(&device)
        .filter(|holder| !holder.revoked)
        .ok_or(RollError::WrongDevice)
}

fn apply_grant(
    state: &mut RollState,
    mut grant: Grant,
    author: &By,
    at: u64,
    head: RollHead,
) -> Result<(), RollError> {
    author.require(Capability::Grant)?;
    author.require_compartments(&grant.rights.compartments)?;
    if grant
        .rights
        .compartments
        .iter()
        .any(|name| !state.compartments.contains_key(name))
    {
        return Err(RollError::WrongKey);
    }
    check_who(state, &grant)?;
    let before = state.devices.get(&grant.device);
    if let By::Device(own) = author {
        let had_covered = before.is_none_or(|holder| own.rights.covers(&holder.grant.rights));
        if !own.rights.covers(&grant.rights) || !had_covered {
            return Err(RollError::TooWide);
        }
    }
    let excluded_elsewhere = state
        .devices
        .values()
        .filter(|holder| holder.grant.member == grant.member)
        .flat_map(|holder| &holder.grant.rights.excluded);
    if excluded_elsewhere
        .into_iter()
        .any(|record| !grant.rights.excluded.contains(record))
    {
        return Err(RollError::TooWide);
    }
    let pending = match author {
        By::Kit => None,
        By::Device(own) => {
            let waiting: BTreeSet<Compartment> = grant
                .rights
                .compartments
                .iter()
                .filter(|name| {
                    name.is_about_adults()
                        && !before
                            .is_some_and(|holder| holder.grant.rights.compartments.contains(name))
                        && state.granters_of(name, at).len() >= 2
                })
                .cloned()
                .collect();
            grant
                .rights
                .compartments
                .retain(|name| !waiting.contains(name));
            (!waiting.is_empty()).then_some(Pending {
                seq: head.length,
                head: head.head,
                author: own.device,
                compartments: waiting,
            })
        }
    };
    state.devices.insert(
        grant.device,
        Holder {
            grant,
            revoked: false,
            pending,
        },
    );
    Ok(())
}

/// A device keeps its member and keys for ever, and no two devices share a key.
fn check_who(state: &RollState, grant: &Grant) -> Result<(), RollError> {
    let same = |holder: &Holder| {
        !holder.revoked && holder.grant.member == grant.member && holder.grant.keys == grant.keys
    };
    let sound = match state.devices.get(&grant.device) {
        Some(holder) => same(holder),
        None => !state.devices.values().any(|holder| {
            holder.grant.keys.sign == grant.keys.sign || holder.grant.keys.kem == grant.keys.kem
        }),
    };
    if sound {
        Ok(())
    } else {
        Err(RollError::WrongDevice)
    }
}

fn apply_restrict(
    state: &mut RollState,
    device: DeviceId,
    rights: Rights,
    author: &By,
) -> Result<(), RollError> {
    author.device()?;
    let had = &present(state, device)?.grant.rights;
    if !had.covers(&rights) {
        return Err(RollError::TooWide);
    }
    if !author.is(device) {
        author.require(Capability::Restrict)?;
        author.require_compartments(had.compartments.difference(&rights.compartments))?;
    }
    let holder = present(state, device)?;
    holder.grant.rights = rights;
    // Whoever narrows a grant means the whole of it: what still waited is off.
    holder.pending = None;
    Ok(())
}

fn check_new_key(state: &RollState, public: &PublicKey) -> Result<(), RollError> {
    let used = state
        .compartments
        .values()
        .any(|keys| keys.generations.values().any(|key| key == public));
    if used {
        Err(RollError::WrongKey)
    } else {
        Ok(())
    }
}

fn apply_compartment(
    state: &mut RollState,
    name: Compartment,
    public: PublicKey,
    author: &By,
) -> Result<(), RollError> {
    let device = author.device()?.device;
    author.require(Capability::Rotate)?;
    check_new_key(state, &public)?;
    let own = state
        .compartments
        .keys()
        .filter(|name| !name.is_common())
        .count();
    if own >= Compartment::MAX_OWN || state.compartments.contains_key(&name) {
        return Err(RollError::WrongKey);
    }
    present(state, device)?
        .grant
        .rights
        .compartments
        .insert(name.clone());
    state.compartments.insert(name, first_generation(public));
    Ok(())
}

fn apply_endorse(
    state: &mut RollState,
    seq: u64,
    endorsed: Hash,
    author: &By,
    at: u64,
) -> Result<(), RollError> {
    let endorser = author.device()?;
    author.require(Capability::Grant)?;
    let (device, pending) = state
        .devices
        .values()
        .find_map(|holder| {
            let pending = holder.pending.as_ref()?;
            (pending.seq == seq && pending.head == endorsed)
                .then(|| (holder.grant.device, pending.clone()))
        })
        .ok_or(RollError::NothingToEndorse)?;
    author.require_compartments(&pending.compartments)?;
    // Whoever granted must still be able to: a grant does not outlive its author's own rights.
    let granter = state
        .active(pending.author, at)
        .filter(|granter| {
            granter.rights.capabilities.contains(&Capability::Grant)
                && pending.compartments.is_subset(&granter.rights.compartments)
        })
        .ok_or(RollError::NothingToEndorse)?;
    if granter.member == endorser.member {
        return Err(RollError::NothingToEndorse);
    }
    let holder = present(state, device)?;
    holder.pending = None;
    holder
        .grant
        .rights
        .compartments
        .extend(pending.compartments);
    Ok(())
}
