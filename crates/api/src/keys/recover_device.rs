use std::collections::BTreeSet;

use actix_web::post;
use actix_web::web::Data;
use diesel::prelude::*;
use domain::{DeviceId, MemberId, Timestamp};
use policy::Action;
use protocol::pin::PinTag;
use protocol::records::ServerPsk;
use protocol::roll::{Author, Body, Entry, Grant, RollState, SignedEntry};
use protocol::signing::VerifyingKey;
use rest::{Created, Problem, Problems};
use serde::{Deserialize, Serialize};
use store::schema::device;
use store::{Event, Tx};

use super::append_roll_entry::set_state;
use super::bytes::Bytes;
use super::device_call::{Asking, DeviceCall};
use super::devices::REVOKED;
use super::kits;
use super::pins::{self, Pin};
use super::psks;
use super::roll_entries::{append, check_time, refused};
use super::standing::Wanted;
use super::unlocks::lock_all_of_device;
use super::wraps::{self, Wrap};
use crate::App;
use crate::mail::{KeyEvent, Mail};

/// Days after which new sheets are first asked for: two before they are due.
const FIRST_REMINDER_DAYS: i64 = 5;

/// What two recovery sheets have made on a new device.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RecoverDevice {
    /// Of the device's PIN.
    pin_tag: Bytes,
    /// Signed by the kit, in order: the restored server's identity if it has another, the grant of this
    /// device, and the revocation of those of its owner's devices that are to go.
    entries: Vec<KitEntry>,
    /// Every compartment's key, in every generation that is in use, sealed to this device.
    wraps: Vec<Wrap>,
    /// The server's half, if the server has lost it; otherwise empty.
    psks: Vec<Psk>,
}

/// An entry of the roll, by the recovery kit.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct KitEntry {
    entry: Bytes,
    /// By the kit.
    signature: Bytes,
}

/// The server's half of the school's keys, in one generation.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Psk {
    generation: u32,
    psk: Bytes,
}

/// The device holds every key.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct DeviceRecovered {
    roll_length: u64,
    roll_head: Bytes,
    /// Until when new recovery sheets are to be printed.
    new_kit_by: Timestamp,
}

/// Come back with two recovery sheets, on a new device of one's own.
///
/// The device is granted every key by the kit's own signature; what it takes away and adds is one
/// transaction, and everybody who holds keys is told.
#[utoipa::path(
    tag = "devices",
    security(("device" = [])),
    request_body = RecoverDevice,
    responses((status = 201, body = DeviceRecovered), Problems),
)]
#[post("/device/recovery")]
pub(super) async fn recover_device(
    app: Data<App>,
    call: DeviceCall,
) -> Result<Created<DeviceRecovered>, Problem> {
    let form: RecoverDevice = call.json()?;
    let tag = PinTag::from_bytes(form.pin_tag.array("/pin_tag")?);
    let entries = form
        .entries
        .into_iter()
        .map(|entry| {
            Ok(SignedEntry {
                bytes: entry.entry.0,
                signature: entry.signature.array("/entries")?,
                second: None,
            })
        })
        .collect::<Result<Vec<_>, Problem>>()?;
    let psks = form
        .psks
        .into_iter()
        .map(|psk| {
            let bytes: [u8; 32] = psk.psk.array("/psks")?;
            Ok((psk.generation, ServerPsk::from_bytes(bytes)))
        })
        .collect::<Result<Vec<_>, Problem>>()?;
    let wraps = form.wraps;
    let identity = app.identity.public();
    let secret = app.secret.clone();
    let recovered = call
        .run(&app, "recover_device", move |tx, asking| {
            asking.require(tx, Action::RecoverDevice)?;
            let pin = pins::check(tx, asking, &tag, Action::RecoverDevice)?;
            if pin != Pin::Right {
                return Ok(Err(pin));
            }
            let before = asking.roll.as_deref().ok_or_else(Problem::not_found)?;
            let kit = kits::present(tx, before)?;
            let plan = Plan::read(tx, asking, before, &identity, &entries)?;
            take_wraps(tx, &plan.after, asking.device.id, &wraps)?;
            bring_back(tx, &secret, &psks)?;
            for gone in &plan.revoked {
                set_state(tx, *gone, REVOKED)?;
                wraps::destroy_except(tx, *gone, &BTreeSet::new())?;
                lock_all_of_device(tx, *gone)?;
            }
            let new_kit_by = kits::note_recovery(tx, &kit)?;
            let appended = entries.iter().zip(&plan.heads);
            for (length, (signed, head)) in (asking.roll_length..).zip(appended) {
                append(tx, signed, *head, length)?;
            }
            let head = plan.after.head();
            tell(tx, asking, before);
            let sheets = Mail::KeysWant {
                member: asking.member(),
                wanted: Wanted::NewSheets,
            };
            let reminder = sheets.job_in(tx, FIRST_REMINDER_DAYS);
            tx.enqueue(reminder);
            tx.record(
                Event::of(Action::RecoverDevice)
                    .to(asking.device.id)
                    .detail(format!("revoked {}", plan.revoked.len()))
                    .content(head.head),
            );
            Ok(Ok(DeviceRecovered {
                roll_length: head.length,
                roll_head: Bytes::from(head.head),
                new_kit_by,
            }))
        })
        .await?;
    match recovered {
        Ok(recovered) => Ok(Created::unseen(recovered)),
        Err(pin) => pin.accept().and(Err(Problem::new("pin-refused"))),
    }
}

/// What the kit's entries do, replayed.
struct Plan {
    after: RollState,
    heads: Vec<protocol::roll::RollHead>,
    revoked: Vec<DeviceId>,
}

impl Plan {
    /// The kit can do more by the roll's rules than recovery is: here it grants the device that asks to
    /// its own owner, takes off that owner's other devices, and nothing else.
    fn read(
        tx: &mut Tx<'_>,
        asking: &Asking,
        before: &RollState,
        identity: &VerifyingKey,
        entries: &[SignedEntry],
    ) -> Result<Self, Problem> {
        let other = |detail: &str| Problem::new("roll-entry-refused").detail(detail.to_owned());
        let mut after = before.clone();
        let (mut heads, mut revoked, mut granted) = (Vec::new(), Vec::new(), 0);
        let own = owned(tx, asking.member())?;
        for signed in entries {
            let entry = Entry::decode(&signed.bytes).map_err(refused)?;
            check_time(entry.at, asking.at)?;
            if entry.author != Author::Kit {
                return Err(other("Recovery is signed by the kit."));
            }
            match &entry.body {
                Body::ServerKey(key) if key == identity && heads.is_empty() => {}
                Body::Grant(grant) if is_own(asking, grant) => granted += 1,
                Body::Revoke(device) if *device != asking.device.id && own.contains(device) => {
                    revoked.push(*device);
                }
                _ => return Err(other("Recovery grants one's own new device.")),
            }
            after.append(signed).map_err(refused)?;
            heads.push(after.head());
        }
        if granted != 1 || after.server() != identity {
            return Err(other(
                "Recovery grants one device, of the server that it is with.",
            ));
        }
        Ok(Self {
            after,
            heads,
            revoked,
        })
    }
}

fn is_own(asking: &Asking, grant: &Grant) -> bool {
    let own = &asking.device;
    grant.device == own.id
        && grant.member == own.member_id
        && Some(grant.keys) == own.keys()
        && grant.store_kind.name() == own.store_kind
}

fn owned(tx: &mut Tx<'_>, member: MemberId) -> store::Result<BTreeSet<DeviceId>> {
    Ok(device::table
        .filter(device::school_id.eq(tx.school()))
        .filter(device::member_id.eq(member))
        .select(device::id)
        .load(tx.connection())?
        .into_iter()
        .collect())
}

/// Every key that the roll grants the device, in every generation that anything may be sealed to.
fn take_wraps(
    tx: &mut Tx<'_>,
    roll: &RollState,
    device: DeviceId,
    wraps: &[Wrap],
) -> Result<(), Problem> {
    let granted = roll
        .device(device)
        .map(|holder| holder.grant.rights.compartments.clone())
        .unwrap_or_default();
    let mut brought = BTreeSet::new();
    for wrap in wraps {
        let compartment = wraps::check(wrap)?;
        if !granted.contains(&compartment) {
            return Err(Problem::field("/wraps", "this is not what is granted"));
        }
        brought.insert((compartment, wrap.generation));
        wraps::keep(tx, device, wrap)?;
    }
    let complete = granted.iter().all(|name| {
        roll.compartment(name).is_some_and(|keys| {
            keys.generations
                .keys()
                .filter(|generation| !keys.retired.contains(generation))
                .all(|generation| brought.contains(&(name.clone(), *generation)))
        })
    });
    match complete {
        true => Ok(()),
        false => Err(Problem::field(
            "/wraps",
            "one for each compartment granted, in each generation that is in use",
        )),
    }
}

fn bring_back(
    tx: &mut Tx<'_>,
    secret: &vault::ServerSecret,
    psks: &[(u32, ServerPsk)],
) -> Result<(), Problem> {
    if psks::server_half(tx, secret)?.is_some() {
        return match psks.is_empty() {
            true => Ok(()),
            false => Err(Problem::field("/psks", "the server has its half")),
        };
    }
    for (generation, psk) in psks {
        // The kit may know one more than is lost: with which nothing was sealed any more.
        psks::bring_back(tx, secret, *generation, psk)?;
    }
    match psks::server_half(tx, secret)? {
        Some(_) => Ok(()),
        None => Err(Problem::field("/psks", "the server has lost its half")),
    }
}

/// Tells whoever it was, and everybody else who holds keys.
fn tell(tx: &mut Tx<'_>, asking: &Asking, before: &RollState) {
    let me = asking.member();
    let holders: BTreeSet<MemberId> = before
        .active_grants(asking.at)
        .map(|grant| grant.member)
        .chain([me])
        .collect();
    for member in holders {
        let event = match member == me {
            true => KeyEvent::Recovered,
            false => KeyEvent::KitUsed,
        };
        tx.enqueue(Mail::Key { member, event }.job());
    }
}
