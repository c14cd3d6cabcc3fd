use actix_web::http::header::{
    ContentDisposition, DispositionParam, DispositionType, ExtendedValue,
};
use actix_web::web::{Data, Path};
use actix_web::{HttpResponse, get};
use diesel::prelude::*;
use domain::{AttachmentId, ConcernId};
use policy::Action;
use protocol::records::{OpenedKey, RecordRef, open_chunk};
use rest::{Problem, Problems};
use store::Event;
use store::dialect::Prepare as _;
use store::schema::attachment_chunk;
use zeroize::Zeroizing;

use super::error::Error;
use super::files::open_head;
use super::queries::{attachments_of, authorised, of_school};
use super::sealed::{SealedRow, compartment};
use crate::keys::OpenKeys;
use crate::{App, Credentials};

/// Open a file of a concern: always as a download, never shown in place.
#[utoipa::path(
    tag = "concerns",
    params(("concern" = ConcernId, Path), ("attachment" = AttachmentId, Path)),
    responses(
        (status = 200, content_type = "application/octet-stream", body = inline(FileContent)),
        Problems,
    ),
)]
#[get("/concerns/{concern}/attachments/{attachment}")]
pub(super) async fn download_attachment(
    app: Data<App>,
    credentials: Credentials,
    path: Path<(ConcernId, AttachmentId)>,
) -> Result<HttpResponse, Problem> {
    let (concern, attachment) = path.into_inner();
    let secret = app.secret.clone();
    let opening = credentials.clone();
    let (name, kind, content) = app
        .read("download_attachment", credentials, move |tx| {
            authorised(tx, Action::DownloadAttachment, concern)?;
            let row = attachments_of(tx, concern)?
                .into_iter()
                .find(|row| row.id == attachment)
                .ok_or(store::Error::Absent)?;
            let keys = OpenKeys::open(tx, &opening, &secret)?;
            let (name, kind) = open_head(&keys, &row)?;
            let data_key = SealedRow {
                compartment: &compartment(&row.compartment)?,
                generation: row.generation,
                filed: row.filed,
                key: &row.sealed_key,
            }
            .data_key(&keys, row.id)?;
            let damaged = |_| store::Error::Unreadable("attachment_chunk.body");
            let key = OpenedKey::new(&data_key).map_err(damaged)?;
            let record = RecordRef::new(keys.school(), row.id, 1);
            let mut content =
                Zeroizing::new(Vec::with_capacity(usize::try_from(row.size).unwrap_or(0)));
            for position in 0..row.chunks {
                let mut sealed: Vec<u8> = of_school!(attachment_chunk, tx)
                    .filter(attachment_chunk::attachment_id.eq(row.id))
                    .filter(attachment_chunk::position.eq(position))
                    .select(attachment_chunk::body)
                    .prepared()
                    .get_result(tx.connection())?;
                let index = u64::try_from(position).unwrap_or_default();
                let last = position + 1 == row.chunks;
                content.extend_from_slice(
                    open_chunk(&key, &record, index, last, &mut sealed).map_err(damaged)?,
                );
            }
            tx.record(
                Event::of(Action::DownloadAttachment)
                    .to(concern)
                    .detail(row.id),
            );
            Ok::<_, Error>((name, kind, content))
        })
        .await?;
    Ok(HttpResponse::Ok()
        .content_type(kind)
        .insert_header(ContentDisposition {
            disposition: DispositionType::Attachment,
            parameters: vec![DispositionParam::FilenameExt(ExtendedValue {
                charset: actix_web::http::header::Charset::Ext("UTF-8".to_owned()),
                language_tag: None,
                value: name.into_bytes(),
            })],
        })
        .insert_header(("Content-Security-Policy", "sandbox; default-src 'none'"))
        .body(content.to_vec()))
}

/// The file's bytes, in the contract.
struct FileContent;

impl utoipa::PartialSchema for FileContent {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, SchemaFormat, Type};
        ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::Binary)))
            .into()
    }
}

impl utoipa::ToSchema for FileContent {}
