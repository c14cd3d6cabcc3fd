use domain::{Entropy, SchoolId};
use protocol::device::DeviceSeed;
use serde::de::DeserializeOwned;

use crate::contract::Problem;
use crate::profile::{Profile, ProfileStore};
use crate::store::{KeyStore, StoreError};
use crate::transport::Transport;
use crate::trouble::Trouble;

/// What a machine may not make up for itself.
#[derive(Clone, Copy, Debug)]
pub struct World<'a> {
    /// The time, in Unix seconds by the device's clock.
    pub now: u64,
    /// Chance.
    pub entropy: &'a dyn Entropy,
}

/// How a call is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Reads.
    Get,
    /// Does.
    Post,
    /// Ends.
    Delete,
}

impl Method {
    /// As it stands in the request.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Delete => "DELETE",
        }
    }
}

/// A signed request to the server.
#[derive(Clone, PartialEq, Eq)]
pub struct Call {
    /// The pinned origin.
    pub origin: String,
    /// How.
    pub method: Method,
    /// The path with its query.
    pub target: String,
    /// JSON, or nothing.
    pub body: Vec<u8>,
    /// The `Authorization` header.
    pub authorization: String,
}

impl std::fmt::Debug for Call {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The body may hold a PIN's tag, the header a signature: neither belongs in a log.
        write!(formatter, "Call({} {})", self.method.name(), self.target)
    }
}

/// What became of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The server answered.
    Answer {
        /// With this status.
        status: u16,
        /// And this body.
        body: Vec<u8>,
    },
    /// It did not, for this reason.
    Unreachable(String),
    /// It refused, and its clock and this device's are so many seconds apart. Negative: this device
    /// is behind.
    WrongTime(i64),
}

impl Outcome {
    /// The body of a successful answer.
    pub fn read<T: DeserializeOwned>(self) -> Result<T, Trouble> {
        let body = self.success()?;
        serde_json::from_slice(&body).map_err(|_| Trouble::BadAnswer)
    }

    /// That the answer was successful, whatever it holds.
    pub fn success(self) -> Result<Vec<u8>, Trouble> {
        match self {
            Self::Unreachable(why) => Err(Trouble::Unreachable(why)),
            Self::WrongTime(seconds) => Err(Trouble::WrongTime(seconds)),
            Self::Answer {
                status: 200..=299,
                body,
            } => Ok(body),
            Self::Answer { status, body } => {
                let mut problem: Problem =
                    serde_json::from_slice(&body).map_err(|_| Trouble::BadAnswer)?;
                problem.status = status;
                Err(Trouble::Refused(problem))
            }
        }
    }
}

/// What a machine wants done.
#[derive(Clone, Debug)]
pub enum Effect {
    /// Ask the server.
    Call(Call),
    /// Keep the seed in the key store, under this name.
    Keep(String, DeviceSeed),
    /// Write down what is not secret.
    Save(Box<Profile>),
}

/// What became of an effect.
#[derive(Clone, Debug)]
pub enum Done {
    /// Of [`Effect::Call`].
    Called(Outcome),
    /// Of [`Effect::Keep`].
    Kept(Result<(), StoreError>),
    /// Of [`Effect::Save`].
    Saved(Result<(), String>),
}

/// Something that takes events and gives effects, and does nothing else.
pub trait Machine {
    /// What may happen to it. What becomes of its effects is one of these.
    type Event: From<Done>;

    /// Takes an event. At most one effect is outstanding at a time.
    fn on(&mut self, event: Self::Event, world: World<'_>) -> Option<Effect>;
}

/// Performs effects.
#[derive(Clone, Copy)]
pub struct Driver<'a> {
    /// Secrets.
    pub keys: &'a dyn KeyStore,
    /// What is not secret.
    pub profiles: &'a dyn ProfileStore,
    /// The server.
    pub transport: &'a dyn Transport,
    /// The time.
    pub clock: &'a dyn domain::Clock,
    /// Chance.
    pub entropy: &'a dyn Entropy,
}

impl Driver<'_> {
    /// Feeds the machine an event and performs effects until it waits for a person.
    pub fn run<M: Machine>(&self, machine: &mut M, event: M::Event) {
        let mut next = machine.on(event, self.world());
        while let Some(effect) = next {
            let done = self.perform(effect);
            next = machine.on(done.into(), self.world());
        }
    }

    /// Performs one effect.
    pub fn perform(&self, effect: Effect) -> Done {
        match effect {
            Effect::Call(call) => Done::Called(self.transport.send(&call)),
            Effect::Keep(name, seed) => Done::Kept(self.keys.put(&name, seed.expose())),
            Effect::Save(profile) => Done::Saved(self.profiles.save(&profile)),
        }
    }

    fn world(&self) -> World<'_> {
        World {
            now: u64::try_from(self.clock.now().seconds()).unwrap_or_default(),
            entropy: self.entropy,
        }
    }
}

/// The name under which a school's device keeps its seed.
pub(crate) fn seed_name(school: SchoolId, device: domain::DeviceId) -> String {
    format!("{school} {device}")
}
