use actix_web::get;
use actix_web::web::{Data, Json};
use policy::Caller;
use rest::{Problem, Problems};
use serde::Serialize;
use store::Tx;

use super::{code, queries};
use crate::App;

/// Whether anybody has begun here.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct Setup {
    /// Whether there is nobody yet who could sign in.
    needed: bool,
    /// Whether the operator has a code that is still good, for the first school or for another one.
    code_waits: bool,
}

/// Say whether the service still has to be set up.
#[utoipa::path(tag = "setup", security(()), responses((status = 200, body = Setup), Problems))]
#[get("/setup")]
pub(super) async fn read_setup(app: Data<App>) -> Result<Json<Setup>, Problem> {
    let setup = app
        .db
        .read("read_setup", Caller::nobody(), |tx| {
            Ok::<_, Problem>(Setup {
                needed: needed(tx)?,
                code_waits: code::waits(tx)?,
            })
        })
        .await?;
    Ok(Json(setup))
}

/// Whether there is nobody yet who could sign in.
///
/// # Errors
/// What the database says.
pub fn needed(tx: &mut Tx<'_>) -> store::Result<bool> {
    Ok(!queries::has_accounts(tx)?)
}
