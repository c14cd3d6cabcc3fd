use actix_web::web::Data;
use actix_web::{HttpResponse, delete};
use policy::{Actor, Caller, Level};
use rest::{Problem, Problems, SESSION_COOKIE, UNLOCK_COOKIE, expired_cookie};
use store::{Error, Event, Tx};

use super::queries;
use crate::App;
use crate::credentials::SessionCookie;

/// Sign out: the session ends, and what was open in it is closed.
#[utoipa::path(
    tag = "sessions",
    security(("session" = [])),
    responses((status = 204, description = "Signed out; both cookies are taken away."), Problems),
)]
#[delete("/session")]
pub(super) async fn sign_out(
    app: Data<App>,
    session: SessionCookie,
) -> Result<HttpResponse, Problem> {
    app.db
        .write("sign_out", Caller::nobody(), move |tx| {
            match queries::live(tx, &session.0) {
                Ok(session) => Ok::<_, Problem>(end(tx, session)?),
                // Whoever is signed out already is signed out.
                Err(Error::Refused { .. }) => Ok(()),
                Err(error) => Err(error.into()),
            }
        })
        .await?;
    Ok(HttpResponse::NoContent()
        .cookie(expired_cookie(SESSION_COOKIE))
        .cookie(expired_cookie(UNLOCK_COOKIE))
        .finish())
}

fn end(tx: &mut Tx<'_>, session: queries::Session) -> store::Result<()> {
    if let (Some(school), Some(member)) = (session.school_id, session.member_id) {
        tx.enter(school)?;
        tx.identify(Caller {
            school: Some(school),
            actor: Actor::Member(member),
            level: Level::SignedIn,
            ..Caller::nobody()
        });
        crate::keys::lock_all_of_session(tx, session.id)?;
        tx.record(Event::named("sign_out").to(member));
    }
    queries::end(tx, session.id)
}
