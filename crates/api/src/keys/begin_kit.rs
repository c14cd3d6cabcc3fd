use actix_web::post;
use actix_web::web::{Data, Json};
use policy::Action;
use protocol::hpke::PublicKey;
use protocol::kit::{KitPublicKeys, seal_part_b};
use protocol::pin::PinTag;
use protocol::signing::VerifyingKey;
use rest::{Problem, Problems};
use serde::{Deserialize, Serialize};
use store::Event;

use super::bytes::Bytes;
use super::device_call::DeviceCall;
use super::kits;
use super::pins::{self, Pin};
use super::psks::server_half;
use crate::App;

/// A new recovery kit, made on this device.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct BeginKit {
    /// Of the device's PIN.
    pin_tag: Bytes,
    /// The kit's X25519 key.
    kit_kem_public_key: Bytes,
    /// The kit's Ed25519 key.
    kit_sign_public_key: Bytes,
    /// Every compartment's key, sealed to the kit.
    part_a: Bytes,
}

/// The other half of the kit.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct KitBegun {
    /// The server's half of the school's keys, sealed to the kit.
    part_b: Bytes,
}

/// Begin to make a new recovery kit. Until it is completed the old one counts.
#[utoipa::path(
    tag = "devices",
    security(("device" = [])),
    request_body = BeginKit,
    responses((status = 200, body = KitBegun), Problems),
)]
#[post("/device/kit")]
pub(super) async fn begin_kit(app: Data<App>, call: DeviceCall) -> Result<Json<KitBegun>, Problem> {
    let form: BeginKit = call.json()?;
    let tag = PinTag::from_bytes(form.pin_tag.array("/pin_tag")?);
    let public = KitPublicKeys {
        sign: VerifyingKey::from_bytes(form.kit_sign_public_key.array("/kit_sign_public_key")?),
        kem: PublicKey::from_bytes(form.kit_kem_public_key.array("/kit_kem_public_key")?),
    };
    if form.part_a.0.len() > kits::PART_A_BYTES {
        return Err(Problem::field("/part_a", "this is too long"));
    }
    let secret = app.secret.clone();
    let begun = call
        .run(&app, "begin_kit", move |tx, asking| {
            asking.require(tx, Action::BeginKit)?;
            let pin = pins::check(tx, asking, &tag, Action::BeginKit)?;
            if pin != Pin::Right {
                return Ok(Err(pin));
            }
            let school = tx.school();
            let half = server_half(tx, &secret)?.ok_or_else(|| Problem::new("school-restoring"))?;
            let part_b = seal_part_b(school, &public.kem, &half.all(), tx.entropy())
                .map_err(|_| Problem::field("/kit_kem_public_key", "this is not a key"))?;
            kits::keep_unconfirmed(tx, &public, &form.part_a.0, &part_b)?;
            tx.record(Event::of(Action::BeginKit).to(asking.device.id));
            Ok(Ok(KitBegun {
                part_b: Bytes(part_b),
            }))
        })
        .await?;
    match begun {
        Ok(begun) => Ok(Json(begun)),
        Err(pin) => pin.accept().and(Err(Problem::new("pin-refused"))),
    }
}
