//! Codes on paper: each opens the records once, where its owner's device has no connection
//! (docs/adr/0061-slot-codes.md).
//!
//! ```text
//! device, online, with the PIN ──► ten slots ──► typed in a known browser ──► open; the slot is gone
//! ```
//! The server has for each code what finds it and what it opens, and cannot make the one into the other. They
//! go when one of the keys in them does: with a rotation, a narrower or a new grant, a revocation, five wrong
//! PINs, a loss, their owner's leaving, a restore.

use diesel::prelude::*;
use domain::{DeviceId, MemberId, Timestamp};
use protocol::compartments::Compartment;
use protocol::encoding::{Hash, join_names};
use protocol::slots::{SealedSlot, Slot, Terms};
use store::dialect::Prepare as _;
use store::schema::{device, slot};
use store::{Error, Result, Tx};

use super::devices::REGISTERED;

/// What is left of a device's codes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Left {
    pub(super) count: usize,
    pub(super) made_at: Option<Timestamp>,
}

/// A slot whose code was typed.
#[derive(Clone, Debug)]
pub(super) struct Found {
    pub(super) terms: Terms,
    pub(super) sealed_bundle: Vec<u8>,
}

/// Keeps what a device deposits for one code.
pub(super) fn keep(tx: &mut Tx<'_>, terms: &Terms, sealed: &SealedSlot) -> Result<()> {
    let now = tx.now();
    let bundle = [
        sealed.bundle.encapsulated.as_slice(),
        &sealed.bundle.ciphertext,
    ]
    .concat();
    diesel::insert_into(slot::table)
        .values((
            slot::school_id.eq(terms.slot.school),
            slot::device_id.eq(terms.slot.device),
            slot::number.eq(i32::from(terms.slot.number)),
            slot::member_id.eq(terms.slot.member),
            slot::reference.eq(sealed.reference.to_vec()),
            slot::session_key.eq(sealed.session_key.as_bytes().to_vec()),
            slot::sealed_bundle.eq(bundle),
            slot::compartments.eq(join_names(&terms.compartments)),
            slot::session_seconds.eq(i32::try_from(terms.session_seconds).unwrap_or(i32::MAX)),
            slot::created_at.eq(now),
        ))
        .execute(tx.connection())?;
    Ok(())
}

/// The slot that a code is for, if its device is registered.
pub(super) fn find(tx: &mut Tx<'_>, member: MemberId, reference: &Hash) -> Result<Option<Found>> {
    let school = tx.school();
    let row: Option<(DeviceId, i32, Vec<u8>, String, i32)> = slot::table
        .inner_join(
            device::table.on(device::school_id
                .eq(slot::school_id)
                .and(device::id.eq(slot::device_id))),
        )
        .filter(slot::school_id.eq(school))
        .filter(slot::reference.eq(reference.to_vec()))
        .filter(slot::member_id.eq(member))
        .filter(device::state.eq(REGISTERED))
        .select((
            slot::device_id,
            slot::number,
            slot::sealed_bundle,
            slot::compartments,
            slot::session_seconds,
        ))
        .prepared()
        .get_result(tx.connection())
        .optional()?;
    let Some((device, number, sealed_bundle, compartments, seconds)) = row else {
        return Ok(None);
    };
    let unreadable = |_| Error::Unreadable("slot");
    let compartments = compartments
        .split(' ')
        .map(str::parse)
        .collect::<std::result::Result<Vec<Compartment>, _>>()
        .map_err(|_| Error::Unreadable("slot.compartments"))?;
    Ok(Some(Found {
        terms: Terms {
            slot: Slot {
                school,
                member,
                device,
                number: u8::try_from(number).map_err(unreadable)?,
            },
            compartments,
            session_seconds: u32::try_from(seconds).map_err(unreadable)?,
        },
        sealed_bundle,
    }))
}

/// Uses a slot up; whether it was there.
pub(super) fn take(tx: &mut Tx<'_>, used: &Slot) -> Result<bool> {
    let row = slot::table.find((tx.school(), used.device, i32::from(used.number)));
    Ok(diesel::delete(row).prepared().execute(tx.connection())? == 1)
}

/// What is left of a device's codes.
pub(super) fn left(tx: &mut Tx<'_>, device: DeviceId) -> Result<Left> {
    let made: Vec<Timestamp> = slot::table
        .filter(slot::school_id.eq(tx.school()))
        .filter(slot::device_id.eq(device))
        .select(slot::created_at)
        .load(tx.connection())?;
    Ok(Left {
        count: made.len(),
        made_at: made.into_iter().max(),
    })
}

/// Destroys what a device's codes would open; how many there were.
pub(super) fn forget_of_device(tx: &mut Tx<'_>, device: DeviceId) -> Result<usize> {
    let of_school = slot::table.filter(slot::school_id.eq(tx.school()));
    Ok(diesel::delete(of_school.filter(slot::device_id.eq(device)))
        .prepared()
        .execute(tx.connection())?)
}

/// Destroys what a member's codes would open.
pub(super) fn forget_of_member(tx: &mut Tx<'_>, member: MemberId) -> Result<usize> {
    let of_school = slot::table.filter(slot::school_id.eq(tx.school()));
    Ok(diesel::delete(of_school.filter(slot::member_id.eq(member)))
        .prepared()
        .execute(tx.connection())?)
}

/// Destroys what any code of the school would open.
pub(super) fn forget_all(tx: &mut Tx<'_>) -> Result<usize> {
    let of_school = slot::table.filter(slot::school_id.eq(tx.school()));
    Ok(diesel::delete(of_school)
        .prepared()
        .execute(tx.connection())?)
}
