use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, Once, PoisonError};

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use domain::{Entropy, MemberId, SchoolId, SessionId, Timestamp};
use jsonwebtoken::crypto::{CryptoProvider, JwtSigner, JwtVerifier, KeyUtils};
use jsonwebtoken::errors::{Error, ErrorKind};
use jsonwebtoken::signature::{self, Signer, Verifier};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use ring::digest::{SHA256, digest};
use ring::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

/// Seconds that an access token lives.
pub(crate) const LIFETIME: i64 = 300;
/// Seconds by which two machines' clocks may differ.
const LEEWAY: i64 = 5;
/// The header's `typ` (RFC 9068, section 2.1); the library does not check it.
const TYPE: &str = "at+jwt";
const AUDIENCE: &str = "safehold-api";
/// Tokens that are remembered as genuine, twice over: some 300 bytes each.
const REMEMBERED: usize = 8192;

/// What an access token says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Claims {
    /// The server that issued it.
    pub iss: String,
    /// `safehold-api`.
    pub aud: String,
    /// The member, or the account while no school is chosen.
    pub sub: String,
    /// The school, once one is chosen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tid: Option<SchoolId>,
    /// The member of that school.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mid: Option<MemberId>,
    /// The session it belongs to.
    pub sid: SessionId,
    /// What it may be used for, joined by spaces.
    pub scope: String,
    /// 1 signed in, 2 unlocked.
    pub lvl: u8,
    /// Hash of the unlock cookie it is bound to, base64url.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ush: Option<String>,
    /// Issued at, in seconds since 1970.
    pub iat: i64,
    /// Not before.
    pub nbf: i64,
    /// Not after.
    pub exp: i64,
    /// Its own name.
    pub jti: String,
}

impl Claims {
    /// Fills in what every token has, from the time and chance given.
    pub fn issue(
        issuer: &str,
        session: SessionId,
        subject: String,
        now: Timestamp,
        entropy: &dyn Entropy,
    ) -> Self {
        Self {
            iss: issuer.to_owned(),
            aud: AUDIENCE.to_owned(),
            sub: subject,
            tid: None,
            mid: None,
            sid: session,
            scope: String::new(),
            lvl: 1,
            ush: None,
            iat: now.seconds(),
            nbf: now.seconds(),
            exp: now.seconds() + LIFETIME,
            jti: BASE64_URL_SAFE_NO_PAD.encode(entropy.bytes::<16>()),
        }
    }

    /// Whether the token names this scope.
    pub fn has_scope(&self, scope: &str) -> bool {
        self.scope.split(' ').any(|named| named == scope)
    }
}

/// Why a token was not taken; the caller is told only whether to mint a new one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidToken {
    /// It was good once.
    #[error("the access token has expired")]
    Expired,
    /// It was never one of ours.
    #[error("this is not an access token of this server")]
    Foreign,
}

/// Signs and verifies access tokens: Ed25519 (RFC 8037) and nothing else.
pub struct Tokens {
    issuer: String,
    signing: EncodingKey,
    verifying: DecodingKey,
    validation: Validation,
    genuine: Mutex<Genuine>,
}

/// Tokens whose signature was checked, by their hash. A page asks for ten things with one token, and the
/// signature costs more than a short answer. What changes with time is looked at each time.
///
/// The older half is forgotten as a whole when the newer one is full, or has been filled for as long as a token is good:
/// then no token of the older half is good any more.
#[derive(Default)]
struct Genuine {
    /// When the first of the newer half was made, in seconds.
    since: i64,
    newer: HashMap<[u8; 32], Arc<Claims>>,
    older: HashMap<[u8; 32], Arc<Claims>>,
}

impl Genuine {
    fn get(&self, hash: &[u8; 32]) -> Option<Arc<Claims>> {
        self.newer
            .get(hash)
            .or_else(|| self.older.get(hash))
            .cloned()
    }

    fn insert(&mut self, hash: [u8; 32], claims: Arc<Claims>) {
        if self.newer.len() >= REMEMBERED || claims.iat >= self.since.saturating_add(LIFETIME) {
            self.older = std::mem::take(&mut self.newer);
            self.since = claims.iat;
        }
        self.newer.insert(hash, claims);
    }
}

impl fmt::Debug for Tokens {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("[token keys]")
    }
}

impl Tokens {
    /// Makes a signing key, as the PKCS#8 document that is kept wrapped in the database.
    pub fn new_key(entropy: &dyn Entropy) -> Zeroizing<Vec<u8>> {
        // ring makes its documents only from its own generator; this is RFC 8410's with our seed.
        const PREFIX: [u8; 16] = [
            0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22,
            0x04, 0x20,
        ];
        let seed: Zeroizing<[u8; 32]> = Zeroizing::new(entropy.bytes());
        Zeroizing::new([&PREFIX[..], &*seed].concat())
    }

    /// With a key that [`new_key`](Self::new_key) made.
    ///
    /// # Errors
    /// [`InvalidToken::Foreign`] if the document is not such a key.
    pub fn new(issuer: &str, key: &[u8]) -> Result<Self, InvalidToken> {
        static INSTALLED: Once = Once::new();
        INSTALLED.call_once(|| {
            // A second installation is this same provider, put in place by another caller.
            let _already = PROVIDER.install_default();
        });
        let pair =
            Ed25519KeyPair::from_pkcs8_maybe_unchecked(key).map_err(|_| InvalidToken::Foreign)?;
        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.set_audience(&[AUDIENCE]);
        validation.set_issuer(&[issuer]);
        // The library reads the machine's clock; ours is a parameter.
        validation.validate_exp = false;
        validation.validate_nbf = false;
        validation.required_spec_claims.clear();
        Ok(Self {
            issuer: issuer.to_owned(),
            signing: EncodingKey::from_ed_der(key),
            verifying: DecodingKey::from_ed_der(pair.public_key().as_ref()),
            validation,
            genuine: Mutex::default(),
        })
    }

    /// Who issues these tokens.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// Signs a token.
    ///
    /// # Errors
    /// [`InvalidToken::Foreign`] if the key cannot sign, which [`new`](Self::new) excludes.
    pub fn sign(&self, claims: &Claims) -> Result<String, InvalidToken> {
        let mut header = Header::new(Algorithm::EdDSA);
        header.typ = Some(TYPE.to_owned());
        let token = jsonwebtoken::encode(&header, claims, &self.signing)
            .map_err(|_| InvalidToken::Foreign)?;
        // It comes back within the second.
        if claims.iss == self.issuer && claims.aud == AUDIENCE {
            let hash = hash_of(&token)?;
            self.remembered().insert(hash, Arc::new(claims.clone()));
        }
        Ok(token)
    }

    /// Checks a token: signature, algorithm, type, issuer, audience, times.
    ///
    /// # Errors
    /// [`InvalidToken`].
    pub fn verify(&self, token: &str, now: Timestamp) -> Result<Arc<Claims>, InvalidToken> {
        let claims = self.genuine(token)?;
        let lives = claims.exp.saturating_sub(claims.iat);
        if claims.nbf > now.seconds() + LEEWAY || lives > LIFETIME {
            return Err(InvalidToken::Foreign);
        }
        if claims.exp.saturating_add(LEEWAY) < now.seconds() {
            return Err(InvalidToken::Expired);
        }
        Ok(claims)
    }

    /// What a token says that this server signed, whenever that was.
    fn genuine(&self, token: &str) -> Result<Arc<Claims>, InvalidToken> {
        let hash = hash_of(token)?;
        if let Some(claims) = self.remembered().get(&hash) {
            return Ok(claims);
        }
        let read = jsonwebtoken::decode::<Claims>(token, &self.verifying, &self.validation)
            .map_err(|_| InvalidToken::Foreign)?;
        if read.header.typ.as_deref() != Some(TYPE) {
            return Err(InvalidToken::Foreign);
        }
        let claims = Arc::new(read.claims);
        self.remembered().insert(hash, Arc::clone(&claims));
        Ok(claims)
    }

    fn remembered(&self) -> MutexGuard<'_, Genuine> {
        // Whatever a panic left behind in it is whole: an entry goes in at once.
        self.genuine.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn hash_of(token: &str) -> Result<[u8; 32], InvalidToken> {
    digest(&SHA256, token.as_bytes())
        .as_ref()
        .try_into()
        .map_err(|_| InvalidToken::Foreign)
}

struct EdSigner(Ed25519KeyPair);

impl Signer<Vec<u8>> for EdSigner {
    fn try_sign(&self, message: &[u8]) -> Result<Vec<u8>, signature::Error> {
        Ok(self.0.sign(message).as_ref().to_vec())
    }
}

impl JwtSigner for EdSigner {
    fn algorithm(&self) -> Algorithm {
        Algorithm::EdDSA
    }
}

struct EdVerifier(UnparsedPublicKey<Vec<u8>>);

impl Verifier<Vec<u8>> for EdVerifier {
    fn verify(&self, message: &[u8], signature: &Vec<u8>) -> Result<(), signature::Error> {
        self.0
            .verify(message, signature)
            .map_err(|_| signature::Error::new())
    }
}

impl JwtVerifier for EdVerifier {
    fn algorithm(&self) -> Algorithm {
        Algorithm::EdDSA
    }
}

fn signer(algorithm: &Algorithm, key: &EncodingKey) -> Result<Box<dyn JwtSigner>, Error> {
    match algorithm {
        Algorithm::EdDSA => Ed25519KeyPair::from_pkcs8_maybe_unchecked(key.as_bytes())
            .map(|pair| Box::new(EdSigner(pair)) as Box<dyn JwtSigner>)
            .map_err(|_| ErrorKind::InvalidKeyFormat.into()),
        _ => Err(ErrorKind::InvalidAlgorithm.into()),
    }
}

fn verifier(algorithm: &Algorithm, key: &DecodingKey) -> Result<Box<dyn JwtVerifier>, Error> {
    match algorithm {
        Algorithm::EdDSA => Ok(Box::new(EdVerifier(UnparsedPublicKey::new(
            &ED25519,
            key.try_get_as_bytes()?.to_vec(),
        )))),
        _ => Err(ErrorKind::InvalidAlgorithm.into()),
    }
}

/// Ed25519 by ring and nothing else: no RSA and no HMAC code is in the binary to be confused with it.
static PROVIDER: CryptoProvider = CryptoProvider {
    signer_factory: signer,
    verifier_factory: verifier,
    key_utils: KeyUtils::new_unimplemented(),
};

#[cfg(test)]
mod tests {
    use domain::SeededEntropy;

    use super::*;

    const NOW: i64 = 1_795_000_000;

    fn tokens(issuer: &str, seed: u8) -> Tokens {
        Tokens::new(issuer, &Tokens::new_key(&SeededEntropy::new([seed; 32]))).unwrap()
    }

    fn claims(now: i64) -> Claims {
        Claims::issue(
            "https://larkspur.example",
            SessionId::from_bytes([1; 16]),
            "mem_1".to_owned(),
            Timestamp::from_seconds(now),
            &SeededEntropy::new([9; 32]),
        )
    }

    #[test]
    fn a_token_is_good_for_five_minutes() {
        let ours = tokens("https://larkspur.example", 1);
        let token = ours.sign(&claims(NOW)).unwrap();
        // Another process with the same key has never seen the token; the one that signed it remembers it.
        for server in [tokens("https://larkspur.example", 1), ours] {
            let at = |seconds| server.verify(&token, Timestamp::from_seconds(seconds));
            assert_eq!(*at(NOW).unwrap(), claims(NOW));
            assert!(at(NOW + 305).is_ok());
            assert_eq!(at(NOW + 306), Err(InvalidToken::Expired));
            assert_eq!(at(NOW - 6), Err(InvalidToken::Foreign));
        }
    }

    #[test]
    fn forged_tokens_are_refused() {
        let ours = tokens("https://larkspur.example", 1);
        let now = Timestamp::from_seconds(NOW);
        let good = ours.sign(&claims(NOW)).unwrap();
        let (header, rest) = good.split_once('.').unwrap();
        let (payload, signature) = rest.split_once('.').unwrap();
        let with_header = |header: &str| {
            format!(
                "{}.{payload}.{signature}",
                BASE64_URL_SAFE_NO_PAD.encode(header)
            )
        };
        let mut long = claims(NOW);
        long.exp += 3600;
        let mut elsewhere = claims(NOW);
        elsewhere.aud = "another".to_owned();

        for forged in [
            with_header(r#"{"alg":"none","typ":"at+jwt"}"#),
            with_header(r#"{"alg":"HS256","typ":"at+jwt"}"#),
            with_header(r#"{"alg":"RS256","typ":"at+jwt"}"#),
            with_header(r#"{"alg":"EdDSA","typ":"JWT"}"#),
            format!("{header}.{payload}."),
            format!("{header}.{payload}"),
            tokens("https://larkspur.example", 2)
                .sign(&claims(NOW))
                .unwrap(),
            tokens("https://elsewhere.example", 1)
                .sign(&Claims {
                    iss: "https://elsewhere.example".to_owned(),
                    ..claims(NOW)
                })
                .unwrap(),
            ours.sign(&long).unwrap(),
            ours.sign(&elsewhere).unwrap(),
            String::new(),
        ] {
            assert_eq!(
                ours.verify(&forged, now),
                Err(InvalidToken::Foreign),
                "{forged}"
            );
        }
    }

    #[test]
    fn a_token_that_was_good_is_looked_at_again_with_every_letter() {
        let ours = tokens("https://larkspur.example", 1);
        let now = Timestamp::from_seconds(NOW);
        let good = ours.sign(&claims(NOW)).unwrap();
        assert!(ours.verify(&good, now).is_ok());

        for place in 0..good.len() {
            let mut forged = good.clone().into_bytes();
            forged[place] = if forged[place] == b'A' { b'B' } else { b'A' };
            let forged = String::from_utf8(forged).unwrap();
            // The last letter of base64 carries bits that say nothing; they have to be nought.
            assert_eq!(ours.verify(&forged, now), Err(InvalidToken::Foreign));
        }
        assert!(ours.verify(&good, now).is_ok());
    }

    #[test]
    fn more_tokens_than_are_remembered_are_all_good() {
        let ours = tokens("https://larkspur.example", 1);
        let now = Timestamp::from_seconds(NOW);
        let mut genuine = Genuine::default();
        for number in 0..=2 * REMEMBERED {
            let hash = *digest(&SHA256, &number.to_be_bytes())
                .as_ref()
                .first_chunk()
                .unwrap();
            genuine.insert(hash, Arc::new(claims(NOW)));
        }
        assert!(genuine.newer.len() + genuine.older.len() <= 2 * REMEMBERED);
        let token = ours.sign(&claims(NOW)).unwrap();
        assert!(ours.verify(&token, now).is_ok());
    }

    #[test]
    fn tokens_that_are_good_no_longer_are_not_remembered_for_long() {
        let ours = tokens("https://larkspur.example", 1);
        let remembered = || {
            let genuine = ours.remembered();
            genuine.newer.len() + genuine.older.len()
        };
        for passed in 0..LIFETIME {
            ours.sign(&claims(NOW + passed)).unwrap();
        }
        assert_eq!(remembered(), 300);
        ours.sign(&claims(NOW + LIFETIME)).unwrap();
        assert_eq!(remembered(), 301);
        ours.sign(&claims(NOW + 2 * LIFETIME)).unwrap();
        assert_eq!(remembered(), 2);
    }

    #[test]
    fn times_at_the_ends_of_the_scale_are_refused_without_a_fault() {
        let ours = tokens("https://larkspur.example", 1);
        let again = tokens("https://larkspur.example", 1);
        for (iat, exp) in [(-2, i64::MAX), (i64::MAX, i64::MIN), (i64::MAX, i64::MAX)] {
            let token = ours
                .sign(&Claims {
                    iat,
                    exp,
                    ..claims(NOW)
                })
                .unwrap();
            for server in [&ours, &again] {
                let refused = server.verify(&token, Timestamp::from_seconds(NOW));
                // The last lives no longer than it may, and far from now.
                assert!(refused.is_err() || iat == exp, "{iat} {exp}");
            }
        }
    }

    #[test]
    fn a_token_of_another_type_signed_by_us_is_refused() {
        let ours = tokens("https://larkspur.example", 1);
        let mut header = Header::new(Algorithm::EdDSA);
        header.typ = Some("JWT".to_owned());
        let token = jsonwebtoken::encode(&header, &claims(NOW), &ours.signing).unwrap();
        assert_eq!(
            ours.verify(&token, Timestamp::from_seconds(NOW)),
            Err(InvalidToken::Foreign)
        );
    }
}
