//! The form in which a roster is sent: a zip, and which of its schools are meant.

use std::io::Cursor;

use actix_multipart::{Field, Multipart};
use actix_web::HttpRequest;
use actix_web::web::Payload;
use domain::Sensitive;
use futures_util::StreamExt;
use policy::{Action, Facts};
use rest::Problem;
use roster::{Files, Limits, Roster};
use utoipa::ToSchema;

use super::error::Error;
use crate::{App, Credentials};

/// The most bytes a zip may have: ten times what the largest trust's export packs into.
const LARGEST_ZIP: usize = 50 * 1024 * 1024;
/// The most bytes the list of schools may have.
const LONGEST_LIST: usize = 64 * 1024;

/// A roster, as `multipart/form-data`.
#[derive(Debug, ToSchema)]
#[expect(
    dead_code,
    reason = "describes the form in the contract; it is read field by field"
)]
pub(super) struct RosterForm {
    /// A zip of CSV files: OneRoster 1.1 or 1.2, or School Data Sync v1, v2 or v2.1.
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
    /// A JSON list of the schools' ids in the files; empty or missing means all of them.
    #[schema(value_type = Option<String>, example = "[\"s1\"]")]
    schools: Option<String>,
}

/// The form once it has arrived.
#[derive(Debug)]
pub(super) struct Sent {
    zip: Sensitive<Vec<u8>>,
    schools: Vec<String>,
}

impl Sent {
    /// Takes the form in, up to its limits.
    pub(super) async fn receive(request: &HttpRequest, payload: Payload) -> Result<Self, Problem> {
        let mut form = Multipart::new(request.headers(), payload);
        let (mut zip, mut schools) = (None, Vec::new());
        while let Some(field) = form.next().await {
            let field = field.map_err(|_| not_a_form())?;
            match field.name() {
                Some("file") if zip.is_none() => zip = Some(bytes(field, LARGEST_ZIP).await?),
                Some("schools") if schools.is_empty() => {
                    let list = bytes(field, LONGEST_LIST).await?;
                    // EXPOSE: ids of schools, which are nobody's.
                    let list = list.expose().as_slice();
                    if !list.is_empty() {
                        schools = serde_json::from_slice(list).map_err(|_| {
                            Problem::field("/schools", "this should be a JSON list of ids")
                        })?;
                    }
                }
                Some(name @ ("file" | "schools")) => {
                    return Err(Problem::field(format!("/{name}"), "this stands twice"));
                }
                name => {
                    let pointer = rest::pointer_to(name.unwrap_or_default());
                    return Err(Problem::field(pointer, "this field is not known here"));
                }
            }
        }
        let zip = zip.ok_or_else(|| Problem::field("/file", "this is needed"))?;
        Ok(Self { zip, schools })
    }

    /// Opens the zip and reads it. Takes its time: not for the event loop.
    pub(super) fn read(&self) -> Result<Roster, Error> {
        // EXPOSE: the reader takes what is used into wrappers of its own.
        let zip = Cursor::new(self.zip.expose().as_slice());
        let files = Files::from_zip(zip, Limits::default())?;
        Ok(roster::read(&files)?)
    }

    /// The schools that are meant; none named means all.
    pub(super) fn schools(&self) -> &[String] {
        &self.schools
    }
}

/// Asks before the form is taken in: nobody fills the memory who may not import.
pub(super) async fn may_import(
    app: &App,
    credentials: &Credentials,
    action: Action,
) -> Result<(), Problem> {
    app.read("may_import", credentials.clone(), move |tx| {
        tx.require(action, Facts::School)
    })
    .await
    .map_err(|error: store::Error| error.into())
}

async fn bytes(mut field: Field, most: usize) -> Result<Sensitive<Vec<u8>>, Problem> {
    let mut bytes = Vec::new();
    while let Some(chunk) = field.next().await {
        let chunk = chunk.map_err(|_| not_a_form())?;
        if bytes.len() + chunk.len() > most {
            return Err(Problem::new("too-large").with("max_bytes", most));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(Sensitive::new(bytes))
}

fn not_a_form() -> Problem {
    Problem::new("invalid-input").detail("Send multipart/form-data, whole.")
}
