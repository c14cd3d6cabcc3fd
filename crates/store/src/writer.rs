//! SQLite's one writer: it commits waiting writes together.
//!
//! A commit costs one `fsync` however many writes it carries. Each write runs in a savepoint, so that
//! one that fails takes nothing with it; the rows that it leaves to its end ([`crate::together`]) are written after that,
//! when nothing but the disk can refuse them. If it does, the whole batch is rolled back, and an answer goes out only when the commit is on disk.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::sqlite::Sqlite;
use diesel::{QueryResult, RunQueryDsl, SqliteConnection};
use domain::{Entropy, Timestamp};
use policy::Caller;
use tokio::sync::oneshot;

use crate::connection::{AnyConnection, Target};
use crate::transaction::{begin, commit, rollback};
use crate::{Error, Result, Tx};

/// The most writes in one commit: past this the commit's share of the cost no longer shrinks.
const BATCH: usize = 64;
/// Writes that may wait; the next one is refused at once.
const QUEUE: usize = 2048;

pub(crate) struct Writer(SyncSender<Box<dyn Write>>);

/// One waiting write.
trait Write: Send {
    /// Does it, in a savepoint.
    ///
    /// # Errors
    /// What ended the whole transaction, and with it what other writes did in it.
    fn run(&mut self, connection: &mut AnyConnection) -> Result<()>;
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
    fn run(&mut self, connection: &mut AnyConnection) -> Result<()> {
        let (Some(caller), Some(work)) = (self.caller.take(), self.work.take()) else {
            return Ok(());
        };
        savepoint(connection, Savepoint::Set)?;
        let (result, whole) = self.attempt(connection, caller, work);
        self.result = Some(result);
        whole
    }

    fn answer(self: Box<Self>, committed: std::result::Result<(), Arc<Error>>) {
        let result = match (committed, self.result) {
            (Ok(()), Some(result)) => result,
            // A refusal stands even if its audit line could not be written.
            (Err(_), Some(Err(refused))) => Err(refused),
            (Err(error), _) => Err(match *error {
                Error::Full(_) => Error::Full(Box::new(error)),
                _ => Error::Away(Some(Box::new(error))),
            }
            .into()),
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
    /// What came of it, and whether the transaction around it still stands: a full or a broken disk can
    /// make SQLite roll all of it back, and what ran after that would be committed statement by statement.
    fn attempt(
        &self,
        connection: &mut AnyConnection,
        caller: Caller,
        work: F,
    ) -> (std::result::Result<T, E>, Result<()>) {
        let mut tx = Tx::new(connection, Arc::clone(&self.entropy), self.now, caller);
        let result = work(&mut tx).and_then(|value| {
            tx.finish()?;
            Ok(value)
        });
        let left = match &result {
            Ok(_) => savepoint(tx.connection(), Savepoint::Release).and_then(|()| tx.flush()),
            Err(_) => {
                let refusals = std::mem::take(&mut tx.notes.refusals);
                savepoint(tx.connection(), Savepoint::Undo).and_then(|()| tx.append(refusals))
            }
        };
        // Of the log nothing is left to the commit here: that is PostgreSQL's.
        (result, left.map(drop))
    }
}

/// Around each write of a batch. diesel's own savepoints are read anew by SQLite each time; these are prepared once.
#[derive(Clone, Copy, Debug)]
enum Savepoint {
    Set,
    Release,
    Undo,
}

impl Savepoint {
    const fn sql(self) -> &'static str {
        match self {
            Self::Set => "SAVEPOINT one_of_a_batch",
            Self::Release => "RELEASE one_of_a_batch",
            Self::Undo => "ROLLBACK TO one_of_a_batch",
        }
    }
}

impl QueryFragment<Sqlite> for Savepoint {
    fn walk_ast<'b>(&'b self, mut pass: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        pass.push_sql(self.sql());
        Ok(())
    }
}

/// By its text.
impl QueryId for Savepoint {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl RunQueryDsl<SqliteConnection> for Savepoint {}

fn savepoint(connection: &mut AnyConnection, what: Savepoint) -> Result<()> {
    let AnyConnection::Sqlite(connection) = connection else {
        return Err(Error::Away(None));
    };
    what.execute(connection)?;
    if let Savepoint::Undo = what {
        // What is undone stays set.
        Savepoint::Release.execute(connection)?;
    }
    Ok(())
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

fn run(connection: AnyConnection, target: &Target, receiver: &Receiver<Box<dyn Write>>) {
    let mut connection = Some(connection);
    while let Ok(first) = receiver.recv() {
        let mut batch = vec![first];
        batch.extend(receiver.try_iter().take(BATCH - 1));
        let opened = match connection.take() {
            Some(connection) => Ok(connection),
            None => target
                .connect()
                .map_err(|error| Error::Away(Some(Box::new(error)))),
        };
        let committed = opened.and_then(|mut opened| {
            together(&mut opened, &mut batch)?;
            // After a full disk or a lost file a connection may be in any state: it is closed, which rolls
            // back whatever it was in the middle of, and the next batch begins with a fresh one.
            connection = Some(opened);
            Ok(())
        });
        let committed = committed.map_err(Arc::new);
        for write in batch {
            write.answer(committed.clone());
        }
    }
}

fn together(connection: &mut AnyConnection, batch: &mut [Box<dyn Write>]) -> Result<()> {
    begin(connection, "BEGIN IMMEDIATE", None)?;
    // A defect in one handler may not end the thread that everybody's writes go through.
    let ran = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        batch.iter_mut().try_for_each(|write| write.run(connection))
    }));
    let Ok(ran) = ran else {
        tracing::error!("a write ended in a panic; its batch is rolled back");
        return Err(Error::Away(None));
    };
    if let Err(error) = ran {
        tracing::error!(%error, "a transaction was lost; its batch is rolled back");
        return Err(error);
    }
    commit(connection, None).inspect_err(|_| rollback(connection))
}
