use std::sync::Arc;

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, post};
use domain::EmailAddress;
use policy::{Actor, Caller, Level};
use rest::{Body, Evenly, Problem, Problems, SESSION_COOKIE, cookie};
use serde::Deserialize;
use store::{Event, Tx};
use vault::{PasswordHash, Reference};

use super::failures;
use super::password::Password;
use super::queries::{self, Place};
use super::standing::{Standing, standing};
use super::view::SessionView;
use crate::App;
use crate::browser;

/// Who signs in.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SignIn {
    /// The e-mail address.
    email: EmailAddress,
    /// The password.
    password: Password,
}

/// Sign in with an e-mail address and a password.
///
/// A wrong password and an unknown address get the same answer, after the same time.
#[utoipa::path(
    tag = "sessions",
    security(()),
    request_body = SignIn,
    responses((status = 200, body = SessionView, description = "Sets the session cookie."), Problems),
)]
#[post("/session")]
pub(super) async fn sign_in(
    app: Data<App>,
    request: HttpRequest,
    body: Body<SignIn>,
) -> Result<HttpResponse, Problem> {
    let Body(SignIn { email, password }) = body;
    let label = browser::label(&request);
    let known = browser::known_cookie(&request);
    let key = failures::key(&app.secret, &email);

    let email_key = email.key();
    let (account, exempt) = app
        .db
        .read("find_account", Caller::nobody(), move |tx| {
            let account = queries::account_of(tx, &email_key)?;
            let exempt = match &account {
                Some(account) => browser::is_known(tx, account.id, known)?,
                None => false,
            };
            may_try(tx, &key, exempt)?;
            Ok::<_, Problem>((account, exempt))
        })
        .await?;
    let hash = account
        .as_ref()
        .and_then(|account| account.password_hash.clone())
        .map(PasswordHash::from_row);
    let right = app.hashing.check(password, hash).await?;
    let evenly = Evenly::begin();

    let rolls = Arc::clone(&app.rolls);
    let signed_in = app
        .db
        .write("sign_in", Caller::nobody(), move |tx| {
            // Others were looked at before this one: of many guesses at the same moment few are told what they were.
            may_try(tx, &key, exempt)?;
            let Some(account) = account else {
                failures::count(tx, &key)?;
                return Ok::<_, Problem>(None);
            };
            let places = queries::places(tx, account.id)?;
            // A password chosen meanwhile ends what the one before it began, and this would begin after it.
            if !right || queries::hold_password(tx, account.id)? != account.password_hash {
                failures::count(tx, &key)?;
                refuse(tx, &places)?;
                return Ok(None);
            }
            failures::forget(tx, &key)?;
            let place = only(&places);
            if let Some(place) = place {
                queries::take(tx, place)?;
                act_as(tx, place);
                tx.record(Event::named("sign_in").to(place.member));
            }
            let (session, reference) = queries::begin(tx, account.id, place, &label)?;
            Ok(Some((standing(tx, &rolls, session, None)?, reference)))
        })
        .await?;
    let Some((standing, reference)) = signed_in else {
        evenly.end().await;
        return Err(Problem::new("sign-in-refused"));
    };
    answer(&app, standing, &reference)
}

/// Whether a password for the address may be looked at, or has to wait.
fn may_try(tx: &mut Tx<'_>, key: &[u8; 32], exempt: bool) -> Result<(), Problem> {
    match failures::wait(tx, key)?.filter(|_| !exempt) {
        Some(seconds) => Err(Problem::new("too-many-requests").retry_after(seconds)),
        None => Ok(()),
    }
}

/// The session and its cookie.
pub(super) fn answer(
    app: &Data<App>,
    standing: Standing,
    reference: &Reference,
) -> Result<HttpResponse, Problem> {
    Ok(HttpResponse::Ok()
        .cookie(cookie(SESSION_COOKIE, &reference.to_text()))
        .json(standing.mint(app)?))
}

fn only(places: &[Place]) -> Option<&Place> {
    match places {
        [place] => Some(place),
        _ => None,
    }
}

/// A wrong password stands in the log of every school in which the person has a place.
fn refuse(tx: &mut Tx<'_>, places: &[Place]) -> store::Result<()> {
    for place in places {
        tx.enter(place.school)?;
        tx.record_now(Event::named("sign_in").to(place.member).refused())?;
    }
    Ok(())
}

/// From here on it is this member who acts.
pub(super) fn act_as(tx: &mut Tx<'_>, place: &Place) {
    tx.identify(Caller {
        school: Some(place.school),
        actor: Actor::Member(place.member),
        level: Level::SignedIn,
        ..Caller::nobody()
    });
}
