//! Filing: the first unlocked session to meet a record that still lies in the inbox wraps its key under
//! the compartment's file key, so that opening it again costs a microsecond and not a hundred.

use diesel::prelude::*;
use domain::{AmendmentId, AttachmentId, ConcernId, Id, Kind};
use protocol::records::RecordRef;
use store::schema::{amendment, attachment, concern};
use store::{Result, Tx};

use super::sealed::{SealedRow, compartment};
use crate::keys::OpenKeys;

/// Records filed in one transaction: short enough that nobody's writing waits.
const BATCH: i64 = 200;

/// Files what lies in the inbox and can be opened here, a batch at most; how many records that were.
///
/// What cannot be opened although its compartment can is left for `server doctor` to find, and does
/// not keep the others waiting.
///
/// # Errors
/// What the database says.
pub(crate) fn file_inbox(tx: &mut Tx<'_>, keys: &OpenKeys) -> Result<usize> {
    let compartments: Vec<String> = keys
        .compartments()
        .map(|name| name.name().to_owned())
        .collect();
    let school = tx.school();
    let mut filed = 0;

    macro_rules! file_table {
        ($table:ident, $id:ty) => {{
            let rows: Vec<($id, String, i32, Vec<u8>)> = $table::table
                .filter($table::school_id.eq(school))
                .filter($table::filed.eq(false))
                .filter($table::compartment.eq_any(&compartments))
                .limit(BATCH)
                .select((
                    $table::id,
                    $table::compartment,
                    $table::generation,
                    $table::sealed_key,
                ))
                .load(tx.connection())?;
            for (id, name, generation, sealed) in rows {
                let Some(key) = rewrap(tx, keys, id, &name, generation, &sealed)? else {
                    continue;
                };
                diesel::update($table::table.find((school, id)))
                    .set(($table::filed.eq(true), $table::sealed_key.eq(key)))
                    .execute(tx.connection())?;
                filed += 1;
            }
        }};
    }
    file_table!(concern, ConcernId);
    file_table!(amendment, AmendmentId);
    file_table!(attachment, AttachmentId);
    Ok(filed)
}

fn rewrap<K: Kind>(
    tx: &Tx<'_>,
    keys: &OpenKeys,
    id: Id<K>,
    name: &str,
    generation: i32,
    sealed: &[u8],
) -> Result<Option<Vec<u8>>> {
    let compartment = compartment(name)?;
    let row = SealedRow {
        compartment: &compartment,
        generation,
        filed: false,
        key: sealed,
    };
    let Ok(data_key) = row.data_key(keys, id) else {
        tracing::warn!(record = %id, "a sealed record does not open");
        return Ok(None);
    };
    keys.file(
        tx,
        &RecordRef::new(keys.school(), id, 1),
        &compartment,
        u32::try_from(generation).unwrap_or_default(),
        &data_key,
    )
    .map(Some)
}
