use actix_web::get;
use actix_web::web::{Data, Json, Path};
use diesel::prelude::*;
use domain::ConcernId;
use policy::{Action, Facts};
use rest::{Problem, Problems};
use serde::Serialize;
use store::dialect::Prepare as _;
use store::schema::{concern, reply};

use super::error::Error;
use super::list_receipts::{ReceiptRow, receipts};
use super::queries::{of_school, replies_of};
use super::reply::open_reply;
use super::summaries::{people, person};
use super::view::{Receipt, Reply};
use crate::{App, Credentials};

/// A receipt and what was answered.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct ReceiptWithReplies {
    #[serde(flatten)]
    receipt: Receipt,
    answers: Vec<Reply>,
}

/// Read one receipt and its replies; they are seen from then on.
#[utoipa::path(
    tag = "concerns",
    params(("concern" = ConcernId, Path)),
    responses((status = 200, body = ReceiptWithReplies), Problems),
)]
#[get("/receipts/{concern}")]
pub(super) async fn read_receipt(
    app: Data<App>,
    credentials: Credentials,
    concern: Path<ConcernId>,
) -> Result<Json<ReceiptWithReplies>, Problem> {
    let secret = app.secret.clone();
    let read = app
        .write("read_receipt", credentials, move |tx| {
            let (author, row): (Option<domain::MemberId>, ReceiptRow) = of_school!(concern, tx)
                .filter(concern::id.eq(*concern))
                .select((concern::author_id, ReceiptRow::as_select()))
                .prepared()
                .get_result(tx.connection())?;
            let author = author.ok_or(store::Error::Absent)?;
            tx.require(Action::ReadReceipt, Facts::Of(author))?;
            let now = tx.now();
            let school = tx.school();
            diesel::update(
                reply::table
                    .filter(reply::school_id.eq(school))
                    .filter(reply::concern_id.eq(*concern))
                    .filter(reply::reporter_id.eq(author))
                    .filter(reply::seen_at.is_null()),
            )
            .set(reply::seen_at.eq(now))
            .prepared()
            .execute(tx.connection())?;
            let replies = replies_of(tx, *concern)?;
            let names = people(tx, replies.iter().map(|reply| reply.author_id))?;
            let answers = replies
                .into_iter()
                .map(|row| {
                    Ok(Reply {
                        text: open_reply(&secret, school, &row)?,
                        id: row.id,
                        from: person(&names, row.author_id).name,
                        at: row.recorded_at,
                        seen_at: row.seen_at,
                    })
                })
                .collect::<store::Result<_>>()?;
            let receipt = receipts(tx, Some(author), &[row])?
                .pop()
                .ok_or(store::Error::Absent)?;
            Ok::<_, Error>(ReceiptWithReplies { receipt, answers })
        })
        .await?;
    Ok(Json(read))
}
