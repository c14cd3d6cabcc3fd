//! A browser without a screen: cookies, an access token in memory, one request at a time.

use std::collections::BTreeMap;
use std::io::Read;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use serde::Serialize;
use ureq::http::Method;

use crate::Response;

/// One browser. Like a real one on loopback it keeps and sends back `__Host-` cookies, which general
/// cookie stores refuse to do over plain HTTP.
#[derive(Debug)]
pub struct Client {
    origin: String,
    agent: ureq::Agent,
    state: Mutex<State>,
}

#[derive(Clone, Debug, Default)]
struct State {
    cookies: BTreeMap<String, String>,
    token: Option<String>,
}

/// A file to send, as a form does.
#[derive(Clone, Copy, Debug)]
pub struct Upload<'a> {
    /// What the browser says it is called.
    pub name: &'a str,
    /// What the browser says it is.
    pub content_type: &'a str,
    /// What it is.
    pub bytes: &'a [u8],
}

/// A request being put together; ended by [`Outgoing::send`].
#[derive(Debug)]
#[must_use = "nothing is asked before send()"]
pub struct Outgoing<'a> {
    client: &'a Client,
    method: Method,
    path: String,
    headers: Vec<(String, String)>,
    body: Option<Vec<u8>>,
    without_token: bool,
    without_cookies: bool,
}

impl Client {
    /// A browser that has never been here; `origin` is such as `http://127.0.0.1:4000`.
    pub fn new(origin: &str) -> Self {
        let agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .timeout_global(Some(Duration::from_secs(60)))
            // The server closes what was idle for five seconds: nothing is sent into a closing connection.
            .max_idle_age(Duration::from_secs(3))
            .build()
            .new_agent();
        Self {
            origin: origin.to_owned(),
            agent,
            state: Mutex::default(),
        }
    }

    /// Begins a request to a path such as `/v1/me`.
    pub fn request(&self, method: Method, path: &str) -> Outgoing<'_> {
        Outgoing {
            client: self,
            method,
            path: path.to_owned(),
            headers: Vec::new(),
            body: None,
            without_token: false,
            without_cookies: false,
        }
    }

    /// Asks for a path.
    pub fn get(&self, path: &str) -> Response {
        self.request(Method::GET, path).send()
    }

    /// Asks as a page does by itself, with nobody at it.
    pub fn by_itself(&self, path: &str) -> Response {
        self.request(Method::GET, path)
            .header("safehold-unattended", "?1")
            .send()
    }

    /// Posts a JSON body.
    pub fn post(&self, path: &str, body: &impl Serialize) -> Response {
        self.request(Method::POST, path).json(body).send()
    }

    /// Posts a JSON body under a fresh idempotency key.
    pub fn post_once(&self, path: &str, body: &impl Serialize) -> Response {
        self.request(Method::POST, path)
            .idempotency_key(&fresh_key())
            .json(body)
            .send()
    }

    /// Patches with a JSON body.
    pub fn patch(&self, path: &str, body: &impl Serialize) -> Response {
        self.request(Method::PATCH, path).json(body).send()
    }

    /// Deletes a path.
    pub fn delete(&self, path: &str) -> Response {
        self.request(Method::DELETE, path).send()
    }

    /// Posts a form with one file and any number of text fields, under a key of its own.
    pub fn upload(&self, path: &str, file: Upload<'_>, fields: &[(&str, &str)]) -> Response {
        self.uploading(path, file, fields).send()
    }

    /// The same, not sent yet; another key may be given to it.
    pub fn uploading(&self, path: &str, file: Upload<'_>, fields: &[(&str, &str)]) -> Outgoing<'_> {
        let (content_type, body) = multipart(file, fields);
        self.request(Method::POST, path)
            .idempotency_key(&fresh_key())
            .header("content-type", &content_type)
            .bytes(body)
    }

    /// Signs in and keeps the access token.
    pub fn sign_in(&self, email: &str, password: &str) -> Response {
        let response = self.post(
            "/v1/session",
            &serde_json::json!({ "email": email, "password": password }),
        );
        self.keep_token(&response);
        response
    }

    /// Asks for a new access token, as the page does on load and after each change of level.
    pub fn refresh(&self) -> Response {
        let response = self.request(Method::POST, "/v1/session/token").send();
        self.keep_token(&response);
        response
    }

    /// Takes the access token out of a `Session`, which may be the whole answer or its `session` member.
    pub fn keep_token(&self, response: &Response) {
        if !(200..300).contains(&response.status) {
            return;
        }
        let body = response.json();
        let session = body.get("session").unwrap_or(&body);
        if let Some(token) = session["access_token"].as_str() {
            self.lock().token = Some(token.to_owned());
        }
    }

    /// The access token that is sent now.
    pub fn token(&self) -> Option<String> {
        self.lock().token.clone()
    }

    /// Sends another access token from now on, or none.
    pub fn set_token(&self, token: Option<&str>) {
        self.lock().token = token.map(str::to_owned);
    }

    /// A cookie's value.
    pub fn cookie(&self, name: &str) -> Option<String> {
        self.lock().cookies.get(name).cloned()
    }

    /// Sets a cookie, as an attacker with a stolen one would.
    pub fn set_cookie(&self, name: &str, value: &str) {
        self.lock()
            .cookies
            .insert(name.to_owned(), value.to_owned());
    }

    /// Every cookie, as a `Cookie` header has them.
    pub fn cookies(&self) -> String {
        let state = self.lock();
        let pairs: Vec<_> = state
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        pairs.join("; ")
    }

    /// The same browser a moment ago, at the app that listens at `origin`: what this one does from now
    /// on does not change the copy.
    #[must_use]
    pub fn copy_to(&self, origin: &str) -> Self {
        let copy = Self::new(origin);
        *copy.lock() = self.lock().clone();
        copy
    }

    /// The same browser a moment ago.
    #[must_use]
    pub fn copy(&self) -> Self {
        self.copy_to(&self.origin)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Outgoing<'_> {
    /// Adds a header.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Says which attempt this is a repetition of.
    pub fn idempotency_key(self, key: &str) -> Self {
        self.without_key().header("idempotency-key", key)
    }

    /// Says nothing of it.
    pub fn without_key(mut self) -> Self {
        self.headers.retain(|(name, _)| name != "idempotency-key");
        self
    }

    /// Sets a JSON body.
    pub fn json(self, body: &impl Serialize) -> Self {
        let bytes = serde_json::to_vec(body).expect("test bodies are JSON");
        self.header("content-type", "application/json").bytes(bytes)
    }

    /// Sets a body as it is.
    pub fn bytes(mut self, body: Vec<u8>) -> Self {
        self.body = Some(body);
        self
    }

    /// Leaves the access token out, as another site's form would.
    pub fn without_token(mut self) -> Self {
        self.without_token = true;
        self
    }

    /// Leaves the cookies out, as a thief of the token alone would.
    pub fn without_cookies(mut self) -> Self {
        self.without_cookies = true;
        self
    }

    /// Sends it and reads the whole answer.
    ///
    /// # Panics
    /// If the server does not answer with HTTP.
    pub fn send(self) -> Response {
        let asked = format!("{} {}", self.method, self.path);
        self.try_send()
            .unwrap_or_else(|error| panic!("{asked} had no answer: {error}"))
    }

    /// Sends it and reads the whole answer, if there is one.
    ///
    /// # Errors
    /// Whatever came between, such as a server that was killed meanwhile.
    ///
    /// # Panics
    /// If the request is not well-formed.
    pub fn try_send(self) -> Result<Response, ureq::Error> {
        let client = self.client;
        let mut request = ureq::http::Request::builder()
            .method(self.method.clone())
            .uri(format!("{}{}", client.origin, self.path));
        {
            let state = client.lock();
            if let (Some(token), false) = (&state.token, self.without_token) {
                request = request.header("authorization", format!("Bearer {token}"));
            }
        }
        let cookies = client.cookies();
        if !cookies.is_empty() && !self.without_cookies {
            request = request.header("cookie", cookies);
        }
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        let body = self.body.unwrap_or_default();
        let mut answer = client
            .agent
            .run(request.body(body).expect("a well-formed request"))?;
        let mut body = Vec::new();
        answer.body_mut().as_reader().read_to_end(&mut body)?;

        let headers: Vec<(String, String)> = answer
            .headers()
            .iter()
            .map(|(name, value)| {
                let value = String::from_utf8_lossy(value.as_bytes());
                (name.to_string(), value.into_owned())
            })
            .collect();
        let mut state = client.lock();
        for (_, cookie) in headers.iter().filter(|(name, _)| name == "set-cookie") {
            let mut parts = cookie.split(';').map(str::trim);
            let Some((name, value)) = parts.next().and_then(|pair| pair.split_once('=')) else {
                continue;
            };
            if value.is_empty() || parts.any(|part| part.eq_ignore_ascii_case("max-age=0")) {
                state.cookies.remove(name);
            } else {
                state.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        drop(state);
        Ok(Response {
            status: answer.status().as_u16(),
            headers,
            body,
        })
    }
}

/// An idempotency key that no other request of this process has.
pub fn fresh_key() -> String {
    static MADE: AtomicU64 = AtomicU64::new(1);
    let number = MADE.fetch_add(1, Ordering::Relaxed);
    format!("5afe401d-0000-4000-8000-{number:012x}")
}

fn multipart(file: Upload<'_>, fields: &[(&str, &str)]) -> (String, Vec<u8>) {
    const BOUNDARY: &str = "safehold-test-boundary-7c1f";
    let mut body = Vec::new();
    for (name, value) in fields {
        body.extend_from_slice(
            format!(
                "--{BOUNDARY}\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
            )
            .as_bytes(),
        );
    }
    body.extend_from_slice(
        format!(
            "--{BOUNDARY}\r\ncontent-disposition: form-data; name=\"file\"; filename=\"{}\"\r\n\
             content-type: {}\r\n\r\n",
            file.name, file.content_type
        )
        .as_bytes(),
    );
    body.extend_from_slice(file.bytes);
    body.extend_from_slice(format!("\r\n--{BOUNDARY}--\r\n").as_bytes());
    (format!("multipart/form-data; boundary={BOUNDARY}"), body)
}
