use std::sync::Arc;

use actix_multipart::Multipart;
use actix_web::post;
use actix_web::web::{Data, Path};
use diesel::prelude::*;
use domain::{AttachmentId, ConcernId};
use futures_util::TryStreamExt;
use policy::{Action, ConcernFacts, Facts};
use protocol::encoding::{encode, sha256};
use protocol::records::{CHUNK_SIZE, DataKey, OpenedKey, Part, RecordRef, seal_chunk, seal_part};
use rest::{Created, Problem, Problems};
use serde::Serialize;
use store::dialect::Prepare as _;
use store::schema::{attachment, attachment_chunk, concern};
use store::{Event, Tx};
use zeroize::Zeroizing;

use super::error::Error;
use super::files::{MAX_BYTES, MAX_FILES, Unfit, plain_name, sniff};
use super::queries::facts;
use super::sealed::{Recipient, encode_texts};
use crate::hooks::{self, Recorded, What};
use crate::idempotency::Asked;
use crate::keys::server_half;
use crate::{App, Credentials};

/// A file that was kept.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct Attached {
    id: AttachmentId,
    /// In bytes.
    size: i64,
}

/// The form of the request.
#[derive(utoipa::ToSchema)]
#[expect(
    dead_code,
    reason = "only its schema is used; the form is read as a stream"
)]
pub(super) struct AttachFile {
    /// The file: 25 MB at most.
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
}

struct Upload {
    name: String,
    kind: &'static str,
    content: Zeroizing<Vec<u8>>,
}

/// Add a file to a concern: its author within the hour, or a key holder.
#[utoipa::path(
    tag = "concerns",
    params(
        ("concern" = ConcernId, Path),
        ("Idempotency-Key" = String, Header, format = "uuid",
            description = "The same key and file get the first answer again."),
    ),
    request_body(content = AttachFile, content_type = "multipart/form-data"),
    responses((status = 201, body = Attached), Problems),
)]
#[post("/concerns/{concern}/attachments")]
pub(super) async fn attach_file(
    app: Data<App>,
    credentials: Credentials,
    concern: Path<ConcernId>,
    asked: Asked,
    form: Multipart,
) -> Result<Created<serde_json::Value>, Problem> {
    asked.required()?;
    let upload = receive(form).await?;
    let app = app.into_inner();
    // Of the file and not of the form, whose boundary is another each time.
    let sent = encode(
        "attached-file",
        &[upload.name.as_bytes(), &sha256(&upload.content)],
    );
    let key = asked.of(&app, &sent);
    let writing = Arc::clone(&app);
    let attached = app
        .write("attach_file", credentials, move |tx| {
            // What was kept is answered again even where it would be too late to send it now.
            key.once(tx, "attach_file", |tx| {
                let facts = facts(tx, *concern)?;
                tx.require(Action::AttachFile, Facts::Concern(&facts))?;
                attach(tx, &writing, &facts, &upload)
            })
        })
        .await?;
    Ok(Created::unseen(attached))
}

async fn receive(mut form: Multipart) -> Result<Upload, Problem> {
    let broken = |_| Problem::field("/file", "the file did not arrive whole; send it again");
    let mut field = form
        .try_next()
        .await
        .map_err(broken)?
        .ok_or_else(|| Problem::field("/file", "choose a file"))?;
    let (named, file_name) = field
        .content_disposition()
        .map(|about| (about.get_name(), about.get_filename()))
        .unwrap_or_default();
    let Some(file_name) = file_name.filter(|_| named == Some("file")) else {
        return Err(Problem::field("/file", "choose a file"));
    };
    let name = plain_name(file_name);
    let mut content = Zeroizing::new(Vec::new());
    while let Some(bytes) = field.try_next().await.map_err(broken)? {
        if content.len() + bytes.len() > MAX_BYTES {
            return Err(Problem::new("too-large").with("max_bytes", MAX_BYTES));
        }
        content.extend_from_slice(&bytes);
    }
    let kind = sniff(&name, &content).map_err(|unfit| match unfit {
        Unfit::Empty => Problem::field("/file", "this file is empty"),
        Unfit::Kind => Problem::new("file-type-refused").and_field(
            "/file",
            "send a picture, a PDF, a document, a recording or a text",
        ),
        Unfit::Lies => Problem::new("file-type-refused").and_field(
            "/file",
            "the file's name says one kind and its content is another",
        ),
    })?;
    Ok(Upload {
        name,
        kind,
        content,
    })
}

fn attach(
    tx: &mut Tx<'_>,
    app: &App,
    facts: &ConcernFacts,
    upload: &Upload,
) -> Result<Attached, Error> {
    let school_id = tx.school();
    let author = tx.caller().member().ok_or(store::Error::Absent)?;
    let with_room = concern::table
        .find((school_id, facts.id))
        .filter(concern::attachments.lt(MAX_FILES));
    // Counted before it is kept, for another may come at the same moment.
    let counted = diesel::update(with_room)
        .set(concern::attachments.eq(concern::attachments + 1))
        .prepared()
        .execute(tx.connection())?;
    if counted == 0 {
        return Err(Error::TooManyFiles);
    }
    let roll = app.rolls.now(tx)?.ok_or(Error::SchoolNotOpen)?;
    let id: AttachmentId = tx.new_id();
    let record = RecordRef::new(school_id, id, 1);
    let data_key = DataKey::generate(tx.entropy());
    let half = server_half(tx, &app.secret)?.ok_or(Error::SchoolRestoring)?;
    let (generation, sealed_key) = Recipient::of(school_id, &facts.compartment, &roll, &half)?
        .seal_key(id, &data_key, tx.entropy())?;
    let unsealable = |_| store::Error::Unreadable("a file too long to seal");
    let head = seal_part(
        &data_key,
        &record,
        Part::Head,
        &encode_texts("file-head", &[&upload.name, upload.kind]),
    )
    .map_err(unsealable)?;
    let key = OpenedKey::new(&data_key).map_err(unsealable)?;
    // A file that fills its last chunk ends with an empty one: only the last is shorter.
    let count = upload.content.len() / CHUNK_SIZE + 1;
    let mut hashes = sha256(&head).to_vec();
    let size = i64::try_from(upload.content.len()).unwrap_or(i64::MAX);
    diesel::insert_into(attachment::table)
        .values((
            attachment::school_id.eq(school_id),
            attachment::id.eq(id),
            attachment::concern_id.eq(facts.id),
            attachment::author_id.eq(author),
            attachment::recorded_at.eq(tx.now()),
            attachment::size.eq(size),
            attachment::chunks.eq(i32::try_from(count).unwrap_or(i32::MAX)),
            attachment::compartment.eq(facts.compartment.name()),
            attachment::generation.eq(generation),
            attachment::filed.eq(false),
            attachment::sealed_key.eq(sealed_key),
            attachment::head.eq(head),
        ))
        .execute(tx.connection())?;
    for index in 0..count {
        let start = index * CHUNK_SIZE;
        let end = upload.content.len().min(start + CHUNK_SIZE);
        let body = seal_chunk(
            &key,
            &record,
            index as u64,
            index + 1 == count,
            &upload.content[start..end],
        )
        .map_err(unsealable)?;
        hashes.extend_from_slice(&sha256(&body));
        diesel::insert_into(attachment_chunk::table)
            .values((
                attachment_chunk::school_id.eq(school_id),
                attachment_chunk::attachment_id.eq(id),
                attachment_chunk::position.eq(i32::try_from(index).unwrap_or(i32::MAX)),
                attachment_chunk::body.eq(body),
            ))
            .execute(tx.connection())?;
    }
    // The author's own files belong to what was just recorded, which was told already.
    if facts.author != Some(author) || !facts.fresh {
        hooks::concern_recorded(
            tx,
            &Recorded {
                told: &app.told,
                roll: &roll,
                facts,
                author,
                urgent: false,
                what: What::Addition,
            },
        )?;
    }
    tx.record(
        Event::of(Action::AttachFile)
            .to(facts.id)
            .detail(id)
            .content(sha256(&hashes)),
    );
    Ok(Attached { id, size })
}
