use std::collections::BTreeSet;

use actix_web::web::Data;
use actix_web::{HttpResponse, post};
use policy::Action;
use protocol::approve::SealedBundle;
use protocol::compartments::Compartment;
use protocol::hpke::PublicKey;
use protocol::pin::PinTag;
use protocol::slots::{SLOTS, SealedSlot, Slot, Terms};
use rest::{Problem, Problems};
use serde::Deserialize;
use store::Event;

use super::approve_unlock::BUNDLE_BYTES;
use super::bytes::Bytes;
use super::device_call::{Asking, DeviceCall};
use super::list_device_unlocks::SESSION_SECONDS;
use super::pins::{self, Pin};
use super::slots;
use crate::App;
use crate::mail::{KeyEvent, Mail};

/// What ten codes on paper will open.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DepositSlots {
    /// Ten of them.
    slots: Vec<NewSlot>,
    /// The keys that each holds: every generation in use of each compartment that is named.
    keys: Vec<KeyName>,
    /// How long the records stay open at most: four hours or less.
    session_seconds: u32,
    /// Of the PIN.
    pin_tag: Bytes,
}

/// One code's.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewSlot {
    /// Which of the ten, from 1.
    number: u8,
    /// By what it is found when the code is typed.
    reference: Bytes,
    /// The public half of the pair that the code makes.
    session_key: Bytes,
    /// HPKE's encapsulated key.
    enc: Bytes,
    /// HPKE's ciphertext: the keys.
    ciphertext: Bytes,
}

/// One generation of a compartment's key.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct KeyName {
    #[schema(example = "safeguarding")]
    compartment: String,
    generation: u32,
}

/// Leave what ten codes on paper will open, in the place of those before.
///
/// The codes themselves stay on the device's screen. The PIN is asked for, so that nobody who has only the
/// device can make a way in that outlasts it.
#[utoipa::path(
    tag = "devices",
    security(("device" = [])),
    request_body = DepositSlots,
    responses((status = 204, description = "The codes are good; those before are not."), Problems),
)]
#[post("/device/slots")]
pub(super) async fn deposit_slots(
    app: Data<App>,
    call: DeviceCall,
) -> Result<HttpResponse, Problem> {
    let form: DepositSlots = call.json()?;
    let tag = PinTag::from_bytes(form.pin_tag.array("/pin_tag")?);
    let sealed = read(&form.slots)?;
    if !(1..=SESSION_SECONDS).contains(&form.session_seconds) {
        return Err(Problem::field("/session_seconds", "choose 1 to 14400"));
    }
    let keys: BTreeSet<KeyName> = form.keys.into_iter().collect();
    let seconds = form.session_seconds;
    let pin = call
        .run(&app, "deposit_slots", move |tx, asking| {
            asking.require(tx, Action::DepositSlots)?;
            let compartments = check_keys(asking, &keys)?;
            let pin = pins::check(tx, asking, &tag, Action::DepositSlots)?;
            if pin != Pin::Right {
                return Ok(pin);
            }
            let (device, member) = (asking.device.id, asking.member());
            slots::forget_of_device(tx, device)?;
            for (number, slot) in &sealed {
                let terms = Terms {
                    slot: Slot {
                        school: tx.school(),
                        member,
                        device,
                        number: *number,
                    },
                    compartments: compartments.clone(),
                    session_seconds: seconds,
                };
                slots::keep(tx, &terms, slot)?;
            }
            tx.record(Event::of(Action::DepositSlots).to(device));
            let event = KeyEvent::PaperCodesMade;
            tx.enqueue(Mail::Key { member, event }.job());
            Ok(pin)
        })
        .await?;
    pin.accept()?;
    Ok(HttpResponse::NoContent().finish())
}

fn read(new: &[NewSlot]) -> Result<Vec<(u8, SealedSlot)>, Problem> {
    let numbers: BTreeSet<u8> = new.iter().map(|slot| slot.number).collect();
    let references: BTreeSet<&[u8]> = new.iter().map(|slot| slot.reference.0.as_slice()).collect();
    let ten = usize::from(SLOTS);
    if new.len() != ten || references.len() != ten || !numbers.into_iter().eq(1..=SLOTS) {
        return Err(Problem::field("/slots", "ten different ones, from 1 to 10"));
    }
    new.iter()
        .map(|slot| {
            if slot.ciphertext.0.len() > BUNDLE_BYTES {
                return Err(Problem::field("/slots", "this is too long"));
            }
            let sealed = SealedSlot {
                reference: slot.reference.array("/slots")?,
                session_key: PublicKey::from_bytes(slot.session_key.array("/slots")?),
                bundle: SealedBundle {
                    encapsulated: slot.enc.array("/slots")?,
                    ciphertext: slot.ciphertext.0.clone(),
                },
            };
            Ok((slot.number, sealed))
        })
        .collect()
}

/// The compartments that are named, if this device holds them and no key of theirs is missing: the paper must
/// open what is received after a rotation that the device has not seen.
fn check_keys(asking: &Asking, keys: &BTreeSet<KeyName>) -> Result<Vec<Compartment>, Problem> {
    let (Some(rights), Some(roll)) = (&asking.rights, &asking.roll) else {
        return Err(Problem::not_found());
    };
    let named: BTreeSet<&str> = keys.iter().map(|key| key.compartment.as_str()).collect();
    let compartments: Vec<Compartment> = rights
        .compartments
        .iter()
        .filter(|held| named.contains(held.name()))
        .cloned()
        .collect();
    let wanted: BTreeSet<KeyName> = compartments
        .iter()
        .flat_map(|name| {
            let keys = roll.compartment(name);
            keys.into_iter().flat_map(move |keys| {
                keys.generations
                    .keys()
                    .filter(|generation| !keys.retired.contains(generation))
                    .map(move |generation| KeyName {
                        compartment: name.to_string(),
                        generation: *generation,
                    })
            })
        })
        .collect();
    match !keys.is_empty() && wanted == *keys {
        true => Ok(compartments),
        false => Err(Problem::field(
            "/keys",
            "one for each compartment that this device holds, in each generation that is in use",
        )),
    }
}
