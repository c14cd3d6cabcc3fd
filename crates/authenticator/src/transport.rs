use std::time::Duration;

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
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .proxy(None)
            .timeout_global(Some(Duration::from_secs(20)))
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
            Ok((status, body)) => Outcome::Answer { status, body },
            Err(error) => Outcome::Unreachable(error.to_string()),
        }
    }
}

fn exchange(agent: &Agent, call: &Call) -> Result<(u16, Vec<u8>), ureq::Error> {
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
    let body = response
        .body_mut()
        .with_config()
        .limit(MAX_ANSWER)
        .read_to_vec()?;
    Ok((response.status().as_u16(), body))
}
