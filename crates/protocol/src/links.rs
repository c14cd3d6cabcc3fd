//! Codes that a device scans or pastes to begin: links whose secret part stands after the `#`, so
//! that no server ever sees it.
//!
//! ```text
//! setup = ENC(setup, origin, school, H(SIK), token (16))             60 minutes, once
//! enrol = ENC(enrol, origin, school, member, H(SIK), token (16))     10 minutes, once
//! link  = origin "/app#" base64url(setup or enrol)                   H(SIK) = VerifyingKey::pin
//! ```
//! An origin is `https://host[:port]`, or `http://localhost` or `http://127.0.0.1` with a port for
//! work on one machine; nothing else is taken.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
use domain::{MemberId, SchoolId};

use crate::Error;
use crate::encoding::{Hash, Reader, Writer};
use crate::secret::secrets;

secrets! {
    /// What proves that a link was made by the server, once.
    LinkToken[16];
}

/// What a link asks a device to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Make the school's keys, as its first device.
    Setup,
    /// Enrol as a device of this member.
    Enrol(MemberId),
}

/// A setup or enrolment link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// What for.
    pub purpose: Purpose,
    /// The server's origin, which the device pins.
    pub origin: String,
    /// The school.
    pub school: SchoolId,
    /// The hash of the server's identity key, which the device pins.
    pub server_pin: Hash,
    /// The token.
    pub token: LinkToken,
}

impl Link {
    /// The bytes that a QR code holds.
    pub fn encode(&self) -> Vec<u8> {
        let (writer, member) = match self.purpose {
            Purpose::Setup => (Writer::new("setup"), None),
            Purpose::Enrol(member) => (Writer::new("enrol"), Some(member)),
        };
        let writer = writer.text(&self.origin).id(self.school);
        let writer = match member {
            Some(member) => writer.id(member),
            None => writer,
        };
        writer
            .field(&self.server_pin)
            .field(self.token.expose())
            .finish()
    }

    /// Reads the bytes of a QR code.
    pub fn decode(bytes: &[u8]) -> Result<Self, Error> {
        let (mut reader, enrol) = match Reader::new(bytes, "setup") {
            Ok(reader) => (reader, false),
            Err(_) => (Reader::new(bytes, "enrol")?, true),
        };
        let origin = reader.text()?.to_owned();
        let school = reader.id()?;
        let purpose = if enrol {
            Purpose::Enrol(reader.id()?)
        } else {
            Purpose::Setup
        };
        let link = Self {
            purpose,
            origin,
            school,
            server_pin: reader.array()?,
            token: LinkToken::from_bytes(reader.array()?),
        };
        reader.finish()?;
        if is_origin(&link.origin) {
            Ok(link)
        } else {
            Err(Error::Malformed("origin"))
        }
    }

    /// The link that a page shows, as text and as QR.
    pub fn to_url(&self) -> String {
        format!("{}/app#{}", self.origin, BASE64.encode(self.encode()))
    }

    /// Reads a pasted link. The origin before the `#` must be the one inside; the bare code after
    /// the `#` is enough.
    pub fn from_url(text: &str) -> Result<Self, Error> {
        let text = text.trim();
        let (before, code) = match text.rsplit_once('#') {
            Some((before, code)) => (Some(before), code),
            None => (None, text),
        };
        let bytes = BASE64.decode(code).map_err(|_| Error::Malformed("link"))?;
        let link = Self::decode(&bytes)?;
        match before {
            Some(before) if before.strip_suffix("/app") != Some(link.origin.as_str()) => {
                Err(Error::Malformed("link"))
            }
            _ => Ok(link),
        }
    }
}

/// What a link of the app's own scheme says of an act, such as `unlock`: what stands behind its `?`.
pub(crate) fn query<'text>(text: &'text str, act: &str) -> Option<&'text str> {
    let rest = text.trim().strip_prefix("safehold:")?;
    // Some systems write a scheme with slashes whatever was written.
    let rest = rest
        .strip_prefix("//")
        .map_or(rest, |rest| rest.strip_prefix('/').unwrap_or(rest));
    let rest = rest.strip_prefix(act)?;
    rest.strip_prefix('/').unwrap_or(rest).strip_prefix('?')
}

/// Whether a text is an origin that a device may talk to.
pub fn is_origin(text: &str) -> bool {
    let host = if let Some(rest) = text.strip_prefix("https://") {
        rest
    } else if let Some(rest) = text.strip_prefix("http://") {
        let name = rest.split_once(':').map_or(rest, |(name, _)| name);
        if !matches!(name, "localhost" | "127.0.0.1") {
            return false;
        }
        rest
    } else {
        return false;
    };
    let (name, port) = match host.rsplit_once(':') {
        Some((name, port)) => (name, Some(port)),
        None => (host, None),
    };
    let sound_port = port.is_none_or(|port| {
        !port.starts_with('0')
            && port
                .parse::<u16>()
                .is_ok_and(|port| port.to_string().len() == host.len() - name.len() - 1)
    });
    sound_port
        && !name.is_empty()
        && name
            .bytes()
            .all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.'))
}
