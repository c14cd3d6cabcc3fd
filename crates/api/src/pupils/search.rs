use std::collections::BTreeSet;

use actix_web::post;
use actix_web::web::{Data, Json};
use domain::YearGroup;
use policy::{Action, Facts};
use rest::{Body, Problem, Problems};
use serde::Deserialize;
use store::Event;
use utoipa::ToSchema;

use super::letters::Letters;
use super::queries;
use super::view::{Found, PupilSummary};
use crate::{App, Credentials};

/// The most pupils that a search gives.
const MOST: i64 = 50;

/// Part of a name, and a year group.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SearchPupils {
    letters: Letters,
    /// Only pupils of this year group.
    year: Option<YearGroup>,
}

/// Search the pupils within the grant.
///
/// At most fifty, those on roll first.
#[utoipa::path(
    tag = "pupils",
    request_body = SearchPupils,
    responses((status = 200, body = Found<PupilSummary>), Problems),
)]
#[post("/pupil-searches")]
pub(super) async fn search_pupils(
    app: Data<App>,
    credentials: Credentials,
    body: Body<SearchPupils>,
) -> Result<Json<Found<PupilSummary>>, Problem> {
    let SearchPupils { letters, year } = body.0;
    let items = app
        .read(
            "search_pupils",
            credentials,
            move |tx| -> store::Result<_> {
                tx.require(Action::SearchPupils, Facts::School)?;
                let granted = tx.caller().reach().and_then(|reach| reach.years.clone());
                let years = match (granted, year) {
                    (Some(granted), Some(year)) => {
                        Some(granted.into_iter().filter(|one| *one == year).collect())
                    }
                    (None, Some(year)) => Some(BTreeSet::from([year])),
                    (granted, None) => granted,
                };
                let rows = queries::within(tx, &letters, years.as_ref(), MOST)?;
                let ids: Vec<_> = rows.iter().map(|row| row.id).collect();
                let concerns = queries::concerns(tx, &ids)?;
                tx.record(Event::of(Action::SearchPupils).detail(rows.len()));
                let summary = |row| PupilSummary::of(row, &concerns);
                Ok(rows.iter().map(summary).collect())
            },
        )
        .await?;
    Ok(Json(Found { items }))
}
