use std::collections::BTreeSet;

use diesel::prelude::*;
use domain::DeviceId;
use protocol::compartments::Compartment;
use rest::Problem;
use serde::{Deserialize, Serialize};
use store::dialect::{Prepare as _, steps};
use store::schema::wrap;
use store::{Result, Tx};

use super::bytes::Bytes;
use super::device_call::Asking;
use super::slots;

/// A compartment's key, sealed to the device that asks.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Wrap {
    /// Which compartment.
    #[schema(example = "safeguarding")]
    pub(super) compartment: String,
    /// Which generation of its key.
    pub(super) generation: u32,
    /// The sealed key.
    pub(super) wrap: Bytes,
}

/// The wraps that a device may have.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub(super) struct Wraps {
    /// One for each compartment and generation.
    pub(super) wraps: Vec<Wrap>,
}

/// Whether a wrap can be one.
pub(super) fn check(wrap: &Wrap) -> std::result::Result<Compartment, Problem> {
    let compartment = wrap
        .compartment
        .parse()
        .map_err(|_| Problem::field("/wraps", "this is not the name of a compartment"))?;
    match wrap.wrap.0.len() == protocol::wrap::SIZE {
        true => Ok(compartment),
        false => Err(Problem::field("/wraps", "a wrap has another length")),
    }
}

/// Keeps a wrap, in the place of the one before.
pub(super) fn keep(tx: &mut Tx<'_>, device: DeviceId, new: &Wrap) -> Result<()> {
    let school = tx.school();
    let generation = i32::try_from(new.generation).unwrap_or(i32::MAX);
    diesel::delete(wrap::table.find((school, device, &new.compartment, generation)))
        .prepared()
        .execute(tx.connection())?;
    diesel::insert_into(wrap::table)
        .values((
            wrap::school_id.eq(school),
            wrap::device_id.eq(device),
            wrap::compartment.eq(&new.compartment),
            wrap::generation.eq(generation),
            wrap::body.eq(&new.wrap.0),
        ))
        .execute(tx.connection())?;
    Ok(())
}

/// Destroys a device's wraps, but for those of the compartments kept, and what was sealed on paper from them.
pub(super) fn destroy_except(
    tx: &mut Tx<'_>,
    device: DeviceId,
    kept: &BTreeSet<Compartment>,
) -> Result<usize> {
    slots::forget_of_device(tx, device)?;
    let school = tx.school();
    let kept: Vec<&str> = kept.iter().map(Compartment::name).collect();
    Ok(diesel::delete(
        wrap::table
            .filter(wrap::school_id.eq(school))
            .filter(wrap::device_id.eq(device))
            .filter(wrap::compartment.ne_all(kept)),
    )
    .prepared()
    .execute(tx.connection())?)
}

/// The wraps of the device that asks, for the compartments that the roll grants it now.
pub(super) fn release(tx: &mut Tx<'_>, asking: &Asking) -> Result<Wraps> {
    let school = tx.school();
    let granted: Vec<&str> = asking
        .rights
        .iter()
        .flat_map(|rights| &rights.compartments)
        .map(Compartment::name)
        .collect();
    let rows: Vec<(String, i32, Vec<u8>)> = wrap::table
        .filter(wrap::school_id.eq(school))
        .filter(wrap::device_id.eq(asking.device.id))
        .filter(wrap::compartment.eq_any(steps(granted)))
        .order_by((wrap::compartment, wrap::generation))
        .select((wrap::compartment, wrap::generation, wrap::body))
        .prepared()
        .load(tx.connection())?;
    let wraps = rows
        .into_iter()
        .map(|(compartment, generation, body)| Wrap {
            compartment,
            generation: u32::try_from(generation).unwrap_or_default(),
            wrap: Bytes(body),
        })
        .collect();
    Ok(Wraps { wraps })
}
