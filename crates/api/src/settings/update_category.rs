use actix_web::patch;
use actix_web::web::{Data, Json, Path};
use domain::{CategoryId, PersonName};
use policy::{Action, Facts};
use rest::{Body, Problem, Problems};
use serde::Deserialize;
use store::Event;
use utoipa::ToSchema;

use super::error::Error;
use super::model::{Colour, Help};
use super::queries;
use super::view::Category;
use crate::{App, Credentials};

/// What is to be changed of a category; what is missing stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct UpdateCategory {
    name: Option<PersonName>,
    colour: Option<Colour>,
    help: Option<Help>,
    high_priority: Option<bool>,
    /// Whether it is no longer offered; what was recorded under it stays as it is.
    disabled: Option<bool>,
}

/// Change a category, or stop offering it.
///
/// A category is never deleted, and its compartment and place among the others stay.
#[utoipa::path(
    tag = "settings",
    params(("id" = CategoryId, Path, description = "The category.")),
    request_body = UpdateCategory,
    responses((status = 200, body = Category), Problems),
)]
#[patch("/categories/{id}")]
pub(super) async fn update_category(
    app: Data<App>,
    credentials: Credentials,
    id: Path<CategoryId>,
    body: Body<UpdateCategory>,
) -> Result<Json<Category>, Problem> {
    let wanted = body.0;
    let category = app
        .write(
            "update_category",
            credentials,
            move |tx| -> Result<_, Error> {
                tx.require(Action::UpdateCategory, Facts::School)?;
                tx.hold_school()?;
                let mut row = queries::category(tx, *id)?;
                if let Some(name) = wanted.name {
                    // EXPOSE: the school's own word for a kind of concern, shown to all its staff.
                    row.name = name.expose().to_owned();
                }
                if let Some(colour) = wanted.colour {
                    row.colour = colour.as_str().to_owned();
                }
                if let Some(help) = wanted.help {
                    row.help = help.as_str().to_owned();
                }
                if let Some(high_priority) = wanted.high_priority {
                    row.high_priority = high_priority;
                }
                row.disabled_at = match wanted.disabled {
                    Some(false) => None,
                    Some(true) => row.disabled_at.or(Some(tx.now())),
                    None => row.disabled_at,
                };
                if row.disabled_at.is_none() && queries::name_is_taken(tx, &row)? {
                    return Err(Error::NameTaken);
                }
                queries::update_category(tx, &row)?;
                let mut event = Event::of(Action::UpdateCategory).to(row.id);
                if let Some(disabled) = wanted.disabled {
                    event = event.detail(if disabled { "disabled" } else { "offered" });
                }
                tx.record(event);
                Ok(Category::from(row))
            },
        )
        .await?;
    Ok(Json(category))
}
