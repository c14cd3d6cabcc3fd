use std::sync::Arc;

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, get};
use diesel::prelude::*;
use domain::{SessionId, Timestamp, UnlockId};
use policy::{Action, Facts};
use protocol::unlock::UnlockSecret;
use rest::{Problem, Problems, cookie};
use serde::Serialize;
use store::dialect::Prepare as _;
use store::schema::unlock;
use store::{Event, Tx};
use vault::Reference;

use super::browsers;
use super::unlocks::{self, State, Unlock, account_of};
use crate::browser::{self, KNOWN_BROWSER_COOKIE, KNOWN_BROWSER_DAYS};
use crate::{App, Credentials};

/// How a request to unlock stands.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub(super) struct UnlockStatus {
    id: UnlockId,
    state: UnlockState,
    /// Until when it waits.
    expires_at: Timestamp,
}

/// How a request to unlock stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum UnlockState {
    /// It waits for the device.
    Pending,
    /// The device has shown number and PIN.
    Claimed,
    /// The records are open in this browser: mint a new access token.
    Open,
    /// The owner said that it was not them.
    Refused,
    /// The number was wrong.
    Failed,
    /// Nobody answered in time.
    Expired,
    /// It is closed again.
    Locked,
}

/// Ask how one's request to unlock stands.
///
/// When the device has approved, the browser that holds the request's cookie opens by asking: no other. Where a
/// link has opened the app it opens by `return_unlock` instead.
#[utoipa::path(
    tag = "keys",
    params(("id" = UnlockId, Path)),
    responses((status = 200, body = UnlockStatus), Problems),
)]
#[get("/unlocks/{id}")]
pub(super) async fn read_unlock(
    app: Data<App>,
    credentials: Credentials,
    request: HttpRequest,
    path: Path<String>,
) -> Result<HttpResponse, Problem> {
    let id: UnlockId = path.parse().map_err(|_| Problem::not_found())?;
    let (found, now) = app
        .read("read_unlock", credentials.clone(), move |tx| {
            Ok::<_, Problem>((own(tx, id)?, tx.now()))
        })
        .await?;
    let opens = found.state() == State::Approved
        && found.waits(now)
        && !found.hand_off
        && is_its_browser(&found, credentials.claims.sid, credentials.unlock.as_ref());
    if !opens {
        return Ok(HttpResponse::Ok().json(status(&found, now)));
    }
    let known = browser::known_cookie(&request);
    let rolls = Arc::clone(&app.rolls);
    let opened = app
        .write("open_unlock", credentials, move |tx| {
            let found = own(tx, id)?;
            if !open(tx, &found)? {
                return Ok((status(&found, tx.now()), None));
            }
            // A browser is known once its owner has said so from their device: number and PIN alone may have
            // been given to somebody who stands between.
            let reference = match found.known_browser {
                true => {
                    let account = account_of(tx, found.session_id)?;
                    Some(browser::remember(tx, account, known)?)
                }
                false => {
                    browsers::tell_of_look(tx, &rolls)?;
                    None
                }
            };
            tx.record(Event::named("open_unlock").to(id));
            Ok::<_, Problem>((now_open(&found), reference))
        })
        .await?;
    Ok(answer(opened))
}

pub(super) fn answer((status, known): (UnlockStatus, Option<Reference>)) -> HttpResponse {
    let mut response = HttpResponse::Ok();
    if let Some(reference) = known {
        let text = reference.to_text();
        let mut known = cookie(KNOWN_BROWSER_COOKIE, &text);
        known.set_max_age(actix_web::cookie::time::Duration::days(KNOWN_BROWSER_DAYS));
        response.cookie(known);
    }
    response.json(status)
}

fn own(tx: &mut Tx<'_>, id: UnlockId) -> Result<Unlock, Problem> {
    let found = unlocks::find(tx, id)?.ok_or_else(Problem::not_found)?;
    tx.require(Action::ReadUnlock, Facts::Of(found.member_id))?;
    Ok(found)
}

pub(super) fn is_its_browser(
    unlock: &Unlock,
    session: SessionId,
    secret: Option<&UnlockSecret>,
) -> bool {
    unlock.session_id == session
        && secret.is_some_and(|secret| secret.reference().as_slice() == unlock.secret_hash)
}

pub(super) fn open(tx: &mut Tx<'_>, found: &Unlock) -> store::Result<bool> {
    let (school, now) = (tx.school(), tx.now());
    if !unlocks::advance(tx, found.id, State::Approved, State::Open)? {
        return Ok(false);
    }
    diesel::update(unlock::table.find((school, found.id)))
        .set((unlock::opened_at.eq(now), unlock::last_used_at.eq(now)))
        .prepared()
        .execute(tx.connection())?;
    Ok(true)
}

/// How an unlock stands that has just been opened.
pub(super) const fn now_open(unlock: &Unlock) -> UnlockStatus {
    UnlockStatus {
        id: unlock.id,
        state: UnlockState::Open,
        expires_at: unlock.expires_at,
    }
}

fn status(unlock: &Unlock, now: Timestamp) -> UnlockStatus {
    let state = match unlock.state() {
        State::Pending | State::Claimed | State::Approved if !unlock.waits(now) => {
            UnlockState::Expired
        }
        State::Pending => UnlockState::Pending,
        // Approved, but not for this browser: it is told no more than that somebody has claimed it.
        State::Claimed | State::Approved => UnlockState::Claimed,
        State::Open if unlock.is_open(now) => UnlockState::Open,
        State::Open | State::Locked => UnlockState::Locked,
        State::Failed => UnlockState::Failed,
        State::Refused => UnlockState::Refused,
    };
    UnlockStatus {
        id: unlock.id,
        state,
        expires_at: unlock.expires_at,
    }
}
