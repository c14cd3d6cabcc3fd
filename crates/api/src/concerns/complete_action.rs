use actix_web::post;
use actix_web::web::{Data, Json, Path};
use diesel::prelude::*;
use domain::{ActionId, Detail};
use policy::{Action, Facts};
use protocol::encoding::sha256;
use protocol::records::{Part, RecordRef, seal_part};
use rest::{Body, Problem, Problems};
use serde::Deserialize;
use store::Event;
use store::dialect::Prepare as _;
use store::schema::{action, concern};

use super::add_action::show;
use super::error::Error;
use super::queries::{authorised, find_action};
use super::sealed::{SealedRow, compartment, encode_texts};
use super::view;
use crate::keys::OpenKeys;
use crate::{App, Credentials};

/// How it went.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CompleteAction {
    /// What came of it.
    note: Option<Detail>,
}

/// Finish an action.
#[utoipa::path(
    tag = "concerns",
    params(("action" = ActionId, Path)),
    request_body = CompleteAction,
    responses((status = 200, body = view::Action), Problems),
)]
#[post("/actions/{action}/completion")]
pub(super) async fn complete_action(
    app: Data<App>,
    credentials: Credentials,
    id: Path<ActionId>,
    body: Body<CompleteAction>,
) -> Result<Json<view::Action>, Problem> {
    let secret = app.secret.clone();
    let opening = credentials.clone();
    let completed = app
        .write("complete_action", credentials, move |tx| {
            let id = *id;
            tx.require(Action::CompleteAction, Facts::School)?;
            let row = find_action(tx, id)?;
            authorised(tx, Action::CompleteAction, row.concern_id)?;
            let keys = OpenKeys::open(tx, &opening, &secret)?;
            let school = tx.school();
            let sealed = body
                .0
                .note
                .map(|note| {
                    let key = SealedRow {
                        compartment: &compartment(&row.compartment)?,
                        generation: row.generation,
                        filed: true,
                        key: &row.sealed_key,
                    }
                    .data_key(&keys, id)?;
                    // EXPOSE: laid out to be sealed here. Version 2 of the record is its completion.
                    seal_part(
                        &key,
                        &RecordRef::new(school, id, 2),
                        Part::Body,
                        &encode_texts("completion-body", &[note.expose()]),
                    )
                    .map_err(|_| store::Error::Unreadable("a note too long to seal"))
                })
                .transpose()?;
            let hash = sealed.as_deref().map(sha256);
            let now = tx.now();
            let by = tx.caller().member();
            let outstanding = action::table
                .find((school, id))
                .filter(action::completed_at.is_null());
            let finished = diesel::update(outstanding)
                .set((
                    action::completed_at.eq(now),
                    action::completed_by.eq(by),
                    action::completion_body.eq(sealed),
                ))
                .prepared()
                .execute(tx.connection())?;
            if finished == 0 {
                return Err(Error::AlreadyDone);
            }
            diesel::update(concern::table.find((school, row.concern_id)))
                .set(concern::outstanding_actions.eq(concern::outstanding_actions - 1))
                .prepared()
                .execute(tx.connection())?;
            let mut event = Event::of(Action::CompleteAction)
                .to(row.concern_id)
                .detail(id);
            event.content_hash = hash;
            tx.record(event);
            show(tx, &keys, id)
        })
        .await?;
    Ok(Json(completed))
}
