//! The same request sent twice is done once.
//!
//! A client sends `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header): a UUID it chose. The
//! first answer is kept with a keyed digest of the body; the same key and body get that answer again,
//! the same key with another body is refused. Keys are a member's own.

use std::future::{Future, Ready, ready};
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::web::Data;
use actix_web::{FromRequest, HttpRequest};
use diesel::prelude::*;
use domain::sql::Json;
use rest::Problem;
use serde::Serialize;
use serde::de::DeserializeOwned;
use store::Tx;
use store::dialect::Prepare as _;
use store::schema::idempotency;
use vault::Purpose;

use crate::App;

/// The header's name.
pub(crate) const HEADER: &str = "Idempotency-Key";

/// A JSON body with the key under which it was sent.
#[derive(Debug)]
pub(crate) struct Once<T> {
    /// What was sent.
    pub(crate) value: T,
    /// Under which key, and what the body was.
    pub(crate) key: Key,
}

/// The key of a request, if it brought one.
#[derive(Clone, Debug)]
pub(crate) struct Key {
    key: Option<[u8; 16]>,
    digest: [u8; 32],
}

impl<T: DeserializeOwned + 'static> FromRequest for Once<T> {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let key = Asked::read(request);
        let app = request.app_data::<Data<App>>().cloned();
        let bytes = rest::read_body(request, payload);
        Box::pin(async move {
            let key = key?;
            let app = app.ok_or_else(|| Problem::new("server-error"))?;
            let bytes = bytes.await?;
            let value = rest::read_json(&bytes)?;
            Ok(Self {
                value,
                key: key.of(&app, &bytes),
            })
        })
    }
}

/// The key of a request whose body is not JSON and is read by the handler itself.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    key: Option<[u8; 16]>,
    path: String,
}

impl FromRequest for Asked {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Self::read(request))
    }
}

impl Asked {
    fn read(request: &HttpRequest) -> Result<Self, Problem> {
        Ok(Self {
            key: read_key(request)?,
            path: request.path().to_owned(),
        })
    }

    /// With what was sent under it.
    pub(crate) fn of(self, app: &App, sent: &[u8]) -> Key {
        // The path is part of what was asked: the same words about another concern are another act.
        let mut asked = self.path.into_bytes();
        asked.push(0);
        asked.extend_from_slice(sent);
        Key {
            key: self.key,
            digest: app.secret.digest(Purpose::Idempotency, &asked),
        }
    }

    /// Insists that the request brought a key.
    ///
    /// # Errors
    /// `invalid-input`.
    pub(crate) fn required(&self) -> Result<(), Problem> {
        required(self.key)
    }
}

fn required(key: Option<[u8; 16]>) -> Result<(), Problem> {
    match key {
        Some(_) => Ok(()),
        None => Err(Problem::new("invalid-input")
            .detail("Send an Idempotency-Key, so that nothing is recorded twice.")),
    }
}

/// Reads the header.
///
/// # Errors
/// `invalid-input` if it is not a UUID.
fn read_key(request: &HttpRequest) -> Result<Option<[u8; 16]>, Problem> {
    request
        .headers()
        .get(HEADER)
        .map(|value| {
            value
                .to_str()
                .ok()
                .and_then(|text| uuid::Uuid::try_parse(text).ok())
                .map(uuid::Uuid::into_bytes)
                .ok_or_else(|| Problem::new("invalid-input").detail("Idempotency-Key is a UUID."))
        })
        .transpose()
}

impl Key {
    /// Insists that the request brought a key.
    ///
    /// # Errors
    /// `invalid-input`.
    pub(crate) fn required(&self) -> Result<(), Problem> {
        required(self.key)
    }

    /// Does `act` unless the same request was done before, in which case its answer is given again.
    ///
    /// # Errors
    /// `idempotency-key-reused`, or what `act` returns.
    pub(crate) fn once<T, E>(
        &self,
        tx: &mut Tx<'_>,
        operation: &'static str,
        act: impl FnOnce(&mut Tx<'_>) -> Result<T, E>,
    ) -> Result<serde_json::Value, E>
    where
        T: Serialize,
        E: From<store::Error> + From<Reused>,
    {
        let (Some(key), Some(member)) = (self.key, tx.caller().member()) else {
            return to_value(act(tx)?).map_err(E::from);
        };
        // The column is a UUID of nobody's kind; any id's wrapper carries it.
        let key = domain::OutboxId::from_bytes(key);
        let school = tx.school();
        let before: Option<(String, Vec<u8>, Json)> = idempotency::table
            .find((school, member, key))
            .select((
                idempotency::operation,
                idempotency::digest,
                idempotency::answer,
            ))
            .prepared()
            .get_result(tx.connection())
            .optional()
            .map_err(store::Error::from)?;
        if let Some((before, digest, answer)) = before {
            // An empty digest was made with a secret that was changed since: then the key alone decides.
            let same = digest.is_empty() || digest == self.digest;
            return if before == operation && same {
                Ok(answer.0)
            } else {
                Err(Reused.into())
            };
        }
        let answer = to_value(act(tx)?)?;
        let now = tx.now();
        // Once: where another connection is doing the same at this moment, its answer can be had after its commit.
        tx.put(
            idempotency::table,
            (
                idempotency::school_id.eq(school),
                idempotency::member_id.eq(member),
                idempotency::key.eq(key),
                idempotency::operation.eq(operation),
                idempotency::digest.eq(self.digest.to_vec()),
                idempotency::answer.eq(Json(answer.clone())),
                idempotency::created_at.eq(now),
            ),
        );
        Ok(answer)
    }
}

fn to_value<T: Serialize>(answer: T) -> store::Result<serde_json::Value> {
    serde_json::to_value(answer).map_err(|_| store::Error::Unreadable("an answer"))
}

/// The key was used for another request.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the idempotency key was used for another request")]
pub(crate) struct Reused;
