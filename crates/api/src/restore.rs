//! A server whose secret was lost, brought back to where two recovery sheets do the rest.
//!
//! ```text
//! a backup on an empty machine ──► server restore ──► sign in by a new password ──► recover in the app
//! ```
//! What only the lost secret could open is void: passwords, sessions, the key of the access tokens, the
//! server's identity, links under way, replies to reporters. What the school's own keys open is not, but for
//! the server's half of them: until the recovery kit brings that back nothing can be read and nothing may
//! be recorded, because nobody could ever read it. Nothing that was recorded is touched.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use diesel::prelude::*;
use domain::{EmailAddress, SchoolId};
use policy::Caller;
use store::schema::{
    account, device, known_browser, membership, password_link, reply, server_secret, session,
    sign_in_failure, slot,
};
use store::{Db, Error, Event, Result, Tx};
use vault::{Purpose, ServerSecret};
use zeroize::Zeroizing;

use crate::keys::{lock_all_of_school, lose_psk};
use crate::sessions::link_for;

/// Why a server is not restored.
#[derive(Debug, thiserror::Error)]
pub enum NotRestored {
    /// The secret opens the server's keys: nothing is lost, and all of it would be.
    #[error("the secret opens the server's keys: nothing is lost")]
    SecretIsRight,
    /// What the database says.
    #[error(transparent)]
    Store(#[from] Error),
}

/// Begins again with another secret; the schools that now wait for their recovery sheets.
///
/// # Errors
/// [`NotRestored::SecretIsRight`], and what the database says.
pub fn begin_again(
    db: &Db,
    secret: &ServerSecret,
) -> std::result::Result<Vec<SchoolId>, NotRestored> {
    let secret = secret.clone();
    db.write_blocking(Caller::nobody(), move |tx| {
        if opens(tx, &secret)? {
            return Err(NotRestored::SecretIsRight);
        }
        forget_what_is_void(tx)?;
        let schools: Vec<SchoolId> = membership::table
            .select(membership::school_id)
            .distinct()
            .order_by(membership::school_id)
            .load(tx.connection())
            .map_err(Error::from)?;
        for school in &schools {
            tx.enter(*school)?;
            lose_in_school(tx)?;
        }
        Ok(schools)
    })
}

/// A link by which somebody chooses a new password, for where no mail server is; `None` if nobody has the
/// address.
///
/// # Errors
/// What the database says.
pub fn password_token(db: &Db, email: EmailAddress) -> Result<Option<Zeroizing<String>>> {
    db.write_blocking(Caller::nobody(), move |tx| {
        let token = link_for(tx, &email)?;
        Ok(token.map(|token| Zeroizing::new(BASE64_URL_SAFE_NO_PAD.encode(token.bytes()))))
    })
}

/// Whether the server's own keys open with this secret; a database without any has nothing to lose.
fn opens(tx: &mut Tx<'_>, secret: &ServerSecret) -> Result<bool> {
    let sealed: Option<Vec<u8>> = server_secret::table
        .find("identity")
        .select(server_secret::sealed)
        .first(tx.connection())
        .optional()?;
    Ok(sealed.is_none_or(|sealed| secret.open(Purpose::Identity, b"identity", &sealed).is_ok()))
}

fn forget_what_is_void(tx: &mut Tx<'_>) -> Result<()> {
    let connection = tx.connection();
    diesel::delete(server_secret::table).execute(connection)?;
    diesel::delete(session::table).execute(connection)?;
    diesel::delete(known_browser::table).execute(connection)?;
    diesel::delete(password_link::table).execute(connection)?;
    diesel::delete(sign_in_failure::table).execute(connection)?;
    // A hash with the lost pepper matches no password any more.
    diesel::update(account::table)
        .set(account::password_hash.eq(None::<String>))
        .execute(connection)?;
    Ok(())
}

fn lose_in_school(tx: &mut Tx<'_>) -> Result<()> {
    lose_psk(tx)?;
    let school = tx.school();
    // A device deposits the secret of its offline codes again.
    diesel::update(device::table.filter(device::school_id.eq(school)))
        .set(device::code_secret.eq(None::<Vec<u8>>))
        .execute(tx.connection())?;
    // A backup brings back codes on paper that were used since.
    diesel::delete(slot::table.filter(slot::school_id.eq(school))).execute(tx.connection())?;
    lock_all_of_school(tx)?;
    // Sealed for the server alone (docs/adr/0002): an empty body says that there was one.
    diesel::update(reply::table.filter(reply::school_id.eq(school)))
        .set(reply::body.eq(Vec::<u8>::new()))
        .execute(tx.connection())?;
    tx.record_now(Event::named("lose_server_secret"))
}
