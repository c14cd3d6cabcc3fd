use actix_web::get;
use actix_web::web::{Data, Json, Path};
use domain::MemberId;
use policy::{Action, Facts};
use rest::{Problem, Problems};
use serde::Serialize;
use store::{Error, Event};

use super::summaries::my_action_summaries;
use super::view::ActionSummary;
use crate::{App, Credentials};

/// The most that are listed.
const MOST: i64 = 200;

/// What somebody has still to do.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct ActionsOf {
    /// Those due first, first; 200 at most.
    items: Vec<ActionSummary>,
}

/// See which outstanding actions were given to a colleague, of those within reach.
#[utoipa::path(
    tag = "concerns",
    params(("member" = MemberId, Path)),
    responses((status = 200, body = ActionsOf), Problems),
)]
#[get("/staff/{member}/actions")]
pub(super) async fn list_actions_of(
    app: Data<App>,
    credentials: Credentials,
    member: Path<MemberId>,
) -> Result<Json<ActionsOf>, Problem> {
    let listed = app
        .read("list_actions_of", credentials, move |tx| {
            tx.require(Action::ListActionsOf, Facts::School)?;
            let reach = tx.caller().reach().cloned().ok_or(Error::Absent)?;
            let items = my_action_summaries(tx, &reach, *member, MOST)?;
            tx.record(
                Event::of(Action::ListActionsOf)
                    .to(*member)
                    .detail(items.len()),
            );
            Ok::<_, Error>(ActionsOf { items })
        })
        .await?;
    Ok(Json(listed))
}
