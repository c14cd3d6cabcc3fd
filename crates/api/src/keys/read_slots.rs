use actix_web::get;
use actix_web::web::{Data, Json};
use domain::Timestamp;
use policy::Action;
use rest::{Problem, Problems};
use serde::Serialize;

use super::device_call::DeviceCall;
use super::slots;
use crate::App;

/// What is left of a device's codes on paper.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct SlotsLeft {
    /// How many have not been used.
    left: usize,
    /// When they were made; null if there are none.
    made_at: Option<Timestamp>,
}

/// See how many of one's codes on paper are left.
#[utoipa::path(tag = "devices", security(("device" = [])), responses((status = 200, body = SlotsLeft), Problems))]
#[get("/device/slots")]
pub(super) async fn read_slots(
    app: Data<App>,
    call: DeviceCall,
) -> Result<Json<SlotsLeft>, Problem> {
    let left = call
        .run(&app, "read_slots", |tx, asking| {
            asking.require(tx, Action::ReadSlots)?;
            Ok(slots::left(tx, asking.device.id)?)
        })
        .await?;
    Ok(Json(SlotsLeft {
        left: left.count,
        made_at: left.made_at,
    }))
}
