//! Giving a key to another device, face to face or by six words on the phone.
//!
//! ```text
//! Idle ─Start─► Reading ─► Choosing ─Link or Words─► Deciding ─Decide─► Granting ─► Granted
//! ```
//! Whose keys are sealed to is decided by what the other screen shows, never by what the server
//! lists: a link carries its own signature, and six words are the hash of the listed keys.

use protocol::compartments::Compartment;
use protocol::device::{DevicePayload, DevicePublicKeys};
use protocol::hpke::PublicKey;
use protocol::roll::{Author, Body, Capability, Grant, Rights, RollState, SignedEntry, StoreKind};
use protocol::signing::VerifyingKey;
use protocol::words::Words;
use protocol::wrap;
use zeroize::Zeroizing;

use super::roll_reader::{Read, RollReader};
use super::{called, saved};
use crate::contract::{
    AppendRollEntry, Bytes, ReleaseWraps, RollExtended, SchoolDevice, SchoolDevices, WrapFor, Wraps,
};
use crate::driver::{Done, Effect, Machine, World};
use crate::identity::Identity;
use crate::profile::Seen;
use crate::sheets::match_roll;
use crate::trouble::Trouble;

/// What may happen.
#[derive(Debug)]
pub enum Event {
    /// Begin.
    Start,
    /// The link that the other device shows was scanned, pasted or followed.
    Link(String),
    /// The six words were read out.
    Words(String),
    /// What it may open, and the PIN.
    Decide(Box<Rights>, Zeroizing<String>),
    /// An effect was performed.
    Done(Done),
}

impl From<Done> for Event {
    fn from(done: Done) -> Self {
        Self::Done(done)
    }
}

/// Where the grant stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// Not begun.
    Idle,
    /// The roll and the list of devices are being read.
    Reading,
    /// Waits for a link or six words of one of the devices that wait.
    Choosing(SchoolDevices),
    /// Waits for what it may open.
    Deciding {
        /// The device, as listed.
        device: Box<SchoolDevice>,
        /// Its words, to be compared with the other screen.
        words: Words,
        /// The most that may be given.
        own: Box<Rights>,
        /// Categories and years to choose from.
        choices: SchoolDevices,
    },
    /// The grant is being made.
    Granting,
    /// Done.
    Granted {
        /// Whose device.
        member_name: String,
        /// Compartments that wait for a second holder's word.
        waiting: Vec<Compartment>,
    },
    /// It ended.
    Failed,
}

/// The machine.
#[derive(Debug)]
pub struct GrantKey {
    identity: Identity,
    state: State,
    trouble: Option<Trouble>,
    roll: Option<Box<RollState>>,
    chosen: Option<Chosen>,
    /// Where to go back to after a wrong PIN.
    deciding: Option<State>,
    step: Step,
}

#[derive(Clone, Debug)]
struct Chosen {
    listed: SchoolDevice,
    keys: DevicePublicKeys,
}

#[derive(Debug)]
enum Step {
    Idle,
    ReadRoll(RollReader),
    List,
    Release(Box<Rights>, Bytes),
    Append(Box<SignedEntry>),
    Save(Vec<Compartment>),
}

on_a_device!(GrantKey, State);

impl GrantKey {
    /// On this device.
    pub const fn new(identity: Identity) -> Self {
        Self {
            identity,
            state: State::Idle,
            trouble: None,
            roll: None,
            chosen: None,
            deciding: None,
            step: Step::Idle,
        }
    }

    fn step(&mut self, event: Event, world: World<'_>) -> Result<Option<Effect>, Trouble> {
        match event {
            Event::Start => {
                self.state = State::Reading;
                self.step = Step::ReadRoll(RollReader::default());
                Ok(Some(RollReader::first(&self.identity, world)))
            }
            Event::Link(text) => {
                let payload = DevicePayload::from_link(&text).map_err(|_| Trouble::NoSuchDevice)?;
                if payload.school != self.identity.profile.school {
                    return Err(Trouble::NoSuchDevice);
                }
                self.choose(world, |listed, _| {
                    listed.device == payload.device && listed.member == payload.member
                })?;
                // The keys are those that the other screen signed for.
                match &mut self.chosen {
                    Some(chosen) if chosen.keys == payload.keys => Ok(None),
                    _ => Err(Trouble::Suspicious(
                        "the server lists other keys for that device than it has",
                    )),
                }
            }
            Event::Words(text) => {
                let words: Words = text.parse().map_err(|_| Trouble::NoSuchDevice)?;
                let school = self.identity.profile.school;
                self.choose(world, |_, keys| keys.words(school) == words)?;
                Ok(None)
            }
            Event::Decide(rights, pin) => {
                if !matches!(self.state, State::Deciding { .. }) {
                    return Err(Trouble::NotNow);
                }
                if !self.own_rights(world)?.covers(&rights) {
                    return Err(Trouble::NotAllowed);
                }
                if rights.has_expired(world.now) {
                    return Err(Trouble::DayOver);
                }
                let tag = Bytes::from(self.identity.pin_tag(&pin).expose());
                let body = ReleaseWraps {
                    pin_tag: tag.clone(),
                };
                let effect = self.identity.post("/v1/device/wraps", &body, world)?;
                self.deciding = Some(std::mem::replace(&mut self.state, State::Granting));
                self.step = Step::Release(rights, tag);
                Ok(Some(effect))
            }
            Event::Done(done) => self.done(done, world),
        }
    }

    fn own_rights(&self, world: World<'_>) -> Result<Rights, Trouble> {
        let roll = self.roll.as_ref().ok_or(Trouble::NotNow)?;
        roll.active(self.identity.profile.device, world.now)
            .map(|grant| grant.rights.clone())
            .ok_or(Trouble::NotAllowed)
    }

    fn choose(
        &mut self,
        world: World<'_>,
        is_it: impl Fn(&SchoolDevice, &DevicePublicKeys) -> bool,
    ) -> Result<(), Trouble> {
        let choices = match &self.state {
            State::Choosing(choices) | State::Deciding { choices, .. } => choices.clone(),
            _ => return Err(Trouble::NotNow),
        };
        let chosen = choices
            .items
            .iter()
            // A suspended one too: a new grant is what lets it in again.
            .filter(|listed| listed.state != "revoked")
            .find_map(|listed| {
                let keys = listed_keys(listed)?;
                is_it(listed, &keys).then(|| Chosen {
                    listed: listed.clone(),
                    keys,
                })
            })
            .ok_or(Trouble::NoSuchDevice)?;
        self.state = State::Deciding {
            device: Box::new(chosen.listed.clone()),
            words: chosen.keys.words(self.identity.profile.school),
            own: Box::new(self.own_rights(world)?),
            choices,
        };
        self.chosen = Some(chosen);
        Ok(())
    }

    fn done(&mut self, done: Done, world: World<'_>) -> Result<Option<Effect>, Trouble> {
        match std::mem::replace(&mut self.step, Step::Idle) {
            Step::ReadRoll(mut reader) => {
                match reader.take(called(done)?, &self.identity, world)? {
                    Read::More(effect) => {
                        self.step = Step::ReadRoll(reader);
                        Ok(Some(effect))
                    }
                    Read::Whole(roll) => {
                        self.roll = Some(roll);
                        // Said before anything is typed, and not after the PIN.
                        if !self
                            .own_rights(world)?
                            .capabilities
                            .contains(&Capability::Grant)
                        {
                            return Err(Trouble::MayNotGive);
                        }
                        self.step = Step::List;
                        Ok(Some(self.identity.get("/v1/device/devices", world)))
                    }
                }
            }
            Step::List => {
                self.state = State::Choosing(called(done)?.read()?);
                Ok(None)
            }
            Step::Release(rights, tag) => {
                let wraps: Wraps = called(done)?.read()?;
                self.append(*rights, tag, &wraps, world)
            }
            Step::Append(entry) => {
                let answer: RollExtended = called(done)?.read()?;
                let device = self.chosen.as_ref().map(|chosen| chosen.listed.device);
                let roll = self.roll.as_mut().ok_or(Trouble::NotNow)?;
                roll.append(&entry)?;
                if answer.roll_head.0 != roll.head().head {
                    return Err(Trouble::Suspicious(
                        "the server wrote down another grant than this device made",
                    ));
                }
                let waiting = device
                    .and_then(|device| roll.device(device)?.pending.as_ref())
                    .map(|pending| pending.compartments.iter().cloned().collect())
                    .unwrap_or_default();
                self.identity.profile.roll = Seen::from(roll.head());
                self.step = Step::Save(waiting);
                Ok(Some(Effect::Save(Box::new(self.identity.profile.clone()))))
            }
            Step::Save(waiting) => {
                let chosen = self.chosen.take().ok_or(Trouble::NotNow)?;
                self.state = State::Granted {
                    member_name: chosen.listed.member_name,
                    waiting,
                };
                saved(done)?;
                Ok(None)
            }
            Step::Idle => Err(Trouble::NotNow),
        }
    }

    fn append(
        &mut self,
        rights: Rights,
        tag: Bytes,
        wraps: &Wraps,
        world: World<'_>,
    ) -> Result<Option<Effect>, Trouble> {
        let roll = self.roll.as_ref().ok_or(Trouble::NotNow)?;
        let chosen = self.chosen.as_ref().ok_or(Trouble::NotNow)?;
        let school = self.identity.profile.school;
        let device = chosen.listed.device;
        let held = self.identity.open_wraps(&wraps.wraps, roll)?;
        let (keys, missing) = match_roll(held, roll)?;
        if rights
            .compartments
            .iter()
            .any(|name| missing.contains(name))
        {
            return Err(Trouble::Suspicious(
                "the server kept back a key that this device should hold",
            ));
        }
        let wraps = keys
            .into_iter()
            .filter(|key| rights.compartments.contains(&key.compartment))
            .map(|key| {
                let wrapped = wrap::seal(school, device, &chosen.keys.kem, &key, world.entropy)?;
                Ok(WrapFor {
                    device,
                    compartment: key.compartment.to_string(),
                    generation: key.generation,
                    wrap: Bytes(wrapped),
                })
            })
            .collect::<Result<Vec<_>, Trouble>>()?;
        let entry = roll
            .next(
                Body::Grant(Grant {
                    device,
                    member: chosen.listed.member,
                    keys: chosen.keys,
                    store_kind: chosen
                        .listed
                        .store_kind
                        .parse()
                        .unwrap_or(StoreKind::Desktop),
                    rights,
                }),
                Author::Device(self.identity.profile.device),
                world.now,
            )
            .sign(self.identity.keys().sign());
        // Tried here first, so that a grant the rules forbid says so in this device's words.
        let mut tried = roll.as_ref().clone();
        tried.append(&entry).map_err(|_| Trouble::NotAllowed)?;
        let body = AppendRollEntry {
            entry: Bytes::from(&entry.bytes),
            signature: Bytes::from(entry.signature),
            pin_tag: tag,
            wraps,
        };
        let effect = self.identity.post("/v1/device/roll", &body, world)?;
        self.step = Step::Append(Box::new(entry));
        Ok(Some(effect))
    }

    fn recover(&mut self, trouble: &Trouble, before: State) {
        let again = match trouble {
            Trouble::NotNow | Trouble::NoSuchDevice | Trouble::NotAllowed | Trouble::DayOver => {
                true
            }
            Trouble::Refused(_) => trouble.is_of_the_pin(),
            _ => false,
        };
        self.state = match before {
            State::Granting if again => self.deciding.take().unwrap_or(State::Failed),
            State::Granting | State::Reading => State::Failed,
            other if again => other,
            _ => State::Failed,
        };
        if self.state == State::Failed {
            self.chosen = None;
        }
    }
}

impl Machine for GrantKey {
    type Event = Event;

    fn on(&mut self, event: Event, world: World<'_>) -> Option<Effect> {
        self.trouble = None;
        let before = self.state.clone();
        match self.step(event, world) {
            Ok(effect) => effect,
            Err(trouble) => {
                self.recover(&trouble, before);
                self.trouble = Some(trouble);
                None
            }
        }
    }
}

/// The keys that the server lists for a device.
fn listed_keys(listed: &SchoolDevice) -> Option<DevicePublicKeys> {
    Some(DevicePublicKeys {
        sign: VerifyingKey::from_bytes(listed.sign_public_key.array()?),
        kem: PublicKey::from_bytes(listed.kem_public_key.array()?),
    })
}
