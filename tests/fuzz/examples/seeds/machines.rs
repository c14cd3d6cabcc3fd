//! What a server might answer the app's machines.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
use domain::{CategoryId, UnlockId};
use fuzz_targets::roll;
use protocol::challenge::Challenge;
use protocol::log::LogHead;
use protocol::signing::SigningKey;
use serde_json::json;

use super::{challenge, id, keep, member};

/// How each target of `tests/fuzz/src/machines.rs` begins: what the person may choose, and how many answers it
/// takes to the end.
const STORIES: [(&str, &[u8], usize); 7] = [
    ("amend", &[0, 1, 2, 3, 4, 5], 5),
    ("enrol", &[0, 1, 3], 7),
    ("grant", &[0, 1, 2, 4, 7], 7),
    ("new_kit", &[0], 11),
    ("recover", &[0, 5, 8, 24], 10),
    ("setup", &[0], 2),
    ("test_kit", &[0, 1, 6], 6),
];

/// The person's choice alone, where the school answers as it should to the end; then each kind of change at one
/// answer, and two answers in full.
pub(super) fn changes() {
    for (target, choices, calls) in STORIES {
        for choice in choices {
            keep(target, &format!("choice-{choice}"), [*choice]);
        }
        let at = |call: usize, line: &[u8]| {
            let mut input = vec![choices[0]];
            input.resize(1 + call % calls, b'\n');
            input.extend_from_slice(line);
            input
        };
        for kind in 0..12u8 {
            let line = [kind + 3, kind, kind + 1];
            let input = at(usize::from(kind) + calls - 1, &line);
            keep(target, &format!("change-{kind}"), input);
        }
        let refused =
            br#"=403{"type":"/problems/pin-refused","title":"That is not your PIN","left":2}"#;
        keep(target, "refused", at(calls - 1, refused));
        keep(target, "empty", at(0, br#"={"items":[]}"#));
    }
}

/// The machine's number, then a line an answer.
pub(super) fn answers() {
    let (state, entries) = roll();
    let items: Vec<_> = entries
        .iter()
        .enumerate()
        .map(|(at, entry)| {
            json!({
                "seq": at + 1, "entry": BASE64.encode(&entry.bytes), "signature": BASE64.encode(entry.signature),
                "endorsement": entry.second.map(|second| BASE64.encode(second)),
            })
        })
        .collect();
    let whole = json!({ "items": items });
    let end = json!({ "items": [] });
    let listed = json!({"items": [{
        "device": id(2), "member": member(2), "member_name": "Bashir", "name": "Tablet", "store_kind": "desktop",
        "sign_public_key": BASE64.encode([1; 32]), "kem_public_key": BASE64.encode([2; 32]), "state": "granted",
    }], "categories": [{"id": CategoryId::from_bytes([1; 16]), "name": "Attendance"}], "years": ["9", "10"]});
    let write = |name: &str, machine: u8, lines: &[String]| {
        let mut input = vec![machine];
        input.extend_from_slice(lines.join("\n").as_bytes());
        keep("answers", name, input);
    };
    let (whole, end) = (whole.to_string(), end.to_string());
    write(
        "devices",
        b'0',
        &[whole.clone(), end.clone(), listed.to_string()],
    );
    let open = json!({"items": [{
        "unlock": UnlockId::from_bytes([5; 16]), "browser": "Chrome on Windows", "probation": true,
        "opened_at": "2026-11-26T08:40:00Z", "ends_at": "2026-11-26T08:55:00Z",
    }]});
    write("sessions", b'1', &[open.to_string(), "{}".to_owned()]);
    let asked = Challenge {
        roll: state.head(),
        log: LogHead {
            length: 1,
            head: LogHead {
                length: 0,
                head: [0; 32],
            }
            .extend_hashed([8; 32])
            .head,
        },
        ..challenge()
    };
    let waiting = json!({"items": [{
        "unlock": asked.unlock, "challenge": BASE64.encode(asked.encode()),
        "signature": BASE64.encode(asked.sign(&SigningKey::from_seed(&[99; 32]).unwrap())),
    }]});
    let log = json!({ "items": [BASE64.encode([8; 32])] });
    let refused =
        r#"403{"type":"/problems/number-refused","title":"That is not the number","status":403}"#;
    write(
        "approve",
        b'2',
        &[
            waiting.to_string(),
            whole.clone(),
            end.clone(),
            log.to_string(),
            refused.to_owned(),
        ],
    );
    let wraps = json!({"wraps": [
        {"compartment": "pastoral", "generation": 1, "wrap": BASE64.encode([9; 80])},
    ]});
    let rotations = json!({"items": [
        {"compartment": "pastoral", "generation": 1, "records_left": 7, "may_retire_at": "2026-11-26T08:45:00Z"},
    ]});
    write(
        "rotate",
        b'3',
        &[
            whole.clone(),
            end.clone(),
            rotations.to_string(),
            whole.clone(),
            end.clone(),
        ],
    );
    write(
        "slots",
        b'4',
        &[
            r#"{"left":7,"made_at":"2026-11-25T08:45:00Z"}"#.to_owned(),
            wraps.to_string(),
        ],
    );
    let own = json!({"state": "granted", "log_length": 1, "log_head": BASE64.encode([3; 32])});
    write(
        "restore",
        b'5',
        &[own.to_string(), whole, end, log.to_string()],
    );
}
