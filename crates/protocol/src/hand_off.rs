//! Browser and app on the same device: the page opens the app by a link, and the app opens the page again.
//!
//! ```text
//! link   = origin "/app/unlock?u=" unlock          or  "safehold:unlock?u=" unlock "&o=" origin
//! return = origin "/app/return#" unlock "." base64url(token (32))
//! hash   = H(return, school, unlock, token)                                 what the server keeps
//! ```
//! No number is typed. What binds the browser in its place: the device takes a link of its pinned origin only,
//! and opens **that** origin with a token that it made. Whoever shows the person another page, at another
//! address, has no way to the token; and the page that gets it must be the browser that asked.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
use domain::{SchoolId, UnlockId};
use zeroize::Zeroizing;

use crate::Error;
use crate::encoding::{Hash, hash};
use crate::links::{is_origin, query};
use crate::secret::secrets;

secrets! {
    /// What the browser that asked must bring back, once.
    ReturnToken[32];
}

impl ReturnToken {
    /// What the server keeps of it.
    pub fn hash(&self, school: SchoolId, unlock: UnlockId) -> Hash {
        hash(
            "return",
            &[school.as_bytes(), unlock.as_bytes(), self.expose()],
        )
    }

    /// The link that the device opens: its token stands after the `#`, so that no server sees it on the way.
    pub fn to_url(&self, origin: &str, unlock: UnlockId) -> Zeroizing<String> {
        Zeroizing::new(format!(
            "{origin}/app/return#{unlock}.{}",
            BASE64.encode(self.expose())
        ))
    }
}

/// The link by which a page opens the app. Nothing of it is secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HandOff {
    /// The origin whose page it is said to be.
    pub origin: String,
    /// Which unlock waits.
    pub unlock: UnlockId,
}

const SCHEME: &str = "safehold:unlock?u=";
const PATH: &str = "/app/unlock?u=";

impl HandOff {
    /// The link that phones and tablets have claimed for the app.
    pub fn to_url(&self) -> String {
        format!("{}{PATH}{}", self.origin, self.unlock)
    }

    /// The link of the scheme that the app has on a computer.
    pub fn to_scheme(&self) -> String {
        format!("{SCHEME}{}&o={}", self.unlock, self.origin)
    }

    /// Reads either.
    pub fn from_url(text: &str) -> Result<Self, Error> {
        let (origin, unlock) = match query(text, "unlock") {
            Some(rest) => rest
                .strip_prefix("u=")
                .and_then(|rest| rest.split_once("&o="))
                .map(|(unlock, origin)| (origin, unlock)),
            None => text.trim().split_once(PATH),
        }
        .ok_or(Error::Malformed("link"))?;
        let link = Self {
            origin: origin.to_owned(),
            unlock: unlock.parse().map_err(|_| Error::Malformed("link"))?,
        };
        match is_origin(&link.origin) {
            true => Ok(link),
            false => Err(Error::Malformed("origin")),
        }
    }
}
