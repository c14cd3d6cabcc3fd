//! The browsers that this person has unlocked, and locking one from here.

use domain::UnlockId;
use zeroize::Zeroizing;

use super::{called, saved};
use crate::contract::{Bytes, DepositCodeSecret, OpenSession, OpenSessions, ReleaseWraps};
use crate::driver::{Done, Effect, Machine, World};
use crate::identity::Identity;
use crate::trouble::Trouble;

/// What may happen.
#[derive(Debug)]
pub enum Event {
    /// Read the list.
    Look,
    /// Lock one.
    Lock(UnlockId),
    /// Say that the browser of a short look is one's own; the PIN.
    Keep(UnlockId, Zeroizing<String>),
    /// Let this device's offline codes count; the PIN.
    DepositCodes(Zeroizing<String>),
    /// An effect was performed.
    Done(Done),
}

impl From<Done> for Event {
    fn from(done: Done) -> Self {
        Self::Done(done)
    }
}

/// The machine.
#[derive(Debug)]
pub struct Sessions {
    identity: Identity,
    open: Option<Vec<OpenSession>>,
    locking: Option<UnlockId>,
    keeping: Option<UnlockId>,
    depositing: bool,
    trouble: Option<Trouble>,
}

on_a_device!(Sessions);

impl Sessions {
    /// On this device.
    pub const fn new(identity: Identity) -> Self {
        Self {
            identity,
            open: None,
            locking: None,
            keeping: None,
            depositing: false,
            trouble: None,
        }
    }

    /// What is open, once read.
    pub fn open(&self) -> Option<&[OpenSession]> {
        self.open.as_deref()
    }

    fn step(&mut self, event: Event, world: World<'_>) -> Result<Option<Effect>, Trouble> {
        match event {
            Event::Look => Ok(Some(self.identity.get("/v1/device/sessions", world))),
            Event::Lock(unlock) => {
                self.locking = Some(unlock);
                let target = format!("/v1/device/sessions/{unlock}");
                Ok(Some(self.identity.delete(target, world)))
            }
            Event::Keep(unlock, pin) => {
                self.keeping = Some(unlock);
                let body = ReleaseWraps {
                    pin_tag: Bytes::from(self.identity.pin_tag(&pin).expose()),
                };
                let target = format!("/v1/device/sessions/{unlock}/keep");
                self.identity.post(target, &body, world).map(Some)
            }
            Event::DepositCodes(pin) => {
                self.depositing = true;
                let body = DepositCodeSecret {
                    secret: Bytes::from(self.identity.code_secret().expose()),
                    pin_tag: Bytes::from(self.identity.pin_tag(&pin).expose()),
                };
                self.identity
                    .post("/v1/device/code-secret", &body, world)
                    .map(Some)
            }
            Event::Done(Done::Saved(result)) => {
                saved(Done::Saved(result))?;
                Ok(None)
            }
            Event::Done(done) if self.depositing => {
                self.depositing = false;
                called(done)?.success()?;
                // Written down, so that the device knows whether its codes count.
                self.identity.profile.codes_count = true;
                Ok(Some(Effect::Save(Box::new(self.identity.profile.clone()))))
            }
            Event::Done(done) if self.keeping.is_some() => {
                let kept = self.keeping.take();
                called(done)?.success()?;
                for session in self.open.iter_mut().flatten() {
                    session.kept |= Some(session.unlock) == kept;
                }
                Ok(None)
            }
            Event::Done(done) => match self.locking.take() {
                Some(unlock) => {
                    called(done)?.success()?;
                    if let Some(open) = &mut self.open {
                        open.retain(|session| session.unlock != unlock);
                    }
                    Ok(None)
                }
                None => {
                    let sessions: OpenSessions = called(done)?.read()?;
                    self.open = Some(sessions.items);
                    Ok(None)
                }
            },
        }
    }
}

impl Machine for Sessions {
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
