use std::cell::Cell;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use diesel::r2d2::{Pool, PooledConnection};
use domain::{Clock, Entropy, SchoolId};
use policy::Caller;
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::timeout;
use tracing::Instrument;

use crate::connection::{AnyConnection, Gate, Manager, Target};
use crate::threads::Threads;
use crate::transaction::{begin, commit, is_broken, rollback};
use crate::tx::Notes;
use crate::writer::Writer;
use crate::{Error, Result, Tx};

/// How long a request waits for a connection before it is answered that the database is away.
const PATIENCE: Duration = Duration::from_secs(5);
/// As few connections as these keep one long transaction from being felt by everybody.
const FEWEST: u32 = 4;
/// For whoever comes to PostgreSQL on a thread that is not the database's: commands.
const SPARE: u32 = 1;

thread_local! {
    /// The connection of this thread, if it is one of the database's. There are as many threads as connections; the pool
    /// would hand out the one that came back last, and what the others have prepared would come to be by and by, at the
    /// rarest crowd of all.
    static OWN: Cell<Option<PooledConnection<Manager>>> = const { Cell::new(None) };
}

/// The database: named transactions, one a request.
///
/// On SQLite every write goes through one thread that commits what waits together: one `fsync`, many
/// writes, each in a savepoint of its own. Reads have a pool. On PostgreSQL both use the pool, and a
/// transaction begins by naming its school for row-level security.
#[derive(Clone)]
pub struct Db(Arc<Inner>);

struct Inner {
    pool: Pool<Manager>,
    gate: Arc<Gate>,
    /// As many as the pool has connections: whoever would wait for one waits as a future, and not as a thread
    /// that has to be woken, with a stack and a heap of its own.
    free: Semaphore,
    /// As many as well.
    threads: Threads,
    aside: Aside,
    writer: Option<Writer>,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
}

/// Where reads that take long run: they wait for each other, and give way to everything else. On SQLite they have
/// connections of their own, on PostgreSQL some of the pool's.
struct Aside {
    turns: Semaphore,
    threads: Threads,
}

/// How the database is opened.
#[derive(Clone, Debug)]
pub struct Settings {
    /// `postgres://…`, or the path of the SQLite file.
    pub url: String,
    /// Connections in the pool: two for each core of this machine, four at least, if it is not said.
    pub connections: Option<u32>,
}

impl fmt::Debug for Db {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self.0.writer {
            Some(_) => "Db(sqlite)",
            None => "Db(postgres)",
        })
    }
}

impl Db {
    /// Opens the database; it must have been migrated.
    ///
    /// # Errors
    /// [`Error::Away`] if it cannot be reached.
    pub fn open(
        settings: &Settings,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
    ) -> Result<Self> {
        let target = Target::parse(&settings.url);
        // More of them only wait for each other, each with a process of the database's own or its share of SQLite's pages
        // (docs/adr/0082-two-connections-a-core.md).
        let enough = (2 * cores()).max(FEWEST);
        let connections = match &target {
            Target::Sqlite(_) => settings.connections.unwrap_or(enough).min(2 * cores()),
            Target::Postgres(_) => settings.connections.unwrap_or(enough),
        };
        // Half of the cores, for each such read opens on a second thread what it fetches.
        let aside = cores().div_ceil(2).min(connections);
        let gate = Arc::new(Gate::default());
        let pool = match &target {
            Target::Sqlite(_) => Pool::builder().max_size(connections + aside),
            Target::Postgres(_) => Pool::builder()
                .min_idle(Some(SPARE))
                .max_size(connections + aside + SPARE),
        };
        // Opening one anew helps against nothing, and loses what it has prepared.
        let pool = pool
            .max_lifetime(None)
            .idle_timeout(None)
            .connection_timeout(PATIENCE)
            .build(Manager {
                target: target.clone(),
                gate: Arc::clone(&gate),
            })?;
        let writer = match &target {
            Target::Sqlite(_) => Some(Writer::start(target)?),
            Target::Postgres(_) => None,
        };
        Ok(Self(Arc::new(Inner {
            pool,
            gate,
            free: Semaphore::new(connections as usize),
            threads: Threads::at_most(connections as usize)?,
            aside: Aside {
                turns: Semaphore::new(aside as usize),
                threads: Threads::aside(aside as usize)?,
            },
            writer,
            clock,
            entropy,
        })))
    }

    /// Runs a transaction that changes rows. It is committed, and on disk, before this returns `Ok`.
    ///
    /// # Errors
    /// What `work` returns, in which case nothing is kept but the audit lines of refusals; or what the
    /// database says.
    pub async fn write<T, E, F>(
        &self,
        name: &'static str,
        caller: Caller,
        work: F,
    ) -> std::result::Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
        F: FnOnce(&mut Tx<'_>) -> std::result::Result<T, E> + Send + 'static,
    {
        let span = tracing::debug_span!("write", name);
        let inner = Arc::clone(&self.0);
        async move {
            match &inner.writer {
                Some(writer) => {
                    writer
                        .write(inner.clock.now(), Arc::clone(&inner.entropy), caller, work)
                        .await
                }
                None => {
                    let _free = inner.free().await?;
                    let writing = Arc::clone(&inner);
                    block(&inner.threads, move || writing.on_own(caller, work)).await
                }
            }
        }
        .instrument(span)
        .await
    }

    /// Runs a transaction that only reads. What it records is committed before this returns `Ok`:
    /// nobody sees a record without the log saying so.
    ///
    /// # Errors
    /// As [`write`](Self::write).
    pub async fn read<T, E, F>(
        &self,
        name: &'static str,
        caller: Caller,
        work: F,
    ) -> std::result::Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
        F: FnOnce(&mut Tx<'_>) -> std::result::Result<T, E> + Send + 'static,
    {
        let span = tracing::debug_span!("read", name);
        async {
            let free = self.0.free().await?;
            self.read_on(&self.0.threads, free, caller, work).await
        }
        .instrument(span)
        .await
    }

    /// The same for what takes long, as looking through all records does: it gives way to everything else, and
    /// waits as long as it takes for what else is so long.
    ///
    /// # Errors
    /// As [`write`](Self::write).
    pub async fn read_aside<T, E, F>(
        &self,
        name: &'static str,
        caller: Caller,
        work: F,
    ) -> std::result::Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
        F: FnOnce(&mut Tx<'_>) -> std::result::Result<T, E> + Send + 'static,
    {
        let span = tracing::debug_span!("read_aside", name);
        async {
            let closed = |closed| Error::Away(Some(Box::new(closed)));
            let turn = self.0.aside.turns.acquire().await.map_err(closed)?;
            let free = match self.is_embedded() {
                true => None,
                false => Some(self.0.free().await?),
            };
            self.read_on(&self.0.aside.threads, (turn, free), caller, work)
                .await
        }
        .instrument(span)
        .await
    }

    /// `place`, among those who read, is given up before what was recorded is committed.
    async fn read_on<T, E, F>(
        &self,
        threads: &Threads,
        place: impl Sized,
        caller: Caller,
        work: F,
    ) -> std::result::Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
        F: FnOnce(&mut Tx<'_>) -> std::result::Result<T, E> + Send + 'static,
    {
        let inner = Arc::clone(&self.0);
        let Some(writer) = &self.0.writer else {
            return block(threads, move || inner.on_own(caller, work)).await;
        };
        let (result, caller, notes) = block(threads, move || inner.on_reader(caller, work)).await?;
        drop(place);
        let (events, later) = match &result {
            Ok(_) if notes.is_empty() => return result,
            Err(_) if notes.refusals.is_empty() => return result,
            Ok(_) => (notes.events, (notes.jobs, notes.later)),
            Err(_) => (notes.refusals, Default::default()),
        };
        writer
            .write(
                self.0.clock.now(),
                Arc::clone(&self.0.entropy),
                caller,
                move |tx| {
                    tx.notes.events = events;
                    (tx.notes.jobs, tx.notes.later) = later;
                    Ok::<(), E>(())
                },
            )
            .await?;
        result
    }

    /// The same as [`write`](Self::write) for a command without an event loop.
    ///
    /// # Errors
    /// As [`write`](Self::write).
    pub fn write_blocking<T, E, F>(&self, caller: Caller, work: F) -> std::result::Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
        F: FnOnce(&mut Tx<'_>) -> std::result::Result<T, E> + Send + 'static,
    {
        match &self.0.writer {
            Some(writer) => writer.write_blocking(
                self.0.clock.now(),
                Arc::clone(&self.0.entropy),
                caller,
                work,
            ),
            None => {
                let mut connection = self.0.begun(caller.school)?;
                self.0.run(&mut connection, caller, work)
            }
        }
    }

    /// Makes no more connections, and waits for those that are being made, five seconds at most: to be called before the process ends, of a server
    /// whose threads may outlive it. When the last of its copies goes, it closes by itself.
    pub fn close(&self) {
        self.0.gate.shut(PATIENCE);
        // Back to the pool, which closes them on this thread. Theirs may outlive the process's libraries.
        for threads in [&self.0.threads, &self.0.aside.threads] {
            threads.on_each(|| drop(OWN.take()), PATIENCE);
        }
    }

    /// Whether this is the embedded database.
    pub fn is_embedded(&self) -> bool {
        self.0.writer.is_some()
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.gate.shut(PATIENCE);
    }
}

/// Leaves a connection to this thread; a broken one goes, and the pool makes another.
fn keep(mut connection: PooledConnection<Manager>) {
    if !is_broken(&mut connection) {
        OWN.set(Some(connection));
    }
}

fn cores() -> u32 {
    std::thread::available_parallelism()
        .ok()
        .and_then(|cores| u32::try_from(cores.get()).ok())
        .unwrap_or(2)
}

/// Leaves the event loop.
async fn block<T, E>(
    threads: &Threads,
    work: impl FnOnce() -> std::result::Result<T, E> + Send + 'static,
) -> std::result::Result<T, E>
where
    T: Send + 'static,
    E: From<Error> + Send + 'static,
{
    match threads.run(work).await {
        Ok(result) => result,
        Err(error) => Err(Error::Away(Some(Box::new(error))).into()),
    }
}

impl Inner {
    /// Waits until a connection of the pool is free, as long as one waits for the pool itself.
    async fn free(&self) -> Result<SemaphorePermit<'_>> {
        match timeout(PATIENCE, self.free.acquire()).await {
            Ok(Ok(permit)) => Ok(permit),
            Ok(Err(closed)) => Err(Error::Away(Some(Box::new(closed)))),
            Err(late) => Err(Error::Away(Some(Box::new(late)))),
        }
    }

    /// A connection of the pool on which a transaction has begun.
    ///
    /// After the database was restarted every connection in the pool is dead and shows it at BEGIN, when
    /// nothing has been asked yet: the next one is tried, until the pool has made a new one.
    fn begun(&self, school: Option<SchoolId>) -> Result<PooledConnection<Manager>> {
        let mut tries = self.pool.max_size();
        loop {
            let mut connection = self.pool.get()?;
            match begin(&mut connection, "BEGIN", school) {
                Ok(()) => return Ok(connection),
                Err(_) if tries > 0 && is_broken(&mut connection) => tries -= 1,
                Err(error) => return Err(error),
            }
        }
    }

    /// The connection of this thread, on which a transaction has begun.
    fn begun_own(&self, school: Option<SchoolId>) -> Result<PooledConnection<Manager>> {
        if let Some(mut connection) = OWN.take()
            && begin(&mut connection, "BEGIN", school).is_ok()
        {
            return Ok(connection);
        }
        self.begun(school)
    }

    fn on_reader<T, E, F>(
        &self,
        caller: Caller,
        work: F,
    ) -> std::result::Result<(std::result::Result<T, E>, Caller, Notes), E>
    where
        E: From<Error>,
        F: FnOnce(&mut Tx<'_>) -> std::result::Result<T, E>,
    {
        let mut connection = self.begun_own(None)?;
        let mut tx = Tx::new(
            &mut connection,
            Arc::clone(&self.entropy),
            self.clock.now(),
            caller,
        );
        let result = work(&mut tx);
        let caller = tx.caller().clone();
        let notes = std::mem::take(&mut tx.notes);
        rollback(&mut connection);
        keep(connection);
        Ok((result, caller, notes))
    }

    fn on_own<T, E, F>(&self, caller: Caller, work: F) -> std::result::Result<T, E>
    where
        E: From<Error>,
        F: FnOnce(&mut Tx<'_>) -> std::result::Result<T, E>,
    {
        let mut connection = self.begun_own(caller.school)?;
        let result = self.run(&mut connection, caller, work);
        keep(connection);
        result
    }

    /// Does it in the transaction that has begun, and ends that.
    fn run<T, E, F>(
        &self,
        connection: &mut AnyConnection,
        caller: Caller,
        work: F,
    ) -> std::result::Result<T, E>
    where
        E: From<Error>,
        F: FnOnce(&mut Tx<'_>) -> std::result::Result<T, E>,
    {
        let now = self.clock.now();
        let mut tx = Tx::new(connection, Arc::clone(&self.entropy), now, caller);
        let result = work(&mut tx).and_then(|value| {
            tx.finish()?;
            Ok((value, tx.flush()?))
        });
        let caller = tx.caller().clone();
        let refusals = std::mem::take(&mut tx.notes.refusals);
        match result {
            Ok((value, line)) => {
                commit(connection, line).inspect_err(|_| rollback(connection))?;
                Ok(value)
            }
            Err(error) => {
                rollback(connection);
                if !refusals.is_empty() {
                    begin(connection, "BEGIN", caller.school)?;
                    let mut tx = Tx::new(connection, Arc::clone(&self.entropy), now, caller);
                    tx.append(refusals)
                        .and_then(|line| commit(connection, line))
                        .inspect_err(|_| rollback(connection))?;
                }
                Err(error)
            }
        }
    }
}
