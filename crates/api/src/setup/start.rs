use std::sync::Arc;

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, post};
use domain::{EmailAddress, PersonName, SchoolId, ShortText};
use policy::{Actor, Caller, Level, Roles};
use rest::{Body, Problem, Problems, SESSION_COOKIE, cookie};
use serde::{Deserialize, Serialize};
use store::Event;

use super::code::SetupCode;
use super::queries;
use crate::App;
use crate::browser;
use crate::keys::{EnrolmentView, Purpose, invite};
use crate::sessions::{Password, SessionView, open_account, sign_in_as};

/// The school, and its first account.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct StartSetup {
    /// The code that the server printed.
    #[schema(example = "7ZQ4K-0XW9M-3T6VB-1RJ8H-5N2CY-D")]
    code: String,
    /// What the school is called.
    school_name: ShortText,
    /// The name of whoever sets it up: its first administrator, whose device makes the keys.
    name: PersonName,
    /// Their e-mail address.
    email: EmailAddress,
    /// A password of twelve characters or more.
    password: Password,
}

impl std::fmt::Debug for StartSetup {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("StartSetup([sensitive])")
    }
}

/// The school is there; now a device makes its keys.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct SetupStarted {
    /// Its first administrator is signed in.
    session: SessionView,
    /// The link for the device that makes the keys.
    enrolment: EnrolmentView,
}

/// Set a school up: the school, its first account, its categories.
#[utoipa::path(
    tag = "setup",
    security(()),
    request_body = StartSetup,
    responses((status = 201, body = SetupStarted, description = "Sets the session cookie."), Problems),
)]
#[post("/setup")]
pub(super) async fn start_setup(
    app: Data<App>,
    request: HttpRequest,
    body: Body<StartSetup>,
) -> Result<HttpResponse, Problem> {
    let Body(form) = body;
    let label = browser::label(&request);
    let refused = || Problem::new("setup-code-refused");
    form.password
        .check_strength()
        .map_err(|weak| Problem::field("/password", weak))?;
    let code = Arc::new(SetupCode::from_text(&form.code).ok_or_else(refused)?);
    // A wrong code costs no hash.
    let shown = Arc::clone(&code);
    let good = app
        .db
        .read("read_setup_code", Caller::nobody(), move |tx| {
            Ok::<_, Problem>(shown.is_good(tx)?)
        })
        .await?;
    if !good {
        return Err(refused());
    }
    let StartSetup {
        school_name,
        name,
        email,
        password,
        ..
    } = form;
    let hash = app.hashing.hash(password, Arc::clone(&app.entropy)).await?;

    let rolls = Arc::clone(&app.rolls);
    let (standing, reference, invitation) = app
        .db
        .write("start_setup", Caller::nobody(), move |tx| {
            if !code.take(tx)? {
                return Err(refused());
            }
            let school: SchoolId = tx.new_id();
            tx.enter(school)?;
            queries::add_school(tx, &school_name)?;
            let account = open_account(tx, &email, Some(&hash)).map_err(|error| match error {
                store::Error::Exists(_) => Problem::new("member-exists"),
                other => other.into(),
            })?;
            let member = queries::add_administrator(tx, account, &name, email.as_str())?;
            crate::settings::install_defaults(tx)?;
            let (standing, reference) = sign_in_as(tx, &rolls, account, school, &label)?;
            let invitation = invite(tx, member, Purpose::Setup, standing.session())?;
            tx.identify(Caller {
                school: Some(school),
                actor: Actor::Member(member),
                roles: Roles {
                    administrator: true,
                    ..Roles::default()
                },
                level: Level::SignedIn,
            });
            tx.record(Event::named("start_setup").to(school));
            Ok((standing, reference, invitation))
        })
        .await?;
    Ok(HttpResponse::Created()
        .cookie(cookie(SESSION_COOKIE, &reference.to_text()))
        .json(SetupStarted {
            session: standing.mint(&app)?,
            enrolment: invitation.view(&app),
        }))
}
