//! A school's first device: it makes every key, has three sheets printed, and begins the roll.
//!
//! ```text
//! Welcome ─Link─► ChoosingPin ─Pin─► Beginning ─► Sheets ─LastFour x3─► Confirming ─Finish─► Finishing ─► Ready
//! ```
//! No key leaves the device but sealed. What the server sends back (its half, for the sheets) is
//! opened with the very sheets that are shown before anybody is asked to print them.

use domain::DeviceId;
use protocol::compartments::{Compartment, CompartmentSecret, HeldKey};
use protocol::device::DeviceSeed;
use protocol::hpke::PublicKey;
use protocol::kit::{self, KitKeys, KitSeed, Sheet};
use protocol::links::{Link, Purpose};
use protocol::pin::{self, PinTag};
use protocol::roll::{Author, Body, Entry, Genesis, RollHead, RollState, StoreKind};
use protocol::signing::VerifyingKey;
use protocol::wrap;
use zeroize::Zeroizing;

use super::printed::{all_checked, check_sheet, try_out};
use super::{called, kept, saved};
use crate::contract::{
    BeginKeySetup, Bytes, CompleteKeySetup, KeySetupBegun, RollExtended, SignedGenesis, Wrap,
};
use crate::driver::{Done, Effect, Machine, World, seed_name};
use crate::identity::Identity;
use crate::profile::{Profile, Seen};
use crate::trouble::Trouble;

/// What may happen during setup.
#[derive(Debug)]
pub enum Event {
    /// A link was scanned or pasted.
    Link(String),
    /// A PIN was chosen.
    Pin(Zeroizing<String>),
    /// The last four characters of a printed sheet (1 to 3) were typed.
    LastFour(u8, String),
    /// All three sheets are put away: begin.
    Finish,
    /// After trouble: try the same step again.
    Retry,
    /// An effect was performed.
    Done(Done),
}

impl From<Done> for Event {
    fn from(done: Done) -> Self {
        Self::Done(done)
    }
}

/// Where setup stands.
#[derive(Debug)]
pub enum State {
    /// Waits for a link.
    Welcome,
    /// Waits for a PIN.
    ChoosingPin {
        /// The address that the link names, to be shown.
        origin: String,
    },
    /// Keys are being made and the server is asked for its half.
    Beginning,
    /// Waits until each sheet has been printed and checked.
    Sheets {
        /// The school.
        school_name: String,
        /// The three sheets. They exist here and on paper.
        sheets: [Sheet; 3],
        /// Which of them were checked.
        checked: [bool; 3],
    },
    /// The roll is being begun.
    Finishing,
    /// The school is open, and this device holds its keys.
    Ready(Box<Identity>),
}

/// The machine.
#[derive(Debug)]
pub struct Setup {
    device_name: String,
    store_kind: StoreKind,
    state: State,
    trouble: Option<Trouble>,
    link: Option<Link>,
    made: Option<Made>,
    step: Step,
}

/// What was made on this device, before the server knows of it.
#[derive(Debug)]
struct Made {
    identity: Identity,
    tag: PinTag,
    keys: Vec<(HeldKey, PublicKey)>,
    kit: KitKeys,
    sheets: [Sheet; 3],
    part_a: Vec<u8>,
    server: Option<VerifyingKey>,
    head: RollHead,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Idle,
    Begin,
    KeepSeed,
    SaveFirst,
    Complete,
    SaveLast,
}

impl Setup {
    /// A setup on a device that its owner calls so, with a key store of this kind.
    pub fn new(device_name: &str, store_kind: StoreKind) -> Self {
        Self {
            device_name: device_name.to_owned(),
            store_kind,
            state: State::Welcome,
            trouble: None,
            link: None,
            made: None,
            step: Step::Idle,
        }
    }

    /// Where it stands.
    pub const fn state(&self) -> &State {
        &self.state
    }

    /// What went wrong last, if the state is one to try again from.
    pub const fn trouble(&self) -> Option<&Trouble> {
        self.trouble.as_ref()
    }

    /// The device, once ready.
    pub fn into_identity(self) -> Option<Identity> {
        match self.state {
            State::Ready(identity) => Some(*identity),
            _ => None,
        }
    }

    fn step(&mut self, event: Event, world: World<'_>) -> Result<Option<Effect>, Trouble> {
        match event {
            Event::Link(text) => {
                let link = Link::from_url(&text).map_err(|_| Trouble::BadLink)?;
                if link.purpose != Purpose::Setup {
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
                self.made = Some(make(link, &pin, &self.device_name, self.store_kind, world)?);
                self.begin(world)
            }
            Event::LastFour(number, typed) => {
                let State::Sheets {
                    sheets, checked, ..
                } = &mut self.state
                else {
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
                self.keep_seed()
            }
            Event::Retry => match self.step {
                Step::Begin => self.begin(world),
                Step::KeepSeed | Step::SaveFirst => self.keep_seed(),
                Step::Complete => self.complete(world),
                Step::SaveLast => self.save(Step::SaveLast),
                Step::Idle => Ok(None),
            },
            Event::Done(done) => self.done(done, world),
        }
    }

    fn made(&mut self) -> Result<&mut Made, Trouble> {
        self.made.as_mut().ok_or(Trouble::NotNow)
    }

    fn done(&mut self, done: Done, world: World<'_>) -> Result<Option<Effect>, Trouble> {
        match self.step {
            Step::Begin => {
                let answer: KeySetupBegun = match called(done)?.read() {
                    Ok(answer) => answer,
                    Err(trouble) => {
                        self.state = self.choosing_pin();
                        return Err(trouble);
                    }
                };
                self.take_server(&answer)?;
                self.step = Step::Idle;
                let sheets = self.made()?.sheets.clone();
                self.state = State::Sheets {
                    school_name: answer.school_name,
                    sheets,
                    checked: [false; 3],
                };
                Ok(None)
            }
            Step::KeepSeed => {
                kept(done)?;
                // Written down before the server knows, so that no crash leaves a school without keys.
                self.save(Step::SaveFirst)
            }
            Step::SaveFirst => {
                saved(done)?;
                self.complete(world)
            }
            Step::Complete => {
                let answer: RollExtended = called(done)?.read()?;
                let made = self.made()?;
                if answer.roll_head.0 != made.head.head {
                    return Err(Trouble::Suspicious(
                        "the server began another list of key holders than this device's",
                    ));
                }
                made.identity.profile.granted = true;
                made.identity.profile.roll = Seen::from(made.head);
                self.save(Step::SaveLast)
            }
            Step::SaveLast => {
                saved(done)?;
                let made = self.made.take().ok_or(Trouble::NotNow)?;
                self.step = Step::Idle;
                self.state = State::Ready(Box::new(made.identity));
                Ok(None)
            }
            Step::Idle => Err(Trouble::NotNow),
        }
    }

    fn choosing_pin(&self) -> State {
        State::ChoosingPin {
            origin: self
                .link
                .as_ref()
                .map(|link| link.origin.clone())
                .unwrap_or_default(),
        }
    }

    fn begin(&mut self, world: World<'_>) -> Result<Option<Effect>, Trouble> {
        let token = self.link.as_ref().ok_or(Trouble::NotNow)?.token.clone();
        let made = self.made()?;
        let public = made.identity.keys().public();
        let kit = made.kit.public();
        let body = BeginKeySetup {
            token: Bytes::from(token.expose()),
            device: made.identity.profile.device,
            sign_public_key: Bytes::from(public.sign.as_bytes()),
            kem_public_key: Bytes::from(public.kem.as_bytes()),
            name: made.identity.profile.device_name.clone(),
            store_kind: made.identity.profile.store_kind.clone(),
            kit_kem_public_key: Bytes::from(kit.kem.as_bytes()),
            kit_sign_public_key: Bytes::from(kit.sign.as_bytes()),
            part_a: Bytes::from(&made.part_a),
        };
        let effect = made.identity.post("/v1/device/setup", &body, world)?;
        self.step = Step::Begin;
        self.state = State::Beginning;
        Ok(Some(effect))
    }

    /// Checks the server's answer, and that the sheets as shown open both parts.
    fn take_server(&mut self, answer: &KeySetupBegun) -> Result<(), Trouble> {
        let link = self.link.as_ref().ok_or(Trouble::NotNow)?;
        let pin = link.server_pin;
        let school = link.school;
        let server = answer
            .server_public_key
            .array()
            .map(VerifyingKey::from_bytes)
            .ok_or(Trouble::BadAnswer)?;
        if server.pin() != pin || answer.school != school {
            return Err(Trouble::Suspicious(
                "this is not the server whose code was scanned",
            ));
        }
        let made = self.made()?;
        let (sheets, part_b) = (&made.sheets, &answer.part_b.0);
        try_out(school, sheets, &made.part_a, made.keys.len(), part_b)?;
        made.server = Some(server);
        let profile = &mut made.identity.profile;
        profile.school_name.clone_from(&answer.school_name);
        profile.member = answer.member;
        profile.member_name.clone_from(&answer.member_name);
        Ok(())
    }

    fn keep_seed(&mut self) -> Result<Option<Effect>, Trouble> {
        let made = self.made()?;
        let name = seed_name(made.identity.profile.school, made.identity.profile.device);
        let effect = Effect::Keep(name, made.identity.seed().clone());
        self.step = Step::KeepSeed;
        Ok(Some(effect))
    }

    fn save(&mut self, step: Step) -> Result<Option<Effect>, Trouble> {
        let profile = self.made()?.identity.profile.clone();
        self.step = step;
        Ok(Some(Effect::Save(Box::new(profile))))
    }

    fn complete(&mut self, world: World<'_>) -> Result<Option<Effect>, Trouble> {
        let token = self.link.as_ref().ok_or(Trouble::NotNow)?.token.clone();
        let made = self.made()?;
        let profile = &made.identity.profile;
        let device = made.identity.keys();
        let genesis = Entry {
            school: profile.school,
            after: RollHead::EMPTY,
            body: Body::Genesis(Genesis {
                device: profile.device,
                member: profile.member,
                keys: device.public(),
                store_kind: profile.store_kind.parse().map_err(|_| Trouble::Keys)?,
                server: made.server.ok_or(Trouble::NotNow)?,
                kit: made.kit.public(),
                compartments: made
                    .keys
                    .iter()
                    .map(|(key, public)| (key.compartment.clone(), *public))
                    .collect(),
            }),
            author: Author::Device(profile.device),
            at: world.now,
        }
        .sign(device.sign())
        .countersign(made.kit.sign());
        let wraps = made
            .keys
            .iter()
            .map(|(key, _)| {
                let wrapped = wrap::seal(
                    profile.school,
                    profile.device,
                    &device.public().kem,
                    key,
                    world.entropy,
                )?;
                Ok(Wrap {
                    compartment: key.compartment.to_string(),
                    generation: key.generation,
                    wrap: Bytes(wrapped),
                })
            })
            .collect::<Result<_, Trouble>>()?;
        made.head = RollState::replay(profile.school, [&genesis])?.head();
        let body = CompleteKeySetup {
            token: Bytes::from(token.expose()),
            pin_tag: Bytes::from(made.tag.expose()),
            genesis: SignedGenesis {
                entry: Bytes::from(&genesis.bytes),
                signature: Bytes::from(genesis.signature),
                kit_signature: Bytes::from(genesis.second.unwrap_or([0; 64])),
            },
            wraps,
        };
        let effect = made
            .identity
            .post("/v1/device/setup/complete", &body, world)?;
        self.step = Step::Complete;
        self.state = State::Finishing;
        Ok(Some(effect))
    }
}

impl Machine for Setup {
    type Event = Event;

    fn on(&mut self, event: Event, world: World<'_>) -> Option<Effect> {
        self.trouble = None;
        match self.step(event, world) {
            Ok(effect) => effect,
            Err(trouble) => {
                self.trouble = Some(trouble);
                None
            }
        }
    }
}

fn make(
    link: &Link,
    pin: &str,
    device_name: &str,
    store_kind: StoreKind,
    world: World<'_>,
) -> Result<Made, Trouble> {
    let seed = DeviceSeed::generate(world.entropy);
    let identity = Identity::new(fresh_profile(link, device_name, store_kind, world), seed)?;
    let keys: Vec<(HeldKey, PublicKey)> = Compartment::ALL_COMMON
        .into_iter()
        .map(|compartment| {
            let (secret, public) = CompartmentSecret::new_pair(world.entropy);
            let key = HeldKey {
                compartment,
                generation: 1,
                secret,
            };
            (key, public)
        })
        .collect();
    let kit_seed = KitSeed::generate(world.entropy);
    let kit = kit_seed.keys()?;
    let part_a = kit::seal_part_a(
        link.school,
        &kit.public().kem,
        keys.iter().map(|(key, _)| key.clone()).collect(),
        world.entropy,
    )?;
    Ok(Made {
        tag: identity.pin_tag(pin),
        sheets: kit_seed.split(link.school, world.entropy),
        identity,
        keys,
        kit,
        part_a,
        server: None,
        head: RollHead::EMPTY,
    })
}

/// What is known of a device before the server has answered.
pub(super) fn fresh_profile(
    link: &Link,
    device_name: &str,
    store_kind: StoreKind,
    world: World<'_>,
) -> Profile {
    let now = domain::Timestamp::from_seconds(i64::try_from(world.now).unwrap_or_default());
    let none = domain::MemberId::from_bytes([0; 16]);
    Profile {
        version: 1,
        origin: link.origin.clone(),
        school: link.school,
        school_name: String::new(),
        member: match link.purpose {
            Purpose::Setup => none,
            Purpose::Enrol(member) => member,
        },
        member_name: String::new(),
        device: DeviceId::new(now, world.entropy),
        device_name: device_name.to_owned(),
        store_kind: store_kind.name().to_owned(),
        server_pin: Bytes::from(link.server_pin),
        granted: false,
        roll: Seen::from(RollHead::EMPTY),
        log: Seen::from(protocol::log::LogHead::genesis(link.school)),
        answered: Vec::new(),
        codes_count: false,
    }
}
