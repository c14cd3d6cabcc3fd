use actix_web::get;
use actix_web::web::{Data, Json, Path};
use diesel::prelude::*;
use domain::{ConcernId, Timestamp};
use policy::{Action, Reach};
use protocol::records::{Part, RecordRef, open_part};
use rest::{Problem, Problems};
use store::dialect::Prepare as _;
use store::schema::concern;
use store::{Event, Result, Tx};
use vault::ServerSecret;
use zeroize::Zeroizing;

use super::error::Error;
use super::model::{ActionKind, Change, ClosingDecision, Precision};
use super::queries::{
    self, ActionRow, ConcernRow, actions_of, amendments_of, attachments_of, authorised, changes_of,
    of_school, replies_of,
};
use super::reply::open_reply;
use super::sealed::{OpenedConcern, SealedRow, compartment, decode_texts};
use super::summaries::{SummaryRow, people, person, summaries_of};
use super::view::{Action as ActionView, Amendment, Closure, Concern, File, Person, Reply};
use super::view::{StatusChange, optional};
use crate::hooks;
use crate::keys::OpenKeys;
use crate::{App, Credentials};

/// Open a concern.
///
/// Its alerts to the reader are read from then on, and its author's receipt says so.
#[utoipa::path(
    tag = "concerns",
    params(("concern" = ConcernId, Path)),
    responses((status = 200, body = Concern), Problems),
)]
#[get("/concerns/{concern}")]
pub(super) async fn read_concern(
    app: Data<App>,
    credentials: Credentials,
    concern: Path<ConcernId>,
) -> std::result::Result<Json<Concern>, Problem> {
    let secret = app.secret.clone();
    let opening = credentials.clone();
    let read = app
        .read("read_concern", credentials, move |tx| {
            authorised(tx, Action::ReadConcern, *concern)?;
            let keys = OpenKeys::open(tx, &opening, &secret)?;
            let reach = tx.caller().reach().cloned().ok_or(store::Error::Absent)?;
            let read = open(tx, &keys, &secret, &reach, *concern)?;
            crate::keys::note_look(tx);
            note(tx, *concern);
            tx.record(Event::of(Action::ReadConcern).to(*concern));
            Ok::<_, Error>(read)
        })
        .await?;
    Ok(Json(read))
}

/// Leaves the marks of a first reading for the end of the transaction.
fn note(tx: &mut Tx<'_>, id: ConcernId) {
    tx.finally(move |tx| {
        let now: Timestamp = tx.now();
        let school = tx.school();
        diesel::update(
            concern::table
                .filter(concern::school_id.eq(school))
                .filter(concern::id.eq(id))
                .filter(concern::first_read_at.is_null()),
        )
        .set(concern::first_read_at.eq(now))
        .prepared()
        .execute(tx.connection())?;
        match tx.caller().member() {
            Some(reader) => hooks::concern_read(tx, id, reader),
            None => Ok(()),
        }
    });
}

fn open(
    tx: &mut Tx<'_>,
    keys: &OpenKeys,
    secret: &ServerSecret,
    reach: &Reach,
    id: ConcernId,
) -> Result<Concern> {
    let school = tx.school();
    let row = queries::find(tx, id)?;
    let summary_row: SummaryRow = of_school!(concern, tx)
        .filter(concern::id.eq(id))
        .select(SummaryRow::as_select())
        .prepared()
        .get_result(tx.connection())?;
    let mut summary = summaries_of(tx, reach, &[summary_row])?
        .pop()
        .ok_or(store::Error::Absent)?;
    summary.read = true;
    let plain = open_body(keys, &row)?;
    let text = OpenedConcern::decode(&plain)?;

    let amendments = amendments_of(tx, &[id])?;
    let files = attachments_of(tx, id)?;
    let actions = actions_of(tx, &[id])?;
    let replies = replies_of(tx, id)?;
    let changes = changes_of(tx, &[id])?;
    let names = people(
        tx,
        amendments
            .iter()
            .map(|row| row.author_id)
            .chain(actions.iter().map(|row| row.author_id))
            .chain(actions.iter().filter_map(|row| row.assignee_id))
            .chain(replies.iter().map(|row| row.author_id))
            .chain(changes.iter().map(|row| row.author_id)),
    )?;
    let who = |id| person(&names, id);

    Ok(Concern {
        summary,
        occurred_precision: row
            .occurred_precision
            .as_deref()
            .map(Precision::from_row)
            .transpose()?,
        narrative: text.narrative.to_owned(),
        child_words: optional(text.child_words),
        location: optional(text.location),
        told_lead: text.told_lead,
        told_whom: optional(text.told_whom),
        staff_present: optional(text.staff_present),
        amendments: amendments
            .iter()
            .map(|row| open_amendment(keys, row, &who))
            .collect::<Result<_>>()?,
        files: files
            .iter()
            .map(|row| open_file(keys, row))
            .collect::<Result<_>>()?,
        actions: actions
            .iter()
            .map(|row| open_action(keys, row, &who))
            .collect::<Result<_>>()?,
        replies: replies
            .iter()
            .map(|row| {
                Ok(Reply {
                    id: row.id,
                    from: who(row.author_id).name,
                    text: open_reply(secret, school, row)?,
                    at: row.recorded_at,
                    seen_at: row.seen_at,
                })
            })
            .collect::<Result<_>>()?,
        history: changes
            .iter()
            .map(|row| open_change(keys, row, &who))
            .collect::<Result<_>>()?,
    })
}

/// Opens what was written down.
pub(super) fn open_body(keys: &OpenKeys, row: &ConcernRow) -> Result<Zeroizing<Vec<u8>>> {
    SealedRow {
        compartment: &compartment(&row.compartment)?,
        generation: row.generation,
        filed: row.filed,
        key: &row.sealed_key,
    }
    .open(keys, row.id, &row.body)
}

/// Opens an amendment.
pub(super) fn open_amendment(
    keys: &OpenKeys,
    row: &queries::AmendmentRow,
    who: &impl Fn(domain::MemberId) -> Person,
) -> Result<Amendment> {
    let plain = SealedRow {
        compartment: &compartment(&row.compartment)?,
        generation: row.generation,
        filed: row.filed,
        key: &row.sealed_key,
    }
    .open(keys, row.id, &row.body)?;
    let [narrative, reason, _folded] = decode_texts(&plain, "amendment-body")?;
    Ok(Amendment {
        id: row.id,
        by: who(row.author_id),
        at: row.recorded_at,
        narrative: narrative.to_owned(),
        reason: reason.to_owned(),
    })
}

fn open_file(keys: &OpenKeys, row: &queries::AttachmentRow) -> Result<File> {
    let (name, content_type) = super::files::open_head(keys, row)?;
    Ok(File {
        id: row.id,
        name,
        content_type,
        size: row.size,
    })
}

/// Opens an action and the note of its completion.
pub(super) fn open_action(
    keys: &OpenKeys,
    row: &ActionRow,
    who: &impl Fn(domain::MemberId) -> Person,
) -> Result<ActionView> {
    let name = compartment(&row.compartment)?;
    let sealed = SealedRow {
        compartment: &name,
        generation: row.generation,
        filed: true,
        key: &row.sealed_key,
    };
    let plain = sealed.open(keys, row.id, &row.body)?;
    let [text, _folded] = decode_texts(&plain, "action-body")?;
    let note = match &row.completion_body {
        None => None,
        Some(body) => {
            let mut buffer = Zeroizing::new(Vec::new());
            let plain = open_part(
                &sealed.data_key(keys, row.id)?,
                &RecordRef::new(keys.school(), row.id, 2),
                Part::Body,
                body,
                &mut buffer,
            )
            .map_err(|_| store::Error::Unreadable("action.completion_body"))?;
            let [note] = decode_texts(plain, "completion-body")?;
            optional(note)
        }
    };
    Ok(ActionView {
        id: row.id,
        concern: row.concern_id,
        kind: ActionKind::from_row(&row.kind)?,
        text: text.to_owned(),
        by: who(row.author_id),
        at: row.recorded_at,
        assignee: row.assignee_id.map(who),
        due_on: row.due_on,
        parent: row.parent_id,
        completed_at: row.completed_at,
        completion_note: note,
    })
}

/// Opens a change of status.
pub(super) fn open_change(
    keys: &OpenKeys,
    row: &queries::ChangeRow,
    who: &impl Fn(domain::MemberId) -> Person,
) -> Result<StatusChange> {
    let what = Change::from_row(&row.what)?;
    let (mut closure, mut reason) = (None, None);
    if let (Some(key), Some(body)) = (&row.sealed_key, &row.body) {
        let plain = SealedRow {
            compartment: &compartment(&row.compartment)?,
            generation: row.generation,
            filed: true,
            key,
        }
        .open(keys, row.id, body)?;
        match what {
            Change::Closed => {
                let [summary, follow_up, action_taken, decision, reasons, outcome] =
                    decode_texts(&plain, "closure-body")?;
                closure = Some(Closure {
                    summary: summary.to_owned(),
                    follow_up: follow_up.to_owned(),
                    action_taken: action_taken.to_owned(),
                    decision: ClosingDecision::from_row(decision)?,
                    reasons: reasons.to_owned(),
                    outcome: outcome.to_owned(),
                });
            }
            Change::Reopened => {
                let [text] = decode_texts(&plain, "reopening-body")?;
                reason = optional(text);
            }
            Change::Opened => {}
        }
    }
    Ok(StatusChange {
        at: row.recorded_at,
        by: who(row.author_id),
        what,
        closure,
        reason,
    })
}
