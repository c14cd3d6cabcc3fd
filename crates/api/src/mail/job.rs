use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use diesel::prelude::*;
use domain::sql::Json;
use domain::{AccountId, MemberId, OutboxId};
use serde::{Deserialize, Serialize};
use store::schema::outbox;
use store::{Job, Result, Tx};
use vault::{Purpose, Reference, ServerSecret};

use crate::keys::Wanted;

/// The word for a mail in the outbox.
pub(super) const KIND: &str = "mail";

/// A mail that is to be sent. The address is looked up when it is sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "mail", content = "of", rename_all = "snake_case")]
pub(crate) enum Mail {
    /// A key holder has an alert.
    AlertWaits(MemberId),
    /// A lead has answered whoever recorded a concern.
    ReplyWaits(MemberId),
    /// Somebody has been given a place in a school and chooses a password.
    Invitation(SealedLink),
    /// Somebody asked to choose a new password.
    PasswordLink(SealedLink),
    /// Something happened to a person's own keys.
    Key {
        /// Whose.
        member: MemberId,
        /// What.
        event: KeyEvent,
    },
    /// The school's keys want something, every week until it is done.
    KeysWant {
        /// Of whom.
        member: MemberId,
        /// What.
        wanted: Wanted,
    },
}

/// What happened to a person's keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum KeyEvent {
    /// A device of theirs was enrolled; it holds nothing yet.
    Enrolled,
    /// A device of theirs was granted a key, or its grant was changed.
    Granted,
    /// A device of theirs was taken off the roll.
    Revoked,
    /// A device of theirs is suspended after wrong PINs.
    Suspended,
    /// A device of theirs was lost, and is suspended.
    Lost,
    /// Somebody else in the school has lost a device.
    HolderLostDevice,
    /// A device of theirs was given every key, by two recovery sheets.
    Recovered,
    /// Somebody in the school came back by two recovery sheets.
    KitUsed,
    /// The recovery sheets were replaced.
    KitReplaced,
    /// Somebody else in the school was granted keys, or lost them.
    HoldersChanged,
    /// Records were opened for a short look in a browser that is not known.
    UnknownBrowser,
    /// A browser is known from now on.
    BrowserKept,
    /// A rule about keys was changed.
    RulesChanged,
    /// A key holder has accepted that the records were put back from a backup.
    RestoreAccepted,
    /// Somebody who holds keys has left the school.
    HolderLeft,
    /// They have made codes on paper that open the records.
    PaperCodesMade,
    /// One of their codes on paper was used.
    PaperCodeUsed,
    /// A key holder has opened the records by a code on paper.
    HolderUsedPaperCode,
    /// A compartment has a new key.
    Rotated,
    /// A holder said of a request to unlock that it was not them.
    UnlockRefused,
}

/// A link that opens something to whoever holds it, sealed until it is mailed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SealedLink {
    account: AccountId,
    sealed: String,
}

impl Mail {
    /// An invitation with the token of a password link.
    pub(crate) fn invitation(
        tx: &Tx<'_>,
        secret: &ServerSecret,
        account: AccountId,
        token: &Reference,
    ) -> Self {
        Self::Invitation(SealedLink::new(tx, secret, account, token))
    }

    /// The mail that [`request_password_link`](crate::sessions) sends.
    pub(crate) fn password_link(
        tx: &Tx<'_>,
        secret: &ServerSecret,
        account: AccountId,
        token: &Reference,
    ) -> Self {
        Self::PasswordLink(SealedLink::new(tx, secret, account, token))
    }

    /// As it is left in the outbox, to be sent in so many days if it is wanted then.
    pub(crate) fn job_in(&self, tx: &Tx<'_>, days: i64) -> Job {
        Job {
            due_at: Some(tx.now().plus_days(days)),
            ..self.job()
        }
    }

    /// As it is left in the outbox: `tx.enqueue(mail.job())`.
    pub(crate) fn job(&self) -> Job {
        Job {
            kind: KIND,
            payload: serde_json::to_value(self).unwrap_or_default(),
            due_at: None,
        }
    }
}

/// Seals the links that wait in the outbox for another secret.
///
/// # Errors
/// What the database says.
pub(crate) fn reseal_links(tx: &mut Tx<'_>, old: &ServerSecret, new: &ServerSecret) -> Result<()> {
    let waiting: Vec<(OutboxId, Json)> = outbox::table
        .filter(outbox::done_at.is_null())
        .filter(outbox::kind.eq(KIND))
        .select((outbox::id, outbox::payload))
        .load(tx.connection())?;
    for (id, payload) in waiting {
        let mail = match serde_json::from_value(payload.0) {
            Ok(Mail::Invitation(link)) => link.resealed(tx, old, new).map(Mail::Invitation),
            Ok(Mail::PasswordLink(link)) => link.resealed(tx, old, new).map(Mail::PasswordLink),
            _ => None,
        };
        let Some(mail) = mail else { continue };
        let payload = serde_json::to_value(&mail).unwrap_or_default();
        diesel::update(outbox::table.find(id))
            .set(outbox::payload.eq(Json(payload)))
            .execute(tx.connection())?;
    }
    Ok(())
}

impl SealedLink {
    /// The same, sealed for another secret; `None` if the old one does not open it.
    fn resealed(&self, tx: &Tx<'_>, old: &ServerSecret, new: &ServerSecret) -> Option<Self> {
        let sealed = BASE64_URL_SAFE_NO_PAD.decode(&self.sealed).ok()?;
        let place = self.account.as_bytes();
        let token = old.open(Purpose::Outbox, place, &sealed).ok()?;
        let sealed = new.seal(Purpose::Outbox, place, &token, tx.entropy());
        Some(Self {
            account: self.account,
            sealed: BASE64_URL_SAFE_NO_PAD.encode(sealed),
        })
    }

    fn new(tx: &Tx<'_>, secret: &ServerSecret, account: AccountId, token: &Reference) -> Self {
        let sealed = secret.seal(
            Purpose::Outbox,
            account.as_bytes(),
            token.bytes(),
            tx.entropy(),
        );
        Self {
            account,
            sealed: BASE64_URL_SAFE_NO_PAD.encode(sealed),
        }
    }

    /// Whose it is.
    pub(super) const fn account(&self) -> AccountId {
        self.account
    }

    /// The token as it stands in the link; `None` if another secret sealed it.
    pub(super) fn open(&self, secret: &ServerSecret) -> Option<String> {
        let sealed = BASE64_URL_SAFE_NO_PAD.decode(&self.sealed).ok()?;
        let token = secret
            .open(Purpose::Outbox, self.account.as_bytes(), &sealed)
            .ok()?;
        Some(BASE64_URL_SAFE_NO_PAD.encode(&*token))
    }
}
