use actix_web::post;
use actix_web::web::{Data, Json, Path};
use domain::{ConcernId, Detail, StatusChangeId};
use policy::Action;
use rest::{Body, Problem, Problems};
use serde::Deserialize;
use store::Event;

use super::error::Error;
use super::model::{Change, ClosingDecision, Status};
use super::open::{change, summary};
use super::queries::{self, authorised};
use super::sealed::{compartment, encode_texts, seal_filed};
use super::view::ConcernSummary;
use crate::keys::OpenKeys;
use crate::{App, Credentials};

/// Everything that closing a concern asks for; a decision stands with its reasons.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CloseConcern {
    /// What it was about.
    summary: Detail,
    /// What was followed up.
    follow_up: Detail,
    /// What was done.
    action_taken: Detail,
    decision: ClosingDecision,
    /// Why it was decided so.
    reasons: Detail,
    /// What came of it.
    outcome: Detail,
}

/// Close a concern.
///
/// Every action must be finished first, so that none is lost from view.
#[utoipa::path(
    tag = "concerns",
    params(("concern" = ConcernId, Path)),
    request_body = CloseConcern,
    responses((status = 200, body = ConcernSummary), Problems),
)]
#[post("/concerns/{concern}/closure")]
pub(super) async fn close_concern(
    app: Data<App>,
    credentials: Credentials,
    concern: Path<ConcernId>,
    body: Body<CloseConcern>,
) -> Result<Json<ConcernSummary>, Problem> {
    let secret = app.secret.clone();
    let opening = credentials.clone();
    let closed = app
        .write("close_concern", credentials, move |tx| {
            authorised(tx, Action::CloseConcern, *concern)?;
            let row = queries::hold(tx, *concern)?;
            if Status::from_row(&row.status)? == Status::Closed {
                return Err(Error::AlreadyDone);
            }
            if row.outstanding_actions > 0 {
                return Err(Error::ActionsOutstanding(row.outstanding_actions));
            }
            let keys = OpenKeys::open(tx, &opening, &secret)?;
            let id: StatusChangeId = tx.new_id();
            let closure = body.0;
            // EXPOSE: laid out to be sealed here.
            let plain = encode_texts(
                "closure-body",
                &[
                    closure.summary.expose(),
                    closure.follow_up.expose(),
                    closure.action_taken.expose(),
                    closure.decision.as_str(),
                    closure.reasons.expose(),
                    closure.outcome.expose(),
                ],
            );
            let sealed = seal_filed(tx, &keys, &compartment(&row.compartment)?, id, &plain)?;
            let event = Event::of(Action::CloseConcern)
                .to(*concern)
                .detail(id)
                .content(sealed.hash);
            change(tx, *concern, &row, Change::Closed, id, Some(sealed))?;
            tx.record(event);
            summary(tx, *concern)
        })
        .await?;
    Ok(Json(closed))
}
