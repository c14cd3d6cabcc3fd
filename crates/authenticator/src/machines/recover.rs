//! Coming back with two recovery sheets: a new device, enrolled and waiting, gives itself every key.
//!
//! ```text
//! Idle ─Start─► Reading ─► [OtherServer ─ServerWasRestored─►] Sheets ─Sheets─► Fetching
//!      ─► Deciding ─Decide─► Recovering ─► Ready
//! ```
//! The sheets, and what they give back, never leave the device. What is sent is signed by the kit: the
//! grant of this device, the end of its owner's others where they are to go, and, for a server that was
//! restored without its secret, that server's new identity and its half of the keys.

use std::collections::BTreeSet;

use domain::DeviceId;
use protocol::compartments::Compartment;
use protocol::roll::{Author, Body, Grant, Rights, RollState, SignedEntry, StoreKind};
use protocol::signing::VerifyingKey;
use protocol::wrap;
use zeroize::Zeroizing;

use super::kit_reader::{KitReader, Opened};
use super::roll_reader::{Read, RollReader};
use super::{called, saved};
use crate::contract::{
    Bytes, DeviceRecovered, KitEntry, KitParts, OwnedDevice, Psk, RecoverDevice, Wrap,
};
use crate::driver::{Done, Effect, Machine, World};
use crate::identity::Identity;
use crate::profile::Seen;
use crate::trouble::Trouble;

/// What may happen.
#[derive(Debug)]
pub enum Event {
    /// Begin.
    Start,
    /// The person knows that the server was restored from a backup and is another than before.
    ServerWasRestored,
    /// One sheet or two were typed, pasted or scanned.
    Sheets(Zeroizing<String>),
    /// Both sheets are here, and the server did not answer: ask it again.
    Again,
    /// Which of the owner's other devices go, and the PIN.
    Decide(Vec<DeviceId>, Zeroizing<String>),
    /// An effect was performed.
    Done(Done),
}

impl From<Done> for Event {
    fn from(done: Done) -> Self {
        Self::Done(done)
    }
}

/// Where recovery stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// Not begun.
    Idle,
    /// The roll is being read.
    Reading,
    /// The server is not the one that the roll names: whether it was restored, the person must say.
    OtherServer,
    /// Waits for two sheets.
    Sheets {
        /// The numbers of those that are there.
        read: Vec<u8>,
    },
    /// The kit's parts are being fetched.
    Fetching,
    /// Waits for what becomes of the owner's other devices.
    Deciding {
        /// Those that hold keys still.
        devices: Vec<OwnedDevice>,
    },
    /// The grant is on its way.
    Recovering,
    /// This device holds the keys.
    Ready {
        /// Until when new sheets are to be printed; empty if the server did not say.
        new_kit_by: String,
        /// Compartments that the sheets no longer open.
        missing: Vec<Compartment>,
    },
}

/// The machine.
#[derive(Debug)]
pub struct Recover {
    identity: Identity,
    state: State,
    trouble: Option<Trouble>,
    roll: Option<Box<RollState>>,
    sheets: KitReader,
    found: Option<Found>,
    step: Step,
}

/// What the sheets have opened, on this device alone.
#[derive(Debug)]
struct Found {
    opened: Opened,
    wants_psks: bool,
    server: VerifyingKey,
    devices: Vec<OwnedDevice>,
}

#[derive(Debug)]
enum Step {
    Idle,
    ReadRoll(RollReader),
    Fetch,
    ReadAgain(RollReader, Vec<DeviceId>, Bytes),
    Recover,
    Save(String),
}

on_a_device!(Recover, State);

impl Recover {
    /// On a device that was enrolled and waits.
    pub fn new(identity: Identity) -> Self {
        Self {
            identity,
            state: State::Idle,
            trouble: None,
            roll: None,
            sheets: KitReader::default(),
            found: None,
            step: Step::Idle,
        }
    }

    fn step(&mut self, event: Event, world: World<'_>) -> Result<Option<Effect>, Trouble> {
        match event {
            Event::Start => {
                self.state = State::Reading;
                self.step = Step::ReadRoll(RollReader::of_any_server());
                Ok(Some(RollReader::first(&self.identity, world)))
            }
            Event::ServerWasRestored => {
                if self.state != State::OtherServer {
                    return Err(Trouble::NotNow);
                }
                self.state = State::Sheets { read: Vec::new() };
                Ok(None)
            }
            Event::Sheets(text) => {
                if !matches!(self.state, State::Sheets { .. }) {
                    return Err(Trouble::NotNow);
                }
                let roll = self.roll.as_deref().ok_or(Trouble::NotNow)?;
                let effect = self.sheets.take(&text, &self.identity, roll, world)?;
                if effect.is_some() {
                    self.state = State::Fetching;
                    self.step = Step::Fetch;
                }
                Ok(effect)
            }
            Event::Again => {
                if !matches!(self.state, State::Sheets { .. }) {
                    return Err(Trouble::NotNow);
                }
                let effect = self.sheets.ask(&self.identity, world)?;
                self.state = State::Fetching;
                self.step = Step::Fetch;
                Ok(Some(effect))
            }
            Event::Decide(gone, pin) => {
                if !matches!(self.state, State::Deciding { .. }) {
                    return Err(Trouble::NotNow);
                }
                let tag = Bytes::from(self.identity.pin_tag(&pin).expose());
                self.state = State::Recovering;
                // The roll may have grown; and if an earlier answer was lost, this device stands in it.
                self.step = Step::ReadAgain(RollReader::of_any_server(), gone, tag);
                Ok(Some(RollReader::first(&self.identity, world)))
            }
            Event::Done(done) => self.done(done, world),
        }
    }

    fn roll(&self) -> Result<&RollState, Trouble> {
        self.roll.as_deref().ok_or(Trouble::NotNow)
    }

    fn is_other_server(&self) -> Result<bool, Trouble> {
        let pin = self.roll()?.server().pin();
        Ok(pin.as_slice() != self.identity.profile.server_pin.0)
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
                        // Whatever is read after the sheets goes on from here.
                        self.identity.profile.roll = Seen::from(roll.head());
                        self.roll = Some(roll);
                        self.state = match self.is_other_server()? {
                            true => State::OtherServer,
                            false => State::Sheets { read: Vec::new() },
                        };
                        Ok(None)
                    }
                }
            }
            Step::Fetch => {
                let parts: KitParts = called(done)?.read()?;
                self.open(parts)?;
                Ok(None)
            }
            Step::ReadAgain(mut reader, gone, tag) => {
                match reader.take(called(done)?, &self.identity, world)? {
                    Read::More(effect) => {
                        self.step = Step::ReadAgain(reader, gone, tag);
                        Ok(Some(effect))
                    }
                    Read::Whole(roll) => {
                        let granted = roll
                            .active(self.identity.profile.device, world.now)
                            .is_some();
                        self.roll = Some(roll);
                        match granted {
                            true => self.save(String::new()),
                            false => self.recover(&gone, tag, world),
                        }
                    }
                }
            }
            Step::Recover => {
                let answer: DeviceRecovered = called(done)?.read()?;
                if answer.roll_head.0 != self.roll()?.head().head {
                    return Err(Trouble::Suspicious(
                        "the server wrote down another grant than the sheets have signed",
                    ));
                }
                self.save(answer.new_kit_by)
            }
            Step::Save(new_kit_by) => {
                let missing = self.found.take().map(|found| found.opened.missing);
                self.sheets = KitReader::default();
                self.state = State::Ready {
                    new_kit_by,
                    missing: missing.unwrap_or_default(),
                };
                saved(done)?;
                Ok(None)
            }
            Step::Idle => Err(Trouble::NotNow),
        }
    }

    fn save(&mut self, new_kit_by: String) -> Result<Option<Effect>, Trouble> {
        let head = self.roll()?.head();
        self.identity.profile.granted = true;
        self.identity.profile.roll = Seen::from(head);
        self.step = Step::Save(new_kit_by);
        Ok(Some(Effect::Save(Box::new(self.identity.profile.clone()))))
    }

    /// Opens both parts here. What the sheets do not open stays closed; the rest is recovered.
    fn open(&mut self, parts: KitParts) -> Result<(), Trouble> {
        let server = parts
            .server_public_key
            .array()
            .map(VerifyingKey::from_bytes)
            .ok_or(Trouble::BadAnswer)?;
        if server.pin().as_slice() != self.identity.profile.server_pin.0 {
            return Err(Trouble::Suspicious(
                "this is not the server whose code was scanned",
            ));
        }
        let opened = self.sheets.open(&parts, &self.identity, self.roll()?)?;
        if opened.keys.is_empty() || (parts.wants_psks && opened.psks.is_empty()) {
            return Err(Trouble::KitIncomplete);
        }
        let roll = self.roll()?;
        let devices: Vec<OwnedDevice> = parts
            .devices
            .into_iter()
            .filter(|device| roll.device(device.id).is_some_and(|held| !held.revoked))
            .collect();
        self.state = State::Deciding {
            devices: devices.clone(),
        };
        self.found = Some(Found {
            opened,
            wants_psks: parts.wants_psks,
            server,
            devices,
        });
        Ok(())
    }

    fn recover(
        &mut self,
        gone: &[DeviceId],
        tag: Bytes,
        world: World<'_>,
    ) -> Result<Option<Effect>, Trouble> {
        let other_server = self.is_other_server()?;
        let found = self.found.as_ref().ok_or(Trouble::NotNow)?;
        let mut roll = self.roll()?.clone();
        let mut bodies = Vec::new();
        if other_server {
            bodies.push(Body::ServerKey(found.server));
        }
        bodies.push(Body::Grant(self.own_grant(&roll, found)?));
        bodies.extend(gone.iter().copied().map(Body::Revoke));
        let mut entries: Vec<SignedEntry> = Vec::new();
        for body in bodies {
            let entry = roll
                .next(body, Author::Kit, world.now)
                .sign(self.sheets.kit()?.sign());
            roll.append(&entry).map_err(|_| Trouble::NotAllowed)?;
            entries.push(entry);
        }
        let own = self.identity.keys().public();
        let profile = &self.identity.profile;
        let wraps = found
            .opened
            .keys
            .iter()
            .map(|key| {
                let wrapped =
                    wrap::seal(profile.school, profile.device, &own.kem, key, world.entropy)?;
                Ok(Wrap {
                    compartment: key.compartment.to_string(),
                    generation: key.generation,
                    wrap: Bytes(wrapped),
                })
            })
            .collect::<Result<_, Trouble>>()?;
        let body = RecoverDevice {
            pin_tag: tag,
            entries: entries
                .iter()
                .map(|entry| KitEntry {
                    entry: Bytes::from(&entry.bytes),
                    signature: Bytes::from(entry.signature),
                })
                .collect(),
            wraps,
            psks: match found.wants_psks {
                true => found
                    .opened
                    .psks
                    .iter()
                    .map(|(generation, psk)| Psk {
                        generation: *generation,
                        psk: Bytes::from(psk.expose()),
                    })
                    .collect(),
                false => Vec::new(),
            },
        };
        let effect = self.identity.post("/v1/device/recovery", &body, world)?;
        self.roll = Some(Box::new(roll));
        self.step = Step::Recover;
        Ok(Some(effect))
    }

    /// Everything that the sheets open, but for the records from which its owner is shut out.
    fn own_grant(&self, roll: &RollState, found: &Found) -> Result<Grant, Trouble> {
        let profile = &self.identity.profile;
        let compartments = found.opened.keys.iter().map(|key| key.compartment.clone());
        let excluded: BTreeSet<[u8; 16]> = roll
            .devices()
            .filter(|holder| holder.grant.member == profile.member)
            .flat_map(|holder| holder.grant.rights.excluded.iter().copied())
            .collect();
        Ok(Grant {
            device: profile.device,
            member: profile.member,
            keys: self.identity.keys().public(),
            store_kind: profile
                .store_kind
                .parse::<StoreKind>()
                .map_err(|_| Trouble::Keys)?,
            rights: Rights {
                excluded,
                ..Rights::unlimited(compartments.collect())
            },
        })
    }
}

impl Machine for Recover {
    type Event = Event;

    fn on(&mut self, event: Event, world: World<'_>) -> Option<Effect> {
        self.trouble = None;
        let effect = match self.step(event, world) {
            Ok(effect) => effect,
            Err(trouble) => {
                self.sheets.after(&trouble);
                if self.sheets.kit().is_err() {
                    self.found = None;
                }
                self.trouble = Some(trouble);
                self.state = match (&self.state, &self.roll, &self.found) {
                    (State::OtherServer, ..) => State::OtherServer,
                    (_, _, Some(found)) => State::Deciding {
                        devices: found.devices.clone(),
                    },
                    (_, Some(_), None) => State::Sheets { read: Vec::new() },
                    (_, None, None) => State::Idle,
                };
                None
            }
        };
        if let State::Sheets { read } = &mut self.state {
            *read = self.sheets.numbers();
        }
        effect
    }
}
