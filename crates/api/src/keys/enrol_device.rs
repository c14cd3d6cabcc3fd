use std::sync::Arc;

use actix_web::post;
use actix_web::web::Data;
use domain::{DeviceId, MemberId, SchoolId};
use protocol::device::DevicePublicKeys;
use protocol::hpke::PublicKey;
use protocol::links::LinkToken;
use protocol::pin::PinTag;
use protocol::roll::StoreKind;
use protocol::signing::VerifyingKey;
use rest::{Created, Problem, Problems};
use serde::{Deserialize, Serialize};
use store::{Error, Event};

use super::bytes::Bytes;
use super::device_call::{DeviceCall, refused};
use super::devices::{NewDevice, register};
use super::enrolments::{Purpose, shown, take};
use super::names::{device_name, names};
use crate::App;
use crate::app::in_school;
use crate::mail::{KeyEvent, Mail};

/// A member's new device.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct EnrolDevice {
    /// The link's token.
    token: Bytes,
    /// The device's id, which it chose.
    device: DeviceId,
    /// Its Ed25519 key.
    sign_public_key: Bytes,
    /// Its X25519 key.
    kem_public_key: Bytes,
    /// What its owner calls it.
    name: String,
    /// `protected`, `desktop`, `file` or `memory`.
    store_kind: String,
    /// Of the PIN that was chosen.
    pin_tag: Bytes,
}

/// The device is known, and holds nothing yet.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct DeviceEnrolled {
    school: SchoolId,
    school_name: String,
    member: MemberId,
    member_name: String,
    roll_length: u64,
    roll_head: Bytes,
    log_length: u64,
    log_head: Bytes,
}

/// Enrol a device: known from now on, and may do nothing until a holder grants it a key.
#[utoipa::path(
    tag = "devices",
    security(("device" = [])),
    request_body = EnrolDevice,
    responses((status = 201, body = DeviceEnrolled), Problems),
)]
#[post("/device/enrolment")]
pub(super) async fn enrol_device(
    app: Data<App>,
    call: DeviceCall,
) -> Result<Created<DeviceEnrolled>, Problem> {
    let form: EnrolDevice = call.json()?;
    let token = LinkToken::from_bytes(form.token.array("/token")?);
    let tag = PinTag::from_bytes(form.pin_tag.array("/pin_tag")?);
    let keys = DevicePublicKeys {
        sign: VerifyingKey::from_bytes(form.sign_public_key.array("/sign_public_key")?),
        kem: PublicKey::from_bytes(form.kem_public_key.array("/kem_public_key")?),
    };
    let name = device_name(&form.name)?;
    let store_kind: StoreKind = form
        .store_kind
        .parse()
        .map_err(|_| Problem::field("/store_kind", "this is not a kind of store"))?;
    if form.device != call.signature.device {
        return Err(refused());
    }
    call.verify(&keys.sign)?;

    let rolls = Arc::clone(&app.rolls);
    let enrolled = app
        .db
        .write(
            "enrol_device",
            in_school(Some(call.signature.school)),
            move |tx| {
                let expired = || Problem::new("link-expired");
                let school = tx.school();
                let invitation = shown(tx, &token, Purpose::Enrol)?.ok_or_else(expired)?;
                let roll = rolls
                    .now(tx)?
                    .ok_or_else(|| Problem::new("school-not-open"))?;
                if !take(tx, invitation.id, form.device)? {
                    return Err(expired());
                }
                let new = NewDevice {
                    id: form.device,
                    member: invitation.member,
                    name: &name,
                    store_kind,
                    keys: &keys,
                    pin_hash: &tag.reference(form.device),
                };
                register(tx, &new).map_err(|error| match error {
                    Error::Exists(_) => refused(),
                    other => other.into(),
                })?;
                call.take_nonce(tx)?;
                tx.record(Event::named("enrol_device").to(form.device));
                let mail = Mail::Key {
                    member: invitation.member,
                    event: KeyEvent::Enrolled,
                };
                tx.enqueue(mail.job());
                let names = names(tx, invitation.member)?;
                let log = tx.log_head()?;
                Ok::<_, Problem>(DeviceEnrolled {
                    school,
                    school_name: names.school,
                    member: invitation.member,
                    member_name: names.member,
                    roll_length: roll.head().length,
                    roll_head: Bytes::from(roll.head().head),
                    log_length: log.length,
                    log_head: Bytes::from(log.head),
                })
            },
        )
        .await?;
    Ok(Created::unseen(enrolled))
}
