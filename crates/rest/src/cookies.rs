use actix_web::cookie::time::Duration;
use actix_web::cookie::{Cookie, SameSite};

/// The signed-in browser: 32 random bytes, of which only the hash is stored.
pub const SESSION_COOKIE: &str = "__Host-sid";
/// What opens the records in this browser while it is unlocked.
pub const UNLOCK_COOKIE: &str = "__Host-unlock";

/// A cookie that no script can read, that goes to this host only, and never from another site.
pub fn cookie<'c>(name: &'c str, value: &'c str) -> Cookie<'c> {
    Cookie::build(name, value)
        .path("/")
        .secure(true)
        .http_only(true)
        .same_site(SameSite::Strict)
        .finish()
}

/// The same cookie, taken away.
pub fn expired_cookie(name: &str) -> Cookie<'_> {
    let mut gone = cookie(name, "");
    gone.set_max_age(Duration::ZERO);
    gone
}
