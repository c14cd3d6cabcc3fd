use actix_web::post;
use actix_web::web::Data;
use policy::Action;
use protocol::pin::PinTag;
use protocol::roll::{Author, Body, Entry, SignedEntry};
use rest::{Created, Problem, Problems};
use serde::Deserialize;
use store::Event;

use super::bytes::Bytes;
use super::device_call::DeviceCall;
use super::kits;
use super::pins::{self, Pin};
use super::roll_entries::{RollExtended, append, check_time, refused};
use crate::App;
use crate::mail::{KeyEvent, Mail};

/// A new recovery kit, whose three sheets were printed and looked at.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CompleteKit {
    /// Of the device's PIN.
    pin_tag: Bytes,
    /// The entry that announces the kit.
    entry: Bytes,
    /// By this device.
    signature: Bytes,
    /// By the new kit.
    kit_signature: Bytes,
}

/// Put a new recovery kit in the place of the old one, whose sheets open nothing from then on.
#[utoipa::path(
    tag = "devices",
    security(("device" = [])),
    request_body = CompleteKit,
    responses((status = 201, body = RollExtended), Problems),
)]
#[post("/device/kit/complete")]
pub(super) async fn complete_kit(
    app: Data<App>,
    call: DeviceCall,
) -> Result<Created<RollExtended>, Problem> {
    let form: CompleteKit = call.json()?;
    let tag = PinTag::from_bytes(form.pin_tag.array("/pin_tag")?);
    let signed = SignedEntry {
        bytes: form.entry.0,
        signature: form.signature.array("/signature")?,
        second: Some(form.kit_signature.array("/kit_signature")?),
    };
    let entry = Entry::decode(&signed.bytes).map_err(refused)?;
    let extended = call
        .run(&app, "complete_kit", move |tx, asking| {
            asking.require(tx, Action::CompleteKit)?;
            let pin = pins::check(tx, asking, &tag, Action::CompleteKit)?;
            if pin != Pin::Right {
                return Ok(Err(pin));
            }
            let before = asking.roll.as_deref().ok_or_else(Problem::not_found)?;
            let Body::Kit(public) = entry.body else {
                return Err(Problem::new("roll-entry-refused").detail("It announces no kit."));
            };
            if entry.author != Author::Device(asking.device.id) {
                return Err(Problem::new("roll-entry-refused")
                    .detail("A device signs what it sends itself."));
            }
            check_time(entry.at, asking.at)?;
            let mut after = before.clone();
            after.append(&signed).map_err(refused)?;
            let kit = kits::replace(tx, &public)?.ok_or_else(|| {
                Problem::new("roll-entry-refused").detail("No such kit was begun.")
            })?;
            let extended = append(tx, &signed, after.head(), asking.roll_length)?;
            let holders: std::collections::BTreeSet<_> = after
                .active_grants(asking.at)
                .map(|grant| grant.member)
                .collect();
            for member in holders {
                let event = KeyEvent::KitReplaced;
                tx.enqueue(Mail::Key { member, event }.job());
            }
            tx.record(
                Event::of(Action::CompleteKit)
                    .to(kit)
                    .content(after.head().head),
            );
            Ok(Ok(extended))
        })
        .await?;
    match extended {
        Ok(extended) => Ok(Created::unseen(extended)),
        Err(pin) => pin.accept().and(Err(Problem::new("pin-refused"))),
    }
}
