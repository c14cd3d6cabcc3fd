use std::collections::BTreeSet;

use diesel::prelude::*;
use domain::{DeviceId, MemberId, Timestamp};
use protocol::device::DevicePublicKeys;
use protocol::hpke::PublicKey;
use protocol::roll::{RollState, StoreKind};
use protocol::signing::VerifyingKey;
use serde::Serialize;
use store::dialect::Prepare as _;
use store::schema::device;
use store::{Result, Tx};

use super::Rolls;
use super::slots;
use super::unlocks::lock_all_of_member;
use crate::mail::{KeyEvent, Mail};

/// A device with an authenticator app.
#[derive(Clone, Serialize, utoipa::ToSchema)]
#[schema(as = Device)]
pub(crate) struct DeviceView {
    /// Which.
    pub(super) id: DeviceId,
    /// What its owner calls it.
    pub(super) name: String,
    /// Whether it holds keys.
    pub(super) state: DeviceState,
    /// Where it keeps its own key: `protected`, `desktop`, `file` or `memory`.
    pub(super) store_kind: String,
    /// Since when it is known.
    pub(super) registered_at: Timestamp,
    /// When it last asked for something.
    pub(super) last_seen_at: Option<Timestamp>,
    /// When its owner said that it was lost; it is suspended since.
    pub(super) lost_at: Option<Timestamp>,
}

impl std::fmt::Debug for DeviceView {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "DeviceView({}, {:?})", self.id, self.state)
    }
}

/// Whether a device holds keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum DeviceState {
    /// It is known and holds nothing.
    Ungranted,
    /// The roll grants it something.
    Granted,
    /// Five wrong PINs, or lost: a holder has to grant it anew.
    Suspended,
    /// It was taken off the roll for ever.
    Revoked,
}

/// A device as its row has it. What it may open stands in the roll alone.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = device)]
pub(super) struct Device {
    pub(super) id: DeviceId,
    pub(super) member_id: MemberId,
    pub(super) name: String,
    pub(super) store_kind: String,
    pub(super) state: String,
    pub(super) sign_key: Vec<u8>,
    pub(super) kem_key: Vec<u8>,
    pub(super) pin_hash: Vec<u8>,
    pub(super) registered_at: Timestamp,
    pub(super) last_seen_at: Option<Timestamp>,
    pub(super) lost_at: Option<Timestamp>,
}

/// The words of `device.state`.
pub(super) const REGISTERED: &str = "registered";
pub(super) const SUSPENDED: &str = "suspended";
pub(super) const REVOKED: &str = "revoked";

impl Device {
    /// The key that its requests are signed with.
    pub(super) fn sign_key(&self) -> Option<VerifyingKey> {
        let bytes = self.sign_key.as_slice().try_into().ok()?;
        Some(VerifyingKey::from_bytes(bytes))
    }

    /// Both of its keys.
    pub(super) fn keys(&self) -> Option<DevicePublicKeys> {
        Some(DevicePublicKeys {
            sign: self.sign_key()?,
            kem: PublicKey::from_bytes(self.kem_key.as_slice().try_into().ok()?),
        })
    }

    /// Row and roll together.
    pub(super) fn state(&self, roll: Option<&RollState>, at: u64) -> DeviceState {
        match self.state.as_str() {
            REVOKED => DeviceState::Revoked,
            SUSPENDED => DeviceState::Suspended,
            _ if roll.is_some_and(|roll| roll.active(self.id, at).is_some()) => {
                DeviceState::Granted
            }
            _ => DeviceState::Ungranted,
        }
    }

    pub(super) fn view(&self, roll: Option<&RollState>, at: u64) -> DeviceView {
        DeviceView {
            id: self.id,
            name: self.name.clone(),
            state: self.state(roll, at),
            store_kind: self.store_kind.clone(),
            registered_at: self.registered_at,
            last_seen_at: self.last_seen_at,
            lost_at: self.lost_at,
        }
    }
}

/// The instant of a transaction in the roll's seconds.
pub(super) fn seconds(tx: &Tx<'_>) -> u64 {
    u64::try_from(tx.now().seconds()).unwrap_or_default()
}

/// A member's own devices, oldest first.
pub(super) fn of_member(tx: &mut Tx<'_>, member: MemberId) -> Result<Vec<Device>> {
    let school = tx.school();
    Ok(device::table
        .filter(device::school_id.eq(school))
        .filter(device::member_id.eq(member))
        .order_by(device::id)
        .select(Device::as_select())
        .load(tx.connection())?)
}

/// A member's own devices as they are shown.
pub(crate) fn devices_of(
    tx: &mut Tx<'_>,
    rolls: &Rolls,
    member: MemberId,
) -> Result<Vec<DeviceView>> {
    let roll = rolls.now(tx)?;
    let at = seconds(tx);
    Ok(of_member(tx, member)?
        .iter()
        .map(|device| device.view(roll.as_deref(), at))
        .collect())
}

/// Suspends every device of a member who has left, closes what they have open, and tells all holders: the
/// devices are to be taken off the roll, which only a holder's device can sign. How many there were.
pub(crate) fn suspend_all_of_member(
    tx: &mut Tx<'_>,
    rolls: &Rolls,
    member: MemberId,
) -> Result<usize> {
    let (school, at) = (tx.school(), seconds(tx));
    lock_all_of_member(tx, member)?;
    slots::forget_of_member(tx, member)?;
    let suspended = diesel::update(
        device::table
            .filter(device::school_id.eq(school))
            .filter(device::member_id.eq(member))
            .filter(device::state.eq(REGISTERED)),
    )
    .set(device::state.eq(SUSPENDED))
    .prepared()
    .execute(tx.connection())?;
    let roll = rolls.now(tx)?;
    let holders: BTreeSet<MemberId> = roll
        .iter()
        .flat_map(|roll| roll.active_grants(at))
        .map(|grant| grant.member)
        .collect();
    if holders.contains(&member) {
        for holder in holders.into_iter().filter(|holder| *holder != member) {
            let event = KeyEvent::HolderLeft;
            tx.enqueue(
                Mail::Key {
                    member: holder,
                    event,
                }
                .job(),
            );
        }
    }
    Ok(suspended)
}

/// A device of the school.
pub(super) fn find(tx: &mut Tx<'_>, id: DeviceId) -> Result<Option<Device>> {
    let school = tx.school();
    Ok(device::table
        .find((school, id))
        .select(Device::as_select())
        .prepared()
        .get_result(tx.connection())
        .optional()?)
}

/// A device as it is registered; it holds nothing yet.
pub(super) struct NewDevice<'new> {
    pub(super) id: DeviceId,
    pub(super) member: MemberId,
    pub(super) name: &'new str,
    pub(super) store_kind: StoreKind,
    pub(super) keys: &'new DevicePublicKeys,
    /// What the server keeps of its PIN; empty until one is chosen.
    pub(super) pin_hash: &'new [u8],
}

/// Registers a device.
pub(super) fn register(tx: &mut Tx<'_>, new: &NewDevice<'_>) -> Result<()> {
    let (school, now) = (tx.school(), tx.now());
    diesel::insert_into(device::table)
        .values((
            device::school_id.eq(school),
            device::id.eq(new.id),
            device::member_id.eq(new.member),
            device::name.eq(new.name),
            device::store_kind.eq(new.store_kind.name()),
            device::state.eq(REGISTERED),
            device::sign_key.eq(new.keys.sign.as_bytes().to_vec()),
            device::kem_key.eq(new.keys.kem.as_bytes().to_vec()),
            device::pin_hash.eq(new.pin_hash),
            device::pin_failures.eq(0),
            device::registered_at.eq(now),
        ))
        .execute(tx.connection())?;
    Ok(())
}
