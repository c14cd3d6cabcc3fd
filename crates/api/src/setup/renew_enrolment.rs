use actix_web::post;
use actix_web::web::Data;
use policy::{Action, Facts};
use rest::{Created, Problem, Problems};
use store::Event;

use super::queries::{self, SetupState};
use crate::keys::{EnrolmentView, Purpose, invite};
use crate::{App, Credentials};

/// Make a new link for the device that makes the school's keys, when the last one has lapsed.
#[utoipa::path(tag = "setup", responses((status = 201, body = EnrolmentView), Problems))]
#[post("/setup/enrolment")]
pub(super) async fn renew_setup_enrolment(
    app: Data<App>,
    credentials: Credentials,
) -> Result<Created<EnrolmentView>, Problem> {
    let session = credentials.claims.sid;
    let invitation = app
        .write("renew_setup_enrolment", credentials, move |tx| {
            tx.require(Action::RenewSetupEnrolment, Facts::School)?;
            if queries::state(tx)? == SetupState::Open {
                return Err(Problem::new("school-exists"));
            }
            let member = tx.caller().member().ok_or_else(Problem::not_found)?;
            let invitation = invite(tx, member, Purpose::Setup, session)?;
            tx.record(Event::of(Action::RenewSetupEnrolment).to(invitation.id));
            Ok(invitation)
        })
        .await?;
    Ok(Created::unseen(invitation.view(&app)))
}
