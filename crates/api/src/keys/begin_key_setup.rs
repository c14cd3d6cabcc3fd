use std::sync::Arc;

use actix_web::post;
use actix_web::web::{Data, Json};
use diesel::prelude::*;
use domain::{DeviceId, MemberId, SchoolId};
use protocol::device::DevicePublicKeys;
use protocol::hpke::PublicKey;
use protocol::kit::{KitPublicKeys, seal_part_b};
use protocol::links::LinkToken;
use protocol::roll::StoreKind;
use protocol::signing::VerifyingKey;
use rest::{Problem, Problems};
use serde::{Deserialize, Serialize};
use store::dialect::Prepare as _;
use store::schema::{device, device_nonce, kit, wrap};
use store::{Event, Tx};

use super::bytes::Bytes;
use super::device_call::{DeviceCall, refused};
use super::devices::{NewDevice, register};
use super::enrolments::{Purpose, shown};
use super::kits;
use super::names::{device_name, names};
use super::psks::server_half;
use super::rolls::roll_length;
use crate::App;
use crate::app::in_school;

/// The school's first device, and the recovery kit that it has made.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct BeginKeySetup {
    /// The link's token.
    token: Bytes,
    /// The device's id, which it chose.
    device: DeviceId,
    /// Its Ed25519 key.
    sign_public_key: Bytes,
    /// Its X25519 key.
    kem_public_key: Bytes,
    /// What its owner calls it.
    #[schema(example = "Carys's phone")]
    name: String,
    /// `protected`, `desktop`, `file` or `memory`.
    store_kind: String,
    /// The kit's X25519 key.
    kit_kem_public_key: Bytes,
    /// The kit's Ed25519 key.
    kit_sign_public_key: Bytes,
    /// Every compartment's key, sealed to the kit.
    part_a: Bytes,
}

/// What the first device needs to go on.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct KeySetupBegun {
    school: SchoolId,
    school_name: String,
    member: MemberId,
    member_name: String,
    /// The server's identity, of which the link held the hash.
    server_public_key: Bytes,
    /// The server's half of the school's keys, sealed to the kit.
    part_b: Bytes,
}

/// Begin to make the school's keys, on its first device.
///
/// Nothing is settled yet: begun again with the same link, it begins afresh.
#[utoipa::path(
    tag = "devices",
    security(("device" = [])),
    request_body = BeginKeySetup,
    responses((status = 200, body = KeySetupBegun), Problems),
)]
#[post("/device/setup")]
pub(super) async fn begin_key_setup(
    app: Data<App>,
    call: DeviceCall,
) -> Result<Json<KeySetupBegun>, Problem> {
    let form: BeginKeySetup = call.json()?;
    let token = LinkToken::from_bytes(form.token.array("/token")?);
    let keys = DevicePublicKeys {
        sign: VerifyingKey::from_bytes(form.sign_public_key.array("/sign_public_key")?),
        kem: PublicKey::from_bytes(form.kem_public_key.array("/kem_public_key")?),
    };
    let kit = KitPublicKeys {
        sign: VerifyingKey::from_bytes(form.kit_sign_public_key.array("/kit_sign_public_key")?),
        kem: PublicKey::from_bytes(form.kit_kem_public_key.array("/kit_kem_public_key")?),
    };
    let name = device_name(&form.name)?;
    let store_kind: StoreKind = form
        .store_kind
        .parse()
        .map_err(|_| Problem::field("/store_kind", "this is not a kind of store"))?;
    if form.part_a.0.len() > kits::PART_A_BYTES {
        return Err(Problem::field("/part_a", "this is too long"));
    }
    if form.device != call.signature.device {
        return Err(refused());
    }
    call.verify(&keys.sign)?;

    let secret = app.secret.clone();
    let identity = Arc::clone(&app.identity);
    let begun = app
        .db
        .write(
            "begin_key_setup",
            in_school(Some(call.signature.school)),
            move |tx| {
                let school = tx.school();
                let invitation = shown(tx, &token, Purpose::Setup)?
                    .ok_or_else(|| Problem::new("link-expired"))?;
                if roll_length(tx)? != 0 {
                    return Err(Problem::new("school-exists"));
                }
                forget_attempts(tx)?;
                let new = NewDevice {
                    id: form.device,
                    member: invitation.member,
                    name: &name,
                    store_kind,
                    keys: &keys,
                    pin_hash: &[],
                };
                register(tx, &new)?;
                call.take_nonce(tx)?;
                let half =
                    server_half(tx, &secret)?.ok_or_else(|| Problem::new("school-restoring"))?;
                let part_b = seal_part_b(school, &kit.kem, &half.all(), tx.entropy())
                    .map_err(|_| Problem::field("/kit_kem_public_key", "this is not a key"))?;
                kits::keep_unconfirmed(tx, &kit, &form.part_a.0, &part_b)?;
                tx.record(Event::named("begin_key_setup").to(form.device));
                let names = names(tx, invitation.member)?;
                Ok(KeySetupBegun {
                    school,
                    school_name: names.school,
                    member: invitation.member,
                    member_name: names.member,
                    server_public_key: Bytes::from(identity.public().as_bytes()),
                    part_b: Bytes(part_b),
                })
            },
        )
        .await?;
    Ok(Json(begun))
}

/// Before the genesis no device and no kit counts: what an earlier attempt left is taken away.
fn forget_attempts(tx: &mut Tx<'_>) -> store::Result<()> {
    let school = tx.school();
    diesel::delete(device_nonce::table.filter(device_nonce::school_id.eq(school)))
        .prepared()
        .execute(tx.connection())?;
    diesel::delete(wrap::table.filter(wrap::school_id.eq(school)))
        .prepared()
        .execute(tx.connection())?;
    diesel::delete(device::table.filter(device::school_id.eq(school)))
        .prepared()
        .execute(tx.connection())?;
    diesel::delete(kit::table.filter(kit::school_id.eq(school)))
        .prepared()
        .execute(tx.connection())?;
    Ok(())
}
