use actix_web::post;
use actix_web::web::{Data, Json};
use diesel::prelude::*;
use domain::{Id, Kind};
use policy::{Action, Facts};
use protocol::records::RecordRef;
use rest::{Body, Problem, Problems};
use serde::{Deserialize, Serialize};
use store::dialect::Prepare as _;
use store::schema::{action, amendment, attachment, concern, status_change};
use store::{Event, Result, Tx};

use super::sealed::SealedRow;
use crate::keys::{OpenKeys, retire_unused_halves};
use crate::sealed_tables::sealed_tables;
use crate::{App, Credentials};

/// Records in one batch, if nobody says otherwise: some tens of milliseconds in which nobody else writes.
const BATCH: u32 = 500;

/// How much to do.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RewrapRecords {
    /// How many records at most: 1 to 2000, 500 if not said.
    limit: Option<u32>,
}

/// What was done, and what is left.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct Rewrapped {
    /// Records sealed to the new key now.
    rewrapped: usize,
    /// Records that were sealed to an old key and do not open. They stay as they are; the old key cannot be
    /// retired before somebody has looked at them.
    unreadable: usize,
    /// Whether there may be more: ask again.
    more: bool,
}

/// Seal a batch of records to the new key of their compartment, after a rotation or after the server's secret
/// was changed.
///
/// Ask again until there are no more. Each batch is whole or not at all, and whoever asks next goes on where
/// the last one was, whatever stopped it. What the records say is not looked at.
#[utoipa::path(
    tag = "concerns",
    request_body = RewrapRecords,
    responses((status = 200, body = Rewrapped), Problems),
)]
#[post("/rewraps")]
pub(super) async fn rewrap_records(
    app: Data<App>,
    credentials: Credentials,
    body: Body<RewrapRecords>,
) -> std::result::Result<Json<Rewrapped>, Problem> {
    let limit = body.0.limit.unwrap_or(BATCH);
    if !(1..=2000).contains(&limit) {
        return Err(Problem::field("/limit", "choose 1 to 2000"));
    }
    let secret = app.secret.clone();
    let opening = credentials.clone();
    let done = app
        .write("rewrap_records", credentials, move |tx| {
            tx.require(Action::RewrapRecords, Facts::School)?;
            let keys = OpenKeys::open(tx, &opening, &secret)?;
            let done = rewrap(tx, &keys, usize::try_from(limit).unwrap_or(1))?;
            if done.rewrapped > 0 {
                tx.record(Event::of(Action::RewrapRecords).detail(done.rewrapped));
            }
            if !done.more {
                retire_unused_halves(tx)?;
            }
            Ok::<_, Problem>(done)
        })
        .await?;
    Ok(Json(done))
}

/// Re-wraps what is sealed to an older key than the newest one that is open here.
fn rewrap(tx: &mut Tx<'_>, keys: &OpenKeys, limit: usize) -> Result<Rewrapped> {
    let mut done = Rewrapped {
        rewrapped: 0,
        unreadable: 0,
        more: false,
    };
    for (name, newest) in keys.newest() {
        let generation = i32::try_from(newest).unwrap_or(i32::MAX);

        macro_rules! rewrap_table {
            ($table:ident, $id:ty, $filed:expr, $($set:expr)?) => {{
                // Past what does not open: spoilt records must not keep the others on the old key.
                let mut after = <$id>::from_bytes([0; 16]);
                while !done.more {
                    // One more than there is room for, to know whether any is left.
                    let page = limit.saturating_sub(done.rewrapped) + 1;
                    let rows: Vec<($id, i32, bool, Option<Vec<u8>>)> = $table::table
                        .filter($table::school_id.eq(tx.school()))
                        .filter($table::compartment.eq(name.name()))
                        .filter($table::generation.lt(generation))
                        .filter($table::sealed_key.is_not_null())
                        .filter($table::id.gt(after))
                        .order_by($table::id)
                        .limit(i64::try_from(page).unwrap_or(i64::MAX))
                        .select((
                            $table::id,
                            $table::generation,
                            $filed,
                            $table::sealed_key.nullable(),
                        ))
                        .load(tx.connection())?;
                    let last = rows.len() < page;
                    for (id, old, filed, sealed) in rows {
                        if done.rewrapped == limit {
                            done.more = true;
                            break;
                        }
                        after = id;
                        let sealed = sealed.unwrap_or_default();
                        let row = SealedRow {
                            compartment: &name,
                            generation: old,
                            filed,
                            key: &sealed,
                        };
                        let Some(key) = refile(tx, keys, id, &row, newest)? else {
                            done.unreadable += 1;
                            continue;
                        };
                        let school = tx.school();
                        let moving = diesel::update($table::table.find((school, id))).set((
                            $table::generation.eq(generation),
                            $table::sealed_key.eq(key),
                            $($set)?
                        ));
                        moving.prepared().execute(tx.connection())?;
                        done.rewrapped += 1;
                    }
                    if last {
                        break;
                    }
                }
            }};
        }
        macro_rules! with_inbox {
            ($table:ident, $id:ty) => {
                rewrap_table!($table, $id, $table::filed, $table::filed.eq(true))
            };
        }
        macro_rules! always_filed {
            ($table:ident, $id:ty) => {
                rewrap_table!($table, $id, $table::generation.ge(0),)
            };
        }
        sealed_tables!(with_inbox: with_inbox);
        sealed_tables!(always_filed: always_filed);
    }
    Ok(done)
}

/// A record's own key, wrapped under the file key of this generation; `None` if it does not open.
///
/// # Errors
/// What the database says; [`store::Error::Absent`] if the new key is not open here.
pub(super) fn refile<K: Kind>(
    tx: &Tx<'_>,
    keys: &OpenKeys,
    id: Id<K>,
    row: &SealedRow<'_>,
    generation: u32,
) -> Result<Option<Vec<u8>>> {
    let Ok(data_key) = row.data_key(keys, id) else {
        tracing::warn!(record = %id, "a sealed record does not open");
        return Ok(None);
    };
    keys.file(
        tx,
        &RecordRef::new(keys.school(), id, 1),
        row.compartment,
        generation,
        &data_key,
    )
    .map(Some)
}
