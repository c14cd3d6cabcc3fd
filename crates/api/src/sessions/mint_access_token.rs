use std::sync::Arc;

use actix_web::post;
use actix_web::web::{Data, Json};
use policy::Caller;
use rest::{Problem, Problems};

use super::queries;
use super::standing::standing;
use super::view::SessionView;
use crate::App;
use crate::credentials::{SessionCookie, UnlockCookie};

/// Mint an access token with the session cookie alone.
///
/// The page calls it on load, every four minutes, and after an unlock or a lock. What the token may do is
/// worked out anew each time: role, signed roll, and whether this browser's unlock is open.
#[utoipa::path(
    tag = "sessions",
    security(("session" = [])),
    responses((status = 200, body = SessionView), Problems),
)]
#[post("/session/token")]
pub(super) async fn mint_access_token(
    app: Data<App>,
    session: SessionCookie,
    unlock: UnlockCookie,
) -> Result<Json<SessionView>, Problem> {
    let rolls = Arc::clone(&app.rolls);
    let standing = app
        .db
        .read("mint_access_token", Caller::nobody(), move |tx| {
            let session = queries::live(tx, &session.0)?;
            Ok::<_, Problem>(standing(tx, &rolls, session, unlock.0.as_ref())?)
        })
        .await?;
    Ok(Json(standing.mint(&app)?))
}
