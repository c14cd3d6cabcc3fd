use std::collections::HashSet;
use std::panic::resume_unwind;
use std::sync::mpsc::sync_channel;
use std::thread;

use actix_web::post;
use actix_web::web::{Data, Json};
use chrono::NaiveDate;
use diesel::dsl::not;
use diesel::prelude::*;
use domain::{CategoryId, ConcernId, PupilId, YearGroup};
use policy::{Action, Facts, Reach};
use protocol::records::{Part, RecordRef, open_part};
use rest::{Body, Problem, Problems};
use serde::{Deserialize, Serialize};
use store::dialect::{Prepare as _, steps};
use store::schema::{action, amendment, concern};
use store::{Event, Result, Tx};
use zeroize::Zeroizing;

use super::error::Error;
use super::inbox::file_inbox;
use super::model::Status;
use super::queries::of_school;
use super::sealed::{OpenedConcern, SealedRow, compartment, decode_texts};
use super::search_pages::{Cursor, Page, Row, picked_page, whole_page};
use super::summaries::{SummaryRow, summaries_of};
use super::text_search::{Words, excerpt};
use super::view::ConcernSummary;
use crate::keys::OpenKeys;
use crate::{App, Credentials};

/// Characters of a text that are shown around what was found.
const EXCERPT: usize = 220;

/// What is looked for.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SearchRecords {
    /// Words that must all stand in the text; letter case and accents do not matter.
    #[schema(min_length = 2, max_length = 200)]
    words: String,
    /// Not before this day.
    #[serde(default, deserialize_with = "domain::optional_day")]
    pub(super) from: Option<NaiveDate>,
    /// Not after this day.
    #[serde(default, deserialize_with = "domain::optional_day")]
    pub(super) to: Option<NaiveDate>,
    pub(super) category: Option<CategoryId>,
    pub(super) year: Option<YearGroup>,
    pub(super) status: Option<Status>,
    pub(super) pupil: Option<PupilId>,
    /// How many at most: 1 to 100, 50 if not said.
    limit: Option<u32>,
}

impl SearchRecords {
    /// Whether only some of the concerns of a time are looked through.
    const fn picks(&self) -> bool {
        self.category.is_some()
            || self.year.is_some()
            || self.status.is_some()
            || self.pupil.is_some()
    }
}

/// What was found.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct SearchResults {
    items: Vec<Hit>,
    /// How many concerns were looked through.
    scanned: i64,
    /// Whether there is more than was asked for.
    more: bool,
}

/// One concern in which the words stand.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct Hit {
    concern: ConcernSummary,
    #[serde(rename = "where")]
    place: Place,
    excerpt: String,
    /// Where the words stand in the excerpt, in characters: from, and up to but not including.
    #[schema(value_type = Vec<Vec<u32>>)]
    highlights: Vec<(usize, usize)>,
}

/// In which text of a concern.
#[derive(Clone, Copy, Debug, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
enum Place {
    Narrative,
    ChildWords,
    Location,
    Action,
    Amendment,
}

struct Found {
    concern: ConcernId,
    place: Place,
    excerpt: String,
    highlights: Vec<(usize, usize)>,
}

type SealedText<Id> = (Id, ConcernId, String, i32, bool, Vec<u8>, Vec<u8>);

/// Search the words of the records within reach, newest first.
///
/// There is no index: each record is opened, looked through and forgotten.
#[utoipa::path(
    tag = "concerns",
    request_body = SearchRecords,
    responses((status = 200, body = SearchResults), Problems),
)]
#[post("/searches")]
pub(super) async fn search_records(
    app: Data<App>,
    credentials: Credentials,
    body: Body<SearchRecords>,
) -> std::result::Result<Json<SearchResults>, Problem> {
    let wanted = body.0;
    let words = Words::parse(&wanted.words)
        .filter(|_| wanted.words.chars().count() <= 200)
        .ok_or_else(|| Problem::field("/words", "write a word of two letters or more"))?;
    let limit = wanted.limit.unwrap_or(50);
    if !(1..=100).contains(&limit) {
        return Err(Problem::field("/limit", "choose 1 to 100"));
    }
    while file_some(&app, &credentials).await? > 0 {}

    let secret = app.secret.clone();
    let opening = credentials.clone();
    let results = app
        .read_aside("search_records", credentials, move |tx| {
            tx.require(Action::SearchRecords, Facts::School)?;
            let reach = tx.caller().reach().cloned().ok_or(store::Error::Absent)?;
            let keys = OpenKeys::open(tx, &opening, &secret)?;
            let limit = usize::try_from(limit).unwrap_or(50);
            let (mut found, scanned) = scan(tx, &keys, &reach, &wanted, &words, limit + 1)?;
            let more = found.len() > limit;
            found.truncate(limit);
            let items = show(tx, &reach, found)?;
            tx.record(Event::of(Action::SearchRecords).detail(items.len()));
            Ok::<_, Error>(SearchResults {
                items,
                scanned,
                more,
            })
        })
        .await?;
    Ok(Json(results))
}

/// Files a batch of what lies in the inbox, so that the search opens everything in a microsecond.
async fn file_some(app: &App, credentials: &Credentials) -> std::result::Result<usize, Error> {
    let waiting = {
        app.read("look_for_inbox", credentials.clone(), |tx| {
            tx.require(Action::SearchRecords, Facts::School)?;
            let reach = tx.caller().reach().cloned().ok_or(store::Error::Absent)?;
            let names: Vec<String> = reach
                .compartments
                .iter()
                .map(|name| name.name().to_owned())
                .collect();
            let some = of_school!(concern, tx)
                // As the index of the inbox says it: a parameter could be true, and all concerns would be walked.
                .filter(not(concern::filed))
                .filter(concern::compartment.eq_any(steps(names)))
                .select(concern::id)
                .limit(1);
            let some: Option<ConcernId> = some.prepared().get_result(tx.connection()).optional()?;
            Ok::<_, Error>(some.is_some())
        })
        .await?
    };
    if !waiting {
        return Ok(0);
    }
    let secret = app.secret.clone();
    let opening = credentials.clone();
    app.write("file_inbox", credentials.clone(), move |tx| {
        tx.require(Action::SearchRecords, Facts::School)?;
        let keys = OpenKeys::open(tx, &opening, &secret)?;
        Ok(file_inbox(tx, &keys)?)
    })
    .await
}

/// Rows of a page, and what was found in what was added to their concerns.
struct Batch {
    rows: Vec<Row>,
    additions: Vec<Found>,
}

/// Looks through what is asked for, and says how many concerns that were.
///
/// A page is opened on a thread of its own while the next one is fetched: the database and the opening of what it gives
/// each have a part in how long somebody waits, and neither needs the other's.
fn scan(
    tx: &mut Tx<'_>,
    keys: &OpenKeys,
    reach: &Reach,
    wanted: &SearchRecords,
    words: &Words,
    limit: usize,
) -> Result<(Vec<Found>, i64)> {
    let (first, mut next) = fetch(tx, keys, reach, wanted, words, None)?;
    if next.is_none() {
        return look_through([first], keys, words, limit);
    }
    thread::scope(|scope| {
        let (hand, handed) = sync_channel(1);
        let looking = scope.spawn(move || look_through(handed, keys, words, limit));
        let mut batch = first;
        // It takes no more when it has found enough, or met what it cannot open.
        while hand.send(batch).is_ok() && next.is_some() {
            (batch, next) = fetch(tx, keys, reach, wanted, words, next)?;
        }
        drop(hand);
        looking.join().unwrap_or_else(|panic| resume_unwind(panic))
    })
}

fn fetch(
    tx: &mut Tx<'_>,
    keys: &OpenKeys,
    reach: &Reach,
    wanted: &SearchRecords,
    words: &Words,
    after: Option<Cursor>,
) -> Result<(Batch, Option<Cursor>)> {
    let Page { rows, next } = match wanted.picks() {
        true => picked_page(tx, reach, wanted, after)?,
        false => whole_page(tx, reach, wanted, after)?,
    };
    let ids: Vec<ConcernId> = rows.iter().map(|row| row.1).collect();
    let additions = additions(tx, keys, &ids, wanted.picks(), words)?;
    Ok((Batch { rows, additions }, next))
}

/// Opens what comes until enough is found.
fn look_through(
    batches: impl IntoIterator<Item = Batch>,
    keys: &OpenKeys,
    words: &Words,
    limit: usize,
) -> Result<(Vec<Found>, i64)> {
    let mut found = Vec::new();
    let mut scanned = 0;
    let mut buffer = Zeroizing::new(Vec::new());
    for Batch {
        rows,
        mut additions,
    } in batches
    {
        scanned += i64::try_from(rows.len()).unwrap_or_default();
        for (_, id, name, generation, filed, key, body) in &rows {
            let name = compartment(name)?;
            let sealed = SealedRow {
                compartment: &name,
                generation: *generation,
                filed: *filed,
                key,
            };
            let data_key = sealed.data_key(keys, *id)?;
            let plain = open_part(
                &data_key,
                &RecordRef::new(keys.school(), *id, 1),
                Part::Body,
                body,
                &mut buffer,
            )
            .map_err(|_| store::Error::Unreadable("concern.body"))?;
            let text = OpenedConcern::decode(plain)?;
            let texts = [text.narrative, text.child_words, text.location];
            if words.match_all(&texts, text.folded) {
                let places = [Place::Narrative, Place::ChildWords, Place::Location];
                found.push(first_place(*id, places.iter().copied().zip(texts), words));
            } else if let Some(place) = additions.iter().position(|hit| hit.concern == *id) {
                found.push(additions.swap_remove(place));
            }
            if found.len() == limit {
                return Ok((found, scanned));
            }
        }
    }
    Ok((found, scanned))
}

/// Those of some concerns to which the table has rows.
///
/// Ids grow with time, as a page of all concerns does, so this walks one short stretch of the index and no row;
/// most concerns have nothing added, and looking for each would cost as much as opening it. Of concerns that were
/// picked out few may lie far apart: then each is looked for.
macro_rules! those_with {
    ($table:ident, $tx:expr, $ids:expr, $picked:expr) => {{
        let ids: &[ConcernId] = $ids;
        match (ids.iter().min(), ids.iter().max()) {
            (Some(least), Some(most)) if !$picked => {
                let mut those: Vec<ConcernId> = of_school!($table, $tx)
                    .filter($table::concern_id.ge(*least))
                    .filter($table::concern_id.le(*most))
                    .select($table::concern_id)
                    .distinct()
                    .prepared()
                    .load($tx.connection())?;
                if !those.is_empty() {
                    let ids: HashSet<&ConcernId> = ids.iter().collect();
                    those.retain(|id| ids.contains(id));
                }
                those
            }
            _ => ids.to_vec(),
        }
    }};
}

/// What stands in the actions and amendments of some concerns.
fn additions(
    tx: &mut Tx<'_>,
    keys: &OpenKeys,
    ids: &[ConcernId],
    picked: bool,
    words: &Words,
) -> Result<Vec<Found>> {
    let with_actions = those_with!(action, tx, ids, picked);
    let with_amendments = those_with!(amendment, tx, ids, picked);
    if with_actions.is_empty() && with_amendments.is_empty() {
        return Ok(Vec::new());
    }
    let actions = of_school!(action, tx)
        .filter(action::concern_id.eq_any(steps(with_actions)))
        .select((
            action::id,
            action::concern_id,
            action::compartment,
            action::generation,
            action::sealed_key,
            action::body,
        ));
    let actions: Vec<(domain::ActionId, ConcernId, String, i32, Vec<u8>, Vec<u8>)> =
        actions.prepared().load(tx.connection())?;
    let amendments = of_school!(amendment, tx)
        .filter(amendment::concern_id.eq_any(steps(with_amendments)))
        .select((
            amendment::id,
            amendment::concern_id,
            amendment::compartment,
            amendment::generation,
            amendment::filed,
            amendment::sealed_key,
            amendment::body,
        ));
    let amendments: Vec<SealedText<domain::AmendmentId>> =
        amendments.prepared().load(tx.connection())?;
    let mut found = Vec::new();
    for (id, concern, name, generation, key, body) in actions {
        let row = SealedRow {
            compartment: &compartment(&name)?,
            generation,
            filed: true,
            key: &key,
        };
        let plain = row.open(keys, id, &body)?;
        let [text, folded] = decode_texts(&plain, "action-body")?;
        if words.match_all(&[text], folded) {
            found.push(first_place(concern, [(Place::Action, text)], words));
        }
    }
    for (id, concern, name, generation, filed, key, body) in amendments {
        let row = SealedRow {
            compartment: &compartment(&name)?,
            generation,
            filed,
            key: &key,
        };
        let plain = row.open(keys, id, &body)?;
        let [text, _reason, folded] = decode_texts(&plain, "amendment-body")?;
        if words.match_all(&[text], folded) {
            found.push(first_place(concern, [(Place::Amendment, text)], words));
        }
    }
    Ok(found)
}

/// The excerpt of the first text in which a word stands.
fn first_place<'t>(
    concern: ConcernId,
    texts: impl IntoIterator<Item = (Place, &'t str)>,
    words: &Words,
) -> Found {
    let mut texts = texts
        .into_iter()
        .map(|(place, text)| (place, text, words.highlights(text)))
        .collect::<Vec<_>>();
    let best = texts
        .iter()
        .position(|(_, _, highlights)| !highlights.is_empty())
        .unwrap_or_default();
    let (place, text, highlights) = texts.swap_remove(best);
    let (excerpt, highlights) = excerpt(text, &highlights, EXCERPT);
    Found {
        concern,
        place,
        excerpt,
        highlights,
    }
}

fn show(tx: &mut Tx<'_>, reach: &Reach, found: Vec<Found>) -> Result<Vec<Hit>> {
    let ids: Vec<ConcernId> = found.iter().map(|hit| hit.concern).collect();
    let rows = of_school!(concern, tx)
        .filter(concern::id.eq_any(steps(&ids)))
        .select(SummaryRow::as_select());
    let rows: Vec<SummaryRow> = rows.prepared().load(tx.connection())?;
    let summaries = summaries_of(tx, reach, &rows)?;
    Ok(found
        .into_iter()
        .filter_map(|hit| {
            let concern = summaries
                .iter()
                .find(|summary| summary.id == hit.concern)?
                .clone();
            Some(Hit {
                concern,
                place: hit.place,
                excerpt: hit.excerpt,
                highlights: hit.highlights,
            })
        })
        .collect())
}
