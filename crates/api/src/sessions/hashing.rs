use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use domain::Entropy;
use rest::Problem;
use tokio::sync::oneshot;
use vault::{PasswordHash, Passwords};

use super::password::Password;

/// Sign-ins that may wait for a core; the next is told to come back.
const QUEUE: usize = 32;

type Job = Box<dyn FnOnce(&Passwords) + Send>;

/// Hashes passwords on threads of their own, one less than there are cores, that give way to all others: while
/// a flood of sign-ins keeps them busy, whoever writes a concern down has the machine as if there were none.
/// Never inside a transaction: a hash takes as long as fifty writes.
pub(crate) struct Hashing(SyncSender<Job>);

impl fmt::Debug for Hashing {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Hashing")
    }
}

impl Hashing {
    /// Starts the threads; they end when this is dropped.
    ///
    /// # Errors
    /// If the operating system gives none.
    pub(crate) fn start(passwords: &Passwords, cores: usize) -> std::io::Result<Self> {
        let (sender, receiver) = sync_channel(QUEUE);
        let receiver = Arc::new(Mutex::new(receiver));
        for _ in 0..cores.saturating_sub(1).max(1) {
            let (passwords, receiver) = (passwords.clone(), Arc::clone(&receiver));
            thread::Builder::new()
                .name("hashing".to_owned())
                .spawn(move || run(&passwords, &receiver))?;
        }
        Ok(Self(sender))
    }

    /// Whether the password is the account's; as slow, and no, for an account that there is not.
    pub(super) async fn check(
        &self,
        password: Password,
        hash: Option<PasswordHash>,
    ) -> Result<bool, Problem> {
        self.aside(move |passwords| passwords.check(password.as_sensitive(), hash.as_ref()))
            .await
    }

    /// Hashes a password that is chosen.
    pub(crate) async fn hash(
        &self,
        password: Password,
        entropy: Arc<dyn Entropy>,
    ) -> Result<PasswordHash, Problem> {
        self.aside(move |passwords| passwords.hash(password.as_sensitive(), &*entropy))
            .await
    }

    async fn aside<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Passwords) -> T + Send + 'static,
    ) -> Result<T, Problem> {
        let (reply, answer) = oneshot::channel();
        let job: Job = Box::new(move |passwords| {
            // Whoever went away while waiting costs nothing.
            if !reply.is_closed() {
                let _gone = reply.send(work(passwords));
            }
        });
        self.0
            .try_send(job)
            .map_err(|_| Problem::new("too-many-requests").retry_after(2))?;
        answer.await.map_err(|error| Problem::internal(&error))
    }
}

fn run(passwords: &Passwords, receiver: &Mutex<Receiver<Job>>) {
    store::give_way();
    loop {
        let next = receiver
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .recv();
        let Ok(job) = next else { break };
        // A defect in one hash may not end the thread that everybody's sign-ins go through.
        if catch_unwind(AssertUnwindSafe(|| job(passwords))).is_err() {
            tracing::error!("a hash ended in a panic");
        }
    }
}
