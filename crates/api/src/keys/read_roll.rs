use actix_web::get;
use actix_web::web::{Data, Json, Query};
use policy::Action;
use rest::{Problem, Problems};
use serde::{Deserialize, Serialize};

use super::bytes::Bytes;
use super::device_call::DeviceCall;
use super::rolls::load;
use crate::App;

/// Entries in one answer.
const ENTRIES: u64 = 500;

/// Where to go on.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct After {
    /// The last entry that the device has.
    #[serde(default)]
    after: u64,
}

/// Entries of the roll, in order.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct RollPage {
    /// The entries after the one asked for, 500 at most.
    items: Vec<RollItem>,
    /// How many there are in all.
    roll_length: i64,
}

/// One signed entry.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct RollItem {
    seq: u64,
    entry: Bytes,
    signature: Bytes,
    /// The recovery kit's signature, on a genesis and on a new kit.
    endorsement: Option<Bytes>,
}

/// Read the signed roll, to be replayed on the device.
#[utoipa::path(
    tag = "devices",
    security(("device" = [])),
    params(After),
    responses((status = 200, body = RollPage), Problems),
)]
#[get("/device/roll")]
pub(super) async fn read_roll(
    app: Data<App>,
    call: DeviceCall,
    query: Query<After>,
) -> Result<Json<RollPage>, Problem> {
    let after = query.after;
    let page = call
        .run(&app, "read_roll", move |tx, asking| {
            asking.require(tx, Action::ReadRoll)?;
            let school = tx.school();
            let entries = load(tx, school, after, after.saturating_add(ENTRIES))?;
            let items = (after.saturating_add(1)..)
                .zip(entries)
                .map(|(seq, signed)| RollItem {
                    seq,
                    entry: Bytes(signed.bytes),
                    signature: Bytes::from(signed.signature),
                    endorsement: signed.second.map(Bytes::from),
                })
                .collect();
            Ok(RollPage {
                items,
                roll_length: asking.roll_length,
            })
        })
        .await?;
    Ok(Json(page))
}
