//! The recovery kit's rows. Which kit counts, the roll says: the row only keeps its parts.

use chrono::NaiveDate;
use diesel::prelude::*;
use domain::{KitId, Timestamp};
use protocol::device::MAX_AGE_SECONDS;
use protocol::kit::{KitProof, KitPublicKeys};
use protocol::roll::RollState;
use rest::Problem;
use store::dialect::Prepare as _;
use store::schema::kit;
use store::{Event, Result, Tx};

use super::bytes::Bytes;
use super::device_call::Asking;
use policy::Action;

/// The most bytes of kit part A: some dozens of keys and what sealing adds.
pub(super) const PART_A_BYTES: usize = 16 * 1024;
/// Days after a recovery within which new sheets are to be printed.
const DAYS_TO_REPLACE: i64 = 7;

/// A kit as its row has it.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = kit)]
pub(super) struct Kit {
    pub(super) id: KitId,
    pub(super) part_a: Vec<u8>,
    pub(super) part_b: Vec<u8>,
    pub(super) created_at: Timestamp,
    recovered_at: Option<Timestamp>,
    pub(super) tested_on: Option<NaiveDate>,
}

impl Kit {
    /// Until when it should be replaced, because somebody has used it.
    pub(super) fn due_at(&self) -> Option<Timestamp> {
        self.recovered_at
            .map(|recovered| recovered.plus_days(DAYS_TO_REPLACE))
    }
}

/// The kit that the roll announces.
pub(super) fn present(tx: &mut Tx<'_>, roll: &RollState) -> Result<Kit> {
    let school = tx.school();
    let public = roll.kit();
    Ok(kit::table
        .filter(kit::school_id.eq(school))
        .filter(kit::sign_key.eq(public.sign.as_bytes().to_vec()))
        .filter(kit::kem_key.eq(public.kem.as_bytes().to_vec()))
        .filter(kit::confirmed.eq(true))
        .select(Kit::as_select())
        .prepared()
        .get_result(tx.connection())?)
}

/// Keeps a kit that nobody has confirmed yet, in the place of an earlier attempt.
pub(super) fn keep_unconfirmed(
    tx: &mut Tx<'_>,
    public: &KitPublicKeys,
    part_a: &[u8],
    part_b: &[u8],
) -> Result<()> {
    forget_unconfirmed(tx)?;
    let (school, now) = (tx.school(), tx.now());
    let id: KitId = tx.new_id();
    diesel::insert_into(kit::table)
        .values((
            kit::school_id.eq(school),
            kit::id.eq(id),
            kit::kem_key.eq(public.kem.as_bytes().to_vec()),
            kit::sign_key.eq(public.sign.as_bytes().to_vec()),
            kit::part_a.eq(part_a),
            kit::part_b.eq(part_b),
            kit::confirmed.eq(false),
            kit::created_at.eq(now),
        ))
        .execute(tx.connection())?;
    Ok(())
}

/// Forgets a kit that nobody has confirmed.
pub(super) fn forget_unconfirmed(tx: &mut Tx<'_>) -> Result<()> {
    diesel::delete(
        kit::table
            .filter(kit::school_id.eq(tx.school()))
            .filter(kit::confirmed.eq(false)),
    )
    .prepared()
    .execute(tx.connection())?;
    Ok(())
}

/// Confirms the kit that waits, if it is this one, and destroys every other: whether it did.
pub(super) fn replace(tx: &mut Tx<'_>, public: &KitPublicKeys) -> Result<Option<KitId>> {
    let (school, now) = (tx.school(), tx.now());
    let waiting: Option<KitId> = kit::table
        .filter(kit::school_id.eq(school))
        .filter(kit::sign_key.eq(public.sign.as_bytes().to_vec()))
        .filter(kit::kem_key.eq(public.kem.as_bytes().to_vec()))
        .filter(kit::confirmed.eq(false))
        .select(kit::id)
        .prepared()
        .get_result(tx.connection())
        .optional()?;
    let Some(id) = waiting else { return Ok(None) };
    diesel::delete(
        kit::table
            .filter(kit::school_id.eq(school))
            .filter(kit::id.ne(id)),
    )
    .prepared()
    .execute(tx.connection())?;
    diesel::update(kit::table.find((school, id)))
        .set((kit::confirmed.eq(true), kit::created_at.eq(now)))
        .prepared()
        .execute(tx.connection())?;
    Ok(Some(id))
}

/// Notes that somebody came back with this kit; until when it should be replaced.
pub(super) fn note_recovery(tx: &mut Tx<'_>, used: &Kit) -> Result<Timestamp> {
    let (school, now) = (tx.school(), tx.now());
    // The first use counts: a second within the days does not put the new sheets off.
    let recovered = used.recovered_at.unwrap_or(now);
    diesel::update(kit::table.find((school, used.id)))
        .set(kit::recovered_at.eq(recovered))
        .prepared()
        .execute(tx.connection())?;
    Ok(recovered.plus_days(DAYS_TO_REPLACE))
}

/// Notes that the sheets were tested today.
pub(super) fn note_test(tx: &mut Tx<'_>, tested: &Kit) -> Result<NaiveDate> {
    let (school, today) = (tx.school(), tx.now().date());
    diesel::update(kit::table.find((school, tested.id)))
        .set(kit::tested_on.eq(today))
        .prepared()
        .execute(tx.connection())?;
    Ok(today)
}

/// The kit of the roll, once the device has proved that two of its sheets lie in front of it.
pub(super) fn proved(
    tx: &mut Tx<'_>,
    asking: &Asking,
    at: u64,
    proof: &Bytes,
    action: Action,
) -> std::result::Result<Kit, Problem> {
    let roll = asking.roll.as_deref().ok_or_else(Problem::not_found)?;
    let claim = KitProof {
        school: tx.school(),
        device: asking.device.id,
        at,
    };
    let sound =
        at.abs_diff(asking.at) <= MAX_AGE_SECONDS && claim.verify(&proof.0, roll.kit()).is_ok();
    match sound {
        true => Ok(present(tx, roll)?),
        false => {
            tx.record_refusal(Event::of(action).to(asking.device.id).detail("not the kit"));
            Err(Problem::new("kit-refused"))
        }
    }
}
