use protocol::log::LogHead;

use crate::contract::LogPage;
use crate::driver::{Effect, Outcome, World};
use crate::identity::Identity;
use crate::trouble::Trouble;

/// What is said of a log that is not the one that was seen.
pub(super) const SAID: &str = "the record of what was done is shorter or other than it was before";

/// That it is not.
pub(super) const OTHER: Trouble = Trouble::Suspicious(SAID);

/// Follows the log from a head that is known to one that the server names: each line's hash, and nothing of
/// what it says, extends the head before it. Only a log that goes on from what was known ends where it must.
#[derive(Debug)]
pub(super) struct LogReader {
    at: LogHead,
    until: LogHead,
}

impl LogReader {
    /// `None` if there is nothing to follow, for they are the same.
    pub(super) fn between(from: LogHead, until: LogHead) -> Result<Option<Self>, Trouble> {
        match from.length.cmp(&until.length) {
            std::cmp::Ordering::Less => Ok(Some(Self { at: from, until })),
            std::cmp::Ordering::Equal if from.head == until.head => Ok(None),
            _ => Err(OTHER),
        }
    }

    pub(super) fn next(&self, identity: &Identity, world: World<'_>) -> Effect {
        identity.get(format!("/v1/device/log?after={}", self.at.length), world)
    }

    /// Whether the end is reached, and is what it should be.
    pub(super) fn take(&mut self, outcome: Outcome) -> Result<bool, Trouble> {
        self.follow(&outcome.read()?)
    }

    fn follow(&mut self, page: &LogPage) -> Result<bool, Trouble> {
        if page.items.is_empty() {
            return Err(OTHER);
        }
        for hash in &page.items {
            if self.at.length == self.until.length {
                break;
            }
            let hash = hash.array().ok_or(Trouble::BadAnswer)?;
            self.at = self.at.extend_hashed(hash);
        }
        match self.at.length == self.until.length {
            true if self.at == self.until => Ok(true),
            true => Err(OTHER),
            false => Ok(false),
        }
    }
}
