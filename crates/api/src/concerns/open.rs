use actix_web::post;
use actix_web::web::{Data, Json, Path};
use diesel::prelude::*;
use domain::{ConcernId, StatusChangeId};
use policy::Action;
use rest::{Body, Problem, Problems};
use serde::Deserialize;
use store::dialect::Prepare as _;
use store::schema::{concern, status_change};
use store::{Event, Tx};

use super::error::Error;
use super::model::{Change, Status};
use super::queries::{self, ConcernRow, authorised, of_school};
use super::sealed::Sealed;
use super::summaries::{SummaryRow, summaries_of};
use super::view::ConcernSummary;
use crate::{App, Credentials};

/// Nothing need be said.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct OpenConcern {}

/// Take a new concern up.
#[utoipa::path(
    tag = "concerns",
    params(("concern" = ConcernId, Path)),
    request_body = OpenConcern,
    responses((status = 200, body = ConcernSummary), Problems),
)]
#[post("/concerns/{concern}/opening")]
pub(super) async fn open_concern(
    app: Data<App>,
    credentials: Credentials,
    concern: Path<ConcernId>,
    _body: Body<OpenConcern>,
) -> Result<Json<ConcernSummary>, Problem> {
    let summary = app
        .write("open_concern", credentials, move |tx| {
            authorised(tx, Action::OpenConcern, *concern)?;
            let row = queries::hold(tx, *concern)?;
            if Status::from_row(&row.status)? != Status::New {
                return Err(Error::AlreadyDone);
            }
            take_up(tx, *concern, &row)?;
            tx.record(Event::of(Action::OpenConcern).to(*concern));
            summary(tx, *concern)
        })
        .await?;
    Ok(Json(summary))
}

/// Turns a new concern into an open one.
pub(super) fn take_up(tx: &mut Tx<'_>, id: ConcernId, row: &ConcernRow) -> Result<(), Error> {
    change(tx, id, row, Change::Opened, tx.new_id(), None)
}

/// Writes a change of status.
pub(super) fn change(
    tx: &mut Tx<'_>,
    id: ConcernId,
    row: &ConcernRow,
    what: Change,
    change: StatusChangeId,
    sealed: Option<Sealed>,
) -> Result<(), Error> {
    let school = tx.school();
    let now = tx.now();
    let author = tx.caller().member().ok_or(store::Error::Absent)?;
    let status = match what {
        Change::Opened | Change::Reopened => Status::Open,
        Change::Closed => Status::Closed,
    };
    diesel::update(concern::table.find((school, id)))
        .set(concern::status.eq(status.as_str()))
        .prepared()
        .execute(tx.connection())?;
    let generation = sealed
        .as_ref()
        .map_or(row.generation, |sealed| sealed.generation);
    let (key, body) = sealed.map(|sealed| (sealed.key, sealed.body)).unzip();
    diesel::insert_into(status_change::table)
        .values((
            status_change::school_id.eq(school),
            status_change::id.eq(change),
            status_change::concern_id.eq(id),
            status_change::author_id.eq(author),
            status_change::recorded_at.eq(now),
            status_change::what.eq(what.as_str()),
            status_change::compartment.eq(&row.compartment),
            status_change::generation.eq(generation),
            status_change::sealed_key.eq(key),
            status_change::body.eq(body),
        ))
        .execute(tx.connection())?;
    Ok(())
}

/// The concern's summary as it stands now.
pub(super) fn summary(tx: &mut Tx<'_>, id: ConcernId) -> Result<ConcernSummary, Error> {
    let reach = tx.caller().reach().cloned().ok_or(store::Error::Absent)?;
    let row: SummaryRow = of_school!(concern, tx)
        .filter(concern::id.eq(id))
        .select(SummaryRow::as_select())
        .prepared()
        .get_result(tx.connection())?;
    summaries_of(tx, &reach, &[row])?
        .pop()
        .ok_or(Error::Store(store::Error::Absent))
}
