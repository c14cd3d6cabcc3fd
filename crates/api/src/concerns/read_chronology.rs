use std::collections::HashMap;

use actix_web::get;
use actix_web::web::{Data, Json, Path, Query};
use diesel::prelude::*;
use domain::{ConcernId, PupilId, Timestamp, YearGroup};
use policy::{Action, Facts, Reach};
use rest::{PageQuery, Paged, Problem, Problems};
use serde::{Deserialize, Serialize};
use store::dialect::Prepare as _;
use store::place::{InOrder as _, Older};
use store::schema::{concern, concern_pupil, pupil};
use store::{Event, Result, Tx};

use super::error::Error;
use super::model::{Change, PupilRole, Status};
use super::queries::{ConcernRow, actions_of, amendments_of, changes_of, of_school};
use super::reach::{Backend, within};
use super::read::{open_action, open_amendment, open_body, open_change};
use super::sealed::OpenedConcern;
use super::summaries::{SummaryRow, people, person, summaries_of};
use super::view::{CategoryChip, ConcernSummary, Person, PupilOnConcern};
use crate::keys::OpenKeys;
use crate::{App, Credentials};

/// Which page of a chronology is wanted.
#[derive(Clone, Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct Which {
    /// Where the page before ended: its `next`.
    after: Option<String>,
    /// How many concerns at most: 1 to 100, 20 if not said.
    limit: Option<u32>,
}

/// Concerns on a page. Each is opened and shown in full, so no more than are read at a sitting.
const PAGE: u32 = 20;

/// One line of a chronology.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct Entry {
    kind: Kind,
    concern: ConcernId,
    #[schema(example = "7F3K-29QM")]
    reference: String,
    /// When it happened: its place in the chronology.
    occurred_at: Timestamp,
    /// When it was recorded.
    recorded_at: Timestamp,
    categories: Vec<CategoryChip>,
    author: Option<Person>,
    /// What the pupil is to the concern.
    role: PupilRole,
    status: Status,
    text: String,
    /// The other pupils on the concern.
    others: Vec<PupilOnConcern>,
}

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Kind {
    Concern,
    Amendment,
    Action,
    Closure,
}

/// A concern on the pupil's chronology: its place there, what the pupil is to it, and its row.
type Row = ((Timestamp, String), ConcernRow, SummaryRow);

/// Read a pupil's chronology: what was recorded, added, done and decided, latest first.
///
/// A page is of concerns, each with all that belongs to it.
#[utoipa::path(
    tag = "pupils",
    params(("pupil" = PupilId, Path), Which),
    responses((status = 200, body = Paged<Entry>), Problems),
)]
#[get("/pupils/{pupil}/chronology")]
pub(super) async fn read_chronology(
    app: Data<App>,
    credentials: Credentials,
    pupil: Path<PupilId>,
    which: Query<Which>,
) -> std::result::Result<Json<Paged<Entry>>, Problem> {
    let Which { after, limit } = which.into_inner();
    let page = PageQuery { after, limit }.page_of::<domain::kind::Concern>(PAGE)?;
    let secret = app.secret.clone();
    let opening = credentials.clone();
    let read = app
        .read("read_chronology", credentials, move |tx| {
            tx.require(Action::ReadChronology, Facts::School)?;
            let year = year_of(tx, *pupil)?;
            tx.require(Action::ReadChronology, Facts::Pupil(year.as_ref()))?;
            let reach = tx.caller().reach().cloned().ok_or(store::Error::Absent)?;
            let keys = OpenKeys::open(tx, &opening, &secret)?;
            let all = of_school!(concern_pupil, tx)
                .inner_join(
                    concern::table.on(concern::school_id
                        .eq(concern_pupil::school_id)
                        .and(concern::id.eq(concern_pupil::concern_id))),
                )
                .filter(concern_pupil::pupil_id.eq(*pupil))
                .order_by((
                    concern_pupil::occurred_at.desc(),
                    concern_pupil::concern_id.desc(),
                ))
                .limit(page.load())
                .select((
                    (concern_pupil::occurred_at, concern_pupil::role),
                    ConcernRow::as_select(),
                    SummaryRow::as_select(),
                ))
                .into_boxed::<Backend>();
            let mut query = within!(all, &reach);
            if let Some(place) = page.after {
                query = query.filter(
                    (concern_pupil::occurred_at, concern_pupil::concern_id)
                        .stands::<Older, _, _>(place),
                );
            }
            let rows: Vec<Row> = query.prepared().load(tx.connection())?;
            let cut = page.cut(
                rows,
                |((occurred_at, _), row, _)| (*occurred_at, row.id),
                |row| row,
            );
            let items = entries(tx, &keys, &reach, *pupil, &cut.items)?;
            tx.record(Event::of(Action::ReadChronology).to(*pupil));
            Ok::<_, Error>(Paged {
                items,
                next: cut.next,
            })
        })
        .await?;
    Ok(Json(read))
}

fn year_of(tx: &mut Tx<'_>, id: PupilId) -> Result<Option<YearGroup>> {
    let year: Option<String> = of_school!(pupil, tx)
        .filter(pupil::id.eq(id))
        .select(pupil::year_group)
        .prepared()
        .get_result(tx.connection())?;
    Ok(year.and_then(|year| YearGroup::try_from(year).ok()))
}

fn entries(
    tx: &mut Tx<'_>,
    keys: &OpenKeys,
    reach: &Reach,
    pupil: PupilId,
    rows: &[Row],
) -> Result<Vec<Entry>> {
    let ids: Vec<ConcernId> = rows.iter().map(|(_, row, _)| row.id).collect();
    let plain: Vec<SummaryRow> = rows.iter().map(|(_, _, row)| row.clone()).collect();
    let summaries: HashMap<ConcernId, ConcernSummary> = summaries_of(tx, reach, &plain)?
        .into_iter()
        .map(|summary| (summary.id, summary))
        .collect();
    let amendments = amendments_of(tx, &ids)?;
    let actions = actions_of(tx, &ids)?;
    let changes = changes_of(tx, &ids)?;
    let names = people(
        tx,
        amendments
            .iter()
            .map(|row| row.author_id)
            .chain(actions.iter().map(|row| row.author_id))
            .chain(actions.iter().filter_map(|row| row.assignee_id))
            .chain(changes.iter().map(|row| row.author_id)),
    )?;
    let who = |id| person(&names, id);
    let mut entries = Vec::new();
    for ((_, role), row, _) in rows {
        let Some(summary) = summaries.get(&row.id) else {
            continue;
        };
        let role = PupilRole::from_row(role)?;
        let entry = |kind, occurred_at, recorded_at, author, text| Entry {
            kind,
            concern: row.id,
            reference: summary.reference.clone(),
            occurred_at,
            recorded_at,
            categories: summary.categories.clone(),
            author,
            role,
            status: summary.status,
            text,
            others: summary
                .pupils
                .iter()
                .filter(|one| one.id != Some(pupil))
                .cloned()
                .collect(),
        };
        let body = open_body(keys, row)?;
        let text = OpenedConcern::decode(&body)?;
        entries.push(entry(
            Kind::Concern,
            summary.occurred_at.unwrap_or(summary.received_at),
            summary.received_at,
            summary.author.clone(),
            text.narrative.to_owned(),
        ));
        for one in amendments.iter().filter(|one| one.concern_id == row.id) {
            let opened = open_amendment(keys, one, &who)?;
            entries.push(entry(
                Kind::Amendment,
                opened.at,
                opened.at,
                Some(opened.by),
                opened.narrative,
            ));
        }
        for one in actions.iter().filter(|one| one.concern_id == row.id) {
            let opened = open_action(keys, one, &who)?;
            entries.push(entry(
                Kind::Action,
                opened.at,
                opened.at,
                Some(opened.by),
                opened.text,
            ));
        }
        for one in changes.iter().filter(|one| one.concern_id == row.id) {
            let opened = open_change(keys, one, &who)?;
            if let (Change::Closed, Some(closure)) = (opened.what, opened.closure) {
                entries.push(entry(
                    Kind::Closure,
                    opened.at,
                    opened.at,
                    Some(opened.by),
                    format!("{}\n\n{}", closure.summary, closure.reasons),
                ));
            }
        }
    }
    Ok(entries)
}
