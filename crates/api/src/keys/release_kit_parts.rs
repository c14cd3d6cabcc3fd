use actix_web::post;
use actix_web::web::{Data, Json};
use chrono::NaiveDate;
use domain::Timestamp;
use policy::Action;
use rest::{Problem, Problems};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use store::Event;

use super::bytes::Bytes;
use super::device_call::DeviceCall;
use super::devices::{DeviceView, of_member};
use super::kits;
use super::psks::server_half;
use crate::App;

/// That two sheets of the kit are there.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ProveKit {
    /// When, in Unix seconds by the device's clock.
    pub(super) at: u64,
    /// By the kit, over school, device and time.
    pub(super) proof: Bytes,
}

/// What the recovery kit opens.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct KitParts {
    /// The compartments' keys, sealed to the kit.
    part_a: Bytes,
    /// The server's half, sealed to the kit.
    part_b: Bytes,
    /// Since when there is this kit.
    made_at: Timestamp,
    /// When its sheets were last tested.
    tested_on: Option<NaiveDate>,
    /// The server's identity now. A server that was restored without its secret has another than before.
    server_public_key: Bytes,
    /// Whether the server has lost its half and asks for it back.
    wants_psks: bool,
    /// The owner's other devices, of which a recovery may take some off.
    devices: Vec<DeviceView>,
}

/// Hand out what the recovery kit opens, to a device that proves to have two sheets of it.
///
/// Both parts are sealed to the kit and open on the device alone.
#[utoipa::path(
    tag = "devices",
    security(("device" = [])),
    request_body = ProveKit,
    responses((status = 200, body = KitParts), Problems),
)]
#[post("/device/kit/parts")]
pub(super) async fn release_kit_parts(
    app: Data<App>,
    call: DeviceCall,
) -> Result<Json<KitParts>, Problem> {
    let form: ProveKit = call.json()?;
    let secret = app.secret.clone();
    let identity = Arc::clone(&app.identity);
    let parts = call
        .run(&app, "release_kit_parts", move |tx, asking| {
            asking.require(tx, Action::ReleaseKitParts)?;
            let action = Action::ReleaseKitParts;
            let kit = kits::proved(tx, asking, form.at, &form.proof, action)?;
            tx.record(Event::of(action).to(kit.id));
            let roll = asking.roll.as_deref();
            let devices = of_member(tx, asking.member())?
                .iter()
                .filter(|device| device.id != asking.device.id)
                .map(|device| device.view(roll, asking.at))
                .collect();
            Ok(KitParts {
                part_a: Bytes(kit.part_a),
                part_b: Bytes(kit.part_b),
                made_at: kit.created_at,
                tested_on: kit.tested_on,
                server_public_key: Bytes::from(identity.public().as_bytes()),
                wants_psks: server_half(tx, &secret)?.is_none(),
                devices,
            })
        })
        .await?;
    Ok(Json(parts))
}
