use actix_web::get;
use actix_web::web::{Data, Json, Query};
use diesel::prelude::*;
use domain::{CategoryId, PupilId, YearGroup};
use policy::{Action, Facts};
use rest::{PageQuery, Paged, Problem, Problems};
use serde::Deserialize;
use store::Event;
use store::dialect::Prepare as _;
use store::place::{InOrder as _, Older};
use store::schema::concern;

use super::error::Error;
use super::model::Status;
use super::queries::of_school;
use super::reach::{about, within};
use super::summaries::{SummaryRow, summaries_of};
use super::view::ConcernSummary;
use crate::keys::look_list;
use crate::{App, Credentials};

/// Which concerns.
#[derive(Clone, Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct Which {
    status: Option<Status>,
    category: Option<CategoryId>,
    year: Option<YearGroup>,
    pupil: Option<PupilId>,
    /// Where the page before ended: its `next`.
    after: Option<String>,
    /// How many at most: 1 to 100, 50 if not said.
    limit: Option<u32>,
}

/// List the concerns within reach, newest first.
#[utoipa::path(
    tag = "concerns",
    params(Which),
    responses((status = 200, body = Paged<ConcernSummary>), Problems),
)]
#[get("/concerns")]
pub(super) async fn list_concerns(
    app: Data<App>,
    credentials: Credentials,
    which: Query<Which>,
) -> Result<Json<Paged<ConcernSummary>>, Problem> {
    let which = which.into_inner();
    let page = PageQuery {
        after: which.after.clone(),
        limit: which.limit,
    }
    .page::<domain::kind::Concern>()?;
    let listed = app
        .read("list_concerns", credentials, move |tx| {
            tx.require(Action::ListConcerns, Facts::School)?;
            let picked = which.status.is_some()
                || which.category.is_some()
                || which.year.is_some()
                || which.pupil.is_some();
            let page = look_list(tx, page, Action::ListConcerns, picked)?;
            let Some(reach) = tx.caller().reach().cloned() else {
                return Err(Error::Store(store::Error::Absent));
            };
            let listed = of_school!(concern, tx)
                .order_by((concern::received_at.desc(), concern::id.desc()))
                .limit(page.load())
                .select(SummaryRow::as_select())
                .into_boxed();
            let mut query = within!(listed, &reach);
            if let Some(place) = page.after {
                query =
                    query.filter((concern::received_at, concern::id).stands::<Older, _, _>(place));
            }
            if let Some(status) = which.status {
                query = query.filter(concern::status.eq(status.as_str()));
            }
            let query = about!(query, which.category, which.pupil, &which.year);
            let rows: Vec<SummaryRow> = query.prepared().load(tx.connection())?;
            let cut = page.cut(rows, |row| (row.received_at, row.id), |row| row);
            let items = summaries_of(tx, &reach, &cut.items)?;
            tx.record(Event::of(Action::ListConcerns).detail(items.len()));
            Ok(Paged {
                items,
                next: cut.next,
            })
        })
        .await?;
    Ok(Json(listed))
}
