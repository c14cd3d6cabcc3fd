use std::collections::BTreeSet;

use actix_web::post;
use actix_web::web::Data;
use domain::{EmailAddress, PersonName};
use policy::{Action, Facts};
use rest::{Body, Created, Problem, Problems};
use serde::Deserialize;
use store::Event;
use utoipa::ToSchema;

use super::error::Error;
use super::model::{MemberRole, MemberState, each_once};
use super::queries;
use super::view::SchoolPerson;
use crate::mail::Mail;
use crate::{App, Credentials};

/// Somebody who is to be given a place in the school.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct InvitePerson {
    name: PersonName,
    email: EmailAddress,
    /// `reporter` goes without saying.
    #[serde(deserialize_with = "each_once")]
    roles: BTreeSet<MemberRole>,
}

/// Invite a person.
///
/// They are mailed a link for their first password, unless they sign in here already, in another school.
#[utoipa::path(
    tag = "people",
    request_body = InvitePerson,
    responses((status = 201, body = SchoolPerson), Problems),
)]
#[post("/people")]
pub(super) async fn invite_person(
    app: Data<App>,
    credentials: Credentials,
    body: Body<InvitePerson>,
) -> Result<Created<SchoolPerson>, Problem> {
    let InvitePerson { name, email, roles } = body.0;
    let secret = app.secret.clone();
    let person = app
        .write(
            "invite_person",
            credentials,
            move |tx| -> Result<_, Error> {
                tx.require(Action::InvitePerson, Facts::School)?;
                tx.hold_school()?;
                let (account, has_password) = queries::account_for(tx, &email)?;
                if queries::has_place(tx, account, &email)? {
                    return Err(Error::AddressTaken);
                }
                let state = MemberState::here(has_password);
                let roles = (
                    roles.contains(&MemberRole::Administrator),
                    roles.contains(&MemberRole::Auditor),
                );
                let id = queries::insert(tx, account, &name, &email, roles, state)?;
                tx.record(Event::of(Action::InvitePerson).to(id));
                if !has_password {
                    let token = queries::new_link(tx, account)?;
                    let mail = Mail::invitation(tx, &secret, account, &token);
                    tx.enqueue(mail.job());
                }
                Ok(SchoolPerson::of(queries::find(tx, id)?, false))
            },
        )
        .await?;
    Ok(Created::unseen(person))
}
