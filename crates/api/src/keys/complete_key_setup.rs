use std::collections::BTreeSet;
use std::sync::Arc;

use actix_web::post;
use actix_web::web::Data;
use diesel::prelude::*;
use domain::KitId;
use protocol::hpke::PublicKey;
use protocol::kit::KitPublicKeys;
use protocol::links::LinkToken;
use protocol::pin::PinTag;
use protocol::roll::{Body, Entry, RollState, SignedEntry};
use protocol::signing::VerifyingKey;
use rest::{Created, Problem, Problems};
use serde::Deserialize;
use store::dialect::Prepare as _;
use store::schema::{device, kit, school};
use store::{Event, Tx};

use super::bytes::Bytes;
use super::device_call::{Asking, DeviceCall};
use super::enrolments::{Purpose, shown, take};
use super::roll_entries::{RollExtended, append, check_time, refused};
use super::standing::Wanted;
use super::wraps::{self, Wrap};
use crate::App;
use crate::mail::Mail;

/// Days after which a school with one key holder is first reminded that it wants a second.
const FIRST_REMINDER_DAYS: i64 = 7;

/// The school's keys, made.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CompleteKeySetup {
    /// The link's token.
    token: Bytes,
    /// Of the PIN that was chosen.
    pin_tag: Bytes,
    /// The roll's first entry.
    genesis: SignedGenesis,
    /// Every compartment's key, sealed to the device itself.
    wraps: Vec<Wrap>,
}

/// The roll's first entry, signed by the device and by the recovery kit.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SignedGenesis {
    entry: Bytes,
    signature: Bytes,
    kit_signature: Bytes,
}

/// Finish making the school's keys: the sheets are printed and checked, and the school opens.
#[utoipa::path(
    tag = "devices",
    security(("device" = [])),
    request_body = CompleteKeySetup,
    responses((status = 201, body = RollExtended), Problems),
)]
#[post("/device/setup/complete")]
pub(super) async fn complete_key_setup(
    app: Data<App>,
    call: DeviceCall,
) -> Result<Created<RollExtended>, Problem> {
    let form: CompleteKeySetup = call.json()?;
    let token = LinkToken::from_bytes(form.token.array("/token")?);
    let tag = PinTag::from_bytes(form.pin_tag.array("/pin_tag")?);
    let signed = SignedEntry {
        bytes: form.genesis.entry.0,
        signature: form.genesis.signature.array("/genesis/signature")?,
        second: Some(form.genesis.kit_signature.array("/genesis/kit_signature")?),
    };
    let wraps = form.wraps;
    let identity = Arc::clone(&app.identity);
    let extended = call
        .run(&app, "complete_key_setup", move |tx, asking| {
            let invitation =
                shown(tx, &token, Purpose::Setup)?.ok_or_else(|| Problem::new("link-expired"))?;
            if asking.roll_length != 0 {
                return Err(Problem::new("school-exists"));
            }
            let roll = check_genesis(tx, asking, &signed, &identity.public())?;
            let compartments: BTreeSet<_> = roll.compartments().keys().cloned().collect();
            let mut wrapped = BTreeSet::new();
            for wrap in &wraps {
                let compartment = wraps::check(wrap)?;
                if wrap.generation != 1 || !wrapped.insert(compartment) {
                    return Err(Problem::field("/wraps", "one first generation of each"));
                }
            }
            if wrapped != compartments {
                return Err(Problem::field("/wraps", "one for each compartment"));
            }
            if !take(tx, invitation.id, asking.device.id)? {
                return Err(Problem::new("link-expired"));
            }
            for wrap in &wraps {
                wraps::keep(tx, asking.device.id, wrap)?;
            }
            open_school(tx, asking, &tag)?;
            let second = Mail::KeysWant {
                member: asking.member(),
                wanted: Wanted::SecondHolder,
            };
            let reminder = second.job_in(tx, FIRST_REMINDER_DAYS);
            tx.enqueue(reminder);
            let extended = append(tx, &signed, roll.head(), 0)?;
            tx.record(
                Event::named("complete_key_setup")
                    .to(asking.device.id)
                    .content(roll.head().head),
            );
            Ok(extended)
        })
        .await?;
    Ok(Created::unseen(extended))
}

/// The genesis must say of device, kit and server what we know of them.
fn check_genesis(
    tx: &mut Tx<'_>,
    asking: &Asking,
    signed: &SignedEntry,
    identity: &VerifyingKey,
) -> Result<RollState, Problem> {
    let roll = RollState::replay(tx.school(), [signed]).map_err(refused)?;
    let entry = Entry::decode(&signed.bytes).map_err(refused)?;
    check_time(entry.at, asking.at)?;
    let Body::Genesis(genesis) = entry.body else {
        return Err(Problem::new("roll-entry-refused"));
    };
    let own = &asking.device;
    let sound = genesis.device == own.id
        && genesis.member == own.member_id
        && Some(genesis.keys) == own.keys()
        && genesis.store_kind.name() == own.store_kind
        && genesis.server == *identity
        && Some(genesis.kit) == kit_keys(tx)?;
    match sound {
        true => Ok(roll),
        false => Err(Problem::new("roll-entry-refused")
            .detail("It does not say of device, kit and server what was said before.")),
    }
}

fn kit_keys(tx: &mut Tx<'_>) -> store::Result<Option<KitPublicKeys>> {
    let school = tx.school();
    let row: Option<(Vec<u8>, Vec<u8>)> = kit::table
        .filter(kit::school_id.eq(school))
        .select((kit::sign_key, kit::kem_key))
        .prepared()
        .get_result(tx.connection())
        .optional()?;
    Ok(row.and_then(|(sign, kem)| {
        Some(KitPublicKeys {
            sign: VerifyingKey::from_bytes(sign.try_into().ok()?),
            kem: PublicKey::from_bytes(kem.try_into().ok()?),
        })
    }))
}

fn open_school(tx: &mut Tx<'_>, asking: &Asking, tag: &PinTag) -> store::Result<()> {
    let id = tx.school();
    diesel::update(device::table.find((id, asking.device.id)))
        .set(device::pin_hash.eq(tag.reference(asking.device.id).to_vec()))
        .prepared()
        .execute(tx.connection())?;
    let kits: Vec<KitId> = kit::table
        .filter(kit::school_id.eq(id))
        .select(kit::id)
        .load(tx.connection())?;
    for kit in kits {
        diesel::update(kit::table.find((id, kit)))
            .set(kit::confirmed.eq(true))
            .prepared()
            .execute(tx.connection())?;
    }
    diesel::update(school::table.find(id))
        .set(school::state.eq("open"))
        .prepared()
        .execute(tx.connection())?;
    Ok(())
}
