use std::sync::Arc;
use std::time::Duration;

use lettre::message::Mailbox;
use lettre::{Address, AsyncSmtpTransport, AsyncTransport, Tokio1Executor};
use policy::Caller;
use store::{Result, Tx, Waiting};

use super::job::{KIND, Mail};
use super::{address, compose, words};
use crate::App;
use crate::keys::is_wanted;

/// Mails that are claimed at a time.
const BATCH: i64 = 20;
/// Seconds between two looks at the outbox when nothing was due.
const PAUSE: Duration = Duration::from_secs(2);
/// How long a mail server may take over one step.
const PATIENCE: Duration = Duration::from_secs(10);
/// Days between two reminders of the same thing.
const REMIND_DAYS: i64 = 7;
/// Days that a row stays after its mail was sent, for whoever asks whether it was.
const KEEP_DAYS: i64 = 14;

/// How mails are sent.
#[derive(Clone, Debug)]
pub struct Settings {
    /// `smtps://user:password@host`, or `smtp://host:port` with `?tls=required` or without.
    pub smtp_url: String,
    /// Whom mails are from, such as `Safehold <safehold@larkspur.example>`.
    pub from: String,
}

/// The settings cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum InvalidSettings {
    /// Not the address of a mail server.
    #[error("the SMTP address is not of the form smtp://host:port")]
    Server(#[source] lettre::transport::smtp::Error),
    /// Not an address that mails can be from.
    #[error("the sender is not of the form Name <name@host>")]
    Sender(#[source] lettre::address::AddressError),
}

/// Sends what waits in the outbox.
pub struct Worker {
    app: Arc<App>,
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

impl std::fmt::Debug for Worker {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("[mail worker]")
    }
}

/// What is wanted is asked for again in a week; whether it still is wanted is seen then.
fn remind_again(tx: &mut Tx<'_>, sent: &Waiting) {
    if let Ok(mail @ Mail::KeysWant { .. }) = serde_json::from_value(sent.payload.0.clone()) {
        let job = mail.job_in(tx, REMIND_DAYS);
        tx.enqueue(job);
    }
}

/// What became of one mail.
enum Sent {
    /// The mail server has it.
    Accepted,
    /// There is nobody to send it to any more, or no reason.
    Nobody,
    /// It has to be tried again: why, in a word.
    Later(&'static str),
}

impl Worker {
    /// A worker; nothing is connected to yet.
    ///
    /// # Errors
    /// [`InvalidSettings`].
    pub fn new(app: Arc<App>, settings: &Settings) -> std::result::Result<Self, InvalidSettings> {
        Ok(Self {
            app,
            transport: AsyncSmtpTransport::<Tokio1Executor>::from_url(&settings.smtp_url)
                .map_err(InvalidSettings::Server)?
                .timeout(Some(PATIENCE))
                .build(),
            from: settings.from.parse().map_err(InvalidSettings::Sender)?,
        })
    }

    /// Works for ever.
    pub async fn run(&self) {
        loop {
            match self.pass().await {
                Ok(0) => tokio::time::sleep(PAUSE).await,
                Ok(_) => {}
                Err(error) => {
                    tracing::warn!(%error, "the outbox cannot be read");
                    tokio::time::sleep(PAUSE).await;
                }
            }
        }
    }

    /// Tries what is due now, once; how many mails the mail server took.
    ///
    /// # Errors
    /// What the database says. A mail that cannot be sent is put off, and is no error.
    pub async fn pass(&self) -> Result<usize> {
        let db = &self.app.db;
        let waiting = db
            .read("look_into_outbox", Caller::nobody(), |tx| {
                Waiting::any_due(tx, KIND)
            })
            .await?;
        if !waiting {
            return Ok(0);
        }
        let claimed = db
            .write("claim_mails", Caller::nobody(), |tx| {
                Waiting::forget_done(tx, tx.now().plus_days(-KEEP_DAYS))?;
                Waiting::claim(tx, KIND, BATCH)
            })
            .await?;
        let mut accepted = 0;
        for waiting in claimed {
            let sent = self.send(&waiting).await?;
            accepted += usize::from(matches!(sent, Sent::Accepted));
            if let Sent::Later(why) = sent {
                tracing::warn!(attempts = waiting.attempts, why, "a mail is put off");
            }
            let caller = waiting
                .school_id
                .map_or_else(Caller::nobody, Caller::system);
            db.write("settle_mail", caller, move |tx| match sent {
                Sent::Accepted => {
                    remind_again(tx, &waiting);
                    waiting.done(tx)
                }
                Sent::Nobody => waiting.done(tx),
                Sent::Later(why) => waiting.put_off(tx, why),
            })
            .await?;
        }
        Ok(accepted)
    }

    async fn send(&self, waiting: &Waiting) -> Result<Sent> {
        let Ok(mail) = serde_json::from_value::<Mail>(waiting.payload.0.clone()) else {
            return Ok(Sent::Later("unreadable"));
        };
        let Some((to, link)) = self.address(waiting, &mail).await? else {
            return Ok(Sent::Nobody);
        };
        let Ok(to) = to.parse::<Address>() else {
            return Ok(Sent::Nobody);
        };
        let message = compose::compose(waiting.id, &self.from, to, &words::of(&mail), &link);
        let Ok(message) = message else {
            return Ok(Sent::Later("cannot be composed"));
        };
        Ok(match self.transport.send(message).await {
            Ok(_) => Sent::Accepted,
            // What the mail server said may repeat the address, so it is not kept.
            Err(error) if error.is_permanent() => Sent::Later("refused"),
            Err(error) if error.is_timeout() => Sent::Later("timed out"),
            Err(_) => Sent::Later("the mail server is away"),
        })
    }

    /// To whom a mail goes, and its link.
    async fn address(&self, waiting: &Waiting, mail: &Mail) -> Result<Option<(String, String)>> {
        let page = format!("{}{}", self.app.origin, words::of(mail).page);
        let (to, link) = match mail {
            Mail::AlertWaits(member) | Mail::ReplyWaits(member) | Mail::Key { member, .. } => {
                let (Some(school), member) = (waiting.school_id, *member) else {
                    return Ok(None);
                };
                let to = self
                    .app
                    .db
                    .read("find_address", Caller::system(school), move |tx| {
                        address::of_member(tx, member)
                    })
                    .await?;
                (to, page)
            }
            Mail::KeysWant { member, wanted } => {
                let (Some(school), member, wanted) = (waiting.school_id, *member, *wanted) else {
                    return Ok(None);
                };
                let rolls = Arc::clone(&self.app.rolls);
                let to = self
                    .app
                    .db
                    .read(
                        "find_address",
                        Caller::system(school),
                        move |tx| match is_wanted(tx, &rolls, member, wanted)? {
                            true => address::of_member(tx, member),
                            false => Ok(None),
                        },
                    )
                    .await?;
                (to, page)
            }
            Mail::Invitation(link) | Mail::PasswordLink(link) => {
                let Some(token) = link.open(&self.app.secret) else {
                    return Ok(None);
                };
                let account = link.account();
                let to = self
                    .app
                    .db
                    .read("find_address", Caller::nobody(), move |tx| {
                        address::of_account(tx, account)
                    })
                    .await?;
                // In the fragment, which no browser sends and no log holds.
                (to, format!("{page}#{token}"))
            }
        };
        Ok(to.map(|to| (to, link)))
    }
}
