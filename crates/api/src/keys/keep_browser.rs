use actix_web::web::{Data, Path};
use actix_web::{HttpResponse, post};
use diesel::prelude::*;
use domain::UnlockId;
use policy::Action;
use protocol::pin::PinTag;
use rest::{Problem, Problems};
use serde::Deserialize;
use store::Event;
use store::dialect::Prepare as _;
use store::schema::unlock;

use super::bytes::Bytes;
use super::device_call::DeviceCall;
use super::pins::{self, Pin};
use super::unlocks;
use crate::App;
use crate::mail::{KeyEvent, Mail};

/// The PIN, proved.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct KeepBrowser {
    /// Of the PIN.
    pin_tag: Bytes,
}

/// Say that the browser of a short look is one's own.
///
/// What is open in it stays a short look; when it unlocks next it is known, and stays so for ninety days.
#[utoipa::path(
    tag = "devices",
    security(("device" = [])),
    params(("unlock" = UnlockId, Path)),
    request_body = KeepBrowser,
    responses((status = 204, description = "It is known when it unlocks next."), Problems),
)]
#[post("/device/sessions/{unlock}/keep")]
pub(super) async fn keep_browser(
    app: Data<App>,
    call: DeviceCall,
    path: Path<String>,
) -> Result<HttpResponse, Problem> {
    let id: UnlockId = path.parse().map_err(|_| Problem::not_found())?;
    let form: KeepBrowser = call.json()?;
    let tag = PinTag::from_bytes(form.pin_tag.array("/pin_tag")?);
    let pin = call
        .run(&app, "keep_browser", move |tx, asking| {
            asking.require(tx, Action::KeepBrowser)?;
            let found = unlocks::find(tx, id)?
                .filter(|unlock| unlock.member_id == asking.member())
                .ok_or_else(Problem::not_found)?;
            if !found.is_open(tx.now()) {
                return Err(Problem::new("unlock-not-waiting"));
            }
            let pin = pins::check(tx, asking, &tag, Action::KeepBrowser)?;
            if pin != Pin::Right {
                return Ok(pin);
            }
            let school = tx.school();
            diesel::update(unlock::table.find((school, id)))
                .set(unlock::kept.eq(true))
                .prepared()
                .execute(tx.connection())
                .map_err(store::Error::from)?;
            tx.record(Event::of(Action::KeepBrowser).to(id));
            let (member, event) = (asking.member(), KeyEvent::BrowserKept);
            tx.enqueue(Mail::Key { member, event }.job());
            Ok(pin)
        })
        .await?;
    pin.accept()?;
    Ok(HttpResponse::NoContent().finish())
}
