use std::sync::Arc;

use actix_web::post;
use actix_web::web::{Data, Json, Path};
use diesel::prelude::*;
use domain::{ActionId, ConcernId, MemberId};
use policy::{Action, Facts};
use rest::{Body, Problem, Problems};
use serde::{Deserialize, Serialize};
use store::dialect::Prepare as _;
use store::schema::{action, concern, member};
use store::{Error, Event, Tx};

use super::queries::of_school;
use super::reach::{Backend, within};
use crate::{App, Credentials};

/// Who takes over.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct HandOver {
    /// A key holder.
    to: MemberId,
}

/// What was handed over.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct HandedOver {
    /// How many actions.
    actions: usize,
}

/// Hand a colleague's outstanding actions to another key holder, all that are within reach, in one go.
///
/// For whoever has left, or is away. Each change stands in the audit log.
#[utoipa::path(
    tag = "concerns",
    params(("member" = MemberId, Path)),
    request_body = HandOver,
    responses((status = 200, body = HandedOver), Problems),
)]
#[post("/staff/{member}/actions/handover")]
pub(super) async fn hand_over_actions(
    app: Data<App>,
    credentials: Credentials,
    from: Path<MemberId>,
    body: Body<HandOver>,
) -> Result<Json<HandedOver>, Problem> {
    let to = body.0.to;
    let rolls = Arc::clone(&app.rolls);
    let actions = app
        .write("hand_over_actions", credentials, move |tx| {
            tx.require(Action::HandOverActions, Facts::School)?;
            let at = u64::try_from(tx.now().seconds()).unwrap_or_default();
            let holds = rolls
                .now(tx)?
                .is_some_and(|roll| roll.grants_of(to, at).next().is_some());
            let here: Option<MemberId> = of_school!(member, tx)
                .filter(member::id.eq(to))
                .filter(member::state.eq("active"))
                .select(member::id)
                .prepared()
                .get_result(tx.connection())
                .optional()
                .map_err(Error::from)?;
            if !holds || here.is_none() || to == *from {
                return Err(Problem::field("/to", "choose another key holder"));
            }
            Ok(hand_over(tx, *from, to)?)
        })
        .await?;
    Ok(Json(HandedOver { actions }))
}

fn hand_over(tx: &mut Tx<'_>, from: MemberId, to: MemberId) -> store::Result<usize> {
    let reach = tx.caller().reach().cloned().ok_or(Error::Absent)?;
    let theirs = of_school!(action, tx)
        .inner_join(
            concern::table.on(concern::school_id
                .eq(action::school_id)
                .and(concern::id.eq(action::concern_id))),
        )
        .filter(action::assignee_id.eq(from))
        .filter(action::completed_at.is_null())
        .select((action::id, action::concern_id))
        .into_boxed::<Backend>();
    let theirs: Vec<(ActionId, ConcernId)> = within!(theirs, &reach).load(tx.connection())?;
    let school = tx.school();
    for (id, concern) in &theirs {
        diesel::update(action::table.find((school, *id)))
            .set(action::assignee_id.eq(to))
            .prepared()
            .execute(tx.connection())?;
        tx.record(Event::of(Action::HandOverActions).to(concern).detail(id));
    }
    Ok(theirs.len())
}
