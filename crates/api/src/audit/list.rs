use actix_web::get;
use actix_web::web::{Data, Json, Query};
use diesel::prelude::*;
use domain::Timestamp;
use policy::{Action, Facts, Level};
use rest::{Paged, Problem, Problems};
use serde::{Deserialize, Serialize};
use store::schema::audit_entry;
use store::{Event, Tx};
use utoipa::{IntoParams, ToSchema};

use crate::{App, Credentials};

/// Which lines are wanted.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct Which {
    /// Where the page before ended: its `next`.
    after: Option<String>,
    /// How many at most: 1 to 100, 50 if not said.
    limit: Option<u32>,
}

/// One line of the audit log.
#[derive(Debug, Queryable, Serialize, ToSchema)]
pub(super) struct AuditLine {
    /// Its place in the log, from 1, without gaps.
    seq: i64,
    at: Timestamp,
    /// Who, as ids: `mem_…`, `mem_… dev_…`, `system` or `nobody`.
    actor: String,
    /// The operation, or a word of the server's own.
    action: String,
    /// To what, as an id.
    object: Option<String>,
    /// `done` or `refused`.
    outcome: String,
}

/// Read the audit log, newest first.
///
/// Auditors may, and key holders with the records open, who do not see the lines of records from which
/// they are excluded.
#[utoipa::path(
    tag = "audit",
    params(Which),
    responses((status = 200, body = Paged<AuditLine>), Problems),
)]
#[get("/audit")]
pub(super) async fn list_audit_entries(
    app: Data<App>,
    credentials: Credentials,
    which: Query<Which>,
) -> Result<Json<Paged<AuditLine>>, Problem> {
    let limit = which.limit.unwrap_or(50);
    if !(1..=100).contains(&limit) {
        return Err(Problem::field("/limit", "choose 1 to 100"));
    }
    let before = match &which.after {
        Some(cursor) => cursor
            .parse()
            .ok()
            .filter(|seq| *seq > 0)
            .ok_or_else(|| Problem::field("/after", "this is not a cursor of this list"))?,
        None => i64::MAX,
    };
    let page = app
        .read(
            "list_audit_entries",
            credentials,
            move |tx| -> store::Result<_> {
                tx.require(Action::ListAuditEntries, Facts::School)?;
                let page = lines(tx, before, i64::from(limit))?;
                tx.record(Event::of(Action::ListAuditEntries));
                Ok(page)
            },
        )
        .await?;
    Ok(Json(page))
}

fn lines(tx: &mut Tx<'_>, before: i64, limit: i64) -> store::Result<Paged<AuditLine>> {
    let mut rows: Vec<AuditLine> = audit_entry::table
        .filter(audit_entry::school_id.eq(tx.school()))
        .filter(audit_entry::seq.lt(before))
        .order_by(audit_entry::seq.desc())
        .limit(limit + 1)
        .select((
            audit_entry::seq,
            audit_entry::at,
            audit_entry::actor,
            audit_entry::action,
            audit_entry::object,
            audit_entry::outcome,
        ))
        .load(tx.connection())?;
    let more = rows.len() > usize::try_from(limit).unwrap_or(usize::MAX);
    if more {
        rows.pop();
    }
    let next = rows.last().filter(|_| more).map(|row| row.seq.to_string());
    let hidden: Vec<String> = match &tx.caller().level {
        Level::Unlocked(reach) => reach.excluded.iter().map(ToString::to_string).collect(),
        Level::Present | Level::SignedIn | Level::Anonymous => Vec::new(),
    };
    rows.retain(|row| {
        row.object
            .as_ref()
            .is_none_or(|object| !hidden.contains(object))
    });
    Ok(Paged { items: rows, next })
}
