//! A further device: it makes a seed, registers, and waits until somebody grants it a key.
//!
//! ```text
//! Welcome ─Link─► ChoosingPin ─Pin─► Registering ─► Waiting ─Look─► Looking ─► Waiting or Ready
//! ```

use protocol::device::DeviceSeed;
use protocol::links::{Link, Purpose};
use protocol::pin;
use protocol::roll::StoreKind;
use protocol::words::Words;
use zeroize::Zeroizing;

use super::roll_reader::{Read, RollReader};
use super::setup::fresh_profile;
use super::{called, kept, saved};
use crate::contract::{Bytes, DeviceEnrolled, EnrolDevice, OwnDevice};
use crate::driver::{Done, Effect, Machine, World, seed_name};
use crate::identity::Identity;
use crate::profile::Seen;
use crate::trouble::Trouble;

/// What may happen during enrolment.
#[derive(Debug)]
pub enum Event {
    /// A link was scanned or pasted.
    Link(String),
    /// A PIN was chosen.
    Pin(Zeroizing<String>),
    /// Look whether the key was granted; also after trouble.
    Look,
    /// An effect was performed.
    Done(Done),
}

impl From<Done> for Event {
    fn from(done: Done) -> Self {
        Self::Done(done)
    }
}

/// Where enrolment stands.
#[derive(Debug)]
pub enum State {
    /// Waits for a link.
    Welcome,
    /// Waits for a PIN.
    ChoosingPin {
        /// The address that the link names, to be shown.
        origin: String,
    },
    /// The device makes itself known.
    Registering,
    /// Enrolled, and waits for a key holder.
    Waiting {
        /// The school.
        school_name: String,
        /// The words to read out.
        words: Words,
        /// What a granting device may scan or paste instead.
        link: String,
    },
    /// Looks whether it was granted.
    Looking,
    /// It holds keys.
    Ready {
        /// The school.
        school_name: String,
        /// The compartments that it may open, by name.
        compartments: Vec<String>,
    },
}

/// The machine.
#[derive(Debug)]
pub struct Enrol {
    device_name: String,
    store_kind: StoreKind,
    state: State,
    trouble: Option<Trouble>,
    link: Option<Link>,
    pin: Zeroizing<String>,
    identity: Option<Identity>,
    step: Step,
}

#[derive(Debug)]
enum Step {
    Idle,
    KeepSeed,
    Register,
    Save,
    Look,
    ReadRoll(RollReader),
    SaveGranted(Vec<String>),
}

impl Enrol {
    /// An enrolment of a device that its owner calls so, with a key store of this kind.
    pub fn new(device_name: &str, store_kind: StoreKind) -> Self {
        Self {
            device_name: device_name.to_owned(),
            store_kind,
            state: State::Welcome,
            trouble: None,
            link: None,
            pin: Zeroizing::default(),
            identity: None,
            step: Step::Idle,
        }
    }

    /// A device that was enrolled before and waits still.
    pub fn waiting(identity: Identity) -> Result<Self, Trouble> {
        let mut enrolment = Self::new(&identity.profile.device_name, StoreKind::Memory);
        enrolment.identity = Some(identity);
        enrolment.state = enrolment.waiting_state()?;
        Ok(enrolment)
    }

    /// Where it stands.
    pub const fn state(&self) -> &State {
        &self.state
    }

    /// What went wrong last.
    pub const fn trouble(&self) -> Option<&Trouble> {
        self.trouble.as_ref()
    }

    /// The device, once it has one.
    pub const fn identity(&self) -> Option<&Identity> {
        self.identity.as_ref()
    }

    /// The device, once it has one.
    pub fn into_identity(self) -> Option<Identity> {
        self.identity
    }

    fn waiting_state(&self) -> Result<State, Trouble> {
        let identity = self.identity.as_ref().ok_or(Trouble::NotNow)?;
        Ok(State::Waiting {
            school_name: identity.profile.school_name.clone(),
            words: identity.words(),
            link: identity.link()?,
        })
    }

    fn step(&mut self, event: Event, world: World<'_>) -> Result<Option<Effect>, Trouble> {
        match event {
            Event::Link(text) => {
                let link = Link::from_url(&text).map_err(|_| Trouble::BadLink)?;
                if link.purpose == Purpose::Setup {
                    return Err(Trouble::OtherLink);
                }
                self.state = State::ChoosingPin {
                    origin: link.origin.clone(),
                };
                self.link = Some(link);
                Ok(None)
            }
            Event::Pin(pin) => {
                let (State::ChoosingPin { .. }, Some(link)) = (&self.state, &self.link) else {
                    return Err(Trouble::NotNow);
                };
                pin::check_strength(&pin).map_err(Trouble::WeakPin)?;
                let profile = fresh_profile(link, &self.device_name, self.store_kind, world);
                let seed = DeviceSeed::generate(world.entropy);
                let name = seed_name(profile.school, profile.device);
                self.identity = Some(Identity::new(profile, seed.clone())?);
                self.pin = pin;
                // Kept first: a device that the server knows and that has lost its seed helps nobody.
                self.state = State::Registering;
                self.step = Step::KeepSeed;
                Ok(Some(Effect::Keep(name, seed)))
            }
            Event::Look => {
                let identity = self.identity.as_ref().ok_or(Trouble::NotNow)?;
                if !matches!(self.state, State::Waiting { .. }) {
                    return Err(Trouble::NotNow);
                }
                let effect = identity.get("/v1/device", world);
                self.state = State::Looking;
                self.step = Step::Look;
                Ok(Some(effect))
            }
            Event::Done(done) => self.done(done, world),
        }
    }

    fn done(&mut self, done: Done, world: World<'_>) -> Result<Option<Effect>, Trouble> {
        let step = std::mem::replace(&mut self.step, Step::Idle);
        let identity = self.identity.as_mut().ok_or(Trouble::NotNow)?;
        match step {
            Step::KeepSeed => {
                kept(done)?;
                let token = &self.link.as_ref().ok_or(Trouble::NotNow)?.token;
                let public = identity.keys().public();
                let body = EnrolDevice {
                    token: Bytes::from(token.expose()),
                    device: identity.profile.device,
                    sign_public_key: Bytes::from(public.sign.as_bytes()),
                    kem_public_key: Bytes::from(public.kem.as_bytes()),
                    name: identity.profile.device_name.clone(),
                    store_kind: identity.profile.store_kind.clone(),
                    pin_tag: Bytes::from(identity.pin_tag(&self.pin).expose()),
                };
                self.step = Step::Register;
                identity
                    .post("/v1/device/enrolment", &body, world)
                    .map(Some)
            }
            Step::Register => {
                let answer: DeviceEnrolled = called(done)?.read()?;
                self.pin = Zeroizing::default();
                let profile = &mut identity.profile;
                if answer.school != profile.school || answer.member != profile.member {
                    return Err(Trouble::Suspicious(
                        "the server enrolled another person than the link names",
                    ));
                }
                // Before anything is written down: a device that kept these could never show itself.
                if answer.roll_head.array::<32>().is_none()
                    || answer.log_head.array::<32>().is_none()
                {
                    return Err(Trouble::BadAnswer);
                }
                profile.school_name = answer.school_name;
                profile.member_name = answer.member_name;
                profile.roll = Seen {
                    length: answer.roll_length,
                    head: answer.roll_head,
                };
                profile.log = Seen {
                    length: answer.log_length,
                    head: answer.log_head,
                };
                self.step = Step::Save;
                Ok(Some(Effect::Save(Box::new(profile.clone()))))
            }
            Step::Save => {
                saved(done)?;
                self.state = self.waiting_state()?;
                Ok(None)
            }
            Step::Look => {
                let own: OwnDevice = called(done)?.read()?;
                if own.state == "granted" {
                    self.step = Step::ReadRoll(RollReader::default());
                    return Ok(Some(RollReader::first(identity, world)));
                }
                self.state = self.waiting_state()?;
                Ok(None)
            }
            Step::ReadRoll(mut reader) => match reader.take(called(done)?, identity, world)? {
                Read::More(effect) => {
                    self.step = Step::ReadRoll(reader);
                    Ok(Some(effect))
                }
                Read::Whole(roll) => {
                    let grant = roll.active(identity.profile.device, world.now);
                    // The roll decides, not what the server says of it.
                    let grant = grant
                        .filter(|grant| grant.keys == identity.keys().public())
                        .ok_or(Trouble::Suspicious(
                            "the server says that this device was granted, and the list of key \
                             holders says it was not",
                        ))?;
                    let compartments = grant
                        .rights
                        .compartments
                        .iter()
                        .map(ToString::to_string)
                        .collect();
                    identity.profile.granted = true;
                    identity.profile.roll = Seen::from(roll.head());
                    self.step = Step::SaveGranted(compartments);
                    Ok(Some(Effect::Save(Box::new(identity.profile.clone()))))
                }
            },
            Step::SaveGranted(compartments) => {
                saved(done)?;
                self.state = State::Ready {
                    school_name: identity.profile.school_name.clone(),
                    compartments,
                };
                Ok(None)
            }
            Step::Idle => Err(Trouble::NotNow),
        }
    }

    /// Back to where the person can try again.
    fn recover(&mut self) {
        let again = match &self.state {
            State::Registering => self.link.as_ref().map(|link| State::ChoosingPin {
                origin: link.origin.clone(),
            }),
            State::Looking => self.waiting_state().ok(),
            _ => None,
        };
        if let Some(state) = again {
            self.state = state;
        }
    }
}

impl Machine for Enrol {
    type Event = Event;

    fn on(&mut self, event: Event, world: World<'_>) -> Option<Effect> {
        self.trouble = None;
        match self.step(event, world) {
            Ok(effect) => effect,
            Err(trouble) => {
                self.trouble = Some(trouble);
                self.recover();
                None
            }
        }
    }
}
