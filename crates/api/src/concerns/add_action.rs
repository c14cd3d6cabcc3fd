use actix_web::post;
use actix_web::web::{Data, Path};
use chrono::NaiveDate;
use diesel::prelude::*;
use domain::{ActionId, ConcernId, Detail, MemberId};
use policy::Action;
use rest::{Created, Problem, Problems};
use serde::Deserialize;
use store::dialect::Prepare as _;
use store::schema::{action, concern, member};
use store::{Event, Tx};

use super::error::Error;
use super::model::{ActionKind, Status};
use super::queries::{self, authorised, find_action, of_school};
use super::read::open_action;
use super::sealed::{compartment, encode_texts, seal_filed};
use super::summaries::{people, person};
use super::text_search::fold_for_search;
use super::view;
use crate::idempotency::Once;
use crate::keys::OpenKeys;
use crate::{App, Credentials};

/// Something done, or to be done.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct AddAction {
    kind: ActionKind,
    text: Detail,
    /// Who is to do it; nobody if it is done already.
    assignee: Option<MemberId>,
    /// By which day.
    #[serde(default, deserialize_with = "domain::optional_day")]
    due_on: Option<NaiveDate>,
    /// The action of the same concern that this one follows.
    parent: Option<ActionId>,
}

/// Add an action to a concern.
///
/// One with an assignee or a day is outstanding until it is completed; any other is done as it is
/// written.
#[utoipa::path(
    tag = "concerns",
    params(
        ("concern" = ConcernId, Path),
        ("Idempotency-Key" = Option<String>, Header, format = "uuid",
            description = "The same key and body get the first answer again."),
    ),
    request_body = AddAction,
    responses((status = 201, body = view::Action), Problems),
)]
#[post("/concerns/{concern}/actions")]
pub(super) async fn add_action(
    app: Data<App>,
    credentials: Credentials,
    concern: Path<ConcernId>,
    body: Once<AddAction>,
) -> Result<Created<view::Action>, Problem> {
    let secret = app.secret.clone();
    let opening = credentials.clone();
    let added = app
        .write("add_action", credentials, move |tx| {
            authorised(tx, Action::AddAction, *concern)?;
            let keys = OpenKeys::open(tx, &opening, &secret)?;
            let Once { value, key } = body;
            // The answer that is kept for a repetition is the id alone: the text stays sealed.
            let kept = key.once(tx, "add_action", |tx| add(tx, &keys, *concern, &value))?;
            let id: ActionId = serde_json::from_value(kept)
                .map_err(|_| store::Error::Unreadable("idempotency.answer"))?;
            show(tx, &keys, id)
        })
        .await?;
    Ok(Created::unseen(added))
}

fn add(
    tx: &mut Tx<'_>,
    keys: &OpenKeys,
    concern_id: ConcernId,
    draft: &AddAction,
) -> Result<ActionId, Error> {
    let school = tx.school();
    let author = tx.caller().member().ok_or(store::Error::Absent)?;
    let row = queries::hold(tx, concern_id)?;
    if Status::from_row(&row.status)? == Status::Closed {
        return Err(Error::NotOpen);
    }
    if let Some(assignee) = draft.assignee {
        of_school!(member, tx)
            .filter(member::id.eq(assignee))
            .filter(member::state.eq("active"))
            .select(member::id)
            .prepared()
            .get_result::<MemberId>(tx.connection())
            .optional()?
            .ok_or(Error::UnknownAssignee)?;
    }
    if let Some(parent) = draft.parent
        && find_action(tx, parent).map(|parent| parent.concern_id).ok() != Some(concern_id)
    {
        return Err(Error::UnknownParent);
    }
    let id: ActionId = tx.new_id();
    // EXPOSE: laid out to be sealed here.
    let text = draft.text.expose();
    let plain = encode_texts("action-body", &[text, &fold_for_search(&[text])]);
    let sealed = seal_filed(tx, keys, &compartment(&row.compartment)?, id, &plain)?;
    let now = tx.now();
    let outstanding = draft.assignee.is_some() || draft.due_on.is_some();
    diesel::insert_into(action::table)
        .values((
            (
                action::school_id.eq(school),
                action::id.eq(id),
                action::concern_id.eq(concern_id),
                action::parent_id.eq(draft.parent),
                action::kind.eq(draft.kind.as_str()),
                action::author_id.eq(author),
                action::recorded_at.eq(now),
                action::assignee_id.eq(draft.assignee),
            ),
            (
                action::due_on.eq(draft.due_on),
                action::completed_at.eq((!outstanding).then_some(now)),
                action::completed_by.eq((!outstanding).then_some(author)),
                action::compartment.eq(&row.compartment),
                action::generation.eq(sealed.generation),
                action::sealed_key.eq(sealed.key),
                action::body.eq(sealed.body),
            ),
        ))
        .execute(tx.connection())?;
    diesel::update(concern::table.find((school, concern_id)))
        .set(concern::outstanding_actions.eq(concern::outstanding_actions + i32::from(outstanding)))
        .prepared()
        .execute(tx.connection())?;
    // Acting on a new concern takes it up.
    if Status::from_row(&row.status)? == Status::New {
        super::open::take_up(tx, concern_id, &row)?;
    }
    tx.record(
        Event::of(Action::AddAction)
            .to(concern_id)
            .detail(id)
            .content(sealed.hash),
    );
    Ok(id)
}

/// The action as its row stands now.
///
/// # Errors
/// [`store::Error::Absent`].
pub(super) fn show(tx: &mut Tx<'_>, keys: &OpenKeys, id: ActionId) -> Result<view::Action, Error> {
    let row = find_action(tx, id)?;
    let names = people(tx, [row.author_id].into_iter().chain(row.assignee_id))?;
    Ok(open_action(keys, &row, &|id| person(&names, id))?)
}
