//! What the protocol is built of computes what Wycheproof, NIST and the RFCs say: the very crates that it calls,
//! for the sizes that it uses. Ed25519, HPKE and the offline codes: `known_answers.rs`; Argon2id: `vault`.
//! Origins and licences: `data/README.md`.
#![expect(clippy::unwrap_used, reason = "a test's helpers fail by panicking")]

use domain::SeededEntropy;
use protocol::Error;
use protocol::hpke::{self, PublicKey};
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use ring::{digest, hkdf, hmac};
use serde_json::Value;

fn unhex(text: &str) -> Vec<u8> {
    (0..text.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap())
        .collect()
}

/// The cases of a file, and that none was left out.
fn each(file: &str, judge: impl Fn(&Value, bool)) {
    let file: Value = serde_json::from_str(file).unwrap();
    let tests = file["tests"].as_array().unwrap();
    assert_eq!(Some(tests.len() as u64), file["numberOfTests"].as_u64());
    for test in tests {
        judge(test, test["result"] != "invalid");
    }
}

fn bytes(test: &Value, name: &str) -> Vec<u8> {
    unhex(test[name].as_str().unwrap())
}

/// The values of a text file's cases, in which each has these names in this order.
fn cases<const N: usize>(file: &str, names: [&str; N]) -> Vec<[Vec<u8>; N]> {
    let values = |name: &str| -> Vec<Vec<u8>> {
        let lines = file.lines();
        lines
            .filter_map(|line| Some(unhex(line.strip_prefix(name)?.strip_prefix(" = ")?)))
            .collect()
    };
    let columns = names.map(values);
    (0..columns[0].len())
        .map(|case| std::array::from_fn(|column| columns[column][case].clone()))
        .collect()
}

fn x25519(private: Vec<u8>, public: Vec<u8>) -> [u8; 32] {
    x25519_dalek::x25519(private.try_into().unwrap(), public.try_into().unwrap())
}

#[test]
fn shared_secrets_are_those_of_wycheproof_and_rfc_7748() {
    each(include_str!("data/wycheproof_x25519.json"), |test, _| {
        let shared = x25519(bytes(test, "private"), bytes(test, "public"));
        assert_eq!(shared.as_slice(), bytes(test, "shared"), "{}", test["tcId"]);
    });
    let of_the_rfc = cases(
        include_str!("data/rfc7748.txt"),
        ["INPUT_SCALAR", "INPUT_U", "OUTPUT_U"],
    );
    assert_eq!(of_the_rfc.len(), 3);
    for [scalar, point, product] in of_the_rfc {
        assert_eq!(x25519(scalar, point).as_slice(), product);
    }
}

#[test]
fn nothing_is_sealed_to_a_key_whose_secret_everybody_knows() {
    let mut weak = 0;
    let entropy = SeededEntropy::new([7; 32]);
    let file: Value = serde_json::from_str(include_str!("data/wycheproof_x25519.json")).unwrap();
    for test in file["tests"].as_array().unwrap() {
        let public = PublicKey::from_bytes(bytes(test, "public").try_into().unwrap());
        let sealed = hpke::seal(&public, b"info", b"", b"a key", &entropy);
        let is_weak = bytes(test, "shared").iter().all(|byte| *byte == 0);
        match is_weak {
            true => assert_eq!(
                sealed,
                Err(Error::Malformed("public key")),
                "{}",
                test["tcId"]
            ),
            false => assert!(sealed.is_ok(), "{}", test["tcId"]),
        }
        weak += usize::from(is_weak);
    }
    assert!(weak >= 12, "{weak}");
}

#[test]
fn what_was_sealed_by_aes_gcm_opens_whole_or_not_at_all() {
    each(
        include_str!("data/wycheproof_aes_gcm.json"),
        |test, holds| {
            let case = &test["tcId"];
            let key =
                || LessSafeKey::new(UnboundKey::new(&AES_256_GCM, &bytes(test, "key")).unwrap());
            let nonce = || Nonce::try_assume_unique_for_key(&bytes(test, "iv")).unwrap();
            let aad = || Aad::from(bytes(test, "aad"));
            let sealed = [bytes(test, "ct"), bytes(test, "tag")].concat();
            let mut opened = sealed.clone();
            let opened = key().open_in_place(nonce(), aad(), &mut opened);
            assert_eq!(opened.is_ok(), holds, "{case}");
            if holds {
                assert_eq!(opened.unwrap(), bytes(test, "msg"), "{case}");
                let mut again = bytes(test, "msg");
                key()
                    .seal_in_place_append_tag(nonce(), aad(), &mut again)
                    .unwrap();
                assert_eq!(again, sealed, "{case}");
            }
        },
    );
}

/// How many bytes are derived.
struct Length(usize);

impl hkdf::KeyType for Length {
    fn len(&self) -> usize {
        self.0
    }
}

#[test]
fn keys_are_derived_as_rfc_5869_and_wycheproof_say() {
    each(
        include_str!("data/wycheproof_hkdf_sha256.json"),
        |test, holds| {
            let size = usize::try_from(test["size"].as_u64().unwrap()).unwrap();
            let key = hkdf::Salt::new(hkdf::HKDF_SHA256, &bytes(test, "salt"))
                .extract(&bytes(test, "ikm"));
            let info = bytes(test, "info");
            let info = [info.as_slice()];
            let derived = key.expand(&info, Length(size));
            assert_eq!(derived.is_ok(), holds, "{}", test["tcId"]);
            if let Ok(derived) = derived {
                let mut okm = vec![0; size];
                derived.fill(&mut okm).unwrap();
                assert_eq!(okm, bytes(test, "okm"), "{}", test["tcId"]);
            }
        },
    );
}

#[test]
fn digests_with_a_key_are_those_of_rfc_4231_and_wycheproof() {
    let sign =
        |key: &[u8], message: &[u8]| hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), message);
    each(
        include_str!("data/wycheproof_hmac_sha256.json"),
        |test, holds| {
            let tag = bytes(test, "tag");
            let signed = sign(&bytes(test, "key"), &bytes(test, "msg"));
            assert_eq!(
                signed.as_ref()[..tag.len()] == tag,
                holds,
                "{}",
                test["tcId"]
            );
        },
    );
    let of_the_rfc = cases(include_str!("data/rfc4231.txt"), ["Key", "Msg", "MD"]);
    assert!(of_the_rfc.len() >= 6, "{}", of_the_rfc.len());
    for [key, message, digest] in of_the_rfc {
        assert_eq!(sign(&key, &message).as_ref()[..digest.len()], digest);
    }
}

#[test]
fn hashes_are_those_of_nist() {
    let of_nist = cases(include_str!("data/nist_sha256_short.txt"), ["Msg", "MD"]);
    assert_eq!(of_nist.len(), 65);
    // One a byte more than the last; the empty message is written as one byte.
    for (length, [message, hash]) in of_nist.into_iter().enumerate() {
        assert_eq!(
            digest::digest(&digest::SHA256, &message[..length]).as_ref(),
            hash
        );
    }
}
