use diesel::prelude::*;
use domain::sql::Json;
use policy::Caller;
use store::Result;
use store::schema::outbox;

use super::address;
use super::job::{KIND, Mail};
use crate::App;

/// The token of the newest link that waits to be mailed to an address: for a demonstration, where no
/// mail server is.
///
/// # Errors
/// What the database says.
pub fn waiting_token(app: &App, email: &str) -> Result<Option<String>> {
    let secret = app.secret.clone();
    let email = email.to_owned();
    app.db.write_blocking(Caller::nobody(), move |tx| {
        let waiting: Vec<Json> = outbox::table
            .filter(outbox::done_at.is_null())
            .filter(outbox::kind.eq(KIND))
            .order_by(outbox::id.desc())
            .select(outbox::payload)
            .load(tx.connection())?;
        for payload in waiting {
            let Ok(Mail::Invitation(link) | Mail::PasswordLink(link)) =
                serde_json::from_value(payload.0)
            else {
                continue;
            };
            if address::of_account(tx, link.account())?.as_deref() == Some(&*email) {
                return Ok(link.open(&secret));
            }
        }
        Ok(None)
    })
}
