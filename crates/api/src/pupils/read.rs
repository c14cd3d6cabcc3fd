use actix_web::get;
use actix_web::web::{Data, Json, Path};
use domain::PupilId;
use policy::{Action, Facts};
use rest::{Problem, Problems};
use store::Event;

use super::queries;
use super::view::{PupilContact, PupilProfile, PupilSummary};
use crate::{App, Credentials};

/// See a pupil's profile.
///
/// A pupil of a year group outside the grant is not there.
#[utoipa::path(
    tag = "pupils",
    params(("id" = PupilId, Path, description = "The pupil.")),
    responses((status = 200, body = PupilProfile), Problems),
)]
#[get("/pupils/{id}")]
pub(super) async fn read_pupil(
    app: Data<App>,
    credentials: Credentials,
    path: Path<String>,
) -> Result<Json<PupilProfile>, Problem> {
    let id: PupilId = path.parse().map_err(|_| Problem::not_found())?;
    let profile = app
        .read("read_pupil", credentials, move |tx| -> store::Result<_> {
            // Whoever has nothing open is told so before anything is looked for.
            tx.require(Action::ReadPupil, Facts::School)?;
            let row = queries::find(tx, id)?;
            tx.require(Action::ReadPupil, Facts::Pupil(row.year().as_ref()))?;
            let concerns = queries::concerns(tx, &[id])?;
            let contacts = queries::contacts(tx, id)?
                .into_iter()
                .map(|(name, relationship, phone, email)| PupilContact {
                    name,
                    relationship,
                    phone,
                    email,
                })
                .collect();
            let classes = queries::classes(tx, id)?;
            tx.record(Event::of(Action::ReadPupil).to(id));
            Ok(PupilProfile {
                summary: PupilSummary::of(&row, &concerns),
                left: row.has_left(),
                date_of_birth: row.date_of_birth,
                upn: row.upn,
                contacts,
                classes,
            })
        })
        .await?;
    Ok(Json(profile))
}
