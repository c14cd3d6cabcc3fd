use std::sync::Arc;

use actix_web::web;
use domain::Entropy;
use rest::Problem;
use tokio::sync::{Semaphore, SemaphorePermit};
use vault::{PasswordHash, Passwords};

use super::password::Password;

/// Sign-ins that may wait for a core; the next is told to come back.
const QUEUE: usize = 32;

/// Hashes passwords on as many cores as there are but one, so that a flood of sign-ins leaves room for
/// whoever writes a concern down. Never inside a transaction: a hash takes as long as fifty writes.
#[derive(Debug)]
pub(crate) struct Hashing {
    passwords: Passwords,
    permits: Semaphore,
    places: Semaphore,
}

impl Hashing {
    pub(crate) fn new(passwords: Passwords, cores: usize) -> Self {
        let permits = cores.saturating_sub(1).max(1);
        Self {
            passwords,
            permits: Semaphore::new(permits),
            places: Semaphore::new(permits + QUEUE),
        }
    }

    /// Whether the password is the account's; as slow, and no, for an account that there is not.
    pub(super) async fn check(
        &self,
        password: Password,
        hash: Option<PasswordHash>,
    ) -> Result<bool, Problem> {
        let _turn = self.turn().await?;
        let passwords = self.passwords.clone();
        aside(move || passwords.check(password.as_sensitive(), hash.as_ref())).await
    }

    /// Hashes a password that is chosen.
    pub(crate) async fn hash(
        &self,
        password: Password,
        entropy: Arc<dyn Entropy>,
    ) -> Result<PasswordHash, Problem> {
        let _turn = self.turn().await?;
        let passwords = self.passwords.clone();
        aside(move || passwords.hash(password.as_sensitive(), &*entropy)).await
    }

    async fn turn(&self) -> Result<(SemaphorePermit<'_>, SemaphorePermit<'_>), Problem> {
        let busy = |_| Problem::new("too-many-requests").retry_after(2);
        let place = self.places.try_acquire().map_err(busy)?;
        let permit = self
            .permits
            .acquire()
            .await
            .map_err(|error| Problem::internal(&error))?;
        Ok((place, permit))
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "a hash is neither a read nor a write, and must not run on the event loop"
)]
async fn aside<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Problem> {
    web::block(work)
        .await
        .map_err(|error| Problem::internal(&error))
}
