use std::collections::HashMap;

use actix_web::get;
use actix_web::web::{Data, Json, Query};
use diesel::dsl::count_star;
use diesel::prelude::*;
use domain::{ConcernId, MemberId, Timestamp};
use policy::{Action, Facts};
use rest::{PageQuery, Paged, Problem, Problems};
use store::dialect::{Prepare as _, steps};
use store::place::{InOrder as _, Older};
use store::schema::{concern, reply};
use store::{Result, Tx};

use super::error::Error;
use super::model::{ReceiptStatus, Status};
use super::queries::of_school;
use super::view::Receipt;
use crate::{App, Credentials};

/// The columns that a receipt is made of.
#[derive(Queryable, Selectable)]
#[diesel(table_name = concern)]
pub(super) struct ReceiptRow {
    pub(super) id: ConcernId,
    status: String,
    pub(super) received_at: Timestamp,
    first_read_at: Option<Timestamp>,
    attachments: i32,
}

/// List one's own receipts, newest first.
#[utoipa::path(
    tag = "concerns",
    params(PageQuery),
    responses((status = 200, body = Paged<Receipt>), Problems),
)]
#[get("/receipts")]
pub(super) async fn list_receipts(
    app: Data<App>,
    credentials: Credentials,
    query: Query<PageQuery>,
) -> std::result::Result<Json<Paged<Receipt>>, Problem> {
    let page = query.page::<domain::kind::Concern>()?;
    let listed = app
        .read("list_receipts", credentials, move |tx| {
            tx.require(Action::ListReceipts, Facts::School)?;
            let author = tx.caller().member();
            let mut query = of_school!(concern, tx)
                .filter(concern::author_id.eq(author))
                .order_by((concern::received_at.desc(), concern::id.desc()))
                .limit(page.load())
                .select(ReceiptRow::as_select())
                .into_boxed();
            if let Some(place) = page.after {
                query =
                    query.filter((concern::received_at, concern::id).stands::<Older, _, _>(place));
            }
            let rows: Vec<ReceiptRow> = query.prepared().load(tx.connection())?;
            let cut = page.cut(rows, |row| (row.received_at, row.id), |row| row);
            Ok::<_, Error>(Paged {
                items: receipts(tx, author, &cut.items)?,
                next: cut.next,
            })
        })
        .await?;
    Ok(Json(listed))
}

/// Receipts with the numbers of their replies.
///
/// # Errors
/// What the database says.
pub(super) fn receipts(
    tx: &mut Tx<'_>,
    author: Option<MemberId>,
    rows: &[ReceiptRow],
) -> Result<Vec<Receipt>> {
    let ids: Vec<ConcernId> = rows.iter().map(|row| row.id).collect();
    let count = |tx: &mut Tx<'_>, unseen: bool| -> Result<HashMap<ConcernId, i64>> {
        let mut query = of_school!(reply, tx)
            .filter(reply::concern_id.eq_any(steps(&ids)))
            .filter(reply::reporter_id.nullable().eq(author))
            .group_by(reply::concern_id)
            .select((reply::concern_id, count_star()))
            .into_boxed();
        if unseen {
            query = query.filter(reply::seen_at.is_null());
        }
        let counts: Vec<(ConcernId, i64)> = query.prepared().load(tx.connection())?;
        Ok(counts.into_iter().collect())
    };
    let all = count(tx, false)?;
    let unseen = count(tx, true)?;
    rows.iter()
        .map(|row| {
            Ok(Receipt {
                id: row.id,
                reference: row.id.reference(),
                received_at: row.received_at,
                status: ReceiptStatus::of(
                    Status::from_row(&row.status)?,
                    row.first_read_at.is_some(),
                ),
                attachments: row.attachments,
                replies: all.get(&row.id).copied().unwrap_or_default(),
                unread_replies: unseen.get(&row.id).copied().unwrap_or_default(),
            })
        })
        .collect()
}
