use actix_web::get;
use actix_web::web::{Data, Json};
use policy::{Action, Facts};
use rest::{Problem, Problems};

use super::queries;
use super::view::{AlertRule, AlertRules};
use crate::{App, Credentials};

/// See the alert rules.
#[utoipa::path(tag = "settings", responses((status = 200, body = AlertRules), Problems))]
#[get("/alert-rules")]
pub(super) async fn list_alert_rules(
    app: Data<App>,
    credentials: Credentials,
) -> Result<Json<AlertRules>, Problem> {
    let items = app
        .read(
            "list_alert_rules",
            credentials,
            |tx| -> store::Result<Vec<_>> {
                tx.require(Action::ListAlertRules, Facts::School)?;
                queries::rules(tx)?
                    .into_iter()
                    .map(AlertRule::try_from)
                    .collect()
            },
        )
        .await?;
    Ok(Json(AlertRules { items }))
}
