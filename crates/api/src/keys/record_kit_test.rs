use actix_web::post;
use actix_web::web::{Data, Json};
use chrono::NaiveDate;
use policy::Action;
use rest::{Problem, Problems};
use serde::Serialize;
use store::Event;

use super::device_call::DeviceCall;
use super::kits;
use super::release_kit_parts::ProveKit;
use crate::App;

/// When the sheets were tested.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct KitTested {
    tested_on: NaiveDate,
}

/// Note that two recovery sheets were tested and open everything: the day, and nothing else.
#[utoipa::path(
    tag = "devices",
    security(("device" = [])),
    request_body = ProveKit,
    responses((status = 200, body = KitTested), Problems),
)]
#[post("/device/kit/tests")]
pub(super) async fn record_kit_test(
    app: Data<App>,
    call: DeviceCall,
) -> Result<Json<KitTested>, Problem> {
    let form: ProveKit = call.json()?;
    let tested_on = call
        .run(&app, "record_kit_test", move |tx, asking| {
            let action = Action::RecordKitTest;
            asking.require(tx, action)?;
            let kit = kits::proved(tx, asking, form.at, &form.proof, action)?;
            tx.record(Event::of(action).to(kit.id));
            Ok(kits::note_test(tx, &kit)?)
        })
        .await?;
    Ok(Json(KitTested { tested_on }))
}
