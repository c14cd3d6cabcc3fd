use actix_web::get;
use actix_web::web::{Data, Json};
use domain::MemberId;
use policy::{Action, Facts};
use rest::{Problem, Problems};
use serde::Serialize;

use super::queries;
use crate::{App, Credentials};

/// Those who can be given an action.
#[derive(Serialize, utoipa::ToSchema)]
pub(super) struct Staff {
    items: Vec<StaffMember>,
}

/// Somebody who works here.
#[derive(Serialize, utoipa::ToSchema)]
pub(super) struct StaffMember {
    pub(super) id: MemberId,
    pub(super) name: String,
}

/// See who works here, to give them an action.
///
/// By name; those who have left are not among them.
#[utoipa::path(tag = "people", responses((status = 200, body = Staff), Problems))]
#[get("/staff")]
pub(super) async fn list_staff(
    app: Data<App>,
    credentials: Credentials,
) -> Result<Json<Staff>, Problem> {
    let items = app
        .read("list_staff", credentials, |tx| -> store::Result<_> {
            tx.require(Action::ListStaff, Facts::School)?;
            let here = queries::here(tx)?;
            Ok(here
                .into_iter()
                .map(|(id, name)| StaffMember { id, name })
                .collect())
        })
        .await?;
    Ok(Json(Staff { items }))
}
