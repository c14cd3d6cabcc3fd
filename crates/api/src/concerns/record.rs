use std::sync::Arc;

use actix_web::post;
use actix_web::web::Data;
use diesel::prelude::*;
use domain::{
    CategoryId, ChildWords, ConcernId, Narrative, PupilId, ShortText, Timestamp, YearGroup,
};
use policy::{Action, ConcernFacts, Facts};
use rest::{Created, Problem, Problems};
use serde::Deserialize;
use store::dialect::{Prepare as _, steps};
use store::schema::{concern, concern_category, concern_pupil, pupil};
use store::{Event, Tx};

use super::ahead::SealedAhead;
use super::error::Error;
use super::model::{Precision, PupilRole, ReceiptStatus};
use super::offered::Offered;
use super::queries::of_school;
use super::sealed::{ConcernText, Recipient};
use super::view::Receipt;
use crate::hooks::{self, Recorded, What};
use crate::idempotency::Once;
use crate::keys::server_half;
use crate::{App, Credentials};

/// Minutes by which a browser's clock may be ahead of ours.
const CLOCK_SLACK_MINUTES: i64 = 10;

/// A concern as it is written down.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RecordConcern {
    /// Who it is about; empty if no pupil can be named.
    #[schema(max_items = 40)]
    pupils: Vec<Named>,
    /// What it is about: one to three categories.
    #[schema(min_items = 1, max_items = 3)]
    categories: Vec<CategoryId>,
    /// When it happened.
    occurred_at: Timestamp,
    /// How exactly that is known.
    occurred_precision: Precision,
    /// What was seen and heard.
    narrative: Narrative,
    /// What the child said, verbatim.
    child_words: Option<ChildWords>,
    /// Where it happened.
    location: Option<ShortText>,
    /// Whether a safeguarding lead was told in person.
    told_lead: Option<bool>,
    /// Which lead.
    told_whom: Option<ShortText>,
    /// Which staff were there.
    staff_present: Option<ShortText>,
    /// A child is in danger now.
    urgent: bool,
}

/// A pupil and what they are to the concern.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct Named {
    pupil: PupilId,
    role: PupilRole,
}

#[derive(Insertable)]
#[diesel(table_name = concern_pupil)]
struct PupilLink {
    school_id: domain::SchoolId,
    concern_id: ConcernId,
    pupil_id: PupilId,
    role: &'static str,
    position: i32,
    occurred_at: Timestamp,
}

#[derive(Insertable)]
#[diesel(table_name = concern_category)]
struct CategoryLink {
    school_id: domain::SchoolId,
    concern_id: ConcernId,
    category_id: CategoryId,
    position: i32,
}

/// Record a concern.
///
/// Anybody who works in the school may; what comes back is a receipt and never what was written.
#[utoipa::path(
    tag = "concerns",
    params(("Idempotency-Key" = String, Header, format = "uuid")),
    request_body = RecordConcern,
    responses((status = 201, body = Receipt), Problems),
)]
#[post("/concerns")]
pub(super) async fn record_concern(
    app: Data<App>,
    credentials: Credentials,
    body: Once<RecordConcern>,
) -> Result<Created<serde_json::Value>, Problem> {
    body.key.required()?;
    let app = app.into_inner();
    let writing = Arc::clone(&app);
    let Once { value: draft, key } = body;
    let text = text_of(&draft).encode();
    let ahead = credentials.claims.tid.and_then(|school| {
        let id = ConcernId::new(app.now(), &*app.entropy);
        app.ahead
            .seal(school, &draft.categories, id, &text, &*app.entropy)
    });
    let receipt = app
        .write("record_concern", credentials, move |tx| {
            tx.require(Action::RecordConcern, Facts::School)?;
            key.once(tx, "record_concern", |tx| {
                record(tx, &writing, &draft, &text, ahead)
            })
        })
        .await?;
    Ok(Created::unseen(receipt))
}

fn record(
    tx: &mut Tx<'_>,
    app: &App,
    draft: &RecordConcern,
    text: &[u8],
    ahead: Option<SealedAhead>,
) -> Result<Receipt, Error> {
    let now = tx.now();
    let school = tx.school();
    if draft.occurred_at > now.plus_minutes(CLOCK_SLACK_MINUTES) {
        return Err(Error::InTheFuture);
    }
    let roll = app.rolls.now(tx)?.ok_or(Error::SchoolNotOpen)?;
    let offered = app.offered.now(tx, Offered::read)?;
    let compartment = offered.compartment_of(&draft.categories)?;
    let years = subject_years(tx, &draft.pupils)?;

    let half = app.halves.now(tx, |tx| server_half(tx, &app.secret))?;
    let half = half.as_ref().as_ref().ok_or(Error::SchoolRestoring)?;
    let recipient = Recipient::of(school, &compartment, &roll, half)?;
    let (id, sealed) = match ahead.and_then(|ahead| ahead.if_still_for(&recipient)) {
        Some(sealed) => sealed,
        None => {
            let id = tx.new_id();
            let sealed = recipient.seal(id, text, tx.entropy())?;
            app.ahead.note(school, &draft.categories, recipient);
            (id, sealed)
        }
    };
    let author = tx.caller().member().ok_or(store::Error::Absent)?;
    tx.put(
        concern::table,
        (
            (
                concern::school_id.eq(school),
                concern::id.eq(id),
                concern::compartment.eq(compartment.name().to_owned()),
                concern::generation.eq(sealed.generation),
                concern::author_id.eq(author),
                concern::status.eq("new"),
                concern::urgent.eq(draft.urgent),
                concern::occurred_at.eq(draft.occurred_at),
            ),
            (
                concern::occurred_precision.eq(draft.occurred_precision.as_str()),
                concern::received_at.eq(now),
                concern::attachments.eq(0),
                concern::outstanding_actions.eq(0),
                concern::filed.eq(false),
                concern::sealed_key.eq(sealed.key),
                concern::body.eq(sealed.body),
            ),
        ),
    );
    link(tx, id, draft);
    let facts = ConcernFacts {
        id,
        compartment,
        author: Some(author),
        categories: draft.categories.clone(),
        subject_years: years,
        fresh: true,
    };
    hooks::concern_recorded(
        tx,
        &Recorded {
            told: &app.told,
            roll: &roll,
            facts: &facts,
            author,
            urgent: draft.urgent,
            what: What::Concern,
        },
    )?;
    tx.record(Event::of(Action::RecordConcern).to(id).content(sealed.hash));
    Ok(Receipt {
        id,
        reference: id.reference(),
        received_at: now,
        status: ReceiptStatus::Received,
        attachments: 0,
        replies: 0,
        unread_replies: 0,
    })
}

fn text_of(draft: &RecordConcern) -> ConcernText<'_> {
    // EXPOSE: laid out to be sealed.
    ConcernText {
        narrative: draft.narrative.expose(),
        child_words: draft.child_words.as_ref().map_or("", |text| text.expose()),
        location: draft.location.as_ref().map_or("", |text| text.expose()),
        told_lead: draft.told_lead,
        told_whom: draft.told_whom.as_ref().map_or("", |text| text.expose()),
        staff_present: draft
            .staff_present
            .as_ref()
            .map_or("", |text| text.expose()),
    }
}

/// The year groups of the subjects, having made sure that every pupil is on the school's roll.
fn subject_years(tx: &mut Tx<'_>, named: &[Named]) -> Result<Vec<Option<YearGroup>>, Error> {
    if named.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<PupilId> = named.iter().map(|named| named.pupil).collect();
    let known = of_school!(pupil, tx)
        .filter(pupil::id.eq_any(steps(&ids)))
        .select((pupil::id, pupil::year_group));
    let known: Vec<(PupilId, Option<String>)> = known.prepared().load(tx.connection())?;
    let mut years = Vec::new();
    for (place, one) in named.iter().enumerate() {
        if ids[..place].contains(&one.pupil) {
            return Err(Error::PupilTwice(place));
        }
        let (_, year) = known
            .iter()
            .find(|(id, _)| *id == one.pupil)
            .ok_or(Error::UnknownPupil(place))?;
        if one.role == PupilRole::Subject {
            years.push(year.clone().and_then(|year| YearGroup::try_from(year).ok()));
        }
    }
    Ok(years)
}

fn link(tx: &mut Tx<'_>, concern_id: ConcernId, draft: &RecordConcern) {
    let school_id = tx.school();
    let pupils: Vec<_> = (0..)
        .zip(&draft.pupils)
        .map(|(position, named)| PupilLink {
            school_id,
            concern_id,
            pupil_id: named.pupil,
            role: named.role.as_str(),
            position,
            occurred_at: draft.occurred_at,
        })
        .collect();
    tx.put_all(concern_pupil::table, pupils);
    let categories: Vec<_> = (0..)
        .zip(&draft.categories)
        .map(|(position, category_id)| CategoryLink {
            school_id,
            concern_id,
            category_id: *category_id,
            position,
        })
        .collect();
    tx.put_all(concern_category::table, categories);
}
