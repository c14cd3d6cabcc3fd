use actix_web::patch;
use actix_web::web::{Data, Json, Path};
use domain::{AlertRuleId, CategoryId, MemberId, PersonName, YearGroup};
use policy::{Action, Facts};
use rest::{Body, Problem, Problems};
use serde::Deserialize;
use store::Event;
use utoipa::ToSchema;

use super::error::Error;
use super::model::Matching;
use super::queries;
use super::rule::{document, settled};
use super::view::AlertRule;
use crate::{App, Credentials};

/// What is to be changed of an alert rule; what is missing stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct UpdateAlertRule {
    name: Option<PersonName>,
    categories: Option<Vec<CategoryId>>,
    years: Option<Vec<YearGroup>>,
    recipients: Option<Vec<MemberId>>,
    enabled: Option<bool>,
}

/// Change an alert rule.
#[utoipa::path(
    tag = "settings",
    params(("id" = AlertRuleId, Path, description = "The rule.")),
    request_body = UpdateAlertRule,
    responses((status = 200, body = AlertRule), Problems),
)]
#[patch("/alert-rules/{id}")]
pub(super) async fn update_alert_rule(
    app: Data<App>,
    credentials: Credentials,
    id: Path<AlertRuleId>,
    body: Body<UpdateAlertRule>,
) -> Result<Json<AlertRule>, Problem> {
    let wanted = body.0;
    let rule = app
        .write(
            "update_alert_rule",
            credentials,
            move |tx| -> Result<_, Error> {
                tx.require(Action::UpdateAlertRule, Facts::School)?;
                tx.hold_school()?;
                let mut row = queries::rule(tx, *id)?;
                let now = AlertRule::try_from(row.clone())?;
                // A recipient who has left since may stay in a rule that is only renamed or switched off.
                if wanted.categories.is_some() || wanted.recipients.is_some() {
                    let matching = settled(
                        tx,
                        Matching {
                            categories: wanted.categories.unwrap_or(now.categories),
                            years: Vec::new(),
                            recipients: wanted.recipients.unwrap_or(now.recipients),
                        },
                    )?;
                    row.categories = document(&matching.categories);
                    row.recipients = document(&matching.recipients);
                }
                if let Some(years) = wanted.years {
                    row.years = document(&years);
                }
                if let Some(name) = wanted.name {
                    // EXPOSE: the school's own name for a rule, shown to its administrators.
                    row.name = name.expose().to_owned();
                }
                row.enabled = wanted.enabled.unwrap_or(row.enabled);
                queries::update_rule(tx, &row)?;
                tx.record(Event::of(Action::UpdateAlertRule).to(row.id));
                Ok(AlertRule::try_from(row)?)
            },
        )
        .await?;
    Ok(Json(rule))
}
