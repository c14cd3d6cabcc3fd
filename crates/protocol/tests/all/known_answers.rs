//! What the standards say comes out, comes out here. Origins and licences: `data/README.md`.
#![expect(clippy::unwrap_used, reason = "a test's helpers fail by panicking")]

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
use protocol::codes::CodeSecret;
use protocol::hpke::{self, KeyPair, PresharedKey};
use protocol::records::{ServerPsk, padded_size};
use protocol::signing::{SigningKey, VerifyingKey};
use serde_json::Value;

#[derive(Debug)]
struct Fixed(Vec<u8>);

impl domain::Entropy for Fixed {
    fn fill(&self, buffer: &mut [u8]) {
        buffer.copy_from_slice(&self.0);
    }
}

fn unhex(value: &Value) -> Vec<u8> {
    let text = value.as_str().unwrap();
    (0..text.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap())
        .collect()
}

#[test]
fn hpke_is_that_of_rfc_9180() {
    let vector: Value =
        serde_json::from_str(include_str!("data/rfc9180_base_aes256gcm.json")).unwrap();
    let field = |name: &str| unhex(&vector[name]);
    let pair = KeyPair::derive(&field("ikmR"));
    // Private keys are written clamped (RFC 7748, 5), which is the same key as the RFC's.
    let read = KeyPair::from_private(field("skRm").as_slice().try_into().unwrap()).unwrap();
    assert_eq!(pair.expose_private(), read.expose_private());
    assert_eq!(pair.public().as_bytes().as_slice(), field("pkRm"));

    let sealed = [field("enc"), field("ct")].concat();
    let opened = hpke::open(&pair, &field("info"), &field("aad"), &sealed).unwrap();
    assert_eq!(opened.as_slice(), field("pt"));
    let resealed = hpke::seal(
        &pair.public(),
        &field("info"),
        &field("aad"),
        &field("pt"),
        &Fixed(field("ikmE")),
    );
    assert_eq!(resealed, Ok(sealed));
}

#[test]
fn signatures_are_those_of_rfc_8037() {
    let example: Value = serde_json::from_str(include_str!("data/rfc8037_jws.json")).unwrap();
    let field = |value: &Value| BASE64.decode(value.as_str().unwrap()).unwrap();
    let key = &example["input"]["key"];
    let signing = SigningKey::from_seed(&field(&key["d"]).try_into().unwrap()).unwrap();
    let signed = example["signing"]["sig-input"].as_str().unwrap().as_bytes();
    let signature = field(&example["signing"]["sig"]);
    assert_eq!(signing.public().as_bytes().as_slice(), field(&key["x"]));
    assert_eq!(signing.sign(signed).as_slice(), signature);
    let public = VerifyingKey::from_bytes(field(&key["x"]).try_into().unwrap());
    assert!(public.verify(signed, &signature).is_ok());
    assert!(public.verify(&signed[1..], &signature).is_err());
}

#[test]
fn hpke_with_a_preshared_key_is_that_of_rfc_9180() {
    let vector: Value =
        serde_json::from_str(include_str!("data/rfc9180_psk_aes256gcm.json")).unwrap();
    let field = |name: &str| unhex(&vector[name]);
    let pair = KeyPair::derive(&field("ikmR"));
    assert_eq!(pair.public().as_bytes().as_slice(), field("pkRm"));
    let (key, name) = (
        ServerPsk::try_from(field("psk").as_slice()).unwrap(),
        field("psk_id"),
    );
    let psk = PresharedKey {
        key: &key,
        id: &name,
    };

    let sealed = [field("enc"), field("ct")].concat();
    let opened = hpke::open_with_psk(&pair, psk, &field("info"), &field("aad"), &sealed).unwrap();
    assert_eq!(opened.as_slice(), field("pt"));
    let resealed = hpke::seal_with_psk(
        &pair.public(),
        psk,
        &field("info"),
        &field("aad"),
        &field("pt"),
        &Fixed(field("ikmE")),
    );
    assert_eq!(resealed, Ok(sealed));
}

#[test]
fn offline_codes_are_those_of_rfc_6238() {
    let cases: Vec<_> = include_str!("data/rfc6238.txt")
        .split("\n\n")
        .filter(|case| case.contains("MODE = SHA256"))
        .collect();
    assert_eq!(cases.len(), 6);
    for case in cases {
        let field = |name: &str| {
            case.lines()
                .find_map(|line| line.strip_prefix(name)?.strip_prefix(" = "))
                .unwrap()
        };
        let secret = CodeSecret::try_from(field("SECRET").as_bytes()).unwrap();
        let at = field("TIME").parse().unwrap();
        assert_eq!(secret.code(at), field("TOTP"));
        assert_eq!(secret.check(field("TOTP"), at), Some(at / 30));
    }
}

#[test]
fn a_code_is_taken_in_its_step_and_five_seconds_more() {
    let secret = CodeSecret::from_bytes([7; 32]);
    let code = secret.code(600);
    assert_eq!(secret.check(&code, 629), Some(20));
    assert_eq!(secret.check(&code, 634), Some(20));
    assert_eq!(secret.check(&code, 635), None);
    assert_eq!(secret.check(&code, 599), None);
    assert_eq!(secret.check("", 600), None);
}

#[test]
fn signatures_are_judged_as_wycheproof_says() {
    let file: Value = serde_json::from_str(include_str!("data/wycheproof_ed25519.json")).unwrap();
    let mut judged = 0;
    for group in file["testGroups"].as_array().unwrap() {
        let key: [u8; 32] = unhex(&group["publicKey"]["pk"]).try_into().unwrap();
        for test in group["tests"].as_array().unwrap() {
            let holds = VerifyingKey::from_bytes(key)
                .verify(&unhex(&test["msg"]), &unhex(&test["sig"]))
                .is_ok();
            assert_eq!(holds, test["result"] == "valid", "case {}", test["tcId"]);
            judged += 1;
        }
    }
    assert_eq!(judged, file["numberOfTests"].as_u64().unwrap());
}

#[test]
fn padding_follows_padme() {
    // By hand from the paper: 1,000 has exponent 9, of which 4 bits are kept, so multiples of 32.
    for (length, padded) in [
        (0, 512),
        (512, 512),
        (513, 544),
        (1_000, 1_024),
        (2_500, 2_560),
        (20_004, 20_480),
        (1 << 20, 1 << 20),
    ] {
        assert_eq!(padded_size(length), padded, "{length}");
    }
}
