use actix_web::post;
use actix_web::web::Data;
use domain::{CategoryId, PersonName};
use policy::{Action, Facts};
use rest::{Body, Created, Problem, Problems};
use serde::Deserialize;
use store::Event;
use utoipa::ToSchema;

use super::error::Error;
use super::model::{CategoryCompartment, Colour, Help};
use super::queries::{self, CategoryRow};
use super::view::Category;
use crate::{App, Credentials};

/// A new category.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CreateCategory {
    /// The broader category that it belongs to.
    #[serde(default)]
    parent: Option<CategoryId>,
    name: PersonName,
    colour: Colour,
    #[serde(default)]
    help: Help,
    #[serde(default)]
    high_priority: bool,
    compartment: CategoryCompartment,
}

/// Add a category.
///
/// Its compartment cannot be changed later: what is recorded under it is sealed to that key.
#[utoipa::path(
    tag = "settings",
    request_body = CreateCategory,
    responses((status = 201, body = Category), Problems),
)]
#[post("/categories")]
pub(super) async fn create_category(
    app: Data<App>,
    credentials: Credentials,
    body: Body<CreateCategory>,
) -> Result<Created<Category>, Problem> {
    let wanted = body.0;
    let category = app
        .write(
            "create_category",
            credentials,
            move |tx| -> Result<_, Error> {
                tx.require(Action::CreateCategory, Facts::School)?;
                tx.hold_school()?;
                let row = CategoryRow {
                    school_id: tx.school(),
                    id: tx.new_id(),
                    parent_id: wanted.parent,
                    // EXPOSE: the school's own word for a kind of concern, shown to all its staff.
                    name: wanted.name.expose().to_owned(),
                    colour: wanted.colour.as_str().to_owned(),
                    help: wanted.help.as_str().to_owned(),
                    compartment: wanted.compartment.name(),
                    high_priority: wanted.high_priority,
                    position: queries::next_position(tx)?,
                    disabled_at: None,
                };
                if let Some(parent) = row.parent_id {
                    let parent = match queries::category(tx, parent) {
                        Err(store::Error::Absent) => return Err(Error::ParentUnknown),
                        found => found?,
                    };
                    if parent.parent_id.is_some() {
                        return Err(Error::ParentUnknown);
                    }
                    if parent.compartment != row.compartment {
                        return Err(Error::ParentElsewhere);
                    }
                }
                if queries::name_is_taken(tx, &row)? {
                    return Err(Error::NameTaken);
                }
                queries::insert_category(tx, &row)?;
                tx.record(Event::of(Action::CreateCategory).to(row.id));
                Ok(Category::from(row))
            },
        )
        .await?;
    Ok(Created::unseen(category))
}
