//! What the server knows of a browser: what it calls itself, and whether its owner has opened records
//! in it before.

use actix_web::HttpRequest;
use actix_web::http::header::USER_AGENT;
use diesel::prelude::*;
use domain::AccountId;
use store::dialect::Prepare as _;
use store::schema::known_browser;
use store::{Result, Tx};
use vault::Reference;

/// The cookie of a browser in which this person has opened records before.
pub(crate) const KNOWN_BROWSER_COOKIE: &str = "__Host-kb";
/// Days that a browser stays known after its last unlock.
pub(crate) const KNOWN_BROWSER_DAYS: i64 = 90;

/// What a browser calls itself, in a fixed vocabulary such as `Chrome on Windows`: the words are shown
/// on a phone, and nobody else may choose them.
pub(crate) fn label(request: &HttpRequest) -> String {
    let agent = request
        .headers()
        .get(USER_AGENT)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    // Browsers name those whose pages they want to be served, so the narrowest name comes first.
    let browser = first_of(
        agent,
        &[
            ("Edg", "Edge"),
            ("OPR/", "Opera"),
            ("Firefox/", "Firefox"),
            ("FxiOS/", "Firefox"),
            ("CriOS/", "Chrome"),
            ("Chrome/", "Chrome"),
            ("Safari/", "Safari"),
        ],
        "A browser",
    );
    let system = first_of(
        agent,
        &[
            ("Windows", "Windows"),
            ("iPhone", "iPhone"),
            ("iPad", "iPad"),
            ("Android", "Android"),
            ("CrOS", "ChromeOS"),
            ("Mac OS X", "macOS"),
            ("Linux", "Linux"),
        ],
        "an unknown system",
    );
    format!("{browser} on {system}")
}

fn first_of(agent: &str, names: &[(&str, &'static str)], otherwise: &'static str) -> &'static str {
    names
        .iter()
        .find(|(part, _)| agent.contains(part))
        .map_or(otherwise, |(_, name)| name)
}

/// Hash of the known-browser cookie, if the request has one.
pub(crate) fn known_cookie(request: &HttpRequest) -> Option<[u8; 32]> {
    request
        .cookie(KNOWN_BROWSER_COOKIE)
        .and_then(|cookie| Reference::from_text(cookie.value()))
        .map(|reference| reference.hash())
}

/// Whether the cookie was given to this account, not too long ago.
pub(crate) fn is_known(
    tx: &mut Tx<'_>,
    account: AccountId,
    cookie: Option<[u8; 32]>,
) -> Result<bool> {
    let Some(cookie) = cookie else {
        return Ok(false);
    };
    let now = tx.now();
    let found = known_browser::table
        .filter(known_browser::ref_hash.eq(cookie.as_slice()))
        .filter(known_browser::account_id.eq(account))
        .filter(known_browser::expires_at.gt(now));
    let found: Option<AccountId> = found
        .select(known_browser::account_id)
        .prepared()
        .get_result(tx.connection())
        .optional()?;
    Ok(found.is_some())
}

/// Gives the browser a new cookie by which it is known, in the place of the one it had.
pub(crate) fn remember(
    tx: &mut Tx<'_>,
    account: AccountId,
    before: Option<[u8; 32]>,
) -> Result<Reference> {
    let now = tx.now();
    diesel::delete(known_browser::table.filter(known_browser::expires_at.le(now)))
        .execute(tx.connection())?;
    if let Some(before) = before {
        diesel::delete(
            known_browser::table
                .filter(known_browser::ref_hash.eq(before.as_slice()))
                .filter(known_browser::account_id.eq(account)),
        )
        .execute(tx.connection())?;
    }
    let reference = Reference::new(tx.entropy());
    diesel::insert_into(known_browser::table)
        .values((
            known_browser::ref_hash.eq(reference.hash().to_vec()),
            known_browser::account_id.eq(account),
            known_browser::expires_at.eq(now.plus_days(KNOWN_BROWSER_DAYS)),
        ))
        .execute(tx.connection())?;
    Ok(reference)
}

/// Forgets every browser of an account: its password has changed hands, or might have.
pub(crate) fn forget_all(tx: &mut Tx<'_>, account: AccountId) -> Result<()> {
    diesel::delete(known_browser::table.filter(known_browser::account_id.eq(account)))
        .execute(tx.connection())?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn a_browser_is_named_in_our_words_only() {
        for (agent, shown) in [
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36 Edg/140.0",
                "Edge on Windows",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605 Version/18.0 Mobile Safari/604.1",
                "Safari on iPhone",
            ),
            (
                "<b>Your bank</b> on approve me",
                "A browser on an unknown system",
            ),
        ] {
            let request = TestRequest::default()
                .insert_header((USER_AGENT, agent))
                .to_http_request();
            assert_eq!(label(&request), shown);
        }
    }
}
