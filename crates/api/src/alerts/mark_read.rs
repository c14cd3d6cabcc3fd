use actix_web::web::{Data, Path};
use actix_web::{HttpResponse, post};
use domain::AlertId;
use policy::{Action, Facts};
use rest::{Problem, Problems};
use store::Event;

use super::queries;
use crate::{App, Credentials};

/// Mark an alert read.
///
/// Opening its concern does the same. Once more changes nothing.
#[utoipa::path(
    tag = "alerts",
    params(("id" = AlertId, Path, description = "The alert.")),
    responses((status = 204), Problems),
)]
#[post("/alerts/{id}/read")]
pub(super) async fn mark_alert_read(
    app: Data<App>,
    credentials: Credentials,
    id: Path<AlertId>,
) -> Result<HttpResponse, Problem> {
    app.write(
        "mark_alert_read",
        credentials,
        move |tx| -> store::Result<_> {
            // An alert that is not there, or whose concern is hidden, is refused as somebody else's is.
            let owner = queries::owner(tx, *id)?;
            let facts = owner.map_or(Facts::School, Facts::Of);
            tx.require(Action::MarkAlertRead, facts)?;
            queries::mark_read(tx, *id)?;
            tx.record(Event::of(Action::MarkAlertRead).to(*id));
            Ok(())
        },
    )
    .await?;
    Ok(HttpResponse::NoContent().finish())
}
