use actix_web::get;
use actix_web::web::{Data, Json};
use policy::{Action, Facts};
use rest::{Problem, Problems};

use super::queries;
use super::view::{Categories, Category};
use crate::{App, Credentials};

/// See the categories.
///
/// Everybody may, to choose one for a concern. Those that are no longer offered are there too, because
/// older concerns have them.
#[utoipa::path(tag = "settings", responses((status = 200, body = Categories), Problems))]
#[get("/categories")]
pub(super) async fn list_categories(
    app: Data<App>,
    credentials: Credentials,
) -> Result<Json<Categories>, Problem> {
    let rows = app
        .read("list_categories", credentials, |tx| -> store::Result<_> {
            tx.require(Action::ListCategories, Facts::School)?;
            queries::categories(tx)
        })
        .await?;
    Ok(Json(Categories {
        items: rows.into_iter().map(Category::from).collect(),
    }))
}
