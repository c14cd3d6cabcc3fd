use actix_web::web::{Data, Path};
use actix_web::{HttpResponse, post};
use domain::MemberId;
use policy::{Action, Facts};
use rest::{Problem, Problems};
use store::Event;

use super::error::Error;
use super::model::MemberState;
use super::queries;
use crate::mail::Mail;
use crate::{App, Credentials};

/// Send an invitation, again or for the first time.
///
/// The link of an earlier one stops working.
#[utoipa::path(
    tag = "people",
    params(("id" = MemberId, Path, description = "The person.")),
    responses((status = 202, description = "It will be mailed."), Problems),
)]
#[post("/people/{id}/invitations")]
pub(super) async fn resend_invitation(
    app: Data<App>,
    credentials: Credentials,
    path: Path<String>,
) -> Result<HttpResponse, Problem> {
    let id: MemberId = path.parse().map_err(|_| Problem::not_found())?;
    let secret = app.secret.clone();
    app.write(
        "resend_invitation",
        credentials,
        move |tx| -> Result<_, Error> {
            tx.require(Action::ResendInvitation, Facts::School)?;
            tx.hold_school()?;
            let row = queries::find(tx, id)?;
            if row.state() != MemberState::Invited || queries::has_password(tx, &row)? {
                return Err(Error::NotInvited);
            }
            let account = row.account_id.ok_or(Error::NoAddress)?;
            let token = queries::new_link(tx, account)?;
            let mail = Mail::invitation(tx, &secret, account, &token);
            tx.enqueue(mail.job());
            tx.record(Event::of(Action::ResendInvitation).to(id));
            Ok(())
        },
    )
    .await?;
    Ok(HttpResponse::Accepted().finish())
}
