use actix_web::web::{Data, Json, Payload};
use actix_web::{HttpRequest, post};
use policy::{Action, Facts};
use rest::{Problem, Problems};

use super::error::Error;
use super::form::{RosterForm, Sent, may_import};
use super::run::import;
use super::view::Imported;
use crate::{App, Credentials};

/// Take a school's people in from a roster.
///
/// What has not changed is not written; whoever has gone is marked as left and never deleted. Nobody is
/// mailed.
#[utoipa::path(
    tag = "imports",
    request_body(content = RosterForm, content_type = "multipart/form-data"),
    responses((status = 200, body = Imported), Problems),
)]
#[post("/imports")]
pub(super) async fn import_roster(
    app: Data<App>,
    credentials: Credentials,
    request: HttpRequest,
    payload: Payload,
) -> Result<Json<Imported>, Problem> {
    may_import(&app, &credentials, Action::ImportRoster).await?;
    let sent = Sent::receive(&request, payload).await?;
    // Reading takes its time, which the one writer of the embedded database has not got.
    let roster = app
        .read(
            "read_roster",
            credentials.clone(),
            move |tx| -> Result<_, Error> {
                tx.require(Action::ImportRoster, Facts::School)?;
                Ok(sent.read()?.of_schools(sent.schools()))
            },
        )
        .await?;
    let imported = app
        .write(
            "import_roster",
            credentials,
            move |tx| -> Result<_, Error> {
                tx.require(Action::ImportRoster, Facts::School)?;
                Ok(import(tx, roster)?)
            },
        )
        .await?;
    Ok(Json(imported))
}
