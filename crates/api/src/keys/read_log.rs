use actix_web::get;
use actix_web::web::{Data, Json, Query};
use diesel::prelude::*;
use policy::Action;
use rest::{Problem, Problems};
use serde::{Deserialize, Serialize};
use store::AuditEntry;
use store::schema::audit_entry;

use super::bytes::Bytes;
use super::device_call::DeviceCall;
use crate::App;

/// Lines in one answer.
const LINES: i64 = 5000;

/// Where to go on.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct After {
    /// The last line that the device knows of.
    #[serde(default)]
    after: u32,
}

/// The hashes of the log's lines, in order: they say nothing of what a line is about.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct LogPage {
    /// Of the lines after the one asked for, 5000 at most.
    items: Vec<Bytes>,
}

/// Read the hashes of the audit log's lines, so that a device can see that the log goes on from what it saw.
#[utoipa::path(
    tag = "devices",
    security(("device" = [])),
    params(After),
    responses((status = 200, body = LogPage), Problems),
)]
#[get("/device/log")]
pub(super) async fn read_log(
    app: Data<App>,
    call: DeviceCall,
    query: Query<After>,
) -> Result<Json<LogPage>, Problem> {
    let after = i64::from(query.after);
    let page = call
        .run(&app, "read_log", move |tx, asking| {
            asking.require(tx, Action::ReadLog)?;
            let lines: Vec<AuditEntry> = audit_entry::table
                .filter(audit_entry::school_id.eq(tx.school()))
                .filter(audit_entry::seq.gt(after))
                .order_by(audit_entry::seq)
                .limit(LINES)
                .select(AuditEntry::as_select())
                .load(tx.connection())
                .map_err(store::Error::from)?;
            let items = lines
                .iter()
                .map(|line| Bytes::from(line.entry_hash()))
                .collect();
            Ok(LogPage { items })
        })
        .await?;
    Ok(Json(page))
}
