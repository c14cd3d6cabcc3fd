use actix_web::post;
use actix_web::web::{Data, Path};
use diesel::prelude::*;
use domain::{ConcernId, Detail, ReplyId, SchoolId, Timestamp};
use policy::Action;
use rest::{Created, Problem, Problems};
use serde::{Deserialize, Serialize};
use store::schema::reply;
use store::{Event, Result, Tx};
use vault::{Purpose, ServerSecret};

use super::error::Error;
use super::queries::{ReplyRow, authorised};
use crate::idempotency::Once;
use crate::mail::Mail;
use crate::{App, Credentials};

/// What is answered.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ReplyToReporter {
    /// The reporter reads this without a key: thank them, say what they must know, and no more.
    text: Detail,
}

/// A reply that was sent.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct Replied {
    id: ReplyId,
    at: Timestamp,
}

/// Answer whoever recorded a concern.
#[utoipa::path(
    tag = "concerns",
    params(
        ("concern" = ConcernId, Path),
        ("Idempotency-Key" = Option<String>, Header, format = "uuid",
            description = "The same key and body get the first answer again."),
    ),
    request_body = ReplyToReporter,
    responses((status = 201, body = Replied), Problems),
)]
#[post("/concerns/{concern}/replies")]
pub(super) async fn reply_to_reporter(
    app: Data<App>,
    credentials: Credentials,
    concern: Path<ConcernId>,
    body: Once<ReplyToReporter>,
) -> std::result::Result<Created<serde_json::Value>, Problem> {
    let secret = app.secret.clone();
    let replied = app
        .write("reply_to_reporter", credentials, move |tx| {
            let facts = authorised(tx, Action::ReplyToReporter, *concern)?;
            let reporter = facts.author.ok_or(Error::NobodyToAnswer)?;
            let author = tx.caller().member().ok_or(Error::NobodyToAnswer)?;
            let Once { value, key } = body;
            key.once(tx, "reply_to_reporter", |tx| {
                let id: ReplyId = tx.new_id();
                let school = tx.school();
                let at = tx.now();
                let sealed = secret.seal(
                    Purpose::Reply,
                    &place(school, id),
                    // EXPOSE: sealed here, for the reporter.
                    value.text.expose().as_bytes(),
                    tx.entropy(),
                );
                diesel::insert_into(reply::table)
                    .values((
                        reply::school_id.eq(school),
                        reply::id.eq(id),
                        reply::concern_id.eq(*concern),
                        reply::author_id.eq(author),
                        reply::reporter_id.eq(reporter),
                        reply::recorded_at.eq(at),
                        reply::body.eq(sealed),
                    ))
                    .execute(tx.connection())?;
                tx.enqueue(Mail::ReplyWaits(reporter).job());
                tx.record(Event::of(Action::ReplyToReporter).to(*concern).detail(id));
                Ok::<_, Error>(Replied { id, at })
            })
        })
        .await?;
    Ok(Created::unseen(replied))
}

/// What is shown in the place of a reply that nobody can open any more.
const LOST: &str = "This reply was lost when the server was restored without its secret.";

/// Opens a reply with the server's key.
///
/// # Errors
/// [`store::Error::Unreadable`] if the row was changed or moved.
pub(super) fn open_reply(
    secret: &ServerSecret,
    school: SchoolId,
    row: &ReplyRow,
) -> Result<String> {
    // Emptied where the server's secret was lost, and the reply with it.
    if row.body.is_empty() {
        return Ok(LOST.to_owned());
    }
    let plain = secret
        .open(Purpose::Reply, &place(school, row.id), &row.body)
        .map_err(|_| store::Error::Unreadable("reply.body"))?;
    String::from_utf8(plain.to_vec()).map_err(|_| store::Error::Unreadable("reply.body"))
}

/// Seals every reply of the school for another secret.
///
/// # Errors
/// [`store::Error::Unreadable`] if one does not open.
pub(crate) fn reseal_replies(
    tx: &mut Tx<'_>,
    old: &ServerSecret,
    new: &ServerSecret,
) -> Result<()> {
    let school = tx.school();
    let rows: Vec<(ReplyId, Vec<u8>)> = reply::table
        .filter(reply::school_id.eq(school))
        .select((reply::id, reply::body))
        .load(tx.connection())?;
    for (id, body) in rows.iter().filter(|(_, body)| !body.is_empty()) {
        let place = place(school, *id);
        let plain = old
            .open(Purpose::Reply, &place, body)
            .map_err(|_| store::Error::Unreadable("reply.body"))?;
        let sealed = new.seal(Purpose::Reply, &place, &plain, tx.entropy());
        diesel::update(reply::table.find((school, *id)))
            .set(reply::body.eq(sealed))
            .execute(tx.connection())?;
    }
    Ok(())
}

fn place(school: SchoolId, id: ReplyId) -> [u8; 32] {
    let mut place = [0; 32];
    place[..16].copy_from_slice(school.as_bytes());
    place[16..].copy_from_slice(id.as_bytes());
    place
}
