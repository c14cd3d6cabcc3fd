use std::time::Duration;

use tokio::time::{Instant, sleep_until};

/// How far apart the instants are at which an answer may go out. A commit is over well before the first of them.
const STEP: Duration = Duration::from_millis(25);

/// Keeps an answer back until an instant that does not depend on what was done meanwhile.
///
/// A wrong password is written in the log of every school in which its owner has a place, in the transaction
/// that counts it; nothing is written of an address that nobody has. Some tenths of a millisecond of a
/// transaction would tell the two apart, to whoever asks often enough.
pub(super) struct Evenly(Instant);

impl Evenly {
    /// Before the work whose time may not show.
    pub(super) fn begin() -> Self {
        Self(Instant::now())
    }

    /// After it: waits until a whole number of steps have gone by.
    pub(super) async fn end(self) {
        let steps = self.0.elapsed().as_millis() / STEP.as_millis() + 1;
        let steps = u32::try_from(steps).unwrap_or(u32::MAX);
        sleep_until(self.0 + STEP * steps).await;
    }
}
