use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, post};
use diesel::prelude::*;
use domain::UnlockId;
use policy::{Action, Facts};
use protocol::hand_off::ReturnToken;
use rest::{Body, Problem, Problems};
use serde::Deserialize;
use store::dialect::Prepare as _;
use store::schema::unlock;
use store::{Event, Tx};

use super::bytes::Bytes;
use super::read_unlock::{UnlockStatus, answer, is_its_browser, now_open, open};
use super::unlocks::{self, State, Unlock, account_of};
use crate::mail::{KeyEvent, Mail};
use crate::{App, Credentials, browser};

/// What the app has opened the page with.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ReturnUnlock {
    /// The token that stands after the `#`, behind the id and a dot.
    token: Bytes,
}

/// Open the records where the app on the same device has opened the page again.
///
/// Only the browser that asked has the request's cookie, and only the page at the address that the app has pinned
/// gets the token: somebody who stands between the person and Safehold has never both. It is tried once,
/// whichever of the two is wrong. The browser is known from then on.
#[utoipa::path(
    tag = "keys",
    params(("id" = UnlockId, Path)),
    request_body = ReturnUnlock,
    responses((status = 200, body = UnlockStatus), Problems),
)]
#[post("/unlocks/{id}/return")]
pub(super) async fn return_unlock(
    app: Data<App>,
    credentials: Credentials,
    request: HttpRequest,
    path: Path<String>,
    body: Body<ReturnUnlock>,
) -> Result<HttpResponse, Problem> {
    let id: UnlockId = path.parse().map_err(|_| Problem::not_found())?;
    let token = ReturnToken::from_bytes(body.0.token.array("/token")?);
    let cookie_sent = browser::known_cookie(&request);
    let (session, secret) = (credentials.claims.sid, credentials.unlock.clone());
    let opened = app
        .write("return_unlock", credentials, move |tx| {
            let found = unlocks::find(tx, id)?.ok_or_else(Problem::not_found)?;
            tx.require(Action::ReturnUnlock, Facts::Of(found.member_id))?;
            if !found.hand_off || found.state() != State::Approved || !found.waits(tx.now()) {
                return Err(Problem::new("unlock-not-waiting"));
            }
            let right = found.return_hash == Some(token.hash(tx.school(), id).to_vec());
            if !right || !is_its_browser(&found, session, secret.as_ref()) {
                unlocks::end(tx, id, State::Failed)?;
                let why = if right {
                    "another browser"
                } else {
                    "wrong token"
                };
                tx.record(Event::of(Action::ReturnUnlock).to(id).detail(why).refused());
                // Kept although it is refused: it may not be tried again.
                return Ok(None);
            }
            if !open(tx, &found)? {
                return Err(Problem::new("unlock-not-waiting"));
            }
            let account = account_of(tx, found.session_id)?;
            if !found.known_browser {
                make_known(tx, &found)?;
            }
            let known = browser::remember(tx, account, cookie_sent)?;
            tx.record(Event::of(Action::ReturnUnlock).to(id));
            Ok::<_, Problem>(Some((now_open(&found), Some(known))))
        })
        .await?;
    opened
        .map(answer)
        .ok_or_else(|| Problem::new("hand-off-refused"))
}

/// The way to and fro has shown that the browser is at the pinned address, on its owner's device.
fn make_known(tx: &mut Tx<'_>, found: &Unlock) -> store::Result<()> {
    let school = tx.school();
    diesel::update(unlock::table.find((school, found.id)))
        .set(unlock::known_browser.eq(true))
        .prepared()
        .execute(tx.connection())?;
    let (member, event) = (found.member_id, KeyEvent::BrowserKept);
    tx.enqueue(Mail::Key { member, event }.job());
    Ok(())
}
