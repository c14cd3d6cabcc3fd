use diesel::prelude::*;
use policy::Action;
use protocol::pin::PinTag;
use rest::Problem;
use store::dialect::Prepare as _;
use store::schema::device;
use store::{Event, Tx};

use super::device_call::Asking;
use super::devices::SUSPENDED;
use super::slots;
use super::unlocks::lock_all_of_device;
use crate::mail::{KeyEvent, Mail};

/// Wrong PINs in a row after which a device is suspended.
pub(super) const TRIES: i32 = 5;

/// What became of a PIN. A wrong one is a result and not an error: what it changes must be kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pin {
    /// It was right.
    Right,
    /// It was wrong; so many tries are left.
    Wrong {
        /// How many.
        left: i32,
    },
    /// It was wrong once too often.
    Suspended,
}

impl Pin {
    /// The refusal, once what it changes has been committed.
    pub(super) fn accept(self) -> Result<(), Problem> {
        match self {
            Self::Right => Ok(()),
            Self::Wrong { left } => Err(Problem::new("pin-refused").with("left", left)),
            Self::Suspended => Err(Problem::new("device-suspended")),
        }
    }
}

/// Checks a device's PIN and counts a wrong one. After the fifth the device is suspended, what it has
/// opened is closed, and its owner is told.
pub(super) fn check(
    tx: &mut Tx<'_>,
    asking: &Asking,
    tag: &PinTag,
    action: Action,
) -> store::Result<Pin> {
    let own = &asking.device;
    let row = device::table.find((tx.school(), own.id));
    // Counted before it is checked: of many tries at the same moment each finds the count of the last.
    diesel::update(row)
        .set(device::pin_failures.eq(device::pin_failures + 1))
        .prepared()
        .execute(tx.connection())?;
    let failures: i32 = row
        .select(device::pin_failures)
        .prepared()
        .get_result(tx.connection())?;
    if failures <= TRIES && tag.matches(own.id, &own.pin_hash).is_ok() {
        diesel::update(row)
            .set(device::pin_failures.eq(0))
            .prepared()
            .execute(tx.connection())?;
        return Ok(Pin::Right);
    }
    tx.record(Event::of(action).to(own.id).detail("wrong PIN").refused());
    if failures < TRIES {
        return Ok(Pin::Wrong {
            left: TRIES - failures,
        });
    }
    diesel::update(row)
        .set(device::state.eq(SUSPENDED))
        .prepared()
        .execute(tx.connection())?;
    lock_all_of_device(tx, own.id)?;
    slots::forget_of_device(tx, own.id)?;
    tx.record(Event::named("suspend_device").to(own.id));
    let mail = Mail::Key {
        member: own.member_id,
        event: KeyEvent::Suspended,
    };
    tx.enqueue(mail.job());
    Ok(Pin::Suspended)
}
