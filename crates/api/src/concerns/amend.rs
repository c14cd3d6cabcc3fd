use actix_web::post;
use actix_web::web::{Data, Path};
use diesel::prelude::*;
use domain::{AmendmentId, ConcernId, Detail, Narrative, Timestamp};
use policy::{Action, Facts};
use rest::{Created, Problem, Problems};
use serde::{Deserialize, Serialize};
use store::Event;
use store::schema::amendment;

use super::error::Error;
use super::queries::facts;
use super::sealed::{Recipient, encode_texts};
use super::text_search::fold_for_search;
use crate::hooks::{self, Recorded, What};
use crate::idempotency::Once;
use crate::keys::server_half;
use crate::{App, Credentials};

/// What is added or corrected.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct AmendConcern {
    /// What is to stand beside the original.
    narrative: Narrative,
    /// Why.
    reason: Detail,
}

/// An amendment that was kept.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct Amended {
    id: AmendmentId,
    recorded_at: Timestamp,
}

/// Add to or correct a concern; the original stays as it was.
///
/// Its author may, without seeing it again.
#[utoipa::path(
    tag = "concerns",
    params(
        ("concern" = ConcernId, Path),
        ("Idempotency-Key" = Option<String>, Header, format = "uuid",
            description = "The same key and body get the first answer again."),
    ),
    request_body = AmendConcern,
    responses((status = 201, body = Amended), Problems),
)]
#[post("/concerns/{concern}/amendments")]
pub(super) async fn amend_concern(
    app: Data<App>,
    credentials: Credentials,
    concern: Path<ConcernId>,
    body: Once<AmendConcern>,
) -> Result<Created<serde_json::Value>, Problem> {
    let app = app.into_inner();
    let writing = std::sync::Arc::clone(&app);
    let amended = app
        .write("amend_concern", credentials, move |tx| {
            let facts = facts(tx, *concern)?;
            tx.require(Action::AmendConcern, Facts::Concern(&facts))?;
            let author = tx.caller().member().ok_or(store::Error::Absent)?;
            let Once { value, key } = body;
            key.once(tx, "amend_concern", |tx| {
                let school = tx.school();
                let roll = writing.rolls.now(tx)?.ok_or(Error::SchoolNotOpen)?;
                let id: AmendmentId = tx.new_id();
                // EXPOSE: laid out to be sealed here.
                let (narrative, reason) = (value.narrative.expose(), value.reason.expose());
                let plain = encode_texts(
                    "amendment-body",
                    &[narrative, reason, &fold_for_search(&[narrative])],
                );
                let half = server_half(tx, &writing.secret)?.ok_or(Error::SchoolRestoring)?;
                let sealed = Recipient::of(school, &facts.compartment, &roll, &half)?.seal(
                    id,
                    &plain,
                    tx.entropy(),
                )?;
                let recorded_at = tx.now();
                diesel::insert_into(amendment::table)
                    .values((
                        amendment::school_id.eq(school),
                        amendment::id.eq(id),
                        amendment::concern_id.eq(*concern),
                        amendment::author_id.eq(author),
                        amendment::recorded_at.eq(recorded_at),
                        amendment::compartment.eq(facts.compartment.name()),
                        amendment::generation.eq(sealed.generation),
                        amendment::filed.eq(false),
                        amendment::sealed_key.eq(sealed.key),
                        amendment::body.eq(sealed.body),
                    ))
                    .execute(tx.connection())?;
                hooks::concern_recorded(
                    tx,
                    &Recorded {
                        told: &writing.told,
                        roll: &roll,
                        facts: &facts,
                        author,
                        urgent: false,
                        what: What::Addition,
                    },
                )?;
                tx.record(
                    Event::of(Action::AmendConcern)
                        .to(*concern)
                        .detail(id)
                        .content(sealed.hash),
                );
                Ok::<_, Error>(Amended { id, recorded_at })
            })
        })
        .await?;
    Ok(Created::unseen(amended))
}
