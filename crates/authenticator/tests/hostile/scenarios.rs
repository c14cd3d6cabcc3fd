//! What a hostile server does to an unlock, one change a scenario.

use authenticator::contract::Bytes;
use authenticator::{Call, Outcome};
use domain::{DeviceId, MemberId, SchoolId, UnlockId};
use protocol::challenge::Challenge;
use protocol::signing::SigningKey;
use serde_json::{Value, json};

/// What an answer is turned into on its way.
pub(crate) type Twist = Box<dyn Fn(&Call, Outcome) -> Outcome>;

/// A scenario of an unlock: its name, and how the server does it.
pub(crate) struct Scenario {
    pub(crate) name: &'static str,
    pub(crate) ask: Box<dyn Fn(&mut Challenge)>,
    pub(crate) twist: Twist,
}

pub(crate) fn asks(name: &'static str, ask: impl Fn(&mut Challenge) + 'static) -> Scenario {
    Scenario {
        name,
        ask: Box::new(ask),
        twist: Box::new(|_, outcome| outcome),
    }
}

/// The JSON of answers whose target contains this is changed.
pub(crate) fn says(
    name: &'static str,
    target: &'static str,
    change: impl Fn(&mut Value) + 'static,
) -> Scenario {
    raw(name, target, move |status, body| {
        let mut value: Value = serde_json::from_slice(&body).unwrap_or(Value::Null);
        change(&mut value);
        (status, serde_json::to_vec(&value).unwrap())
    })
}

/// The bytes of answers whose target contains this are changed.
pub(crate) fn raw(
    name: &'static str,
    target: &'static str,
    change: impl Fn(u16, Vec<u8>) -> (u16, Vec<u8>) + 'static,
) -> Scenario {
    Scenario {
        name,
        ask: Box::new(|_| {}),
        twist: Box::new(move |call, outcome| match outcome {
            Outcome::Answer { status, body } if call.target.contains(target) => {
                let (status, body) = change(status, body);
                Outcome::Answer { status, body }
            }
            other => other,
        }),
    }
}

/// The first challenge's bytes are changed and signed anew with the server's own key.
fn signs(name: &'static str, change: impl Fn(&mut Vec<u8>) + 'static) -> Scenario {
    says(name, "/device/unlocks", move |body| {
        let Some(item) = body["items"].get_mut(0) else {
            return;
        };
        let mut bytes = bytes_of(&item["challenge"]);
        change(&mut bytes);
        let key = SigningKey::from_seed(&[8; 32]).unwrap();
        item["challenge"] = json!(Bytes::from(&bytes));
        item["signature"] = json!(Bytes::from(key.sign(&bytes)));
    })
}

pub(crate) fn bytes_of(value: &Value) -> Vec<u8> {
    serde_json::from_value::<Bytes>(value.clone()).unwrap().0
}

pub(crate) fn flip(value: &mut Value, at: usize) {
    let mut bytes = bytes_of(value);
    bytes[at] ^= 1;
    *value = json!(Bytes::from(&bytes));
}

pub(crate) fn scenarios() -> Vec<Scenario> {
    let evil = || SigningKey::from_seed(&[66; 32]).unwrap();
    vec![
        // Signed by the server, and not for this device or not from its page.
        asks("other school", |asked| {
            asked.school = SchoolId::from_bytes([9; 16])
        }),
        asks("other device", |asked| {
            asked.device = DeviceId::from_bytes([9; 16])
        }),
        asks("other member", |asked| {
            asked.member = MemberId::from_bytes([9; 16])
        }),
        asks("other unlock than listed", |asked| {
            asked.unlock = UnlockId::from_bytes([9; 16])
        }),
        asks("origin of a relay", |asked| {
            asked.origin = "https://safehold.example.evil".to_owned()
        }),
        asks("origin without encryption", |asked| {
            asked.origin = "http://safehold.example".to_owned()
        }),
        asks("origin at another port", |asked| {
            asked.origin = "https://safehold.example:444".to_owned()
        }),
        asks("origin in other letters", |asked| {
            asked.origin = "https://safeho\u{406}d.example".to_owned()
        }),
        asks("origin with a slash more", |asked| asked.origin.push('/')),
        asks("no origin", |asked| asked.origin.clear()),
        // It asks for less than it must, or for more than it may.
        asks("unknown browser with two digits", |asked| {
            asked.known_browser = false
        }),
        asks("no digits", |asked| asked.digits = 0),
        asks("one digit", |asked| asked.digits = 1),
        asks("255 digits", |asked| asked.digits = 255),
        asks("compartment of nobody", |asked| {
            asked.compartments = vec!["boarding".parse().unwrap()]
        }),
        asks("a compartment too many", |asked| {
            asked.compartments.push("boarding".parse().unwrap())
        }),
        asks("no compartments", |asked| asked.compartments.clear()),
        asks("session of a day", |asked| asked.session_seconds = 86_400),
        asks("session of no time", |asked| asked.session_seconds = 0),
        asks("session for ever", |asked| asked.session_seconds = u32::MAX),
        asks("expired before it was made", |asked| asked.expires = 0),
        asks("never expires", |asked| asked.expires = u64::MAX),
        asks("a label with control characters", |asked| {
            asked.browser = "Chrome\u{1b}[2J\r\n".to_owned()
        }),
        asks("a label taken apart", |asked| {
            asked.place = "o\u{308}\u{0}".to_owned()
        }),
        // Its history is not the one it shows.
        asks("roll longer than shown", |asked| asked.roll.length += 1),
        asks("roll of no length", |asked| asked.roll.length = 0),
        asks("roll of another head", |asked| asked.roll.head = [0; 32]),
        asks("log shorter than seen", |asked| asked.log.length = 0),
        // Not signed by the server that was pinned, or not what it signed.
        says("signed by another key", "/device/unlocks", move |body| {
            if let Some(item) = body["items"].get_mut(0) {
                let signature = evil().sign(&bytes_of(&item["challenge"]));
                item["signature"] = json!(Bytes::from(signature));
            }
        }),
        says(
            "a bit of the challenge flipped",
            "/device/unlocks",
            |body| flip(&mut body["items"][0]["challenge"], 200),
        ),
        says(
            "a bit of the signature flipped",
            "/device/unlocks",
            |body| flip(&mut body["items"][0]["signature"], 5),
        ),
        says("no signature", "/device/unlocks", |body| {
            body["items"][0]["signature"] = json!("")
        }),
        says("a signature too long", "/device/unlocks", |body| {
            body["items"][0]["signature"] = json!(Bytes::from([7; 4096]))
        }),
        says("an empty challenge", "/device/unlocks", |body| {
            body["items"][0]["challenge"] = json!("")
        }),
        says(
            "challenge for another session key",
            "/device/unlocks",
            |body| flip(&mut body["items"][0]["challenge"], 170),
        ),
        signs("lower suite", |bytes| {
            let at = after_label(bytes);
            bytes[at] = 0;
        }),
        signs("unknown suite", |bytes| {
            let at = after_label(bytes);
            bytes[at] = 255;
        }),
        signs("challenge cut short", |bytes| bytes.truncate(90)),
        signs("challenge with bytes behind it", |bytes| {
            bytes.extend_from_slice(b"more")
        }),
        signs("challenge under another label", |bytes| bytes[14] ^= 1),
        signs("a length of four gigabytes", |bytes| {
            let at = after_label(bytes) - 4;
            bytes[at..at + 4].copy_from_slice(&[255; 4]);
        }),
        signs("a label that is no text", |bytes| {
            let at = bytes.windows(6).position(|part| part == b"Chrome").unwrap();
            bytes[at] = 0xff;
        }),
        // The list of key holders.
        says("a roll entry changed", "/device/roll", |body| {
            if body["items"].get(0).is_some() {
                flip(&mut body["items"][0]["entry"], 60);
            }
        }),
        says("a roll signature changed", "/device/roll", |body| {
            if body["items"].get(0).is_some() {
                flip(&mut body["items"][0]["signature"], 9);
            }
        }),
        says("the kit's signature left out", "/device/roll", |body| {
            if let Some(item) = body["items"].get_mut(0) {
                item["endorsement"] = Value::Null;
            }
        }),
        says("a signature of the wrong size", "/device/roll", |body| {
            if let Some(item) = body["items"].get_mut(0) {
                item["signature"] = json!(Bytes::from([1; 63]));
            }
        }),
        says("an empty roll", "/device/roll", |body| {
            *body = json!({"items": []})
        }),
        says("the first entry twice", "/device/roll", |body| {
            if let Some(item) = body["items"].get(0).cloned() {
                body["items"].as_array_mut().unwrap().push(item);
            }
        }),
        says(
            "the same page without end",
            "/device/roll?after=1",
            |body| body["items"] = json!([{"seq": 1, "entry": "AAAA", "signature": "AAAA"}]),
        ),
        // The wraps that are released after number and PIN.
        says("wraps of two compartments swapped", "/claim", |body| {
            let other = body["wraps"][1]["wrap"].clone();
            body["wraps"][0]["wrap"] = other;
        }),
        says("wrap of another generation", "/claim", |body| {
            body["wraps"][0]["generation"] = json!(2)
        }),
        says("wrap of generation none", "/claim", |body| {
            body["wraps"][0]["generation"] = json!(0)
        }),
        says("wrap under another name", "/claim", |body| {
            body["wraps"][0]["compartment"] = json!("staff")
        }),
        says("wrap under a name of junk", "/claim", |body| {
            body["wraps"][0]["compartment"] = json!("\u{202e}<b>")
        }),
        says("a wrap cut short", "/claim", |body| {
            body["wraps"][0]["wrap"] = json!(Bytes::from([1; 20]))
        }),
        says("an empty wrap", "/claim", |body| {
            body["wraps"][0]["wrap"] = json!("")
        }),
        says("a wrap changed", "/claim", |body| {
            flip(&mut body["wraps"][0]["wrap"], 40)
        }),
        says("no wraps", "/claim", |body| body["wraps"] = json!([])),
        says("one wrap kept back", "/claim", |body| {
            body["wraps"]
                .as_array_mut()
                .unwrap()
                .retain(|wrap| wrap["compartment"] != "pastoral");
        }),
        says("a million wraps of nothing", "/claim", |body| {
            body["wraps"] = json!(vec![
                json!({"compartment": "pastoral", "generation": 1, "wrap": ""});
                10_000
            ]);
        }),
        // Answers that are no answers.
        raw("not JSON", "/claim", |status, _| {
            (status, b"<html>Welcome</html>".to_vec())
        }),
        raw("JSON of another shape", "/claim", |status, _| {
            (status, b"[1,2,3]".to_vec())
        }),
        raw("nothing at all", "/claim", |status, _| (status, Vec::new())),
        raw("half an answer", "/claim", |status, body| {
            (status, body[..body.len() / 2].to_vec())
        }),
        raw("not UTF-8", "/device/unlocks", |status, _| {
            (status, vec![0xff; 64])
        }),
        raw("nested too deep", "/device/unlocks", |status, _| {
            (status, vec![b'['; 200_000])
        }),
        raw("a redirect", "/claim", |_, _| (302, b"{}".to_vec())),
        raw("an error that is a page", "/claim", |_, _| {
            (500, b"<h1>Oops</h1>".to_vec())
        }),
        raw("a refusal without words", "/claim", |_, _| {
            (403, b"{}".to_vec())
        }),
        raw("a status of no meaning", "/claim", |_, body| (999, body)),
        raw("the challenge where wraps belong", "/claim", |status, _| {
            (status, br#"{"items":[]}"#.to_vec())
        }),
    ]
}

/// Where the first field of an encoded challenge begins.
fn after_label(bytes: &[u8]) -> usize {
    bytes.iter().position(|byte| *byte == 0).unwrap() + 1 + 4
}
