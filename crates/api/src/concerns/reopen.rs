use actix_web::post;
use actix_web::web::{Data, Json, Path};
use domain::{ConcernId, Detail, StatusChangeId};
use policy::Action;
use rest::{Body, Problem, Problems};
use serde::Deserialize;
use store::Event;

use super::error::Error;
use super::model::{Change, Status};
use super::open::{change, summary};
use super::queries::{self, authorised};
use super::sealed::{compartment, encode_texts, seal_filed};
use super::view::ConcernSummary;
use crate::keys::OpenKeys;
use crate::{App, Credentials};

/// Why a closed concern is taken up again.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ReopenConcern {
    reason: Detail,
}

/// Take a closed concern up again.
#[utoipa::path(
    tag = "concerns",
    params(("concern" = ConcernId, Path)),
    request_body = ReopenConcern,
    responses((status = 200, body = ConcernSummary), Problems),
)]
#[post("/concerns/{concern}/reopening")]
pub(super) async fn reopen_concern(
    app: Data<App>,
    credentials: Credentials,
    concern: Path<ConcernId>,
    body: Body<ReopenConcern>,
) -> Result<Json<ConcernSummary>, Problem> {
    let secret = app.secret.clone();
    let opening = credentials.clone();
    let reopened = app
        .write("reopen_concern", credentials, move |tx| {
            authorised(tx, Action::ReopenConcern, *concern)?;
            let row = queries::hold(tx, *concern)?;
            if Status::from_row(&row.status)? != Status::Closed {
                return Err(Error::NotClosed);
            }
            let keys = OpenKeys::open(tx, &opening, &secret)?;
            let id: StatusChangeId = tx.new_id();
            let sealed = seal_filed(
                tx,
                &keys,
                &compartment(&row.compartment)?,
                id,
                // EXPOSE: laid out to be sealed here.
                &encode_texts("reopening-body", &[body.0.reason.expose()]),
            )?;
            let event = Event::of(Action::ReopenConcern)
                .to(*concern)
                .detail(id)
                .content(sealed.hash);
            change(tx, *concern, &row, Change::Reopened, id, Some(sealed))?;
            tx.record(event);
            summary(tx, *concern)
        })
        .await?;
    Ok(Json(reopened))
}
