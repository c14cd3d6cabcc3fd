use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::web::BytesMut;
use actix_web::{FromRequest, HttpRequest};
use futures_util::StreamExt;
use serde::de::DeserializeOwned;

use crate::Problem;

/// The most bytes a JSON body may have.
pub const MAX_BODY: usize = 256 * 1024;

/// A JSON request body; what cannot be read is a problem document that names the field.
#[derive(Debug)]
pub struct Body<T>(pub T);

impl<T: DeserializeOwned + 'static> FromRequest for Body<T> {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let bytes = read_body(request, payload);
        Box::pin(async move { read_json(&bytes.await?).map(Body) })
    }
}

/// Reads a JSON body's bytes, [`MAX_BODY`] at most.
///
/// # Errors
/// `unsupported-media-type`, `too-large`, or `invalid-input` if the request broke off.
pub fn read_body(
    request: &HttpRequest,
    payload: &mut Payload,
) -> impl Future<Output = Result<BytesMut, Problem>> + 'static {
    let json = request
        .headers()
        .get(actix_web::http::header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split(';').next())
        .is_some_and(|value| value.trim().eq_ignore_ascii_case("application/json"));
    let mut payload = payload.take();
    async move {
        if !json {
            return Err(Problem::new("unsupported-media-type"));
        }
        let mut bytes = BytesMut::new();
        while let Some(chunk) = payload.next().await {
            let chunk = chunk.map_err(|_| {
                Problem::new("invalid-input").detail("The request ended before its body did.")
            })?;
            if bytes.len() + chunk.len() > MAX_BODY {
                return Err(Problem::new("too-large").with("max_bytes", MAX_BODY));
            }
            bytes.extend_from_slice(&chunk);
        }
        Ok(bytes)
    }
}

/// Reads JSON that people's words may be in: the refusal names the field and repeats none of them.
///
/// # Errors
/// `invalid-input` with a pointer.
pub fn read_json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    // serde would take a list of an object's fields, in their order, for the object.
    if bytes.trim_ascii_start().starts_with(b"[") {
        return Err(Problem::field("", "this should be an object"));
    }
    // To know always where it stands is dear: what cannot be read is read once more for that.
    if let Ok(value) = serde_json::from_slice(bytes) {
        return Ok(value);
    }
    let reader = &mut serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut *reader).map_err(|error| {
        let pointer = pointer(error.path());
        let inner = error.into_inner();
        match inner.classify() {
            serde_json::error::Category::Data => {
                let (pointer, detail) = say(pointer, &inner.to_string());
                Problem::field(pointer, detail)
            }
            _ => Problem::new("invalid-input").detail("The body is not JSON."),
        }
    })?;
    reader
        .end()
        .map_err(|_| Problem::new("invalid-input").detail("The body is not JSON."))?;
    Ok(value)
}

fn pointer(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    path.iter()
        .map(|segment| match segment {
            Segment::Seq { index } => format!("/{index}"),
            Segment::Map { key } => pointer_to(key),
            Segment::Enum { variant } => format!("/{variant}"),
            Segment::Unknown => "/?".to_owned(),
        })
        .collect()
}

/// The JSON pointer (RFC 6901) of a member of the whole.
pub fn pointer_to(name: &str) -> String {
    format!("/{}", name.replace('~', "~0").replace('/', "~1"))
}

/// Turns serde's words into a person's, without repeating a value that was sent.
fn say(pointer: String, message: &str) -> (String, String) {
    let message = message
        .rsplit_once(" at line ")
        .map_or(message, |(before, _)| before);
    let quoted = || message.split('`').nth(1).unwrap_or_default().to_owned();
    if message.starts_with("missing field") {
        return (
            format!("{pointer}/{}", quoted()),
            "this is needed".to_owned(),
        );
    }
    if message.starts_with("unknown field") {
        return (pointer, "this field is not known here".to_owned());
    }
    if message.starts_with("unknown variant") {
        let choices = message.split_once("expected ").map_or("", |(_, rest)| rest);
        return (
            pointer,
            format!(
                "choose {}",
                choices.replace('`', "").replace("one of ", "one of: ")
            ),
        );
    }
    if message.starts_with("invalid type") || message.starts_with("invalid value") {
        let expected = message.split_once("expected ").map_or("", |(_, rest)| rest);
        return (pointer, expectation(expected));
    }
    if message.starts_with("duplicate field") {
        return (pointer, "this stands twice".to_owned());
    }
    if message.starts_with("premature end of input")
        || message.contains("invalid characters")
        || message.contains("input is out of range")
        || message.contains("input contains")
        || message.contains("trailing input")
    {
        return (pointer, "this is not a date and time".to_owned());
    }
    // What is left are the sentences of our own types.
    (pointer, message.to_owned())
}

/// What a field should be, for somebody to whom a `u8` says nothing.
fn expectation(expected: &str) -> String {
    let wanted = match expected {
        "a string" | "a borrowed string" | "str" | "string" => "text",
        "a boolean" => "true or false",
        "a sequence" => "a list",
        "a map" => "an object",
        "a formatted date string" => "a day, such as 2026-09-01",
        "unit" => "null",
        "u8" | "u16" | "u32" | "u64" | "usize" => "a whole number that is not too large",
        "i8" | "i16" | "i32" | "i64" | "isize" => "a whole number that is not too large or small",
        "f32" | "f64" => "a number",
        other if other.starts_with("struct ") => "an object",
        other => other,
    };
    format!("this should be {wanted}")
}

#[cfg(test)]
mod tests {
    use actix_web::ResponseError;
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Form {
        #[serde(rename = "name")]
        _name: domain::PersonName,
        #[serde(rename = "list")]
        _list: Vec<u8>,
    }

    #[test]
    fn each_refusal_names_its_field() {
        for (body, pointer, detail) in [
            (r#"{"list":[]}"#, "/name", "this is needed"),
            (
                r#"{"name":"A","list":[1,300]}"#,
                "/list/1",
                "this should be a whole number that is not too large",
            ),
            (
                r#"{"name":"A","list":[],"x":1}"#,
                "/x",
                "this field is not known here",
            ),
            (r#"{"name":" ","list":[]}"#, "/name", "write something here"),
            (r#"{"name":7,"list":[]}"#, "/name", "this should be text"),
            (
                r#"{"name":"A","list":{}}"#,
                "/list",
                "this should be a list",
            ),
        ] {
            let problem = read_json::<Form>(body.as_bytes()).unwrap_err();
            assert_eq!(problem.kind().slug, "invalid-input", "{body}");
            let shown = format!("{problem:?}");
            assert!(shown.contains(pointer) && shown.contains(detail), "{shown}");
        }
    }

    #[test]
    fn what_is_not_json_is_said_to_be_not_json() {
        for body in ["", "{", "[1,]", "{} {}", "\u{feff}{}"] {
            let problem = read_json::<Form>(body.as_bytes()).unwrap_err();
            assert_eq!(problem.status_code().as_u16(), 422, "{body}");
        }
    }

    #[test]
    fn a_list_of_fields_is_not_taken_for_the_object() {
        for body in [r#"["A",[]]"#, r#" [ "A", [1] ]"#, "[]"] {
            assert!(read_json::<Form>(body.as_bytes()).is_err(), "{body}");
        }
    }
}
