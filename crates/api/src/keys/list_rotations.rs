use actix_web::get;
use actix_web::web::{Data, Json};
use domain::Timestamp;
use policy::Action;
use rest::{Problem, Problems};
use serde::Serialize;

use super::device_call::DeviceCall;
use super::rotations;
use crate::App;

/// The old keys that are still in use.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct Rotations {
    items: Vec<RotationView>,
}

/// A compartment's old key.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(as = Rotation)]
pub(super) struct RotationView {
    /// Which compartment.
    #[schema(example = "safeguarding")]
    compartment: String,
    /// Which generation of its key.
    generation: u32,
    /// How many records are still sealed to it: an unlocked session re-wraps them.
    records_left: i64,
    /// How many records the compartment has, under whichever key.
    records: i64,
    /// From when on it may be retired, if none is left.
    may_retire_at: Timestamp,
}

/// See which old keys are still in use, to retire those that nothing needs any more.
#[utoipa::path(tag = "devices", security(("device" = [])), responses((status = 200, body = Rotations), Problems))]
#[get("/device/rotations")]
pub(super) async fn list_rotations(
    app: Data<App>,
    call: DeviceCall,
) -> Result<Json<Rotations>, Problem> {
    let listed = call
        .run(&app, "list_rotations", |tx, asking| {
            asking.require(tx, Action::ListRotations)?;
            let Some(roll) = asking.roll.as_deref() else {
                return Ok(Rotations { items: Vec::new() });
            };
            let items = rotations::under_way(roll)
                .into_iter()
                .map(|old| {
                    Ok(RotationView {
                        records_left: old.records_left(tx)?,
                        records: old.records(tx)?,
                        may_retire_at: old.may_retire_at(tx, roll)?,
                        compartment: old.compartment.to_string(),
                        generation: old.generation,
                    })
                })
                .collect::<store::Result<_>>()?;
            Ok(Rotations { items })
        })
        .await?;
    Ok(Json(listed))
}
