use std::future::{Ready, ready};
use std::sync::Arc;

use actix_web::dev::Payload;
use actix_web::http::header::AUTHORIZATION;
use actix_web::web::Data;
use actix_web::{FromRequest, HttpRequest};
use protocol::unlock::UnlockSecret;
use rest::{Problem, SESSION_COOKIE, UNLOCK_COOKIE};
use vault::{Claims, InvalidToken, Reference};

use crate::App;

/// The header by which a page says that nobody is at it: it asks by itself, as it does every minute. A
/// boolean structured field (RFC 9651); whatever is not true is no word of it.
const UNATTENDED: &str = "Safehold-Unattended";

/// What a request of a signed-in browser brings: the session cookie **and** an access token, and while
/// the records are open the unlock cookie. The token's signature and times are checked here; whether
/// the session still lives is looked up in the transaction of the act.
#[derive(Clone, Debug)]
pub struct Credentials {
    /// What the token says.
    pub(crate) claims: Arc<Claims>,
    /// Hash of the session cookie.
    pub(crate) session: [u8; 32],
    /// What the unlock cookie holds.
    pub(crate) unlock: Option<UnlockSecret>,
    /// Whether nobody is at the page: then this is no use of the session, nor of the unlock.
    pub(crate) unattended: bool,
}

impl FromRequest for Credentials {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(read(request))
    }
}

fn read(request: &HttpRequest) -> Result<Credentials, Problem> {
    let app = request
        .app_data::<Data<App>>()
        .ok_or_else(|| Problem::new("server-error"))?;
    let session = SessionCookie::read(request)?.0;
    let token = request
        .headers()
        .get(AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bearer "))
        .ok_or_else(|| Problem::new("sign-in-required"))?;
    let claims = app
        .tokens
        .verify(token, app.now())
        .map_err(|invalid| match invalid {
            InvalidToken::Expired => Problem::new("token-expired"),
            InvalidToken::Foreign => Problem::new("sign-in-required"),
        })?;
    Ok(Credentials {
        claims,
        session,
        unlock: unlock_secret(request),
        unattended: is_unattended(request),
    })
}

fn is_unattended(request: &HttpRequest) -> bool {
    request
        .headers()
        .get(UNATTENDED)
        .is_some_and(|value| value.as_bytes() == b"?1")
}

fn unlock_secret(request: &HttpRequest) -> Option<UnlockSecret> {
    let cookie = request.cookie(UNLOCK_COOKIE)?;
    Reference::from_text(cookie.value())
        .map(|reference| UnlockSecret::from_bytes(*reference.bytes()))
}

/// Hash of the session cookie alone: enough to mint a token or to sign out, and for nothing else.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SessionCookie(pub(crate) [u8; 32]);

impl SessionCookie {
    fn read(request: &HttpRequest) -> Result<Self, Problem> {
        request
            .cookie(SESSION_COOKIE)
            .and_then(|cookie| Reference::from_text(cookie.value()))
            .map(|reference| Self(reference.hash()))
            .ok_or_else(|| Problem::new("sign-in-required"))
    }
}

impl FromRequest for SessionCookie {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Self::read(request))
    }
}

/// The unlock cookie, if there is one.
#[derive(Clone, Debug)]
pub(crate) struct UnlockCookie(pub(crate) Option<UnlockSecret>);

impl FromRequest for UnlockCookie {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Self(unlock_secret(request))))
    }
}
