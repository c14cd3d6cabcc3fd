use std::error::Error;

use serde_json::Value;
use ureq::http::Request;

/// One person's browser, as far as a demonstration needs it.
pub(super) struct Browser {
    origin: String,
    agent: ureq::Agent,
    cookie: Option<String>,
    token: Option<String>,
}

impl Browser {
    /// A browser that has never been here.
    pub(super) fn new(address: &str) -> Self {
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .build();
        Self {
            origin: format!("http://{address}"),
            agent: config.into(),
            cookie: None,
            token: None,
        }
    }

    /// Reads an address.
    pub(super) fn get(&mut self, path: &str) -> Result<Value, Box<dyn Error>> {
        self.send("GET", path, None)
    }

    /// Sends a body; `once` is its idempotency key.
    pub(super) fn post(
        &mut self,
        path: &str,
        body: &Value,
        once: Option<String>,
    ) -> Result<Value, Box<dyn Error>> {
        self.send("POST", path, Some((body, once)))
    }

    fn send(
        &mut self,
        method: &str,
        path: &str,
        body: Option<(&Value, Option<String>)>,
    ) -> Result<Value, Box<dyn Error>> {
        let mut request = Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.origin));
        if let Some(cookie) = &self.cookie {
            request = request.header("cookie", cookie);
        }
        if let Some(token) = &self.token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        let mut bytes = Vec::new();
        if let Some((body, once)) = body {
            request = request.header("content-type", "application/json");
            if let Some(key) = once {
                request = request.header("idempotency-key", key);
            }
            bytes = serde_json::to_vec(body)?;
        }
        let mut response = self.agent.run(request.body(bytes)?)?;
        for cookie in response.headers().get_all("set-cookie") {
            let pair = cookie.to_str()?.split(';').next().unwrap_or_default();
            if pair.starts_with(rest::SESSION_COOKIE) {
                self.cookie = Some(pair.to_owned());
            }
        }
        let status = response.status().as_u16();
        let text = response.body_mut().read_to_string()?;
        if status >= 400 {
            return Err(format!("{method} {path} answered {status}: {text}").into());
        }
        let answer: Value = match text.is_empty() {
            true => Value::Null,
            false => serde_json::from_str(&text)?,
        };
        let session = match answer["session"].is_object() {
            true => &answer["session"],
            false => &answer,
        };
        if let Some(token) = session["access_token"].as_str() {
            self.token = Some(token.to_owned());
        }
        Ok(answer)
    }
}
