use std::time::Duration;

use chrono::DateTime;
use protocol::device::{MAX_AGE_SECONDS, RequestSignature};
use protocol::links::is_origin;
use ureq::Agent;
use ureq::http::Request;

use crate::driver::{Call, Outcome};

/// Carries calls to the server.
pub trait Transport {
    /// Sends one and waits for what becomes of it.
    fn send(&self, call: &Call) -> Outcome;
}

/// HTTPS to the pinned origin, or plain HTTP on this very machine. No redirect is followed and no
/// proxy of the environment is used: what is signed for one origin goes to that origin.
#[derive(Clone, Debug)]
pub struct Http(Agent);

/// No answer of the device operations comes near this.
const MAX_ANSWER: u64 = 4 * 1024 * 1024;

impl Http {
    /// A client.
    pub fn new() -> Self {
        Self::waiting(Duration::from_secs(20))
    }

    /// A client that waits so long for a whole answer.
    pub fn waiting(longest: Duration) -> Self {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .proxy(None)
            .timeout_global(Some(longest))
            .user_agent("safehold-authenticator/1")
            .build();
        Self(config.into())
    }
}

impl Default for Http {
    fn default() -> Self {
        Self::new()
    }
}

impl Transport for Http {
    fn send(&self, call: &Call) -> Outcome {
        if !is_origin(&call.origin) {
            return Outcome::Unreachable("not an address to talk to".to_owned());
        }
        match exchange(&self.0, call) {
            Ok(outcome) => outcome,
            Err(error) => Outcome::Unreachable(error.to_string()),
        }
    }
}

fn exchange(agent: &Agent, call: &Call) -> Result<Outcome, ureq::Error> {
    let request = Request::builder()
        .method(call.method.name())
        .uri(format!("{}{}", call.origin, call.target))
        .header("authorization", &call.authorization)
        .header("accept", "application/json");
    let mut response = if call.body.is_empty() {
        agent.run(request.body(())?)?
    } else {
        agent.run(
            request
                .header("content-type", "application/json")
                .body(call.body.as_slice())?,
        )?
    };
    let status = response.status().as_u16();
    if status == 401
        && let Some(date) = response.headers().get("date")
        && let Some(apart) = clocks_apart(call, date.to_str().unwrap_or_default())
    {
        return Ok(Outcome::WrongTime(apart));
    }
    // A page in place of an answer is none: a school's filter, or a server that is not this one.
    let is_json = response
        .headers()
        .get("content-type")
        .and_then(|kind| kind.to_str().ok())
        .and_then(|kind| kind.split(';').next())
        .is_some_and(|kind| matches!(kind.trim(), "application/json" | "application/problem+json"));
    if !is_json && status != 204 {
        return Ok(Outcome::Answer {
            status,
            body: Vec::new(),
        });
    }
    let body = response
        .body_mut()
        .with_config()
        .limit(MAX_ANSWER)
        .read_to_vec()?;
    Ok(Outcome::Answer { status, body })
}

/// How far this device's clock is from the server's, if that alone makes the server refuse a
/// signature. The server does not say which check failed; its `Date` does.
fn clocks_apart(call: &Call, date: &str) -> Option<i64> {
    let signed = RequestSignature::from_header(&call.authorization).ok()?;
    let server = DateTime::parse_from_rfc2822(date).ok()?.timestamp();
    let here = i64::try_from(signed.at).ok()?;
    let apart = here.checked_sub(server)?;
    (apart.unsigned_abs() > MAX_AGE_SECONDS).then_some(apart)
}
