use actix_web::post;
use actix_web::web::{Data, Json};
use policy::{Action, Facts};
use rest::{Body, Problem, Problems};
use serde::Deserialize;
use utoipa::ToSchema;

use super::letters::Letters;
use super::queries;
use super::view::{Found, PupilName};
use crate::{App, Credentials};

/// The most names that a look-up gives.
const MOST: i64 = 20;

/// Part of a name.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct FindPupilNames {
    letters: Letters,
}

/// Look up the pupils that a new concern is about.
///
/// Anyone who may record a concern may. At most twenty names of pupils on roll; whoever finds more types
/// more letters.
#[utoipa::path(
    tag = "pupils",
    request_body = FindPupilNames,
    responses((status = 200, body = Found<PupilName>), Problems),
)]
#[post("/pupil-lookups")]
pub(super) async fn find_pupil_names(
    app: Data<App>,
    credentials: Credentials,
    body: Body<FindPupilNames>,
) -> Result<Json<Found<PupilName>>, Problem> {
    let letters = body.0.letters;
    let items = app
        .read(
            "find_pupil_names",
            credentials,
            move |tx| -> store::Result<_> {
                tx.require(Action::FindPupilNames, Facts::School)?;
                let rows = queries::on_roll(tx, &letters, MOST)?;
                Ok(rows.iter().map(PupilName::of).collect())
            },
        )
        .await?;
    Ok(Json(Found { items }))
}
