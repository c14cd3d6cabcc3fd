//! Two sheets in a person's hand, and what they open of what the server keeps: the same for trying them out
//! and for coming back with them.

use protocol::compartments::{Compartment, HeldKey};
use protocol::kit::{self, KitKeys, KitProof};
use protocol::records::ServerPsk;
use protocol::roll::RollState;
use zeroize::Zeroizing;

use crate::contract::{Bytes, KitParts, ProveKit};
use crate::driver::{Effect, World};
use crate::identity::Identity;
use crate::sheets::{Given, match_roll};
use crate::trouble::Trouble;

/// The sheets that were given. Once there are two that fit the school they stay, whatever the server answers:
/// nobody types 128 characters twice because the network was away.
#[derive(Debug, Default)]
pub(super) struct KitReader {
    given: Given,
    kit: Option<Box<KitKeys>>,
}

/// What two sheets open, on this device alone.
#[derive(Debug)]
pub(super) struct Opened {
    pub(super) keys: Vec<HeldKey>,
    /// Compartments of which any key is not among them.
    pub(super) missing: Vec<Compartment>,
    pub(super) psks: Vec<(u32, ServerPsk)>,
}

impl KitReader {
    /// The numbers of the sheets that are here.
    pub(super) fn numbers(&self) -> Vec<u8> {
        self.given.numbers()
    }

    /// Takes one sheet or two. Once there are two, the server is asked for what they open.
    pub(super) fn take(
        &mut self,
        text: &Zeroizing<String>,
        identity: &Identity,
        roll: &RollState,
        world: World<'_>,
    ) -> Result<Option<Effect>, Trouble> {
        if self.kit.is_some() {
            return self.ask(identity, world).map(Some);
        }
        let Some(kit) = self.given.take(identity.profile.school, text)? else {
            return Ok(None);
        };
        if kit.public() != *roll.kit() {
            self.given.clear();
            return Err(Trouble::OldKit);
        }
        self.kit = Some(Box::new(kit));
        self.ask(identity, world).map(Some)
    }

    /// Asks for what the sheets open; also again, where an answer did not come.
    pub(super) fn ask(&self, identity: &Identity, world: World<'_>) -> Result<Effect, Trouble> {
        let body = prove(identity, self.kit()?, world);
        identity.post("/v1/device/kit/parts", &body, world)
    }

    /// The kit of which the sheets are.
    pub(super) fn kit(&self) -> Result<&KitKeys, Trouble> {
        self.kit.as_deref().ok_or(Trouble::NotNow)
    }

    /// Opens both parts.
    pub(super) fn open(
        &self,
        parts: &KitParts,
        identity: &Identity,
        roll: &RollState,
    ) -> Result<Opened, Trouble> {
        let (kit, school) = (self.kit()?.kem(), identity.profile.school);
        let keys =
            kit::open_part_a(school, kit, &parts.part_a.0).map_err(|_| Trouble::KitIncomplete)?;
        let (keys, missing) = match_roll(keys, roll)?;
        let psks =
            kit::open_part_b(school, kit, &parts.part_b.0).map_err(|_| Trouble::KitIncomplete)?;
        Ok(Opened {
            keys,
            missing,
            psks,
        })
    }

    /// Forgets the sheets after trouble that another try would meet again.
    pub(super) fn after(&mut self, trouble: &Trouble) {
        let again = match trouble {
            Trouble::KitIncomplete | Trouble::Suspicious(_) => false,
            Trouble::Refused(problem) => problem.slug() != "kit-refused",
            _ => true,
        };
        if !again {
            *self = Self::default();
        }
    }
}

/// That the kit lies in front of this device, now.
pub(super) fn prove(identity: &Identity, kit: &KitKeys, world: World<'_>) -> ProveKit {
    let proof = KitProof {
        school: identity.profile.school,
        device: identity.profile.device,
        at: world.now,
    };
    ProveKit {
        at: world.now,
        proof: Bytes::from(proof.sign(kit)),
    }
}
