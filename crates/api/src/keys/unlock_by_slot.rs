use std::sync::Arc;

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, post};
use diesel::prelude::*;
use domain::{DeviceId, MemberId, SessionId, UnlockId};
use policy::{Action, Facts};
use protocol::roll::RollState;
use protocol::slots::{Slot, SlotCode, Terms};
use protocol::unlock::UnlockSecret;
use rest::{Body, Problem, Problems, UNLOCK_COOKIE, cookie};
use serde::{Deserialize, Serialize};
use store::schema::unlock;
use store::{Event, Result, Tx};
use vault::Reference;

use super::browsers::{RECORDS, holders};
use super::devices::seconds;
use super::pace;
use super::slots::{self, Found};
use super::unlocks::{self, State, account_of};
use crate::mail::{KeyEvent, Mail};
use crate::{App, Credentials, browser};

/// A code on paper.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct UnlockBySlot {
    /// Twenty-six letters and figures, as they stand on the paper; spaces and case do not matter.
    #[schema(example = "J28S 54WM JPB9 F64S KADS S7CY KP")]
    code: String,
}

/// The records are open in this browser: mint a new access token.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct UnlockedBySlot {
    id: UnlockId,
    /// How many codes of that device are left.
    codes_left: usize,
}

/// Open the records by a code on paper, where the device has no connection.
///
/// Only in a browser that has unlocked them before, and each code once. A wrong code, a used one, and a right
/// one in a browser that is not known are answered alike; each counts as a request to unlock, of which there
/// are five an hour. All key holders are told when one has opened.
#[utoipa::path(
    tag = "keys",
    request_body = UnlockBySlot,
    responses((status = 201, body = UnlockedBySlot, description = "Sets the unlock cookie."), Problems),
)]
#[post("/slot-unlocks")]
pub(super) async fn unlock_by_slot(
    app: Data<App>,
    credentials: Credentials,
    request: HttpRequest,
    body: Body<UnlockBySlot>,
) -> std::result::Result<HttpResponse, Problem> {
    let code = SlotCode::parse(&body.0.code)
        .map_err(|mistyped| Problem::field("/code", mistyped.to_string()))?;
    let label = browser::label(&request);
    let cookie_sent = browser::known_cookie(&request);
    let rolls = Arc::clone(&app.rolls);
    let session = credentials.claims.sid;
    let opened = app
        .write("unlock_by_slot", credentials, move |tx| {
            let member = tx.caller().member().ok_or_else(Problem::not_found)?;
            tx.require(Action::UnlockBySlot, Facts::Of(member))?;
            pace::check_rate(tx, member)?;
            let account = account_of(tx, session)?;
            let school = tx.school();
            let roll = rolls.now(tx)?;
            // All of it is looked at whatever comes out, so that how long the answer takes does not say.
            let known = browser::is_known(tx, account, cookie_sent)?;
            let found = slots::find(tx, member, &code.reference(school, member))?;
            let held = holds(roll.as_deref(), found.as_ref(), seconds(tx));
            let asked = Asked {
                member,
                session,
                browser: label,
                terms: found
                    .as_ref()
                    .map_or_else(|| nobodys(tx, member), |found| found.terms.clone()),
            };
            let secret = code.secret(&asked.terms.slot);
            // Of two who type the same code at the same moment one finds it gone.
            let taken = known && held && slots::take(tx, &asked.terms.slot)?;
            let Some(found) = found.filter(|_| taken) else {
                asked.note(tx, &secret, None)?;
                let why = if known {
                    "wrong code"
                } else {
                    "unknown browser"
                };
                tx.record(Event::of(Action::UnlockBySlot).detail(why).refused());
                // Kept although it is refused: the count of wrong ones must be.
                return Ok(None);
            };
            // One session is opened once: what was open in it loses its cookie.
            unlocks::lock_all_of_session(tx, session)?;
            let id = asked.note(tx, &secret, Some(found.sealed_bundle))?;
            tx.record(
                Event::of(Action::UnlockBySlot)
                    .to(id)
                    .content(found.terms.hash()),
            );
            tell(tx, member, roll.as_deref());
            let left = slots::left(tx, found.terms.slot.device)?;
            Ok::<_, Problem>(Some((secret, id, left.count)))
        })
        .await?;
    let (secret, id, codes_left) = opened.ok_or_else(|| Problem::new("paper-code-refused"))?;
    // EXPOSE: the cookie is the one place where the secret of an unlock is kept.
    let reference = Reference::from_bytes(*secret.expose());
    Ok(HttpResponse::Created()
        .insert_header((
            actix_web::http::header::LOCATION,
            format!("/v1/unlocks/{id}"),
        ))
        .cookie(cookie(UNLOCK_COOKIE, &reference.to_text()))
        .json(UnlockedBySlot { id, codes_left }))
}

/// Whether the slot's device still holds all that the paper opens.
fn holds(roll: Option<&RollState>, found: Option<&Found>, at: u64) -> bool {
    let Some(found) = found else { return false };
    roll.and_then(|roll| roll.active(found.terms.slot.device, at))
        .is_some_and(|grant| {
            let held = &grant.rights.compartments;
            found
                .terms
                .compartments
                .iter()
                .all(|name| held.contains(name))
        })
}

/// The terms of no slot, for a code that finds none.
fn nobodys(tx: &Tx<'_>, member: MemberId) -> Terms {
    Terms {
        slot: Slot {
            school: tx.school(),
            member,
            device: DeviceId::from_bytes([0; 16]),
            number: 0,
        },
        compartments: Vec::new(),
        session_seconds: 0,
    }
}

struct Asked {
    member: MemberId,
    session: SessionId,
    browser: String,
    terms: Terms,
}

impl Asked {
    /// Writes down what was asked: an unlock that is open from the first, or one that has failed.
    fn note(
        self,
        tx: &mut Tx<'_>,
        secret: &UnlockSecret,
        bundle: Option<Vec<u8>>,
    ) -> Result<UnlockId> {
        let (school, now, id) = (tx.school(), tx.now(), tx.new_id());
        let Terms {
            slot,
            compartments,
            session_seconds,
        } = &self.terms;
        let opened = bundle.is_some();
        let state = if opened { State::Open } else { State::Failed };
        diesel::insert_into(unlock::table)
            .values((
                unlock::school_id.eq(school),
                unlock::id.eq(id),
                unlock::member_id.eq(self.member),
                unlock::session_id.eq(self.session),
                unlock::state.eq(state.as_str()),
                unlock::secret_hash.eq(secret.reference().to_vec()),
                unlock::session_key.eq(secret.pair().public().as_bytes().to_vec()),
                unlock::number.eq(""),
                unlock::known_browser.eq(opened),
                unlock::browser.eq(&self.browser),
                unlock::device_id.eq(opened.then_some(slot.device)),
                unlock::sealed_bundle.eq(bundle),
                unlock::challenge_hash.eq(opened.then(|| self.terms.hash().to_vec())),
                unlock::scopes.eq(opened.then_some(RECORDS)),
                unlock::compartments
                    .eq(opened.then(|| protocol::encoding::join_names(compartments))),
                unlock::created_at.eq(now),
                unlock::expires_at.eq(now),
                unlock::opened_at.eq(opened.then_some(now)),
                unlock::last_used_at.eq(opened.then_some(now)),
                unlock::ends_at.eq(now.plus_seconds(i64::from(*session_seconds))),
            ))
            .execute(tx.connection())?;
        Ok(id)
    }
}

/// Tells its owner that a code was used, and everybody else who holds keys that somebody's was.
fn tell(tx: &mut Tx<'_>, owner: MemberId, roll: Option<&RollState>) {
    for member in holders(roll, seconds(tx)) {
        let event = match member == owner {
            true => KeyEvent::PaperCodeUsed,
            false => KeyEvent::HolderUsedPaperCode,
        };
        tx.enqueue(Mail::Key { member, event }.job());
    }
}
