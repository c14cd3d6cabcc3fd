use actix_web::get;
use actix_web::web::{Data, Json};
use policy::{Action, Facts};
use rest::{Problem, Problems};
use serde::Serialize;

use super::queries::{self, SetupState};
use crate::{App, Credentials};

/// How far the school has come.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct SetupProgress {
    /// How far.
    state: SetupState,
}

/// Say how far the school has come: the page asks until the first device has made the keys.
#[utoipa::path(tag = "setup", responses((status = 200, body = SetupProgress), Problems))]
#[get("/setup/progress")]
pub(super) async fn read_setup_progress(
    app: Data<App>,
    credentials: Credentials,
) -> Result<Json<SetupProgress>, Problem> {
    let state = app
        .read("read_setup_progress", credentials, |tx| {
            tx.require(Action::ReadSetupProgress, Facts::School)?;
            Ok::<_, Problem>(queries::state(tx)?)
        })
        .await?;
    Ok(Json(SetupProgress { state }))
}
