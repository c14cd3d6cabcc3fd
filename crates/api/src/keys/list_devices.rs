use std::sync::Arc;

use actix_web::get;
use actix_web::web::{Data, Json};
use policy::{Action, Facts};
use rest::{Problem, Problems};
use serde::Serialize;

use super::devices::{DeviceView, devices_of};
use crate::{App, Credentials};

/// One's own devices.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct Devices {
    items: Vec<DeviceView>,
}

/// See one's own devices.
#[utoipa::path(tag = "keys", responses((status = 200, body = Devices), Problems))]
#[get("/devices")]
pub(super) async fn list_devices(
    app: Data<App>,
    credentials: Credentials,
) -> Result<Json<Devices>, Problem> {
    let rolls = Arc::clone(&app.rolls);
    let items = app
        .read("list_devices", credentials, move |tx| {
            tx.require(Action::ListDevices, Facts::School)?;
            let member = tx.caller().member().ok_or_else(Problem::not_found)?;
            Ok::<_, Problem>(devices_of(tx, &rolls, member)?)
        })
        .await?;
    Ok(Json(Devices { items }))
}
