use actix_web::post;
use actix_web::web::Data;
use policy::{Action, Facts};
use rest::{Body, Created, Problem, Problems};
use serde::Deserialize;
use store::Event;

use super::enrolments::{EnrolmentView, Purpose, invite};
use super::rolls::roll_length;
use crate::{App, Credentials};

/// Nothing has to be said.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct StartEnrolment {}

/// Make a link by which one's own new device enrols, within ten minutes, once.
#[utoipa::path(
    tag = "keys",
    request_body = StartEnrolment,
    responses((status = 201, body = EnrolmentView), Problems),
)]
#[post("/enrolments")]
pub(super) async fn start_enrolment(
    app: Data<App>,
    credentials: Credentials,
    _body: Body<StartEnrolment>,
) -> Result<Created<EnrolmentView>, Problem> {
    let session = credentials.claims.sid;
    let invitation = app
        .write("start_enrolment", credentials, move |tx| {
            tx.require(Action::StartEnrolment, Facts::School)?;
            let member = tx.caller().member().ok_or_else(Problem::not_found)?;
            if roll_length(tx)? == 0 {
                return Err(Problem::new("school-not-open"));
            }
            let invitation = invite(tx, member, Purpose::Enrol, session)?;
            tx.record(Event::of(Action::StartEnrolment).to(invitation.id));
            Ok(invitation)
        })
        .await?;
    Ok(Created::unseen(invitation.view(&app)))
}
