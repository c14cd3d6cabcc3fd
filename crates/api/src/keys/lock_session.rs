use actix_web::web::Data;
use actix_web::{HttpResponse, delete};
use policy::{Action, Facts};
use rest::{Problem, Problems, UNLOCK_COOKIE, expired_cookie};
use store::Event;

use super::unlocks::lock_all_of_session;
use crate::{App, Credentials};

/// Close the records in this browser, or give up a request to open them.
#[utoipa::path(
    tag = "keys",
    responses((status = 204, description = "Closed; the unlock cookie is taken away."), Problems),
)]
#[delete("/unlock")]
pub(super) async fn lock_session(
    app: Data<App>,
    credentials: Credentials,
) -> Result<HttpResponse, Problem> {
    let session = credentials.claims.sid;
    app.write("lock_session", credentials, move |tx| {
        let member = tx.caller().member().ok_or_else(Problem::not_found)?;
        tx.require(Action::LockSession, Facts::Of(member))?;
        if lock_all_of_session(tx, session)? > 0 {
            tx.record(Event::of(Action::LockSession).to(session));
        }
        Ok::<_, Problem>(())
    })
    .await?;
    Ok(HttpResponse::NoContent()
        .cookie(expired_cookie(UNLOCK_COOKIE))
        .finish())
}
