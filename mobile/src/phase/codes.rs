use authenticator::{Identity, Sessions, Trouble, sessions};
use protocol::codes;

use super::{Input, Phase, run};
use crate::device::Device;

/// The offline code, and that it counts.
#[derive(Debug)]
pub struct Codes {
    machine: Sessions,
    code: String,
    seconds_left: u64,
}

impl Codes {
    /// The code of now.
    pub(super) fn open(identity: Identity, device: &Device) -> Phase {
        let codes = Self {
            machine: Sessions::new(identity),
            code: String::new(),
            seconds_left: 0,
        };
        Box::new(codes).look(device)
    }

    /// Eight digits.
    pub fn code(&self) -> &str {
        &self.code
    }

    /// For how many seconds it is good.
    pub const fn seconds_left(&self) -> u64 {
        self.seconds_left
    }

    /// Whether the server was told to let this device's codes count.
    pub const fn count(&self) -> bool {
        self.machine.identity().profile.codes_count
    }

    /// What went wrong last.
    pub const fn trouble(&self) -> Option<&Trouble> {
        self.machine.trouble()
    }

    /// This device.
    pub const fn identity(&self) -> &Identity {
        self.machine.identity()
    }

    pub(super) fn into_identity(self) -> Identity {
        self.machine.into_identity()
    }

    pub(super) fn step(mut self: Box<Self>, input: Input, device: &Device) -> Phase {
        if let Input::Pin(pin) = input
            && let Err(trouble) = run(
                device,
                &mut self.machine,
                sessions::Event::DepositCodes(pin),
            )
        {
            return Phase::Stopped(trouble);
        }
        self.look(device)
    }

    fn look(mut self: Box<Self>, device: &Device) -> Phase {
        let now = u64::try_from(device.now()).unwrap_or_default();
        self.code = self.identity().code(now);
        self.seconds_left = codes::seconds_left(now);
        Phase::Code(self)
    }
}
