use protocol::log::LogHead;
use protocol::roll::{Body, Entry, RollHead, RollState, SignedEntry};

use crate::contract::{RollItem, RollPage};
use crate::driver::{Effect, Outcome, World};
use crate::identity::Identity;
use crate::profile::Seen;
use crate::trouble::Trouble;

/// What is said of a roll that is not the one that was seen.
pub(super) const OTHER: &str = "the list of key holders is not the one this device saw before";

/// What is said of a roll that ends before the one that was seen.
pub(super) const SHORTER: &str = "the list of key holders is shorter than it was before";

/// Reads and replays the whole roll, page by page, and checks that it goes on from what this device
/// saw last and that the pinned server stands in it.
#[derive(Debug, Default)]
pub(super) struct RollReader {
    state: Option<Box<RollState>>,
    pinned_seen: bool,
    known_seen: bool,
    expected: Option<RollHead>,
    expected_seen: bool,
    any_server: bool,
    /// Whether the person knows that the roll may be an older one.
    any_age: bool,
    restores: Vec<Restore>,
}

/// That somebody accepted a restore.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Restore {
    /// The entry's number.
    pub(super) seq: u64,
    /// The log as it was put back.
    pub(super) log: LogHead,
}

/// What a page led to.
pub(super) enum Read {
    /// There may be more.
    More(Effect),
    /// The roll, whole and sound.
    Whole(Box<RollState>),
}

impl RollReader {
    /// Of a roll that must hold this head somewhere: entries may have been added since it was named.
    pub(super) fn expecting(head: RollHead) -> Self {
        Self {
            expected: Some(head),
            ..Self::default()
        }
    }

    /// Of a school whose server may have been restored with another identity: whoever reads it compares
    /// the identities, and asks.
    pub(super) fn of_any_server() -> Self {
        Self {
            any_server: true,
            ..Self::default()
        }
    }

    /// Of a school whose database may have been put back from a backup: whoever reads it asks.
    pub(super) fn of_any_age() -> Self {
        Self {
            any_age: true,
            ..Self::default()
        }
    }

    /// Whether the roll holds what this device saw last.
    pub(super) const fn holds_what_was_seen(&self) -> bool {
        self.known_seen
    }

    /// The restores that were accepted in what this device had not seen yet.
    pub(super) fn restores_after(&self, seen: &Seen) -> Option<Restore> {
        self.restores
            .iter()
            .rfind(|restore| restore.seq > seen.length)
            .copied()
    }

    pub(super) fn first(identity: &Identity, world: World<'_>) -> Effect {
        identity.get("/v1/device/roll?after=0", world)
    }

    pub(super) fn take(
        &mut self,
        outcome: Outcome,
        identity: &Identity,
        world: World<'_>,
    ) -> Result<Read, Trouble> {
        let page: RollPage = outcome.read()?;
        if page.items.is_empty() {
            return self.finish(identity);
        }
        for item in &page.items {
            self.append(item, identity)?;
        }
        let length = self.state.as_ref().map_or(0, |state| state.head().length);
        Ok(Read::More(
            identity.get(format!("/v1/device/roll?after={length}"), world),
        ))
    }

    fn append(&mut self, item: &RollItem, identity: &Identity) -> Result<(), Trouble> {
        let entry = SignedEntry {
            bytes: item.entry.0.clone(),
            signature: item.signature.array().ok_or(Trouble::BadAnswer)?,
            second: match &item.endorsement {
                Some(signature) => Some(signature.array().ok_or(Trouble::BadAnswer)?),
                None => None,
            },
        };
        match &mut self.state {
            Some(state) => state.append(&entry)?,
            None => {
                self.state = Some(Box::new(RollState::replay(
                    identity.profile.school,
                    [&entry],
                )?));
            }
        }
        if let Body::RestoreAccept(_, log) = Entry::decode(&entry.bytes)?.body {
            let seq = self.state.as_ref().map_or(0, |state| state.head().length);
            self.restores.push(Restore { seq, log });
        }
        if let Some(state) = &self.state {
            let RollHead { length, head } = state.head();
            let seen = &identity.profile.roll;
            if length == seen.length {
                if seen.head.0 != head && !self.any_age {
                    return Err(Trouble::Suspicious(OTHER));
                }
                self.known_seen = seen.head.0 == head;
            }
            self.expected_seen |= self.expected == Some(state.head());
            self.pinned_seen |= state.server().pin().as_slice() == identity.profile.server_pin.0;
        }
        Ok(())
    }

    fn finish(&mut self, identity: &Identity) -> Result<Read, Trouble> {
        let state = self.state.take().ok_or(Trouble::BadAnswer)?;
        if !self.pinned_seen && !self.any_server {
            return Err(Trouble::Suspicious(
                "this is not the server whose code was scanned",
            ));
        }
        if self.expected.is_some() && !self.expected_seen {
            return Err(Trouble::Suspicious(
                "the request names another list of key holders than the server shows",
            ));
        }
        if !self.known_seen && !self.any_age && identity.profile.roll.length > 0 {
            return Err(Trouble::Suspicious(SHORTER));
        }
        Ok(Read::Whole(state))
    }
}
