use actix_web::get;
use actix_web::web::{Data, Json, Path};
use domain::UnlockId;
use policy::Action;
use rest::{Problem, Problems};

use super::device_call::DeviceCall;
use super::list_device_unlocks::{PendingUnlock, put};
use super::unlocks::{self, State};
use crate::App;

/// See the request of a page on the same device, which has opened the app by a link.
#[utoipa::path(
    tag = "devices",
    security(("device" = [])),
    params(("unlock" = UnlockId, Path)),
    responses((status = 200, body = PendingUnlock), Problems),
)]
#[get("/device/unlocks/{unlock}")]
pub(super) async fn read_device_unlock(
    app: Data<App>,
    call: DeviceCall,
    path: Path<String>,
) -> Result<Json<PendingUnlock>, Problem> {
    let id: UnlockId = path.parse().map_err(|_| Problem::not_found())?;
    let served = Data::clone(&app);
    let pending = call
        .run(&app, "read_device_unlock", move |tx, asking| {
            asking.require(tx, Action::ReadDeviceUnlock)?;
            let found = unlocks::find(tx, id)?
                .filter(|unlock| unlock.member_id == asking.member())
                .ok_or_else(Problem::not_found)?;
            let waits = found.state() == State::Pending && found.waits(tx.now());
            match waits && found.hand_off {
                true => Ok(put(tx, &served, asking, &found)?),
                false => Err(Problem::new("unlock-not-waiting")),
            }
        })
        .await?;
    Ok(Json(pending))
}
