//! Filing: the first unlocked session to meet a record that still lies in the inbox wraps its key under
//! the compartment's file key, so that opening it again costs a microsecond and not a hundred.

use diesel::prelude::*;
use domain::{AmendmentId, AttachmentId, ConcernId};
use store::dialect::Prepare as _;
use store::schema::{amendment, attachment, concern};
use store::{Result, Tx};

use super::rewrap::refile;
use super::sealed::{SealedRow, compartment};
use crate::keys::OpenKeys;

/// Records filed in one transaction: short enough that nobody's writing waits.
const BATCH: i64 = 50;

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
                .filter(diesel::dsl::not($table::filed))
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
                let name = compartment(&name)?;
                let row = SealedRow {
                    compartment: &name,
                    generation,
                    filed: false,
                    key: &sealed,
                };
                // To the newest key at once: a rotation then has the less to do.
                let newest = keys.newest_of(&name)?;
                let Some(key) = refile(tx, keys, id, &row, newest)? else {
                    continue;
                };
                let filing = diesel::update($table::table.find((school, id))).set((
                    $table::filed.eq(true),
                    $table::sealed_key.eq(key),
                    $table::generation.eq(i32::try_from(newest).unwrap_or(i32::MAX)),
                ));
                filing.prepared().execute(tx.connection())?;
                filed += 1;
            }
        }};
    }
    file_table!(concern, ConcernId);
    file_table!(amendment, AmendmentId);
    file_table!(attachment, AttachmentId);
    Ok(filed)
}
