use actix_web::web::Data;
use actix_web::{HttpResponse, delete};
use policy::Action;
use rest::{Problem, Problems};
use store::Event;

use super::device_call::DeviceCall;
use super::slots;
use crate::App;

/// Destroy what one's codes on paper would open: the paper is lost, or no longer wanted.
///
/// Without the PIN: it takes a way in away, and makes none.
#[utoipa::path(
    tag = "devices",
    security(("device" = [])),
    responses((status = 204, description = "The paper opens nothing any more."), Problems),
)]
#[delete("/device/slots")]
pub(super) async fn forget_slots(
    app: Data<App>,
    call: DeviceCall,
) -> Result<HttpResponse, Problem> {
    call.run(&app, "forget_slots", |tx, asking| {
        asking.require(tx, Action::ForgetSlots)?;
        let id = asking.device.id;
        if slots::forget_of_device(tx, id)? > 0 {
            tx.record(Event::of(Action::ForgetSlots).to(id));
        }
        Ok(())
    })
    .await?;
    Ok(HttpResponse::NoContent().finish())
}
