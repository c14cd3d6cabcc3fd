use std::sync::Arc;

use actix_web::web::Data;
use actix_web::{HttpResponse, post};
use domain::SchoolId;
use policy::Caller;
use rest::{Body, Problem, Problems};
use serde::Deserialize;
use store::Event;

use super::queries;
use super::sign_in::{act_as, answer};
use super::standing::standing;
use super::view::SessionView;
use crate::{App, Credentials};

/// Which school.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ChooseSchool {
    /// One of the session's `schools`.
    school: SchoolId,
}

/// Choose the school to work in.
///
/// What was open in another school is closed; the session goes on under a new cookie.
#[utoipa::path(
    tag = "sessions",
    request_body = ChooseSchool,
    responses((status = 200, body = SessionView, description = "Sets a new session cookie."), Problems),
)]
#[post("/session/school")]
pub(super) async fn choose_school(
    app: Data<App>,
    credentials: Credentials,
    body: Body<ChooseSchool>,
) -> Result<HttpResponse, Problem> {
    let Body(ChooseSchool { school }) = body;
    let rolls = Arc::clone(&app.rolls);
    let (standing, reference) = app
        .db
        .write("choose_school", Caller::nobody(), move |tx| {
            let mut session = queries::live(tx, &credentials.session)?;
            let places = queries::places(tx, session.account_id)?;
            let place = places
                .iter()
                .find(|place| place.school == school)
                .ok_or_else(Problem::not_found)?;
            if let Some(before) = session.school_id {
                tx.enter(before)?;
                crate::keys::lock_all_of_session(tx, session.id)?;
            }
            queries::take(tx, place)?;
            act_as(tx, place);
            let reference = queries::choose(tx, &mut session, place)?;
            tx.record(Event::named("choose_school").to(place.member));
            Ok::<_, Problem>((standing(tx, &rolls, session, None)?, reference))
        })
        .await?;
    answer(&app, standing, &reference)
}
