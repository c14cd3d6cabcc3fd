//! A new recovery kit: three new sheets, after which the old ones open nothing.
//!
//! ```text
//! Idle ─Start─► Making ─► Sheets ─LastFour x3─► Finish ─► Finishing ─► Ready
//! ```
//! The kit is made on the device, of keys that the server releases for the PIN. Until all three sheets
//! were looked at, the old kit counts.

use protocol::compartments::HeldKey;
use protocol::kit::{self, KitKeys, KitSeed, Sheet};
use protocol::roll::{Author, Body, Capability, RollHead, RollState};
use zeroize::Zeroizing;

use super::printed::{all_checked, check_sheet, try_out};
use super::roll_reader::{Read, RollReader};
use super::{called, saved};
use crate::contract::{BeginKit, Bytes, CompleteKit, KitBegun, ReleaseWraps, RollExtended, Wraps};
use crate::driver::{Done, Effect, Machine, World};
use crate::identity::Identity;
use crate::profile::Seen;
use crate::sheets::match_roll;
use crate::trouble::Trouble;

/// What may happen.
#[derive(Debug)]
pub enum Event {
    /// Begin, with the PIN.
    Start(Zeroizing<String>),
    /// The last four characters of a printed sheet (1 to 3) were typed.
    LastFour(u8, String),
    /// All three sheets are put away: let them count. Also after trouble.
    Finish,
    /// An effect was performed.
    Done(Done),
}

impl From<Done> for Event {
    fn from(done: Done) -> Self {
        Self::Done(done)
    }
}

/// Where it stands.
#[derive(Debug)]
pub enum State {
    /// Not begun.
    Idle,
    /// Keys are being fetched and the kit made.
    Making,
    /// Waits until each sheet has been printed and checked.
    Sheets {
        /// The three sheets. They exist here and on paper.
        sheets: [Sheet; 3],
        /// Which of them were checked.
        checked: [bool; 3],
    },
    /// The new kit is being announced.
    Finishing,
    /// The new sheets count.
    Ready,
}

/// The machine.
#[derive(Debug)]
pub struct NewKit {
    identity: Identity,
    state: State,
    trouble: Option<Trouble>,
    tag: Option<Bytes>,
    roll: Option<Box<RollState>>,
    made: Option<Made>,
    step: Step,
}

#[derive(Debug)]
struct Made {
    kit: KitKeys,
    keys: Vec<HeldKey>,
    sheets: [Sheet; 3],
    part_a: Vec<u8>,
}

#[derive(Debug)]
enum Step {
    Idle,
    ReadRoll(RollReader),
    Release,
    Begin,
    ReadAgain(RollReader),
    Complete(RollHead),
    Save,
}

on_a_device!(NewKit, State);

impl NewKit {
    /// On this device.
    pub const fn new(identity: Identity) -> Self {
        Self {
            identity,
            state: State::Idle,
            trouble: None,
            tag: None,
            roll: None,
            made: None,
            step: Step::Idle,
        }
    }

    fn step(&mut self, event: Event, world: World<'_>) -> Result<Option<Effect>, Trouble> {
        match event {
            Event::Start(pin) => {
                if !matches!(self.state, State::Idle) {
                    return Err(Trouble::NotNow);
                }
                self.tag = Some(Bytes::from(self.identity.pin_tag(&pin).expose()));
                self.state = State::Making;
                self.step = Step::ReadRoll(RollReader::default());
                Ok(Some(RollReader::first(&self.identity, world)))
            }
            Event::LastFour(number, typed) => {
                let State::Sheets { sheets, checked } = &mut self.state else {
                    return Err(Trouble::NotNow);
                };
                check_sheet(sheets, checked, number, &typed)?;
                Ok(None)
            }
            Event::Finish => {
                let State::Sheets { checked, .. } = &self.state else {
                    return Err(Trouble::NotNow);
                };
                all_checked(checked)?;
                self.state = State::Finishing;
                // The roll may have grown while the sheets were printed.
                self.step = Step::ReadAgain(RollReader::default());
                Ok(Some(RollReader::first(&self.identity, world)))
            }
            Event::Done(done) => self.done(done, world),
        }
    }

    fn tag(&self) -> Result<Bytes, Trouble> {
        self.tag.clone().ok_or(Trouble::NotNow)
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
                        self.check_rights(&roll, world)?;
                        self.roll = Some(roll);
                        let body = ReleaseWraps {
                            pin_tag: self.tag()?,
                        };
                        self.step = Step::Release;
                        self.identity
                            .post("/v1/device/wraps", &body, world)
                            .map(Some)
                    }
                }
            }
            Step::Release => {
                let wraps: Wraps = called(done)?.read()?;
                self.begin(&wraps, world)
            }
            Step::Begin => {
                let begun: KitBegun = called(done)?.read()?;
                let made = self.made.as_ref().ok_or(Trouble::NotNow)?;
                try_out(
                    self.identity.profile.school,
                    &made.sheets,
                    &made.part_a,
                    made.keys.len(),
                    &begun.part_b.0,
                )?;
                self.state = State::Sheets {
                    sheets: made.sheets.clone(),
                    checked: [false; 3],
                };
                Ok(None)
            }
            Step::ReadAgain(mut reader) => {
                match reader.take(called(done)?, &self.identity, world)? {
                    Read::More(effect) => {
                        self.step = Step::ReadAgain(reader);
                        Ok(Some(effect))
                    }
                    Read::Whole(roll) => self.complete(&roll, world),
                }
            }
            Step::Complete(head) => {
                let answer: RollExtended = called(done)?.read()?;
                if answer.roll_head.0 != head.head {
                    return Err(Trouble::Suspicious(
                        "the server wrote down another kit than this device made",
                    ));
                }
                self.save(head)
            }
            Step::Save => {
                self.state = State::Ready;
                self.made = None;
                saved(done)?;
                Ok(None)
            }
            Step::Idle => Err(Trouble::NotNow),
        }
    }

    fn check_rights(&self, roll: &RollState, world: World<'_>) -> Result<(), Trouble> {
        let rights = roll
            .active(self.identity.profile.device, world.now)
            .map(|grant| &grant.rights)
            .ok_or(Trouble::NotAllowed)?;
        let all = roll
            .compartments()
            .keys()
            .all(|name| rights.compartments.contains(name));
        match all && rights.capabilities.contains(&Capability::Kit) {
            true => Ok(()),
            false => Err(Trouble::NotAllowed),
        }
    }

    fn begin(&mut self, wraps: &Wraps, world: World<'_>) -> Result<Option<Effect>, Trouble> {
        let roll = self.roll.as_ref().ok_or(Trouble::NotNow)?;
        let (keys, missing) = match_roll(self.identity.open_wraps(&wraps.wraps, roll)?, roll)?;
        if !missing.is_empty() {
            return Err(Trouble::Suspicious(
                "the server kept back a key that this device should hold",
            ));
        }
        let school = self.identity.profile.school;
        let seed = KitSeed::generate(world.entropy);
        let kit = seed.keys()?;
        let public = kit.public();
        let part_a = kit::seal_part_a(school, &public.kem, keys.clone(), world.entropy)?;
        let body = BeginKit {
            pin_tag: self.tag()?,
            kit_kem_public_key: Bytes::from(public.kem.as_bytes()),
            kit_sign_public_key: Bytes::from(public.sign.as_bytes()),
            part_a: Bytes::from(&part_a),
        };
        let effect = self.identity.post("/v1/device/kit", &body, world)?;
        self.made = Some(Made {
            sheets: seed.split(school, world.entropy),
            kit,
            keys,
            part_a,
        });
        self.step = Step::Begin;
        Ok(Some(effect))
    }

    fn complete(&mut self, roll: &RollState, world: World<'_>) -> Result<Option<Effect>, Trouble> {
        let made = self.made.as_ref().ok_or(Trouble::NotNow)?;
        // An earlier answer was lost on its way: it is done.
        if *roll.kit() == made.kit.public() {
            return self.save(roll.head());
        }
        // A key that was made meanwhile is not in this kit: it would open less than everything.
        let (_, missing) = match_roll(made.keys.clone(), roll)?;
        if !missing.is_empty() {
            return Err(Trouble::KitIncomplete);
        }
        let entry = roll
            .next(
                Body::Kit(made.kit.public()),
                Author::Device(self.identity.profile.device),
                world.now,
            )
            .sign(self.identity.keys().sign())
            .countersign(made.kit.sign());
        let mut after = roll.clone();
        after.append(&entry).map_err(|_| Trouble::NotAllowed)?;
        let body = CompleteKit {
            pin_tag: self.tag()?,
            entry: Bytes::from(&entry.bytes),
            signature: Bytes::from(entry.signature),
            kit_signature: Bytes::from(entry.second.unwrap_or([0; 64])),
        };
        let effect = self
            .identity
            .post("/v1/device/kit/complete", &body, world)?;
        self.step = Step::Complete(after.head());
        Ok(Some(effect))
    }

    fn save(&mut self, head: RollHead) -> Result<Option<Effect>, Trouble> {
        self.identity.profile.roll = Seen::from(head);
        self.step = Step::Save;
        Ok(Some(Effect::Save(Box::new(self.identity.profile.clone()))))
    }
}

impl Machine for NewKit {
    type Event = Event;

    fn on(&mut self, event: Event, world: World<'_>) -> Option<Effect> {
        self.trouble = None;
        match self.step(event, world) {
            Ok(effect) => effect,
            Err(trouble) => {
                match (&self.state, &self.made) {
                    // The sheets are printed: what failed is tried again, not begun again.
                    (State::Finishing, Some(made)) if trouble != Trouble::KitIncomplete => {
                        self.state = State::Sheets {
                            sheets: made.sheets.clone(),
                            checked: [true; 3],
                        };
                    }
                    (State::Making | State::Finishing, _) => {
                        self.state = State::Idle;
                        self.made = None;
                        self.tag = None;
                    }
                    _ => {}
                }
                self.trouble = Some(trouble);
                None
            }
        }
    }
}
