use std::sync::Arc;

use actix_web::get;
use actix_web::web::{Data, Json, Query};
use policy::{Action, Facts};
use rest::{PageQuery, Paged, Problem, Problems};

use super::queries;
use super::view::SchoolPerson;
use crate::{App, Credentials};

/// See the people of the school.
///
/// Those who have left as well.
#[utoipa::path(
    tag = "people",
    params(PageQuery),
    responses((status = 200, body = Paged<SchoolPerson>), Problems),
)]
#[get("/people")]
pub(super) async fn list_people(
    app: Data<App>,
    credentials: Credentials,
    query: Query<PageQuery>,
) -> Result<Json<Paged<SchoolPerson>>, Problem> {
    let page = query.page()?;
    let rolls = Arc::clone(&app.rolls);
    let people = app
        .read("list_people", credentials, move |tx| -> store::Result<_> {
            tx.require(Action::ListPeople, Facts::School)?;
            let holders = queries::key_holders(tx, &rolls)?;
            let rows = queries::list(tx, &page)?;
            Ok(page.cut(
                rows,
                |row| (row.created_at, row.id),
                |row| {
                    let key_holder = holders.contains(&row.id);
                    SchoolPerson::of(row, key_holder)
                },
            ))
        })
        .await?;
    Ok(Json(people))
}
