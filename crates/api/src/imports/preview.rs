use actix_web::web::{Data, Json, Payload};
use actix_web::{HttpRequest, post};
use policy::{Action, Facts};
use rest::{Problem, Problems};
use store::Event;

use super::error::Error;
use super::form::{RosterForm, Sent, may_import};
use super::run::{Import, run};
use super::view::{RosterCounts, RosterPreview, RosterSchool, Totals};
use crate::{App, Credentials};

/// See what a roster would change.
///
/// Nothing is kept of it: an import sends the file again.
#[utoipa::path(
    tag = "imports",
    request_body(content = RosterForm, content_type = "multipart/form-data"),
    responses((status = 200, body = RosterPreview), Problems),
)]
#[post("/imports/previews")]
pub(super) async fn preview_roster(
    app: Data<App>,
    credentials: Credentials,
    request: HttpRequest,
    payload: Payload,
) -> Result<Json<RosterPreview>, Problem> {
    may_import(&app, &credentials, Action::PreviewRoster).await?;
    let sent = Sent::receive(&request, payload).await?;
    let preview = app
        .read(
            "preview_roster",
            credentials,
            move |tx| -> Result<_, Error> {
                tx.require(Action::PreviewRoster, Facts::School)?;
                let roster = sent.read()?;
                let schools = roster
                    .schools
                    .iter()
                    .map(|school| RosterSchool {
                        external_id: school.external_id.clone(),
                        name: school.name.clone(),
                    })
                    .collect();
                let roster = roster.of_schools(sent.schools());
                let changes = run(tx, &roster, Import::Preview)?;
                tx.record(Event::of(Action::PreviewRoster).detail(roster.format));
                let summary = roster.summary();
                Ok(RosterPreview {
                    format: roster.format.to_string(),
                    schools,
                    counts: RosterCounts {
                        pupils: summary.pupils,
                        staff: summary.staff,
                        contacts: summary.contacts,
                        classes: summary.classes,
                        schools: summary.schools,
                    },
                    changes: Totals::of(&changes),
                    leavers_are_marked: roster.complete,
                    refused: summary.refused.into_iter().map(Into::into).collect(),
                })
            },
        )
        .await?;
    Ok(Json(preview))
}
