use std::collections::BTreeMap;

use actix_web::get;
use actix_web::web::{Data, Json};
use chrono::NaiveDate;
use diesel::prelude::*;
use domain::MemberId;
use policy::{Action, Facts};
use rest::{Problem, Problems};
use serde::Serialize;
use store::schema::{action, concern, member};
use store::{Error, Event, Result, Tx};

use super::queries::of_school;
use super::reach::{Backend, within};
use super::view::Person;
use crate::{App, Credentials};

/// Who has what to do.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct OpenWork {
    /// Those who have left first, then by name.
    items: Vec<WorkOf>,
}

/// What one person has still to do, counted.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct WorkOf {
    person: Person,
    /// Whether they have left the school: nobody does it unless it is handed over.
    left: bool,
    /// Outstanding actions.
    actions: u32,
    /// Of these, past their day.
    overdue: u32,
}

/// See who has outstanding actions, of those within reach, so that nobody's is lost when they leave.
#[utoipa::path(tag = "concerns", responses((status = 200, body = OpenWork), Problems))]
#[get("/staff/actions")]
pub(super) async fn list_open_work(
    app: Data<App>,
    credentials: Credentials,
) -> std::result::Result<Json<OpenWork>, Problem> {
    let listed = app
        .read("list_open_work", credentials, |tx| {
            tx.require(Action::ListOpenWork, Facts::School)?;
            let items = open_work(tx)?;
            tx.record(Event::of(Action::ListOpenWork).detail(items.len()));
            Ok::<_, Error>(OpenWork { items })
        })
        .await?;
    Ok(Json(listed))
}

fn open_work(tx: &mut Tx<'_>) -> Result<Vec<WorkOf>> {
    let reach = tx.caller().reach().cloned().ok_or(Error::Absent)?;
    let today = tx.now().date();
    let outstanding = of_school!(action, tx)
        .inner_join(
            concern::table.on(concern::school_id
                .eq(action::school_id)
                .and(concern::id.eq(action::concern_id))),
        )
        .inner_join(
            member::table.on(member::school_id
                .eq(action::school_id)
                .and(member::id.nullable().eq(action::assignee_id))),
        )
        .filter(action::completed_at.is_null())
        .select((member::id, member::name, member::state, action::due_on))
        .into_boxed::<Backend>();
    let rows: Vec<(MemberId, String, String, Option<NaiveDate>)> =
        within!(outstanding, &reach).load(tx.connection())?;
    let mut found: BTreeMap<MemberId, WorkOf> = BTreeMap::new();
    for (id, name, state, due_on) in rows {
        let work = found.entry(id).or_insert_with(|| WorkOf {
            person: Person { id, name },
            left: state == "left",
            actions: 0,
            overdue: 0,
        });
        work.actions += 1;
        work.overdue += u32::from(due_on.is_some_and(|day| day < today));
    }
    let mut items: Vec<WorkOf> = found.into_values().collect();
    items.sort_by(|one, other| {
        let place = |work: &WorkOf| (!work.left, work.person.name.to_lowercase(), work.person.id);
        place(one).cmp(&place(other))
    });
    Ok(items)
}
