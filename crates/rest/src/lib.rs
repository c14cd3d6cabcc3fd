//! HTTP without safeguarding: problem documents, request bodies, pages, cookies, headers, the request
//! log, answers at even instants, connections.

mod body;
mod connections;
mod cookies;
mod created;
mod evenly;
mod headers;
mod page;
mod problem;
mod problems;
mod request_log;

pub use body::{Body, MAX_BODY, pointer_to, read_body, read_json};
pub use connections::{count_requests, renew_connections};
pub use cookies::{SESSION_COOKIE, UNLOCK_COOKIE, cookie, expired_cookie};
pub use created::Created;
pub use evenly::{Evenly, withheld_evenly};
pub use headers::security_headers;
pub use page::{InvalidCursor, Page, PageQuery, Paged};
pub use problem::{CATALOGUE, FieldProblem, Problem, ProblemDocument, ProblemKind};
pub use problems::Problems;
pub use request_log::request_log;
