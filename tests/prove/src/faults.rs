//! What stands beneath the server fails: the disk, the database, the mail server.
//!
//! Each time: whoever asks gets a problem document that says what is the matter, nothing is there in part,
//! what was acknowledged stays, and the service goes on by itself when the fault is over.

mod database;
mod disk;
mod mail;
mod read_only;
mod small_disk;

pub use database::run as database;
pub use disk::{Plan, run as disk};
pub use mail::run as mail;
pub use read_only::{can_turn_read_only, run as read_only};
pub use small_disk::{can_mount, run as small_disk};

use serde_json::Value;
use testkit::{Client, Response};
use ureq::http::Method;

/// Records a concern under a key, so that the same can be sent again.
fn record(browser: &Client, key: &str, body: &Value) -> Response {
    browser
        .request(Method::POST, "/v1/concerns")
        .idempotency_key(key)
        .json(body)
        .send()
}

/// What is wrong with this answer to somebody whose request met a fault; nothing, if it is as it should be.
fn misgivings(answer: &Response, full: bool) -> Option<String> {
    let document = answer.header("content-type") == Some("application/problem+json");
    if !document {
        return Some(format!("not a problem document, {}", answer.status));
    }
    let right = match (answer.status, answer.problem().as_str()) {
        (507, "storage-full") => full,
        (503, "database-away" | "busy") => !full && answer.header("retry-after").is_some(),
        _ => false,
    };
    (!right).then(|| {
        let met = if full { "a full disk" } else { "a fault" };
        format!("{met} was answered {} {}", answer.status, answer.problem())
    })
}
