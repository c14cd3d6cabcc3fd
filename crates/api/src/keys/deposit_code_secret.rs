use actix_web::web::Data;
use actix_web::{HttpResponse, post};
use diesel::prelude::*;
use policy::Action;
use protocol::codes::CodeSecret;
use protocol::pin::PinTag;
use rest::{Problem, Problems};
use serde::Deserialize;
use store::Event;
use store::dialect::Prepare as _;
use store::schema::device;
use vault::Purpose;

use super::bytes::Bytes;
use super::device_call::DeviceCall;
use super::pins::{self, Pin};
use crate::App;

/// What makes a device's offline codes.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DepositCodeSecret {
    /// The secret that its codes are made of: it opens nothing.
    secret: Bytes,
    /// Of the PIN.
    pin_tag: Bytes,
}

/// Let a device's offline codes count from now on: they prove that its owner has it, and open nothing.
#[utoipa::path(
    tag = "devices",
    security(("device" = [])),
    request_body = DepositCodeSecret,
    responses((status = 204, description = "Its codes are taken."), Problems),
)]
#[post("/device/code-secret")]
pub(super) async fn deposit_code_secret(
    app: Data<App>,
    call: DeviceCall,
) -> Result<HttpResponse, Problem> {
    let form: DepositCodeSecret = call.json()?;
    let tag = PinTag::from_bytes(form.pin_tag.array("/pin_tag")?);
    let code = CodeSecret::from_bytes(form.secret.array("/secret")?);
    let secret = app.secret.clone();
    let pin = call
        .run(&app, "deposit_code_secret", move |tx, asking| {
            asking.require(tx, Action::DepositCodeSecret)?;
            let pin = pins::check(tx, asking, &tag, Action::DepositCodeSecret)?;
            if pin == Pin::Right {
                let id = asking.device.id;
                let sealed = secret.seal(
                    Purpose::DeviceCode,
                    id.as_bytes(),
                    code.expose(),
                    tx.entropy(),
                );
                let row = device::table.find((tx.school(), id));
                diesel::update(row)
                    .set((
                        device::code_secret.eq(Some(sealed)),
                        device::code_failures.eq(0),
                    ))
                    .prepared()
                    .execute(tx.connection())
                    .map_err(store::Error::from)?;
                tx.record(Event::of(Action::DepositCodeSecret).to(id));
            }
            Ok(pin)
        })
        .await?;
    pin.accept()?;
    Ok(HttpResponse::NoContent().finish())
}
