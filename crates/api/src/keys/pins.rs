//! A device's PIN: five tries, and a wait between them.

use diesel::prelude::*;
use domain::{DeviceId, Timestamp};
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
const TRIES: i32 = 5;

/// Seconds after a wrong PIN in which no other is looked at: after the first, the second, and so on.
///
/// The first slip costs nothing, for everybody mistypes. Then each wait is three times the last, so that whoever
/// types the same wrong PIN in a hurry is made to stop long before the fifth suspends their device. Together they
/// are 65 seconds: whoever remembers at last still answers the same request, which waits for two minutes. Whoever
/// has found the device has five tries as ever, and gets to them no sooner.
const WAITS: [u32; 4] = [0, 5, 15, 45];

/// The longest of them.
const LONGEST_WAIT: i64 = WAITS[WAITS.len() - 1] as i64;

/// What became of a PIN. A wrong one is a result and not an error: what it changes must be kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pin {
    /// It was right.
    Right,
    /// It was wrong.
    Wrong {
        /// How many tries are left.
        left: i32,
        /// Seconds until the next.
        wait: u32,
    },
    /// It came within the wait after a wrong one: it was neither looked at nor counted.
    TooSoon {
        /// How many tries are left.
        left: i32,
        /// Seconds until the next.
        wait: u32,
    },
    /// It was wrong once too often.
    Suspended,
}

impl Pin {
    /// The refusal, once what it changes has been committed.
    pub(super) fn accept(self) -> Result<(), Problem> {
        let (slug, left, wait) = match self {
            Self::Right => return Ok(()),
            Self::Suspended => return Err(Problem::new("device-suspended")),
            Self::Wrong { left, wait } => ("pin-refused", left, wait),
            Self::TooSoon { left, wait } => ("pin-too-soon", left, wait),
        };
        let problem = Problem::new(slug).with("left", left);
        Err(match wait {
            0 => problem,
            wait => problem.with("wait_seconds", wait).retry_after(wait),
        })
    }
}

/// Checks a device's PIN and counts a wrong one. After the fifth the device is suspended, what it has
/// opened is closed, and its owner is told. Within the wait after a wrong one a right PIN and a wrong one are
/// answered alike.
pub(super) fn check(
    tx: &mut Tx<'_>,
    asking: &Asking,
    tag: &PinTag,
    action: Action,
) -> store::Result<Pin> {
    let (own, now) = (&asking.device, tx.now());
    let row = device::table.find((tx.school(), own.id));
    let may_try = device::pin_wait_until
        .is_null()
        .or(device::pin_wait_until.le(now))
        // No wait is as long: the server's clock was set back since.
        .or(device::pin_wait_until.gt(now.plus_seconds(LONGEST_WAIT)));
    // Counted before it is checked: of many tries at the same moment each finds the count of the last, and its wait.
    let counted = diesel::update(row.filter(may_try))
        .set(device::pin_failures.eq(device::pin_failures + 1))
        .prepared()
        .execute(tx.connection())?;
    let (failures, until): (i32, Option<Timestamp>) = row
        .select((device::pin_failures, device::pin_wait_until))
        .prepared()
        .get_result(tx.connection())?;
    let refused = |why: &'static str| Event::of(action).to(own.id).detail(why).refused();
    if counted == 0 {
        tx.record(refused("PIN too soon"));
        return Ok(Pin::TooSoon {
            left: TRIES - failures,
            wait: until
                .and_then(|until| u32::try_from(now.seconds_until(until)).ok())
                .unwrap_or(1),
        });
    }
    if failures <= TRIES && tag.matches(own.id, &own.pin_hash).is_ok() {
        set_tries(tx, own.id, 0, None)?;
        return Ok(Pin::Right);
    }
    tx.record(refused("wrong PIN"));
    let wait = usize::try_from(failures - 1)
        .ok()
        .and_then(|before| WAITS.get(before).copied());
    if let Some(wait) = wait {
        let until = (wait > 0).then(|| now.plus_seconds(wait.into()));
        set_tries(tx, own.id, failures, until)?;
        let left = TRIES - failures;
        return Ok(Pin::Wrong { left, wait });
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

fn set_tries(
    tx: &mut Tx<'_>,
    id: DeviceId,
    failures: i32,
    wait_until: Option<Timestamp>,
) -> store::Result<()> {
    diesel::update(device::table.find((tx.school(), id)))
        .set((
            device::pin_failures.eq(failures),
            device::pin_wait_until.eq(wait_until),
        ))
        .prepared()
        .execute(tx.connection())?;
    Ok(())
}
