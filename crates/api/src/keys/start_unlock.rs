use std::sync::Arc;

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, post};
use diesel::prelude::*;
use domain::{MemberId, SessionId, Timestamp, UnlockId};
use policy::{Action, Facts};
use protocol::unlock::UnlockSecret;
use rest::{Body, Problem, Problems, UNLOCK_COOKIE, cookie};
use serde::{Deserialize, Serialize};
use store::schema::unlock;
use store::{Event, Tx};
use vault::Reference;

use super::browsers;
use super::devices::{DeviceState, of_member, seconds};
use super::pace;
use super::rolls::Rolls;
use super::unlocks::{self, State, WAIT_SECONDS, account_of};
use crate::{App, Credentials, browser};

/// Nothing has to be said.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct StartUnlock {
    /// Whether the app is on this very device: a link opens it, and nobody types a number.
    #[serde(default)]
    hand_off: bool,
}

/// A request that waits for the owner's device.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct UnlockStarted {
    id: UnlockId,
    /// What the owner types into the app; empty if a link opens it.
    #[schema(example = "47")]
    number: String,
    /// Two in a browser that is known, six in another, none if a link opens the app.
    digits: u8,
    /// Until when it waits.
    expires_at: Timestamp,
}

/// Ask one's own device to open the records in this browser.
///
/// The cookie it sets is the only thing that will open them; nothing is sent to the device, whose owner
/// opens the app. Where the app is on the same device the page opens it itself, by the link
/// `/app/unlock?u=` with the id (or `safehold:unlock?u=` with the id and `&o=` with the address), and the app
/// opens `/app/return` with what `return_unlock` wants.
#[utoipa::path(
    tag = "keys",
    request_body = StartUnlock,
    responses((status = 201, body = UnlockStarted, description = "Sets the unlock cookie."), Problems),
)]
#[post("/unlocks")]
pub(super) async fn start_unlock(
    app: Data<App>,
    credentials: Credentials,
    request: HttpRequest,
    body: Body<StartUnlock>,
) -> Result<HttpResponse, Problem> {
    let hand_off = body.0.hand_off;
    let label = browser::label(&request);
    let known = browser::known_cookie(&request);
    let rolls = Arc::clone(&app.rolls);
    let session = credentials.claims.sid;
    let (started, reference) = app
        .write("start_unlock", credentials, move |tx| {
            let member = tx.caller().member().ok_or_else(Problem::not_found)?;
            tx.require(Action::StartUnlock, Facts::Of(member))?;
            if !has_granted_device(tx, &rolls, member)? {
                return Err(Problem::new("no-granted-device"));
            }
            pace::check(tx, member)?;
            let account = account_of(tx, session)?;
            // One session is opened once: what was open in it has lost its cookie.
            unlocks::lock_all_of_session(tx, session)?;
            let known = browser::is_known(tx, account, known)?
                || browsers::was_kept(tx, session)?
                || browsers::enrolled_here(tx, &rolls, session)?;
            // A browser that is handed to and fro by the app is at the address that the app has pinned.
            if !known && !hand_off {
                browsers::require_let_in(tx, &rolls)?;
            }
            let (started, reference) = ask(
                tx,
                member,
                session,
                Browser {
                    known,
                    hand_off,
                    label,
                },
            )?;
            tx.record(Event::of(Action::StartUnlock).to(started.id));
            Ok((started, reference))
        })
        .await?;
    Ok(HttpResponse::Created()
        .insert_header((
            actix_web::http::header::LOCATION,
            format!("/v1/unlocks/{}", started.id),
        ))
        .cookie(cookie(UNLOCK_COOKIE, &reference.to_text()))
        .json(started))
}

fn has_granted_device(tx: &mut Tx<'_>, rolls: &Rolls, member: MemberId) -> store::Result<bool> {
    let roll = rolls.now(tx)?;
    let at = seconds(tx);
    Ok(of_member(tx, member)?
        .iter()
        .any(|device| device.state(roll.as_deref(), at) == DeviceState::Granted))
}

struct Browser {
    known: bool,
    hand_off: bool,
    label: String,
}

fn ask(
    tx: &mut Tx<'_>,
    member: MemberId,
    session: SessionId,
    browser: Browser,
) -> store::Result<(UnlockStarted, Reference)> {
    let (school, now) = (tx.school(), tx.now());
    let reference = Reference::new(tx.entropy());
    let secret = UnlockSecret::from_bytes(*reference.bytes());
    let chance = u64::from_be_bytes(tx.entropy().bytes());
    let (digits, number) = match (browser.hand_off, browser.known) {
        (true, _) => (0, String::new()),
        (false, true) => (2, format!("{:02}", chance % 100)),
        (false, false) => (6, format!("{:06}", chance % 1_000_000)),
    };
    let started = UnlockStarted {
        id: tx.new_id(),
        number,
        digits,
        expires_at: now.plus_seconds(WAIT_SECONDS),
    };
    diesel::insert_into(unlock::table)
        .values((
            unlock::school_id.eq(school),
            unlock::id.eq(started.id),
            unlock::member_id.eq(member),
            unlock::session_id.eq(session),
            unlock::state.eq(State::Pending.as_str()),
            unlock::secret_hash.eq(secret.reference().to_vec()),
            unlock::session_key.eq(secret.pair().public().as_bytes().to_vec()),
            unlock::number.eq(&started.number),
            unlock::known_browser.eq(browser.known),
            unlock::hand_off.eq(browser.hand_off),
            unlock::browser.eq(browser.label),
            unlock::created_at.eq(now),
            unlock::expires_at.eq(started.expires_at),
        ))
        .execute(tx.connection())?;
    Ok((started, reference))
}
