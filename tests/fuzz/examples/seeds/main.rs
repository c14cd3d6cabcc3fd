//! Writes something well formed for each target into `tests/data/fuzz`, for libFuzzer to begin with:
//! `cargo run --example seeds`. What stands there already stays.

mod machines;

use std::io::{Cursor, Write as _};
use std::path::Path;

use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD as STANDARD, BASE64_URL_SAFE_NO_PAD as BASE64};
use domain::{CategoryId, DeviceId, MemberId, SchoolId, SeededEntropy, Timestamp, UnlockId};
use fuzz_targets::{BETWEEN, SCHOOL, SETS, device, kit, roll, waiting};
use protocol::approve::Bundle;
use protocol::challenge::Challenge;
use protocol::compartments::{Compartment, CompartmentSecret, HeldKey};
use protocol::device::DeviceRequest;
use protocol::encoding::{Writer, encode};
use protocol::hand_off::HandOff;
use protocol::hpke::PublicKey;
use protocol::kit::{KitSeed, Sheet};
use protocol::links::{Link, LinkToken, Purpose};
use protocol::log::LogHead;
use protocol::roll::{Author, Body, Capability, Grant, Integration, Rights, RollHead, StoreKind};
use protocol::slots::SlotCode;
use protocol::suite::Suite;
use serde_json::json;
use vault::Claims;

const NOW: i64 = 1_795_000_000;

fn main() {
    links();
    devices();
    app();
    machines::answers();
    machines::changes();
    rolls();
    sheets();
    sealed();
    typed();
    browsers();
    rosters();
}

fn keep(target: &str, name: &str, content: impl AsRef<[u8]>) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../data/fuzz")
        .join(target);
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join(name), content).unwrap();
}

fn member(number: u8) -> MemberId {
    MemberId::from_bytes([number; 16])
}

fn id(number: u8) -> DeviceId {
    DeviceId::from_bytes([number; 16])
}

fn links() {
    for (name, purpose) in [
        ("setup", Purpose::Setup),
        ("enrol", Purpose::Enrol(member(1))),
    ] {
        let link = Link {
            purpose,
            origin: "https://hollybank.example:8443".to_owned(),
            school: SCHOOL,
            server_pin: [3; 32],
            token: LinkToken::from_bytes([4; 16]),
        };
        keep("link", name, link.encode());
        keep("link", &format!("{name}-url"), link.to_url());
    }
}

fn challenge() -> Challenge {
    Challenge {
        suite: Suite::CURRENT,
        school: SCHOOL,
        device: id(1),
        member: member(1),
        unlock: UnlockId::from_bytes([5; 16]),
        nonce: [6; 32],
        session_key: PublicKey::from_bytes([7; 32]),
        origin: "https://hollybank.example".to_owned(),
        digits: 2,
        known_browser: true,
        browser: "Chrome on Windows".to_owned(),
        place: "the school's network".to_owned(),
        scopes: vec!["read".to_owned(), "write".to_owned()],
        compartments: vec![Compartment::PASTORAL, Compartment::SAFEGUARDING],
        session_seconds: 3_600,
        issued: 1_795_000_000,
        expires: 1_795_000_120,
        log: LogHead {
            length: 9,
            head: [8; 32],
        },
        roll: RollHead {
            length: 2,
            head: [9; 32],
        },
    }
}

fn devices() {
    keep("challenge", "whole", challenge().encode());
    let request = DeviceRequest {
        method: "GET",
        target: "/v1/device/roll",
        body: b"",
    };
    let entropy = SeededEntropy::new([3; 32]);
    let header = request.sign(SCHOOL, id(1), device(1).sign(), 1_795_000_000, &entropy);
    keep("device_header", "whole", header.to_header());
    let payload = waiting();
    let signed = payload.sign(&device(3));
    keep("device_payload", "whole", &signed[..signed.len() - 64]);
    keep("device_payload", "link", payload.to_link(&device(3)));
    let words = device(1).public().words(SCHOOL).to_string();
    keep("words", "said", &words);
    keep("words", "typed", words.to_uppercase().replace(' ', ", "));
}

/// What the app reads: its own files, and what people give it.
fn app() {
    let first = json!({
        "version": 1, "origin": "https://hollybank.example", "school": SCHOOL, "school_name": "Hollybank",
        "member": member(1), "member_name": "Anwen", "device": id(1), "device_name": "Phone",
        "store_kind": "protected", "server_pin": BASE64.encode([3; 32]), "granted": true,
        "roll": {"length": 2, "head": BASE64.encode([4; 32])},
        "log": {"length": 9, "head": BASE64.encode([5; 32])},
    });
    let mut present = first.clone();
    present["answered"] = json!([BASE64.encode([6; 32])]);
    present["codes_count"] = json!(true);
    keep("profile", "first-form", first.to_string());
    let several = json!({ "schools": [present, first] });
    keep("profile", "present-form", several.to_string());
    let name = format!("{SCHOOL} {}", id(1));
    let seeds = json!({ name: STANDARD.encode([1; 32]) });
    keep("seeds_file", "one", seeds.to_string());

    let sheets = KitSeed::from_bytes([1; 16]).split(SCHOOL, &SeededEntropy::new([7; 32]));
    let printed = |sheet: &Sheet| {
        let lines: Vec<_> = sheet.lines().iter().map(|line| line.to_string()).collect();
        format!(
            "Recovery sheet {} of 3\n\n{}\n",
            sheet.number(),
            lines.join("\n")
        )
    };
    keep(
        "typed_sheets",
        "two",
        printed(&sheets[0]) + &printed(&sheets[1]),
    );
    keep("typed_sheets", "code", format!("{}\n", *sheets[2].code()));
    keep(
        "slot_code",
        "printed",
        &*SlotCode::generate(&SeededEntropy::new([8; 32])).text(),
    );
    let link = HandOff {
        origin: "https://hollybank.example".to_owned(),
        unlock: UnlockId::from_bytes([5; 16]),
    };
    keep("hand_off", "claimed", link.to_url());
    keep("hand_off", "scheme", link.to_scheme());
}

fn rolls() {
    let rights = Rights {
        compartments: [Compartment::PASTORAL].into(),
        capabilities: [Capability::Grant].into(),
        categories: Some([CategoryId::from_bytes([1; 16])].into()),
        years: Some(["9".to_owned()].into()),
        ..Rights::default()
    };
    let (state, entries) = roll();
    for (number, entry) in entries.iter().enumerate() {
        keep("roll_entry", &format!("entry-{number}"), &entry.bytes);
    }
    let public = CompartmentSecret::new_pair(&SeededEntropy::new([2; 32])).1;
    let log = LogHead {
        length: 5,
        head: [1; 32],
    };
    let bodies = [
        Body::Grant(Grant {
            device: id(3),
            member: member(3),
            keys: device(3).public(),
            store_kind: StoreKind::File,
            rights: rights.clone(),
        }),
        Body::Revoke(id(2)),
        Body::Restrict(id(2), rights),
        Body::Rotate(Compartment::PASTORAL, 2, public),
        Body::Retire(Compartment::PASTORAL, 1),
        Body::Compartment("swimming".parse().unwrap(), public),
        Body::Kit(kit().public()),
        Body::RestoreAccept(log, log),
        Body::ServerKey(device(9).public().sign),
        Body::Integration(Integration {
            client: [1; 16],
            kem: public,
            compartments: vec![Compartment::PASTORAL],
            fields: vec!["category".to_owned(), "year".to_owned()],
            filter: "year=9".to_owned(),
            expires: 1_900_000_000,
        }),
        Body::Policy("unknown-browsers".to_owned(), "bound".to_owned()),
        Body::Endorse(2, [1; 32]),
    ];
    for body in bodies {
        let kind = body.kind();
        let entry = state.next(body, Author::Device(id(1)), 2_000);
        keep("roll_entry", kind, entry.encode());
    }
    let mut line = NOW.to_be_bytes().to_vec();
    line.extend_from_slice(b"mem_1\nconcern.recorded\ncon_1\ndone");
    keep("log_entry", "line", line);
    keep("log_entry", "last", [0xff; 20]);
}

fn sheets() {
    let seed = KitSeed::from_bytes([1; 16]);
    for sheet in seed.split(SCHOOL, &SeededEntropy::new([7; 32])) {
        let lines: Vec<_> = sheet.lines().iter().map(|line| line.to_string()).collect();
        keep(
            "sheet",
            &format!("typed-{}", sheet.number()),
            lines.join("\n"),
        );
        keep("sheet", &format!("code-{}", sheet.number()), &*sheet.code());
    }
}

fn sealed() {
    let held = |compartment: Compartment, generation| HeldKey {
        compartment,
        generation,
        secret: CompartmentSecret::try_from(&[generation as u8; 32][..]).unwrap(),
    };
    let bundle = Bundle::new(vec![
        held(Compartment::PASTORAL, 1),
        held(Compartment::STAFF, 2),
    ]);
    for label in ["bundle", "kit-keys"] {
        let content = bundle
            .keys()
            .iter()
            .fold(Writer::new(label), |writer, key| {
                writer
                    .text(key.compartment.name())
                    .u32(key.generation)
                    .field(&[1; 32])
            });
        keep("sealed_keys", label, content.finish());
    }
    keep(
        "sealed_keys",
        "psks",
        Writer::new("kit-psks").u32(1).field(&[1; 32]).finish(),
    );
    let narrative = "He said \u{201c}no\u{201d} and went.".as_bytes();
    let texts = |label, count: usize| encode(label, &vec![narrative; count]);
    for (label, count) in [
        ("amendment-body", 3),
        ("action-body", 2),
        ("completion-body", 1),
        ("closure-body", 6),
        ("reopening-body", 1),
        ("file-head", 2),
    ] {
        keep("sealed_body", label, texts(label, count));
    }
    let concern = encode(
        "concern-body",
        &[
            narrative,
            b"",
            b"Playground",
            &[1],
            b"Bashir",
            b"",
            b"he said",
        ],
    );
    keep("sealed_body", "concern-body", &concern);
    let mut padded = (concern.len() as u32).to_be_bytes().to_vec();
    padded.extend_from_slice(&concern);
    padded.resize(512, 0);
    keep("sealed_body", "padded", padded);
    keep("attachment", "short", b"Seen at the gate.\n");
    keep("attachment", "empty", b"");
}

fn typed() {
    keep(
        "search_words",
        "accents",
        "zoe's COAT\nZo\u{eb}\u{2019}s coat \u{2014} \u{fb01}ne, \u{130}stanbul, Stra\u{df}e",
    );
    keep(
        "search_words",
        "ascii",
        "coat gate\nCame without a coat to the gate.",
    );
    for (name, text) in [
        ("name", "Zo\u{eb} O\u{2019}Neill-Smythe"),
        ("lines", "One.\r\n\tTwo.\n"),
        ("address", "carys@larkspur.example"),
        ("year", "9"),
        ("concern", "con_00112233445566778899aabbccddeeff"),
        ("instant", "2026-11-23T08:40:00.123456Z"),
        ("instant-far", "+262142-12-31T23:59:60.999999999-23:59"),
        ("combining", "e\u{301}\u{301}\u{212b}\u{fdfa}"),
    ] {
        keep("fields", name, text);
    }
    keep(
        "file_name",
        "text",
        "../../x\u{202e}y.txt\nSeen at the gate.\n",
    );
    keep("file_name", "pdf", b"a.pdf\n%PDF-1.7\n");
    keep("file_name", "png", b"a.png\n\x89PNG\r\n\x1a\n\0\0\0\rIHDR");
    keep(
        "file_name",
        "page",
        b"a.html\n<!doctype html><script>alert(1)</script>",
    );
}

fn browsers() {
    let mut claims = Claims::issue(
        "https://hollybank.example",
        domain::SessionId::from_bytes([1; 16]),
        "mem_1".to_owned(),
        Timestamp::from_seconds(NOW),
        &SeededEntropy::new([9; 32]),
    );
    claims.tid = Some(SchoolId::from_bytes([2; 16]));
    claims.mid = Some(member(2));
    claims.scope = "record read".to_owned();
    let header = r#"{"typ":"at+jwt","alg":"EdDSA"}"#;
    let text = serde_json::to_string(&claims).unwrap();
    keep("jwt", "signed", format!("{header}\n{text}"));
    keep("jwt", "none", format!("{{\"alg\":\"none\"}}\n{text}"));
    keep(
        "jwt",
        "foreign",
        format!("{}.{}.", BASE64.encode(header), BASE64.encode(&text)),
    );
    claims.exp = i64::MAX;
    claims.iat = -2;
    let text = serde_json::to_string(&claims).unwrap();
    keep("jwt", "far", format!("{header}\n{text}"));
    keep("cursor", "whole", BASE64.encode([1; 24]));
    keep("reference", "whole", BASE64.encode([1; 32]));
    keep(
        "bodies",
        "whole",
        r#"{"id":"con_00112233445566778899aabbccddeeff","name":"Gate","text":"Seen.","at":"2026-11-23T08:40:00Z",
"people":[{"email":"a@b.example","role":"witness"}],"urgent":false,"count":3}"#,
    );
    keep(
        "bodies",
        "wrong",
        r#"{"name":"SECRET-WORDS-OF-SOMEBODY","urgent":"SECRET-WORDS-OF-SOMEBODY"}"#,
    );
    keep(
        "bodies",
        "enum",
        r#"{"people":[{"email":"a@b.example","role":"SECRET-WORDS-OF-SOMEBODY"}]}"#,
    );
    keep("bodies", "key", r#"{"SECRET-WORDS-OF-SOMEBODY":1}"#);
}

/// The head of each kept roster, and of the OneRoster one as a zip.
fn rosters() {
    let folders = ["oneroster-1.1", "sds-v1-uk", "sds-v2", "sds-v2.1"];
    for ((target, names), folder) in SETS.into_iter().zip(folders) {
        let mut content = Vec::new();
        let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for name in names {
            let file = Path::new(env!("CARGO_MANIFEST_DIR"))
                .join("../data/rosters")
                .join(folder)
                .join(name);
            let text = std::fs::read_to_string(file).unwrap_or_default();
            let head: Vec<_> = text.lines().take(4).collect();
            let head = head.join("\r\n");
            content.extend_from_slice(head.as_bytes());
            content.extend_from_slice(BETWEEN);
            if !head.is_empty() {
                let options = zip::write::SimpleFileOptions::default();
                archive
                    .start_file(format!("export/{name}"), options)
                    .unwrap();
                archive.write_all(head.as_bytes()).unwrap();
            }
        }
        keep(target, "head", content);
        keep("roster_zip", folder, archive.finish().unwrap().into_inner());
    }
}
