use actix_web::web::{Data, Path};
use actix_web::{HttpResponse, delete};
use domain::AlertRuleId;
use policy::{Action, Facts};
use rest::{Problem, Problems};
use store::Event;

use super::queries;
use crate::{App, Credentials};

/// Take an alert rule away.
///
/// The alerts that it raised stay.
#[utoipa::path(
    tag = "settings",
    params(("id" = AlertRuleId, Path, description = "The rule.")),
    responses((status = 204), Problems),
)]
#[delete("/alert-rules/{id}")]
pub(super) async fn delete_alert_rule(
    app: Data<App>,
    credentials: Credentials,
    id: Path<AlertRuleId>,
) -> Result<HttpResponse, Problem> {
    app.write(
        "delete_alert_rule",
        credentials,
        move |tx| -> store::Result<_> {
            tx.require(Action::DeleteAlertRule, Facts::School)?;
            tx.hold_school()?;
            queries::delete_rule(tx, *id)?;
            tx.record(Event::of(Action::DeleteAlertRule).to(*id));
            Ok(())
        },
    )
    .await?;
    Ok(HttpResponse::NoContent().finish())
}
