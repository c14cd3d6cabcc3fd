//! What a server answered, for people who test: it shows all of itself where it is not what was expected.

use std::fmt;

use serde_json::Value;
use ureq::http::StatusCode;

/// What the server answered, all of it.
#[derive(Clone)]
pub struct Response {
    /// The status code.
    pub status: u16,
    /// The headers as they came, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body's bytes.
    pub body: Vec<u8>,
}

impl Response {
    /// The body as JSON.
    ///
    /// # Panics
    /// If it is not, showing the whole answer.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("not JSON ({error}):\n{self}"))
    }

    /// The body as JSON, if the status is this one.
    ///
    /// # Panics
    /// If it is another, showing the whole answer.
    #[track_caller]
    pub fn expect(&self, status: u16) -> Value {
        assert!(self.status == status, "expected {status}, got:\n{self}");
        if self.body.is_empty() {
            Value::Null
        } else {
            self.json()
        }
    }

    /// The slug of the problem that a refusal names, such as `not-found`.
    #[track_caller]
    pub fn problem(&self) -> String {
        let body = self.json();
        let slug = body["type"].as_str().and_then(|uri| uri.rsplit('/').next());
        slug.unwrap_or_else(|| panic!("not a problem:\n{self}"))
            .to_owned()
    }

    /// A header's value, the first if there are several.
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(header, _)| header == name);
        found.map(|(_, value)| value.as_str())
    }

    /// All that an onlooker could compare: status, headers but for the date and the request's own id,
    /// and body. Nor whether the connection is kept: it is closed where a body that nobody reads had not
    /// arrived yet, which is the network's doing on a busy machine.
    pub fn fingerprint(&self) -> String {
        let mut headers: Vec<_> = self
            .headers
            .iter()
            .filter(|(name, _)| !["date", "x-request-id", "connection"].contains(&name.as_str()))
            .map(|(name, value)| format!("{name}: {value}"))
            .collect();
        headers.sort();
        let body = String::from_utf8_lossy(&self.body);
        format!("{}\n{}\n\n{body}", self.status, headers.join("\n"))
    }
}

/// Status and body with ids and instants blanked, for snapshots.
impl fmt::Display for Response {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let status = StatusCode::from_u16(self.status).ok();
        let reason = status
            .and_then(|status| status.canonical_reason())
            .unwrap_or("?");
        write!(formatter, "{} {reason}", self.status)?;
        if self.body.is_empty() {
            return Ok(());
        }
        match serde_json::from_slice::<Value>(&self.body) {
            Ok(mut json) => {
                blank(&mut json);
                write!(formatter, "\n{json:#}")
            }
            Err(_) => write!(formatter, "\n{}", String::from_utf8_lossy(&self.body)),
        }
    }
}

impl fmt::Debug for Response {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

/// Puts `[con]` for an id and `[time]` for an instant: the one place where what differs between runs
/// is blanked.
fn blank(json: &mut Value) {
    match json {
        Value::String(text) => {
            if let Some((prefix, digits)) = text.split_once('_')
                && prefix.len() == 3
                && digits.len() == 32
                && digits.bytes().all(|digit| digit.is_ascii_hexdigit())
            {
                *text = format!("[{prefix}]");
            } else if text.len() >= 20
                && text.ends_with('Z')
                && text.as_bytes()[10] == b'T'
                && text.as_bytes()[4] == b'-'
            {
                "[time]".clone_into(text);
            }
        }
        Value::Array(items) => items.iter_mut().for_each(blank),
        Value::Object(members) => {
            for (name, member) in members.iter_mut() {
                match (name.as_str(), &member) {
                    ("access_token" | "link" | "next" | "reference", Value::String(_)) => {
                        *member = Value::String(format!("[{name}]"));
                    }
                    _ => blank(member),
                }
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn answer(body: &Value) -> Response {
        Response {
            status: 404,
            headers: vec![("date".into(), "today".into()), ("b".into(), "1".into())],
            body: serde_json::to_vec(body).unwrap(),
        }
    }

    #[test]
    fn what_differs_between_runs_is_blanked_and_nothing_else() {
        let shown = answer(&json!({
            "id": "con_0193a1b2c3d47e5f8a9b0c1d2e3f4a5b",
            "at": "2026-11-23T08:40:00Z",
            "word": "con_sequence",
            "items": [{ "access_token": "secret", "next": null }],
        }))
        .to_string();
        assert!(shown.starts_with("404 Not Found\n"), "{shown}");
        for kept in ["[con]", "[time]", "con_sequence", "[access_token]", "null"] {
            assert!(shown.contains(kept), "{kept} in {shown}");
        }
        assert!(!shown.contains("0193a1b2"), "{shown}");
    }

    #[test]
    fn a_fingerprint_leaves_only_the_date_out() {
        let one = answer(&json!({"a": 1}));
        let mut other = one.clone();
        other.headers[0].1 = "tomorrow".into();
        assert_eq!(one.fingerprint(), other.fingerprint());
        other.headers[1].1 = "2".into();
        assert_ne!(one.fingerprint(), other.fingerprint());
    }
}
