use std::time::Duration;

use actix_web::Error;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use actix_web::rt::time::{Instant, sleep_until};

/// How far apart the instants are at which an answer may go out. A commit is over well before the first of them.
const STEP: Duration = Duration::from_millis(25);

/// Keeps an answer back until an instant that does not depend on what was done meanwhile.
///
/// A wrong password is written in the log of every school in which its owner has a place, in the transaction
/// that counts it; nothing is written of an address that nobody has. Some tenths of a millisecond of a
/// transaction would tell the two apart, to whoever asks often enough.
#[derive(Debug)]
pub struct Evenly(Instant);

impl Evenly {
    /// Before the work whose time may not show.
    pub fn begin() -> Self {
        Self(Instant::now())
    }

    /// After it: waits until a whole number of steps have gone by.
    pub async fn end(self) {
        let steps = self.0.elapsed().as_millis() / STEP.as_millis() + 1;
        let steps = u32::try_from(steps).unwrap_or(u32::MAX);
        sleep_until(self.0 + STEP * steps).await;
    }
}

/// On an answer that is the same for what is hidden and for what is not there.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Withheld;

/// Answers at even instants whoever asks for what is hidden from them or is not there: the first is written in the log,
/// with a commit that would show.
///
/// # Errors
/// What the handler returns.
pub async fn withheld_evenly(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let evenly = Evenly::begin();
    let response = next.call(request).await?;
    let is_withheld = response.response().extensions().contains::<Withheld>();
    if is_withheld {
        evenly.end().await;
    }
    Ok(response)
}
