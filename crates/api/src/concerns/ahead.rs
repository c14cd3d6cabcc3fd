//! Sealing a concern before its transaction.
//!
//! On SQLite every write waits for one thread, and to seal a concern takes about as long as to store it. So it is sealed
//! on the request's own thread, to whom the last one of these categories was sealed to. That is a guess: the
//! transaction settles by what it reads itself where the concern goes, and seals it there if the guess was wrong
//! (`docs/adr/0076-sealed-ahead.md`).

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use domain::{CategoryId, ConcernId, Entropy, SchoolId};

use super::sealed::{Recipient, Sealed};

/// To whom concerns of these categories of a school were last sealed.
type Seen = HashMap<(SchoolId, Vec<CategoryId>), Arc<Recipient>>;

/// Choices of categories that are kept; past them it begins anew.
const MOST: usize = 50_000;

/// What the last transactions saw.
#[derive(Debug, Default)]
pub(crate) struct Ahead(Mutex<Seen>);

/// A concern that is sealed and not stored yet.
#[derive(Debug)]
pub(super) struct SealedAhead {
    recipient: Arc<Recipient>,
    id: ConcernId,
    sealed: Sealed,
}

impl Ahead {
    /// Seals what may become this concern; `None` if no concern of these categories was met yet.
    pub(super) fn seal(
        &self,
        school: SchoolId,
        categories: &[CategoryId],
        id: ConcernId,
        text: &[u8],
        entropy: &dyn Entropy,
    ) -> Option<SealedAhead> {
        let place = (school, categories.to_vec());
        let recipient = self.lock().get(&place).cloned()?;
        let sealed = recipient.seal(id, text, entropy).ok()?;
        Some(SealedAhead {
            recipient,
            id,
            sealed,
        })
    }

    /// Notes where a transaction found that concerns of these categories go.
    pub(super) fn note(&self, school: SchoolId, categories: &[CategoryId], recipient: Recipient) {
        let mut seen = self.lock();
        if seen.len() >= MOST {
            seen.clear();
        }
        seen.insert((school, categories.to_vec()), Arc::new(recipient));
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Seen> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl SealedAhead {
    /// The concern, if this is who has to be able to open it.
    pub(super) fn if_still_for(self, recipient: &Recipient) -> Option<(ConcernId, Sealed)> {
        self.recipient
            .is(recipient)
            .then_some((self.id, self.sealed))
    }
}
