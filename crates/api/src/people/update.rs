use std::collections::BTreeSet;
use std::sync::Arc;

use actix_web::patch;
use actix_web::web::{Data, Json, Path};
use domain::{MemberId, PersonName};
use policy::{Action, Facts};
use rest::{Body, Problem, Problems};
use serde::Deserialize;
use store::Event;
use utoipa::ToSchema;

use super::error::Error;
use super::model::{MemberRole, MemberState, NewState, each_once_if_any};
use super::queries;
use super::view::SchoolPerson;
use crate::keys::suspend_all_of_member;
use crate::{App, Credentials};

/// What is to be changed of a person; what is missing stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct UpdatePerson {
    name: Option<PersonName>,
    /// All roles from now on; `reporter` goes without saying.
    #[serde(default, deserialize_with = "each_once_if_any")]
    roles: Option<BTreeSet<MemberRole>>,
    state: Option<NewState>,
}

/// Change a person's name, roles or state.
///
/// Whoever has left is signed out everywhere at once, and their devices are suspended: they open nothing. That
/// they come off the roll is signed on another holder's device, who is told.
#[utoipa::path(
    tag = "people",
    params(("id" = MemberId, Path, description = "The person.")),
    request_body = UpdatePerson,
    responses((status = 200, body = SchoolPerson), Problems),
)]
#[patch("/people/{id}")]
pub(super) async fn update_person(
    app: Data<App>,
    credentials: Credentials,
    path: Path<String>,
    body: Body<UpdatePerson>,
) -> Result<Json<SchoolPerson>, Problem> {
    let id: MemberId = path.parse().map_err(|_| Problem::not_found())?;
    let UpdatePerson { name, roles, state } = body.0;
    let rolls = Arc::clone(&app.rolls);
    let person = app
        .write(
            "update_person",
            credentials,
            move |tx| -> Result<_, Error> {
                tx.require(Action::UpdatePerson, Facts::School)?;
                tx.hold_school()?;
                let row = queries::find(tx, id)?;
                let has_password = queries::has_password(tx, &row)?;
                let has = |role, now| roles.as_ref().map_or(now, |roles| roles.contains(&role));
                let administrator = has(MemberRole::Administrator, row.administrator);
                let auditor = has(MemberRole::Auditor, row.auditor);
                let state = row.state().changed(state, has_password);
                let was_one = row.administrator && row.state() == MemberState::Active;
                let is_one = administrator && state == MemberState::Active;
                if was_one && !is_one && queries::other_administrators(tx, id)? == 0 {
                    return Err(Error::LastAdministrator);
                }
                queries::update(tx, id, name.as_ref(), (administrator, auditor), state)?;
                if state == MemberState::Left && row.state() != MemberState::Left {
                    suspend_all_of_member(tx, &rolls, id)?;
                    queries::end_sessions(tx, id)?;
                }
                let mut changed = vec![state.as_str()];
                if administrator != row.administrator {
                    changed.push(if administrator {
                        "+administrator"
                    } else {
                        "-administrator"
                    });
                }
                if auditor != row.auditor {
                    changed.push(if auditor { "+auditor" } else { "-auditor" });
                }
                tx.record(
                    Event::of(Action::UpdatePerson)
                        .to(id)
                        .detail(changed.join(" ")),
                );
                let key_holder = queries::key_holders(tx, &rolls)?.contains(&id);
                Ok(SchoolPerson::of(queries::find(tx, id)?, key_holder))
            },
        )
        .await?;
    Ok(Json(person))
}
