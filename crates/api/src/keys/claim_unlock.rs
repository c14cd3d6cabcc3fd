use actix_web::post;
use actix_web::web::{Data, Json, Path};
use diesel::prelude::*;
use domain::UnlockId;
use policy::Action;
use protocol::claim;
use protocol::pin::PinTag;
use protocol::unlock::challenge_hash;
use rest::{Problem, Problems};
use serde::Deserialize;
use store::dialect::Prepare as _;
use store::schema::unlock;
use store::{Event, Tx};

use super::bytes::Bytes;
use super::challenges;
use super::device_call::{Asking, DeviceCall, refused};
use super::pins::{self, Pin};
use super::unlocks::{self, State};
use super::wraps::{Wraps, release};
use crate::App;

/// The number on the page and the PIN, proved.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ClaimUnlock {
    /// As typed.
    #[schema(example = "47")]
    number: String,
    /// Of the PIN.
    pin_tag: Bytes,
    /// By this device.
    signature: Bytes,
}

enum Claimed {
    Yes(Wraps),
    WrongPin(Pin),
    WrongNumber,
}

/// Claim a request to unlock: the number on the page and the PIN, for the device's own wraps.
///
/// The number may be tried once: a wrong one ends the request. The PIN is checked first, so that a lost
/// phone cannot end its owner's requests. After a wrong PIN, here or wherever else one is asked for, comes a wait
/// (`wait_seconds`, `Retry-After`): what is tried within it is refused as `pin-too-soon`, looked at no further and
/// not counted.
#[utoipa::path(
    tag = "devices",
    security(("device" = [])),
    params(("unlock" = UnlockId, Path)),
    request_body = ClaimUnlock,
    responses((status = 200, body = Wraps), Problems),
)]
#[post("/device/unlocks/{unlock}/claim")]
pub(super) async fn claim_unlock(
    app: Data<App>,
    call: DeviceCall,
    path: Path<String>,
) -> Result<Json<Wraps>, Problem> {
    let id: UnlockId = path.parse().map_err(|_| Problem::not_found())?;
    let form: ClaimUnlock = call.json()?;
    let tag = PinTag::from_bytes(form.pin_tag.array("/pin_tag")?);
    let claimed = call
        .run(&app, "claim_unlock", move |tx, asking| {
            asking.require(tx, Action::ClaimUnlock)?;
            claim(tx, asking, id, &form.number, &tag, &form.signature.0)
        })
        .await?;
    match claimed {
        Claimed::Yes(wraps) => Ok(Json(wraps)),
        Claimed::WrongNumber => Err(Problem::new("number-refused")),
        Claimed::WrongPin(pin) => pin.accept().and(Err(Problem::new("pin-refused"))),
    }
}

fn claim(
    tx: &mut Tx<'_>,
    asking: &Asking,
    id: UnlockId,
    number: &str,
    tag: &PinTag,
    signature: &[u8],
) -> Result<Claimed, Problem> {
    let over = || Problem::new("unlock-not-waiting");
    let found = unlocks::find(tx, id)?
        .filter(|unlock| unlock.member_id == asking.member())
        .ok_or_else(Problem::not_found)?;
    if found.state() != State::Pending || !found.waits(tx.now()) {
        return Err(over());
    }
    let put = challenges::find(tx, id, asking.device.id)?.ok_or_else(Problem::not_found)?;
    let hash = challenge_hash(&put.challenge);
    claim::verify(&hash, number, tag, signature, &asking.key).map_err(|_| refused())?;
    let pin = pins::check(tx, asking, tag, Action::ClaimUnlock)?;
    if pin != Pin::Right {
        return Ok(Claimed::WrongPin(pin));
    }
    // Moved on before it is compared: of two guesses at the same moment only one is looked at.
    if !unlocks::advance(tx, id, State::Pending, State::Claimed)? {
        return Err(over());
    }
    if number != found.number {
        unlocks::end(tx, id, State::Failed)?;
        tx.record(
            Event::of(Action::ClaimUnlock)
                .to(id)
                .detail("wrong number")
                .refused(),
        );
        return Ok(Claimed::WrongNumber);
    }
    note_device(tx, asking, id)?;
    tx.record(Event::of(Action::ClaimUnlock).to(id));
    Ok(Claimed::Yes(release(tx, asking)?))
}

fn note_device(tx: &mut Tx<'_>, asking: &Asking, id: UnlockId) -> store::Result<()> {
    let school = tx.school();
    diesel::update(unlock::table.find((school, id)))
        .set(unlock::device_id.eq(asking.device.id))
        .prepared()
        .execute(tx.connection())?;
    Ok(())
}
