//! What browsers send beside the words of people.

use std::sync::OnceLock;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
use domain::kind::Concern;
use domain::{ConcernId, EmailAddress, Narrative, SeededEntropy, ShortText, Timestamp};
use rest::PageQuery;
use ring::signature::Ed25519KeyPair;
use serde::Deserialize;
use vault::{InvalidToken, Reference, Tokens};

const NOW: i64 = 1_795_000_000;
const ISSUER: &str = "https://hollybank.example";

/// A token from anywhere is refused; one with our signature, whatever it says, is judged and ends.
pub fn jwt(data: &[u8]) {
    static KEYS: OnceLock<(Tokens, Ed25519KeyPair)> = OnceLock::new();
    let (tokens, pair) = KEYS.get_or_init(|| {
        let key = Tokens::new_key(&SeededEntropy::new([1; 32]));
        let pair = Ed25519KeyPair::from_pkcs8_maybe_unchecked(&key).unwrap();
        (Tokens::new(ISSUER, &key).unwrap(), pair)
    });
    let now = Timestamp::from_seconds(NOW);
    let text = String::from_utf8_lossy(data);
    assert_eq!(tokens.verify(&text, now), Err(InvalidToken::Foreign));
    // The first line is the header, the rest what it claims: signed by ourselves.
    let (header, claims) = text.split_once('\n').unwrap_or((&text, ""));
    let message = format!("{}.{}", BASE64.encode(header), BASE64.encode(claims));
    let signature = BASE64.encode(pair.sign(message.as_bytes()));
    if let Ok(claims) = tokens.verify(&format!("{message}.{signature}"), now) {
        assert_eq!(claims.iss, ISSUER);
        assert!(claims.exp.saturating_sub(claims.iat) <= 300);
        assert!(claims.exp >= NOW - 5 && claims.nbf <= NOW + 5);
    }
}

/// A cursor that is taken is one that a list could have given.
pub fn cursor(data: &[u8]) {
    let query = PageQuery {
        after: Some(String::from_utf8_lossy(data).into_owned()),
        limit: Some(data.len() as u32),
    };
    if let Ok(page) = query.page::<Concern>() {
        assert!((1..=100).contains(&page.limit));
        let (instant, id) = page.after.unwrap();
        let rows = vec![(); data.len() + 1];
        let next = page.cut(rows, |()| (instant, id), |row| row).next.unwrap();
        let again = PageQuery {
            after: Some(next),
            limit: None,
        };
        let again = again.page::<Concern>().unwrap();
        assert_eq!(again.after, Some((instant, id)));
    }
}

/// A cookie or a mailed link's token is written the same way again.
pub fn reference(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    if let Some(reference) = Reference::from_text(&text) {
        assert_eq!(*reference.to_text(), text);
    }
}

/// A body of about every shape that operations have.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Shape {
    id: ConcernId,
    name: ShortText,
    text: Option<Narrative>,
    at: Option<Timestamp>,
    #[serde(default)]
    people: Vec<Person>,
    urgent: bool,
    count: Option<u32>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Person {
    email: EmailAddress,
    role: Role,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Role {
    Subject,
    Witness,
}

/// A value that must not come back. A name of a field may: the refusal points to it.
const SECRET: &str = "SECRET-WORDS-OF-SOMEBODY";

/// A body is read, or refused as a problem that points to a place in it and repeats no value.
pub fn bodies(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    // Where a name stands, or would if what follows were sound.
    let is_named = text.match_indices(SECRET).any(|(start, _)| {
        let before = text[..start]
            .rsplit_once('"')
            .map_or("", |(before, _)| before);
        before.trim_end().ends_with(['{', ','])
    });
    match rest::read_json::<Shape>(data) {
        Ok(shape) => {
            assert!(data.len() > 40, "{shape:?} out of nothing");
            assert!(shape.people.len() < data.len() && shape.name.expose().len() < 3_000);
            let _all = (shape.id, shape.text, shape.at, shape.urgent, shape.count);
            let _people: Vec<_> = shape
                .people
                .iter()
                .map(|one| (&one.email, &one.role))
                .collect();
        }
        Err(problem) => {
            let said = format!("{problem:?}");
            assert!(is_named || !said.contains(SECRET), "{said}");
        }
    }
}
