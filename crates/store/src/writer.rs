//! SQLite's one writer: it commits waiting writes together.
//!
//! A commit costs one `fsync` however many writes it carries. Each write runs in a savepoint, so that
//! one that fails takes nothing with it; an answer goes out only when the commit is on disk.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use diesel::connection::{AnsiTransactionManager, TransactionManager};
use domain::{Entropy, Timestamp};
use policy::Caller;
use tokio::sync::oneshot;

use crate::connection::{AnyConnection, Target};
use crate::db::{begin, commit, rollback};
use crate::{Error, Result, Tx};

/// The most writes in one commit: past this the commit's share of the cost no longer shrinks.
const BATCH: usize = 64;
/// Writes that may wait; the next one is refused at once.
const QUEUE: usize = 2048;

pub(crate) struct Writer(SyncSender<Box<dyn Write>>);

/// One waiting write.
trait Write: Send {
    /// Does it, in a savepoint.
    fn run(&mut self, connection: &mut AnyConnection);
    /// Answers, after the commit or after its failure.
    fn answer(self: Box<Self>, committed: std::result::Result<(), Arc<Error>>);
}

struct Waiting<T, E, F> {
    now: Timestamp,
    entropy: Arc<dyn Entropy>,
    caller: Option<Caller>,
    work: Option<F>,
    result: Option<std::result::Result<T, E>>,
    reply: oneshot::Sender<std::result::Result<T, E>>,
}

impl<T, E, F> Write for Waiting<T, E, F>
where
    T: Send,
    E: From<Error> + Send,
    F: FnOnce(&mut Tx<'_>) -> std::result::Result<T, E> + Send,
{
    fn run(&mut self, connection: &mut AnyConnection) {
        let (Some(caller), Some(work)) = (self.caller.take(), self.work.take()) else {
            return;
        };
        self.result = Some(self.attempt(connection, caller, work));
    }

    fn answer(self: Box<Self>, committed: std::result::Result<(), Arc<Error>>) {
        let result = match (committed, self.result) {
            (Ok(()), Some(result)) => result,
            // A refusal stands even if its audit line could not be written.
            (Err(_), Some(Err(refused))) => Err(refused),
            (Err(error), _) => Err(Error::Away(Some(Box::new(error))).into()),
            (Ok(()), None) => Err(Error::Away(None).into()),
        };
        // Whoever asked may have gone away; the write stands all the same.
        let _gone = self.reply.send(result);
    }
}

impl<T, E, F> Waiting<T, E, F>
where
    E: From<Error>,
    F: FnOnce(&mut Tx<'_>) -> std::result::Result<T, E>,
{
    fn attempt(
        &self,
        connection: &mut AnyConnection,
        caller: Caller,
        work: F,
    ) -> std::result::Result<T, E> {
        savepoint(connection, Savepoint::Set)?;
        let mut tx = Tx::new(connection, Arc::clone(&self.entropy), self.now, caller);
        let result = work(&mut tx).and_then(|value| {
            tx.flush()?;
            Ok(value)
        });
        let caller = tx.caller().clone();
        let refusals = std::mem::take(&mut tx.notes.refusals);
        match result {
            Ok(value) => {
                savepoint(connection, Savepoint::Release)?;
                Ok(value)
            }
            Err(error) => {
                savepoint(connection, Savepoint::Undo)?;
                if !refusals.is_empty() {
                    Tx::new(connection, Arc::clone(&self.entropy), self.now, caller)
                        .append(refusals)?;
                }
                Err(error)
            }
        }
    }
}

enum Savepoint {
    Set,
    Release,
    Undo,
}

fn savepoint(connection: &mut AnyConnection, what: Savepoint) -> Result<()> {
    let AnyConnection::Sqlite(connection) = connection else {
        return Err(Error::Away(None));
    };
    match what {
        Savepoint::Set => AnsiTransactionManager::begin_transaction(connection),
        Savepoint::Release => AnsiTransactionManager::commit_transaction(connection),
        Savepoint::Undo => AnsiTransactionManager::rollback_transaction(connection),
    }
    .map_err(Error::from)
}

impl Writer {
    pub(crate) fn start(target: Target) -> Result<Self> {
        let (sender, receiver) = sync_channel(QUEUE);
        let connection = target
            .connect()
            .map_err(|error| Error::Away(Some(Box::new(error))))?;
        thread::Builder::new()
            .name("sqlite-writer".to_owned())
            .spawn(move || run(connection, &target, &receiver))
            .map_err(|error| Error::Away(Some(Box::new(error))))?;
        Ok(Self(sender))
    }

    fn submit<T, E, F>(
        &self,
        now: Timestamp,
        entropy: Arc<dyn Entropy>,
        caller: Caller,
        work: F,
    ) -> Result<oneshot::Receiver<std::result::Result<T, E>>>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
        F: FnOnce(&mut Tx<'_>) -> std::result::Result<T, E> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let waiting = Waiting {
            now,
            entropy,
            caller: Some(caller),
            work: Some(work),
            result: None,
            reply,
        };
        self.0
            .try_send(Box::new(waiting))
            .map_err(|_| Error::Away(None))?;
        Ok(answer)
    }

    pub(crate) async fn write<T, E, F>(
        &self,
        now: Timestamp,
        entropy: Arc<dyn Entropy>,
        caller: Caller,
        work: F,
    ) -> std::result::Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
        F: FnOnce(&mut Tx<'_>) -> std::result::Result<T, E> + Send + 'static,
    {
        self.submit(now, entropy, caller, work)?
            .await
            .unwrap_or_else(|_| Err(Error::Away(None).into()))
    }

    pub(crate) fn write_blocking<T, E, F>(
        &self,
        now: Timestamp,
        entropy: Arc<dyn Entropy>,
        caller: Caller,
        work: F,
    ) -> std::result::Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
        F: FnOnce(&mut Tx<'_>) -> std::result::Result<T, E> + Send + 'static,
    {
        self.submit(now, entropy, caller, work)?
            .blocking_recv()
            .unwrap_or_else(|_| Err(Error::Away(None).into()))
    }
}

fn run(mut connection: AnyConnection, target: &Target, receiver: &Receiver<Box<dyn Write>>) {
    while let Ok(first) = receiver.recv() {
        let mut batch = vec![first];
        batch.extend(receiver.try_iter().take(BATCH - 1));
        let committed = together(&mut connection, &mut batch).map_err(Arc::new);
        let failed = committed.is_err();
        for write in batch {
            write.answer(committed.clone());
        }
        if failed {
            // After a full disk or a lost file the connection may be in any state: begin afresh.
            match target.connect() {
                Ok(fresh) => connection = fresh,
                Err(error) => tracing::error!(%error, "the database cannot be opened again"),
            }
        }
    }
}

fn together(connection: &mut AnyConnection, batch: &mut [Box<dyn Write>]) -> Result<()> {
    begin(connection, "BEGIN IMMEDIATE", None)?;
    // A defect in one handler may not end the thread that everybody's writes go through.
    let ran = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        for write in batch {
            write.run(connection);
        }
    }));
    if ran.is_err() {
        tracing::error!("a write ended in a panic; its batch is rolled back");
        return Err(Error::Away(None));
    }
    commit(connection).inspect_err(|_| rollback(connection))
}
