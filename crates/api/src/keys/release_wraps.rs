use actix_web::post;
use actix_web::web::{Data, Json};
use policy::Action;
use protocol::pin::PinTag;
use rest::{Problem, Problems};
use serde::Deserialize;
use store::Event;

use super::bytes::Bytes;
use super::device_call::DeviceCall;
use super::pins::{self, Pin};
use super::wraps::{Wraps, release};
use crate::App;

/// The PIN, proved.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ReleaseWraps {
    /// Of the PIN.
    pin_tag: Bytes,
}

/// Hand a device its own wraps, so that its owner can grant another a key.
#[utoipa::path(
    tag = "devices",
    security(("device" = [])),
    request_body = ReleaseWraps,
    responses((status = 200, body = Wraps), Problems),
)]
#[post("/device/wraps")]
pub(super) async fn release_wraps(
    app: Data<App>,
    call: DeviceCall,
) -> Result<Json<Wraps>, Problem> {
    let form: ReleaseWraps = call.json()?;
    let tag = PinTag::from_bytes(form.pin_tag.array("/pin_tag")?);
    let released = call
        .run(&app, "release_wraps", move |tx, asking| {
            asking.require(tx, Action::ReleaseWraps)?;
            match pins::check(tx, asking, &tag, Action::ReleaseWraps)? {
                Pin::Right => {
                    tx.record(Event::of(Action::ReleaseWraps).to(asking.device.id));
                    Ok(Ok(release(tx, asking)?))
                }
                refused => Ok(Err(refused)),
            }
        })
        .await?;
    match released {
        Ok(wraps) => Ok(Json(wraps)),
        Err(pin) => pin.accept().and(Err(Problem::new("pin-refused"))),
    }
}
