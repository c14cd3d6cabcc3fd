use std::borrow::Cow;
use std::fmt;

use actix_web::http::StatusCode;
use actix_web::http::header::{ContentType, RETRY_AFTER};
use actix_web::{HttpResponse, ResponseError};
use policy::{Decision, Why};
use serde::Serialize;
use serde_json::{Map, Value};

use crate::evenly::Withheld;

/// A refusal, as RFC 9457 has it.
#[derive(Clone, Debug)]
pub struct Problem {
    kind: &'static ProblemKind,
    detail: Option<Cow<'static, str>>,
    errors: Vec<FieldProblem>,
    extras: Map<String, Value>,
    retry_after: Option<u32>,
    withheld: bool,
}

/// One line of the catalogue: `openapi/problems.json` is made of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct ProblemKind {
    /// The end of the type's address, `/problems/<slug>`; it never changes.
    pub slug: &'static str,
    /// The HTTP status.
    pub status: u16,
    /// What happened, in words for people.
    pub title: &'static str,
}

/// What is wrong with one field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct FieldProblem {
    /// Where, as a JSON pointer (RFC 6901) into the request's body.
    pub pointer: String,
    /// What, in words for people.
    pub detail: String,
}

/// The document that a client gets; operations may add members of their own.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct ProblemDocument {
    /// `/problems/<slug>`.
    #[serde(rename = "type")]
    pub kind: String,
    /// What happened, in words for people.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// More about this very case.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// The fields that are wrong.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldProblem>,
}

macro_rules! catalogue {
    ($($slug:literal $status:literal $title:literal;)*) => {
        /// Every kind of problem, in alphabetical order.
        pub const CATALOGUE: &[ProblemKind] = &[$(ProblemKind {
            slug: $slug,
            status: $status,
            title: $title,
        },)*];
    };
}

catalogue! {
    "already-done" 409 "This has been done already";
    "alert-rule-without-recipient" 422 "Choose at least one person to tell";
    "busy" 503 "The service is busy for a moment. Nothing is lost; try again";
    "code-refused" 403 "That is not the code that your app shows, or it was used already";
    "concern-actions-outstanding" 409 "There are actions that nobody has finished";
    "concern-not-closed" 409 "The concern is not closed";
    "concern-not-open" 409 "The concern is closed";
    "database-away" 503 "The records cannot be reached for a moment. Nothing is lost; try again";
    "device-refused" 401 "This device's signature was not accepted";
    "device-suspended" 403 "This device is suspended";
    "file-type-refused" 415 "This kind of file is not taken";
    "hand-off-refused" 403 "This browser is not the one that asked, so nothing was opened";
    "idempotency-key-reused" 422 "This key was used for another request";
    "invalid-input" 422 "Something needs another look";
    "invalid-roster" 422 "This is not a roster that can be read";
    "kit-refused" 403 "Those are not the sheets of this school's recovery kit";
    "link-expired" 410 "This link has been used or has expired";
    "member-exists" 409 "There is a person with this e-mail address already";
    "method-not-allowed" 405 "This cannot be done here";
    "no-granted-device" 409 "None of your devices holds a key yet";
    "no-offline-codes" 409 "None of your devices' codes are taken";
    "not-allowed" 403 "You may not do this";
    "not-found" 404 "There is nothing here that you may see";
    "number-refused" 403 "That was not the number on the screen";
    "paper-code-refused" 403 "That code was not taken. A code on paper opens once, and only in a browser that you have unlocked before";
    "pin-refused" 403 "That was not the PIN";
    "pin-too-soon" 429 "It is too soon for another PIN, so this one was not looked at";
    "presence-required" 403 "Type the code that your app shows";
    "probation" 403 "This browser is open for a short look only";
    "roll-entry-refused" 409 "The roll does not take this entry";
    "school-exists" 409 "This service has been set up already";
    "school-not-open" 409 "The school's keys have not been made yet";
    "school-restoring" 503 "The school's keys are being brought back. Nothing is lost; keep what you wrote";
    "server-error" 500 "Something went wrong on our side. Nothing is lost; try again";
    "setup-code-refused" 403 "That is not the setup code, or it has expired";
    "sign-in-refused" 401 "The e-mail address or the password is not right";
    "sign-in-required" 401 "Sign in first";
    "storage-full" 507 "There is no room left to keep this. Nothing is lost; try again when somebody has made room";
    "token-expired" 401 "The access token has expired";
    "too-large" 413 "This is too large";
    "too-many-files" 409 "There are as many files as a concern can hold";
    "too-many-requests" 429 "That was too often. Wait a moment and try again";
    "two-hats" 403 "Lock the records first: administration is done without them open";
    "unknown-browser" 403 "Your school opens records in known browsers only";
    "unlock-not-waiting" 409 "This request to unlock is over";
    "unlock-pending" 409 "A request to unlock is waiting already";
    "unlock-required" 403 "Unlock the records first";
    "unsupported-media-type" 415 "Send JSON";
}

impl Problem {
    /// A problem of the catalogue; an unknown slug is a server error, which a test excludes.
    pub fn new(slug: &'static str) -> Self {
        const FALLBACK: ProblemKind = ProblemKind {
            slug: "server-error",
            status: 500,
            title: "Something went wrong on our side. Nothing is lost; try again",
        };
        static UNKNOWN: ProblemKind = FALLBACK;
        Self {
            kind: CATALOGUE
                .iter()
                .find(|kind| kind.slug == slug)
                .unwrap_or(&UNKNOWN),
            detail: None,
            errors: Vec::new(),
            extras: Map::new(),
            retry_after: None,
            withheld: false,
        }
    }

    /// There is nothing there, or nothing that the caller may know of: the same bytes for both.
    pub fn not_found() -> Self {
        Self::new("not-found")
    }

    /// The same, of what was looked for among the rows: it takes as long for both, too
    /// ([`withheld_evenly`](crate::withheld_evenly)).
    fn withheld() -> Self {
        Self {
            withheld: true,
            ..Self::not_found()
        }
    }

    /// Something failed on our side; the log has the chain, the client gets none of it.
    pub fn internal(error: &(dyn std::error::Error + 'static)) -> Self {
        let mut chain = error.to_string();
        let mut source = error.source();
        while let Some(cause) = source {
            chain.push_str(": ");
            chain.push_str(&cause.to_string());
            source = cause.source();
        }
        tracing::error!(error = chain, "an operation failed");
        Self::new("server-error")
    }

    /// One field is wrong.
    pub fn field(pointer: impl Into<String>, detail: impl ToString) -> Self {
        Self::new("invalid-input").and_field(pointer, detail)
    }

    /// Another field is wrong too.
    #[must_use]
    pub fn and_field(mut self, pointer: impl Into<String>, detail: impl ToString) -> Self {
        self.errors.push(FieldProblem {
            pointer: pointer.into(),
            detail: detail.to_string(),
        });
        self
    }

    /// More about this very case.
    #[must_use]
    pub fn detail(mut self, detail: impl Into<Cow<'static, str>>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    /// A member of the document that this problem type adds.
    #[must_use]
    pub fn with(mut self, member: &str, value: impl Into<Value>) -> Self {
        self.extras.insert(member.to_owned(), value.into());
        self
    }

    /// Seconds after which to try again.
    #[must_use]
    pub const fn retry_after(mut self, seconds: u32) -> Self {
        self.retry_after = Some(seconds);
        self
    }

    /// Its line in the catalogue.
    pub const fn kind(&self) -> &'static ProblemKind {
        self.kind
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.kind.slug)
    }
}

impl std::error::Error for Problem {}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.kind.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    fn error_response(&self) -> HttpResponse {
        let document = ProblemDocument {
            kind: format!("/problems/{}", self.kind.slug),
            title: self.kind.title.to_owned(),
            status: self.kind.status,
            detail: self.detail.as_ref().map(ToString::to_string),
            errors: self.errors.clone(),
        };
        let mut members = match serde_json::to_value(document) {
            Ok(Value::Object(members)) => members,
            _ => Map::new(),
        };
        members.extend(self.extras.clone());
        let mut response = HttpResponse::build(self.status_code());
        if let Some(seconds) = self.retry_after {
            response.insert_header((RETRY_AFTER, seconds));
        }
        let mut response = response
            .insert_header(ContentType(
                "application/problem+json"
                    .parse()
                    .unwrap_or(actix_web::mime::APPLICATION_JSON),
            ))
            .body(Value::Object(members).to_string());
        if self.withheld {
            response.extensions_mut().insert(Withheld);
        }
        response
    }
}

impl From<store::Error> for Problem {
    fn from(error: store::Error) -> Self {
        match error {
            store::Error::Absent => Self::withheld(),
            store::Error::Refused { decision, .. } => match decision {
                Decision::Deny(Why::NotSignedIn) => Self::new("sign-in-required"),
                Decision::Deny(Why::Locked) => Self::new("unlock-required"),
                Decision::Deny(Why::TwoHats) => Self::new("two-hats"),
                Decision::Deny(Why::NotPresent) => Self::new("presence-required"),
                Decision::Deny(Why::Probation) => Self::new("probation"),
                Decision::Deny(_) => Self::new("not-allowed"),
                Decision::Hide(_) | Decision::Allow => Self::withheld(),
            },
            store::Error::Away(None) => Self::new("busy").retry_after(1),
            store::Error::Away(Some(source)) => {
                tracing::warn!(error = %source, "the database is away");
                Self::new("database-away").retry_after(2)
            }
            store::Error::Full(source) => {
                tracing::error!(error = %source, "the database's disk is full");
                Self::new("storage-full").retry_after(30)
            }
            other => Self::internal(&other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_catalogue_has_each_slug_once_and_in_order() {
        let mut slugs: Vec<_> = CATALOGUE.iter().map(|kind| kind.slug).collect();
        let listed = slugs.clone();
        slugs.sort_by_key(|slug| slug.replace('-', " "));
        slugs.dedup();
        assert_eq!(slugs.len(), listed.len());
    }

    #[test]
    fn hidden_and_absent_are_the_same_bytes() {
        let hidden = Problem::from(store::Error::Refused {
            action: policy::Action::ReadConcern,
            decision: Decision::Hide(Why::NeedToKnow),
        });
        let absent = Problem::from(store::Error::Absent);
        assert_eq!(format!("{hidden:?}"), format!("{absent:?}"));
    }
}
