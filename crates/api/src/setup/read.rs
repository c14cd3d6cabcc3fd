use actix_web::get;
use actix_web::web::{Data, Json};
use policy::Caller;
use rest::{Problem, Problems};
use serde::Serialize;
use store::Tx;

use super::queries;
use crate::App;

/// Whether anybody has begun here.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct Setup {
    /// Whether there is nobody yet who could sign in.
    needed: bool,
}

/// Say whether the service still has to be set up.
#[utoipa::path(tag = "setup", security(()), responses((status = 200, body = Setup), Problems))]
#[get("/setup")]
pub(super) async fn read_setup(app: Data<App>) -> Result<Json<Setup>, Problem> {
    let needed = app.db.read("read_setup", Caller::nobody(), needed).await?;
    Ok(Json(Setup { needed }))
}

/// Whether there is nobody yet who could sign in.
///
/// # Errors
/// What the database says.
pub fn needed(tx: &mut Tx<'_>) -> store::Result<bool> {
    Ok(!queries::has_accounts(tx)?)
}
