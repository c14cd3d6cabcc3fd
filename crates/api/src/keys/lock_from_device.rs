use actix_web::web::{Data, Path};
use actix_web::{HttpResponse, delete};
use domain::UnlockId;
use policy::Action;
use rest::{Problem, Problems};
use store::Event;

use super::device_call::DeviceCall;
use super::unlocks::{self, State};
use crate::App;

/// Close the records in one of one's browsers, from a device.
#[utoipa::path(
    tag = "devices",
    security(("device" = [])),
    params(("unlock" = UnlockId, Path)),
    responses((status = 204, description = "Closed."), Problems),
)]
#[delete("/device/sessions/{unlock}")]
pub(super) async fn lock_from_device(
    app: Data<App>,
    call: DeviceCall,
    path: Path<String>,
) -> Result<HttpResponse, Problem> {
    let id: UnlockId = path.parse().map_err(|_| Problem::not_found())?;
    call.run(&app, "lock_from_device", move |tx, asking| {
        asking.require(tx, Action::LockFromDevice)?;
        unlocks::find(tx, id)?
            .filter(|unlock| unlock.member_id == asking.member())
            .ok_or_else(Problem::not_found)?;
        if unlocks::end(tx, id, State::Locked)? {
            tx.record(Event::of(Action::LockFromDevice).to(id));
        }
        Ok(())
    })
    .await?;
    Ok(HttpResponse::NoContent().finish())
}
