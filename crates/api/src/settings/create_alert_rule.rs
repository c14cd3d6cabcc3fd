use actix_web::post;
use actix_web::web::Data;
use domain::{CategoryId, MemberId, PersonName, YearGroup};
use policy::{Action, Facts};
use rest::{Body, Created, Problem, Problems};
use serde::Deserialize;
use store::Event;
use utoipa::ToSchema;

use super::error::Error;
use super::model::Matching;
use super::queries::{self, RuleRow};
use super::rule::{document, settled};
use super::view::AlertRule;
use crate::{App, Credentials};

/// A new alert rule.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CreateAlertRule {
    name: PersonName,
    /// Any, if empty.
    #[serde(default)]
    categories: Vec<CategoryId>,
    /// Any, if empty.
    #[serde(default)]
    years: Vec<YearGroup>,
    /// Who is told: people who work here now. Only those whose key opens a concern hear of it.
    recipients: Vec<MemberId>,
    #[serde(default = "yes")]
    enabled: bool,
}

const fn yes() -> bool {
    true
}

/// Add an alert rule.
///
/// Whatever the rules say, an urgent concern, and one that no rule sends to anybody who could open it,
/// goes to every key holder who can.
#[utoipa::path(
    tag = "settings",
    request_body = CreateAlertRule,
    responses((status = 201, body = AlertRule), Problems),
)]
#[post("/alert-rules")]
pub(super) async fn create_alert_rule(
    app: Data<App>,
    credentials: Credentials,
    body: Body<CreateAlertRule>,
) -> Result<Created<AlertRule>, Problem> {
    let wanted = body.0;
    let rule = app
        .write(
            "create_alert_rule",
            credentials,
            move |tx| -> Result<_, Error> {
                tx.require(Action::CreateAlertRule, Facts::School)?;
                tx.hold_school()?;
                let matching = settled(
                    tx,
                    Matching {
                        categories: wanted.categories,
                        years: wanted.years,
                        recipients: wanted.recipients,
                    },
                )?;
                let row = RuleRow {
                    school_id: tx.school(),
                    id: tx.new_id(),
                    // EXPOSE: the school's own name for a rule, shown to its administrators.
                    name: wanted.name.expose().to_owned(),
                    categories: document(&matching.categories),
                    years: document(&matching.years),
                    recipients: document(&matching.recipients),
                    enabled: wanted.enabled,
                    created_at: tx.now(),
                };
                queries::insert_rule(tx, &row)?;
                tx.record(Event::of(Action::CreateAlertRule).to(row.id));
                Ok(AlertRule::try_from(row)?)
            },
        )
        .await?;
    Ok(Created::unseen(rule))
}
