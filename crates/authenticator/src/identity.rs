use protocol::codes::CodeSecret;
use protocol::compartments::{Compartment, HeldKey};
use protocol::device::{DeviceKeys, DevicePayload, DeviceRequest, DeviceSeed};
use protocol::pin::{self, PinTag};
use protocol::roll::RollState;
use protocol::words::Words;
use protocol::wrap::{self, WrapContext};
use serde::Serialize;

use crate::contract::{Bytes, Wrap};
use crate::driver::{Call, Effect, Method, World, seed_name};
use crate::profile::{Profile, ProfileStore, Seen};
use crate::store::KeyStore;
use crate::trouble::Trouble;

/// A device that has its seed: what signs, proves and opens.
#[derive(Debug)]
pub struct Identity {
    /// What is not secret.
    pub profile: Profile,
    seed: DeviceSeed,
    keys: DeviceKeys,
}

impl Identity {
    /// Of a seed.
    pub fn new(profile: Profile, seed: DeviceSeed) -> Result<Self, Trouble> {
        let keys = DeviceKeys::of(&seed)?;
        Ok(Self {
            profile,
            seed,
            keys,
        })
    }

    /// The device that was set up or enrolled here before, if one was.
    ///
    /// # Errors
    /// [`Trouble::Store`] if its seed cannot be read, which does not mean that it is lost.
    pub fn load(profiles: &dyn ProfileStore, keys: &dyn KeyStore) -> Result<Option<Self>, Trouble> {
        let Some(profile) = profiles.load().map_err(Trouble::Profile)? else {
            return Ok(None);
        };
        let seed = keys
            .get(&seed_name(profile.school, profile.device))?
            .ok_or(Trouble::KeyGone)?;
        let seed = DeviceSeed::try_from(seed.as_slice())?;
        Self::new(profile, seed).map(Some)
    }

    pub(crate) const fn seed(&self) -> &DeviceSeed {
        &self.seed
    }

    /// The key pairs.
    pub const fn keys(&self) -> &DeviceKeys {
        &self.keys
    }

    /// The six words by which a granting person knows this device.
    pub fn words(&self) -> Words {
        self.keys.public().words(self.profile.school)
    }

    /// The link that opens a granting device's app with this device in it, which can be scanned or pasted.
    pub fn link(&self) -> Result<String, Trouble> {
        let head = |seen: &Seen| seen.head.array().ok_or(Trouble::BadAnswer);
        let payload = DevicePayload {
            school: self.profile.school,
            member: self.profile.member,
            device: self.profile.device,
            keys: self.keys.public(),
            roll_length: self.profile.roll.length,
            roll_head: head(&self.profile.roll)?,
            log_length: self.profile.log.length,
            log_head: head(&self.profile.log)?,
        };
        Ok(payload.to_link(&self.keys))
    }

    /// The offline code at this Unix second: it proves presence and opens nothing.
    pub fn code(&self, at: u64) -> String {
        self.code_secret().code(at)
    }

    pub(crate) fn code_secret(&self) -> CodeSecret {
        CodeSecret::of(&self.seed)
    }

    pub(crate) fn pin_tag(&self, pin: &str) -> PinTag {
        pin::tag(&self.seed, self.profile.school, self.profile.device, pin)
    }

    /// The proof of a PIN, as it stands in requests.
    pub fn pin_proof(&self, pin: &str) -> Bytes {
        Bytes::from(self.pin_tag(pin).expose())
    }

    pub(crate) fn get(&self, target: impl Into<String>, world: World<'_>) -> Effect {
        self.call(Method::Get, target.into(), Vec::new(), world)
    }

    pub(crate) fn delete(&self, target: impl Into<String>, world: World<'_>) -> Effect {
        self.call(Method::Delete, target.into(), Vec::new(), world)
    }

    pub(crate) fn post(
        &self,
        target: impl Into<String>,
        body: &impl Serialize,
        world: World<'_>,
    ) -> Result<Effect, Trouble> {
        let body = serde_json::to_vec(body).map_err(|_| Trouble::Keys)?;
        Ok(self.call(Method::Post, target.into(), body, world))
    }

    fn call(&self, method: Method, target: String, body: Vec<u8>, world: World<'_>) -> Effect {
        let request = DeviceRequest {
            method: method.name(),
            target: &target,
            body: &body,
        };
        let authorization = request
            .sign(
                self.profile.school,
                self.profile.device,
                self.keys.sign(),
                world.now,
                world.entropy,
            )
            .to_header();
        Effect::Call(Call {
            origin: self.profile.origin.clone(),
            method,
            target,
            body,
            authorization,
        })
    }

    /// Opens the wraps that the server released, and checks each against the roll: a key that the
    /// roll does not announce was slipped in.
    pub(crate) fn open_wraps(
        &self,
        wraps: &[Wrap],
        roll: &RollState,
    ) -> Result<Vec<HeldKey>, Trouble> {
        wraps
            .iter()
            .map(|wrap| {
                let compartment: Compartment = wrap
                    .compartment
                    .parse()
                    .map_err(|_| Trouble::Suspicious("the server sent a key of no compartment"))?;
                let announced = roll
                    .compartment(&compartment)
                    .and_then(|keys| keys.generations.get(&wrap.generation));
                let context = WrapContext {
                    school: self.profile.school,
                    compartment,
                    generation: wrap.generation,
                    device: self.profile.device,
                };
                let key = wrap::open(&context, self.keys.kem(), &wrap.wrap.0)
                    .map_err(|_| Trouble::Suspicious("the server sent a key that does not open"))?;
                if announced == Some(&key.secret.key_pair()?.public()) {
                    Ok(key)
                } else {
                    Err(Trouble::Suspicious(
                        "the server sent a key that is not the school's",
                    ))
                }
            })
            .collect()
    }
}

impl From<protocol::roll::RollHead> for Seen {
    fn from(head: protocol::roll::RollHead) -> Self {
        Self {
            length: head.length,
            head: Bytes::from(head.head),
        }
    }
}

impl From<protocol::log::LogHead> for Seen {
    fn from(head: protocol::log::LogHead) -> Self {
        Self {
            length: head.length,
            head: Bytes::from(head.head),
        }
    }
}
