//! The real application in this process: on a port of its own, with a clock that is moved by hand.

use std::net::TcpListener;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, mpsc};
use std::thread::JoinHandle;

use actix_web::web::Data;
use actix_web::{HttpServer, rt};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
use diesel::prelude::*;
use domain::sql::Json;
use domain::{AccountId, Clock, Entropy, FixedClock, SeededEntropy, Timestamp};
use policy::Caller;
use protocol::encoding::sha256;
use store::schema::{account, known_browser, outbox, password_link};
use vault::{Purpose, Reference, ServerSecret};

use crate::{Client, Database, Engine, Phone};

/// The address that is in tokens, links and challenges. The same in every test, so that a school can
/// be copied together with its sessions and phones; the port that the app listens on is another matter.
pub const ORIGIN: &str = "https://safehold.example";

/// Monday 23 November 2026, 08:40 in the morning.
pub const MORNING: i64 = 1_795_423_200;

/// An application that listens, and all that it stands on. It stops when it is dropped.
#[derive(Debug)]
pub struct Served {
    /// The app's clock.
    pub clock: FixedClock,
    /// The app's chance.
    pub entropy: Arc<dyn Entropy>,
    /// What the app itself has.
    pub app: Arc<api::App>,
    database: Option<Database>,
    secret: ServerSecret,
    address: String,
    server: Option<(actix_web::dev::ServerHandle, JoinHandle<()>)>,
}

impl Served {
    /// Serves an empty school-less application.
    pub fn empty(engine: Engine) -> Self {
        Self::on(Database::migrated(engine), MORNING)
    }

    /// Serves what is in `database`, beginning at an instant in Unix seconds.
    ///
    /// # Panics
    /// If it cannot be started.
    pub fn on(database: Database, now: i64) -> Self {
        Self::with_secret(database, now, secret())
    }

    /// Serves a backup with another secret than it was made with: begins again, as `server restore` does.
    ///
    /// # Panics
    /// If the secret is the right one, or the server cannot be started.
    pub fn restored(database: Database, now: i64, secret: ServerSecret) -> Self {
        let settings = store::Settings {
            url: database.url(),
            connections: Some(2),
        };
        let clock = FixedClock::at(Timestamp::from_seconds(now));
        let db =
            store::Db::open(&settings, Arc::new(clock), own_chance()).expect("the database opens");
        let schools = api::restore::begin_again(&db, &secret).expect("the secret is another");
        assert!(!schools.is_empty(), "there is a school to restore");
        drop(db);
        Self::with_secret(database, now, secret)
    }

    /// Serves the same with another secret, which the old one hands everything over to, as
    /// `server renew-secret` does.
    ///
    /// # Panics
    /// If it is not renewed, or the server cannot be started.
    pub fn renewed(
        database: Database,
        now: i64,
        secret: ServerSecret,
        passwords: api::renew::OldPasswords,
    ) -> Self {
        let settings = store::Settings {
            url: database.url(),
            connections: Some(2),
        };
        let clock = FixedClock::at(Timestamp::from_seconds(now));
        let db =
            store::Db::open(&settings, Arc::new(clock), own_chance()).expect("the database opens");
        let renew = || api::renew::renew(&db, &self::secret(), &secret, passwords);
        let renewed = renew().expect("the secret is renewed");
        assert!(matches!(renewed, api::renew::Renewal::Done(schools) if !schools.is_empty()));
        // Broken off after the commit and begun anew, it finds that it was done.
        let again = renew().expect("it was renewed");
        assert_eq!(again, api::renew::Renewal::DoneBefore);
        drop(db);
        Self::with_secret(database, now, secret)
    }

    fn with_secret(database: Database, now: i64, secret: ServerSecret) -> Self {
        let clock = FixedClock::at(Timestamp::from_seconds(now));
        let entropy = own_chance();
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("its address");
        let settings = store::Settings {
            url: database.url(),
            connections: Some(4),
        };
        let db = store::Db::open(&settings, Arc::new(clock.clone()), Arc::clone(&entropy))
            .expect("the database opens");
        let app = api::App::start(api::Start {
            db,
            clock: Arc::new(clock.clone()),
            entropy: Arc::clone(&entropy),
            secret: secret.clone(),
            origin: ORIGIN.to_owned(),
        })
        .expect("the app starts");
        let app = Arc::new(app);
        let served = Data::from(Arc::clone(&app));
        let (tell, told) = mpsc::channel();
        let thread = std::thread::spawn(move || {
            rt::System::new().block_on(async move {
                let server = HttpServer::new(move || api::http::application(served.clone()))
                    .on_connect(rest::count_requests)
                    .workers(2)
                    .disable_signals()
                    .listen(listener)
                    .expect("a listener")
                    .run();
                tell.send(server.handle()).expect("somebody waits");
                server.await.expect("the server runs");
            });
        });
        let handle = told.recv().expect("the server started");
        Self {
            clock,
            entropy,
            app,
            database: Some(database),
            secret,
            address: format!("http://{address}"),
            server: Some((handle, thread)),
        }
    }

    /// A browser that has never been here.
    pub fn browser(&self) -> Client {
        Client::new(&self.address)
    }

    /// A new phone.
    pub fn phone(&self) -> Phone {
        Phone::new(
            &self.address,
            Arc::new(self.clock.clone()),
            Arc::clone(&self.entropy),
        )
    }

    /// A setup code, as the operator's command prints it.
    ///
    /// # Panics
    /// If the database is away.
    pub fn setup_code(&self) -> String {
        self.app
            .db
            .write_blocking(Caller::nobody(), api::setup::issue_setup_code)
            .expect("a setup code")
            .to_string()
    }

    /// The token of the link that waits in the outbox to be mailed to this address.
    ///
    /// # Panics
    /// If none waits.
    pub fn mailed_token(&self, email: &str) -> String {
        let address = email.to_owned();
        let (account, good, waiting): (AccountId, Vec<Vec<u8>>, Vec<Json>) = self
            .app
            .db
            .write_blocking(Caller::nobody(), move |tx| {
                let account: AccountId = account::table
                    .filter(account::email.eq(address))
                    .select(account::id)
                    .first(tx.connection())?;
                let good = password_link::table
                    .filter(password_link::account_id.eq(account))
                    .filter(password_link::used_at.is_null())
                    .select(password_link::token_hash)
                    .load(tx.connection())?;
                let waiting = outbox::table
                    .filter(outbox::done_at.is_null())
                    .select(outbox::payload)
                    .load(tx.connection())?;
                Ok::<_, store::Error>((account, good, waiting))
            })
            .expect("somebody has this address");
        // Of several that an instant has made, the one that was not replaced.
        waiting
            .iter()
            .map(|payload| &payload.0["of"])
            .filter(|link| link["account"] == account.to_string())
            .filter_map(|link| BASE64.decode(link["sealed"].as_str()?).ok())
            .filter_map(|sealed| {
                let place = account.as_bytes();
                self.secret.open(Purpose::Outbox, place, &sealed).ok()
            })
            .find(|token| good.iter().any(|hash| **hash == sha256(token)))
            .map(|token| BASE64.encode(&*token))
            .expect("a link waits")
    }

    /// Makes a browser known, as if its owner had unlocked records in it and said that it is theirs.
    ///
    /// # Panics
    /// If nobody has this address.
    pub fn make_known(&self, browser: &Client, email: &str) {
        let address = email.to_owned();
        let reference = Reference::new(&*self.entropy);
        let hash = reference.hash().to_vec();
        self.app
            .db
            .write_blocking(Caller::nobody(), move |tx| {
                let owner: AccountId = account::table
                    .filter(account::email.eq(address))
                    .select(account::id)
                    .first(tx.connection())?;
                let until = tx.now().plus_days(90);
                diesel::insert_into(known_browser::table)
                    .values((
                        known_browser::ref_hash.eq(hash),
                        known_browser::account_id.eq(owner),
                        known_browser::expires_at.eq(until),
                    ))
                    .execute(tx.connection())?;
                Ok::<_, store::Error>(())
            })
            .expect("a known browser");
        browser.set_cookie("__Host-kb", &reference.to_text());
    }

    /// Where it listens.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// The database beneath.
    ///
    /// # Panics
    /// After [`stop`](Self::stop), which there is nothing left to call it on.
    pub fn database(&self) -> &Database {
        self.database.as_ref().expect("there until it is stopped")
    }

    /// The present instant, in Unix seconds.
    pub fn now(&self) -> i64 {
        self.clock.now().seconds()
    }

    /// Stops the server and gives the database back, with nothing open on it.
    ///
    /// # Panics
    /// If the server's thread did.
    pub fn stop(mut self) -> Database {
        self.halt();
        self.database.take().expect("stopped only once")
    }

    fn halt(&mut self) {
        if let Some((handle, thread)) = self.server.take() {
            // The command goes out at once; its future only waits for what the join waits for too.
            drop(handle.stop(false));
            if thread.join().is_err() && !std::thread::panicking() {
                panic!("the server's thread panicked");
            }
        }
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        self.halt();
    }
}

/// The server's secret of every test: what one app has sealed, another must open.
pub(crate) fn secret() -> ServerSecret {
    ServerSecret::new([0x5a; 32])
}

/// Chance that nothing else in this program draws. A copy of a school goes on at the instant at which the school was
/// stopped: with the same chance it would make ids that are there already.
fn own_chance() -> Arc<dyn Entropy> {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    let mut seed = [0; 32];
    seed[..8].copy_from_slice(&NEXT.fetch_add(1, Ordering::Relaxed).to_be_bytes());
    Arc::new(SeededEntropy::new(seed))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::own_chance;

    #[test]
    fn no_two_copies_draw_the_same_however_many_there_are() {
        let drawn: BTreeSet<[u8; 16]> = (0..1_000).map(|_| own_chance().bytes()).collect();
        assert_eq!(drawn.len(), 1_000);
    }
}
