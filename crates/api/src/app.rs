use std::sync::Arc;

use diesel::prelude::*;
use domain::{Clock, Entropy, SchoolId, Timestamp};
use policy::Caller;
use protocol::signing::SigningKey;
use store::schema::server_secret;
use store::{Db, Tx};
use vault::{Passwords, Pepper, Purpose, ServerSecret, Tokens};
use zeroize::Zeroizing;

use crate::alerts::Told;
use crate::concerns::{Ahead, Offered};
use crate::credentials::Credentials;
use crate::keys::{Rolls, ServerHalf};
use crate::sessions::Hashing;
use crate::settled::Settled;

/// All that a handler may reach.
#[derive(Debug)]
pub struct App {
    /// The database.
    pub db: Db,
    /// The time, where no transaction gives it.
    pub clock: Arc<dyn Clock>,
    /// Chance, where no transaction gives it.
    pub entropy: Arc<dyn Entropy>,
    /// `K_srv` and what derives from it.
    pub secret: ServerSecret,
    /// Signs and checks access tokens.
    pub tokens: Tokens,
    /// Hashes passwords in their turn, so that a flood of sign-ins leaves room.
    pub(crate) hashing: Hashing,
    /// The signed rolls, replayed once and kept.
    pub(crate) rolls: Arc<Rolls>,
    /// To whom each school's records were last sealed.
    pub(crate) ahead: Ahead,
    /// What each school has set of its categories.
    pub(crate) offered: Settled<Offered>,
    /// What each school has set of who is told of a concern.
    pub(crate) told: Settled<Told>,
    /// The server's half of each school's keys.
    pub(crate) halves: Settled<Option<ServerHalf>>,
    /// `SIK`: the server's identity, which every app pins.
    pub identity: Arc<SigningKey>,
    /// The address that people and apps use, such as `https://safehold.larkspur.example`.
    pub origin: String,
}

/// What the app is started with.
#[derive(Debug)]
pub struct Start {
    /// The database, migrated.
    pub db: Db,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Chance.
    pub entropy: Arc<dyn Entropy>,
    /// `K_srv`.
    pub secret: ServerSecret,
    /// The address that people and apps use, without a slash at its end.
    pub origin: String,
}

impl App {
    /// Starts: reads the server's own keys out of the database, or makes them.
    ///
    /// # Errors
    /// [`store::Error`] if the database is away, or its keys were wrapped by another secret.
    pub fn start(start: Start) -> store::Result<Self> {
        let Start {
            db,
            clock,
            entropy,
            secret,
            origin,
        } = start;
        let sealer = secret.clone();
        let (token_key, identity_seed, pepper) =
            db.write_blocking(Caller::nobody(), move |tx| {
                let token_key =
                    own_key(tx, &sealer, "access-tokens", Purpose::TokenKey, |entropy| {
                        Tokens::new_key(entropy)
                    })?;
                let identity = own_key(tx, &sealer, "identity", Purpose::Identity, |entropy| {
                    Zeroizing::new(entropy.bytes::<32>().to_vec())
                })?;
                let pepper = pepper(tx, &sealer)?;
                Ok::<_, store::Error>((token_key, identity, pepper))
            })?;
        let tokens = Tokens::new(&origin, &token_key)
            .map_err(|_| store::Error::Unreadable("server_secret access-tokens"))?;
        let identity = identity_seed
            .as_slice()
            .try_into()
            .ok()
            .and_then(|seed| SigningKey::from_seed(seed).ok())
            .ok_or(store::Error::Unreadable("server_secret identity"))?;
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        let hashing = Hashing::start(&Passwords::new(pepper), cores)
            .map_err(|error| store::Error::Away(Some(Box::new(error))))?;
        Ok(Self {
            db,
            clock,
            entropy,
            hashing,
            secret,
            tokens,
            rolls: Arc::new(Rolls::default()),
            ahead: Ahead::default(),
            offered: Settled::default(),
            told: Settled::default(),
            halves: Settled::default(),
            identity: Arc::new(identity),
            origin,
        })
    }

    /// Runs a transaction that changes rows, for somebody who is signed in: the session is looked up,
    /// and who asks is settled, in that same transaction.
    ///
    /// # Errors
    /// `sign-in-required` if the session is over; otherwise what `work` returns.
    pub async fn write<T, E, F>(
        &self,
        name: &'static str,
        credentials: Credentials,
        work: F,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<store::Error> + Send + 'static,
        F: FnOnce(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    {
        let (caller, work) = self.signed_in(credentials, work);
        self.db.write(name, caller, work).await
    }

    /// Runs a transaction that only reads, for somebody who is signed in.
    ///
    /// # Errors
    /// As [`write`](Self::write).
    pub async fn read<T, E, F>(
        &self,
        name: &'static str,
        credentials: Credentials,
        work: F,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<store::Error> + Send + 'static,
        F: FnOnce(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    {
        let (caller, work) = self.signed_in(credentials, work);
        self.db.read(name, caller, work).await
    }

    /// The same for what takes long: it gives way to everything else ([`Db::read_aside`]).
    ///
    /// # Errors
    /// As [`write`](Self::write).
    pub async fn read_aside<T, E, F>(
        &self,
        name: &'static str,
        credentials: Credentials,
        work: F,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<store::Error> + Send + 'static,
        F: FnOnce(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    {
        let (caller, work) = self.signed_in(credentials, work);
        self.db.read_aside(name, caller, work).await
    }

    /// Who asks, as far as the token says, and what settles that in the transaction before it does the work.
    fn signed_in<T, E, F>(
        &self,
        credentials: Credentials,
        work: F,
    ) -> (
        Caller,
        impl FnOnce(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    )
    where
        T: Send + 'static,
        E: From<store::Error> + Send + 'static,
        F: FnOnce(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    {
        let rolls = Arc::clone(&self.rolls);
        let caller = in_school(credentials.claims.tid);
        let work = move |tx: &mut Tx<'_>| {
            crate::sessions::identify(tx, &credentials, &rolls)?;
            work(tx)
        };
        (caller, work)
    }

    /// The present instant.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }
}

/// Somebody of whom only the school is known yet.
pub(crate) fn in_school(school: Option<SchoolId>) -> Caller {
    Caller {
        school,
        ..Caller::nobody()
    }
}

/// The secret's own, or a former one's whose hashes are still good.
fn pepper(tx: &mut Tx<'_>, secret: &ServerSecret) -> store::Result<Pepper> {
    let former: Option<Vec<u8>> = server_secret::table
        .find(Pepper::FORMER)
        .select(server_secret::sealed)
        .first(tx.connection())
        .optional()?;
    match former {
        None => Ok(Pepper::of(secret)),
        Some(sealed) => Pepper::open(secret, &sealed)
            .map_err(|_| store::Error::Unreadable("server_secret: wrapped by another secret")),
    }
}

fn own_key(
    tx: &mut Tx<'_>,
    secret: &ServerSecret,
    name: &'static str,
    purpose: Purpose,
    make: impl FnOnce(&dyn Entropy) -> Zeroizing<Vec<u8>>,
) -> store::Result<Zeroizing<Vec<u8>>> {
    let sealed: Option<Vec<u8>> = server_secret::table
        .find(name)
        .select(server_secret::sealed)
        .first(tx.connection())
        .optional()?;
    if let Some(sealed) = sealed {
        return secret
            .open(purpose, name.as_bytes(), &sealed)
            .map_err(|_| store::Error::Unreadable("server_secret: wrapped by another secret"));
    }
    let key = make(tx.entropy());
    let sealed = secret.seal(purpose, name.as_bytes(), &key, tx.entropy());
    diesel::insert_into(server_secret::table)
        .values((
            server_secret::name.eq(name),
            server_secret::sealed.eq(sealed),
        ))
        .execute(tx.connection())?;
    Ok(key)
}
