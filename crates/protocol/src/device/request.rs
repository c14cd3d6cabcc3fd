//! The signature on each request of a device.
//!
//! ```text
//! Authorization: KH1 sch=sch_0193…, dev=dev_0193…, ts=1795000000, n=<base64url 16 bytes>, sig=<base64url 64 bytes>
//! signed = ENC(device-request, method, path?query, SHA-256(body), u64 ts, n, school, dev)
//! ```
//! The server takes it within [`MAX_AGE_SECONDS`] of its own clock, and each nonce once.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
use domain::{DeviceId, Entropy, SchoolId};

use crate::Error;
use crate::encoding::{Writer, sha256};
use crate::signing::{Signature, SigningKey, VerifyingKey};

/// The name of the authorization scheme.
pub const SCHEME: &str = "KH1";
/// How far a request's time may be from the server's clock, in seconds.
pub const MAX_AGE_SECONDS: u64 = 120;
/// The length of a nonce.
pub const NONCE_SIZE: usize = 16;

/// What is signed of a request.
#[derive(Clone, Copy, Debug)]
pub struct DeviceRequest<'a> {
    /// `GET`, `POST` or `DELETE`.
    pub method: &'a str,
    /// The path from `/v1` on, with `?query` if there is one, exactly as sent.
    pub target: &'a str,
    /// The body, empty if there is none.
    pub body: &'a [u8],
}

impl DeviceRequest<'_> {
    fn message(
        &self,
        school: SchoolId,
        device: DeviceId,
        at: u64,
        nonce: &[u8; NONCE_SIZE],
    ) -> Vec<u8> {
        Writer::new("device-request")
            .text(self.method)
            .text(self.target)
            .field(&sha256(self.body))
            .u64(at)
            .field(nonce)
            .id(school)
            .id(device)
            .finish()
    }

    /// Signs the request at Unix second `at`.
    pub fn sign(
        &self,
        school: SchoolId,
        device: DeviceId,
        key: &SigningKey,
        at: u64,
        entropy: &dyn Entropy,
    ) -> RequestSignature {
        let nonce = entropy.bytes();
        RequestSignature {
            school,
            device,
            at,
            nonce,
            signature: key.sign(&self.message(school, device, at, &nonce)),
        }
    }
}

/// The `Authorization` header of a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RequestSignature {
    /// Of which school the device claims to be.
    pub school: SchoolId,
    /// Which device claims to have signed.
    pub device: DeviceId,
    /// When, in Unix seconds by the device's clock.
    pub at: u64,
    /// Sixteen random bytes; the server takes them once.
    pub nonce: [u8; NONCE_SIZE],
    /// The signature.
    pub signature: Signature,
}

impl RequestSignature {
    /// The value of the header.
    pub fn to_header(&self) -> String {
        format!(
            "{SCHEME} sch={}, dev={}, ts={}, n={}, sig={}",
            self.school,
            self.device,
            self.at,
            BASE64.encode(self.nonce),
            BASE64.encode(self.signature),
        )
    }

    /// Reads the value of the header; exactly the form that [`to_header`](Self::to_header) writes.
    pub fn from_header(value: &str) -> Result<Self, Error> {
        parse(value)
            .filter(|parsed| parsed.to_header() == value)
            .ok_or(Error::Malformed("device authorization"))
    }

    /// Whether its time is near enough to the server's, in Unix seconds.
    pub const fn is_timely(&self, now: u64) -> bool {
        self.at.abs_diff(now) <= MAX_AGE_SECONDS
    }
}

fn parse(value: &str) -> Option<RequestSignature> {
    let mut parts = value.strip_prefix("KH1 ")?.split(", ");
    let mut part = |name: &str| parts.next()?.strip_prefix(name)?.strip_prefix('=');
    let (school, device) = (part("sch")?, part("dev")?);
    let (at, nonce, signature) = (part("ts")?, part("n")?, part("sig")?);
    Some(RequestSignature {
        school: school.parse().ok()?,
        device: device.parse().ok()?,
        at: at.parse().ok()?,
        nonce: BASE64.decode(nonce).ok()?.try_into().ok()?,
        signature: BASE64.decode(signature).ok()?.try_into().ok()?,
    })
}

/// Checks that the device's key signed exactly this request. Time and nonce are the server's to
/// check: see [`RequestSignature::is_timely`].
pub fn verify_request(
    request: &DeviceRequest<'_>,
    signature: &RequestSignature,
    key: &VerifyingKey,
) -> Result<(), Error> {
    key.verify(
        &request.message(
            signature.school,
            signature.device,
            signature.at,
            &signature.nonce,
        ),
        &signature.signature,
    )
}
