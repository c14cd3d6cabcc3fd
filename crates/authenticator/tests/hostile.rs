//! A hostile server. Whatever it answers, no key leaves this device, nothing wrong is believed, and
//! nothing panics; a person is told instead.
//!
//! A scenario is one change to what an honest server would have done, at one place. Each is run to the
//! end with the right number and the right PIN: a person who approves everything.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test's helpers fail by panicking"
)]

#[expect(dead_code, reason = "each test file uses its own part")]
mod common;

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};

use authenticator::contract::Bytes;
use authenticator::{
    ApproveUnlock, Call, Devices, Driver, Enrol, Outcome, Sessions, Setup, Transport, Trouble,
    approve, devices, enrol, sessions, setup,
};
use common::{
    PIN, Phone, School, enrol as enrol_device, grant_by_words, member, pin, rights, set_up,
};
use domain::{
    CategoryId, DeviceId, FixedClock, MemberId, SchoolId, SeededEntropy, Timestamp, UnlockId,
};
use protocol::challenge::Challenge;
use protocol::compartments::Compartment;
use protocol::links::Purpose;
use protocol::roll::StoreKind;
use protocol::signing::SigningKey;
use serde_json::{Value, json};

const BOTH: [Compartment; 2] = [Compartment::PASTORAL, Compartment::SAFEGUARDING];

/// What an answer is turned into on its way.
type Twist = Box<dyn Fn(&Call, Outcome) -> Outcome>;

/// A scenario of an unlock: its name, and how the server does it.
struct Scenario {
    name: &'static str,
    ask: Box<dyn Fn(&mut Challenge)>,
    twist: Twist,
}

fn asks(name: &'static str, ask: impl Fn(&mut Challenge) + 'static) -> Scenario {
    Scenario {
        name,
        ask: Box::new(ask),
        twist: Box::new(|_, outcome| outcome),
    }
}

/// The JSON of answers whose target contains this is changed.
fn says(
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
fn raw(
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

fn bytes_of(value: &Value) -> Vec<u8> {
    serde_json::from_value::<Bytes>(value.clone()).unwrap().0
}

fn flip(value: &mut Value, at: usize) {
    let mut bytes = bytes_of(value);
    bytes[at] ^= 1;
    *value = json!(Bytes::from(&bytes));
}

/// The honest school behind a hostile line; what was sent is kept.
struct Line<'s> {
    school: &'s School,
    twist: Option<&'s Twist>,
    sent: RefCell<Vec<(String, Vec<u8>)>>,
}

impl Transport for Line<'_> {
    fn send(&self, call: &Call) -> Outcome {
        self.sent
            .borrow_mut()
            .push((call.target.clone(), call.body.clone()));
        let honest = self.school.send(call);
        match self.twist {
            Some(twist) => twist(call, honest),
            None => honest,
        }
    }
}

fn driver<'a>(
    phone: &'a Phone<'_>,
    line: &'a Line<'_>,
    clock: &'a FixedClock,
    entropy: &'a SeededEntropy,
) -> Driver<'a> {
    Driver {
        keys: &phone.keys,
        profiles: &phone.profile,
        transport: line,
        clock,
        entropy,
    }
}

/// Plays a scenario against a person who says yes to everything.
fn play(scenario: &Scenario, school: &School, phone: &Phone<'_>) -> Option<Trouble> {
    let number = school.ask_with(phone.identity().profile.device, &BOTH, &scenario.ask);
    let line = Line {
        school,
        twist: Some(&scenario.twist),
        sent: RefCell::default(),
    };
    let clock = FixedClock::at(Timestamp::from_seconds(common::NOW));
    let entropy = SeededEntropy::new([3; 32]);
    let driver = driver(phone, &line, &clock, &entropy);
    let mut machine = ApproveUnlock::new(phone.identity());
    driver.run(&mut machine, approve::Event::Look);
    let asked = matches!(machine.state(), approve::State::Asking(_));
    let before = machine.trouble().cloned();
    driver.run(
        &mut machine,
        approve::Event::Approve {
            number,
            pin: pin(),
            only: None,
        },
    );
    assert_ne!(
        machine.state(),
        &approve::State::Approved,
        "{}: approved",
        scenario.name
    );
    for (target, body) in line.sent.borrow().iter() {
        assert!(
            !target.ends_with("/approve"),
            "{}: a bundle was sent",
            scenario.name
        );
        let text = String::from_utf8_lossy(body);
        assert!(!text.contains(PIN), "{}: the PIN was sent", scenario.name);
        // A person who was asked nothing has sent nothing but questions of the device's own.
        assert!(
            asked || body.is_empty(),
            "{}: {target} was sent",
            scenario.name
        );
    }
    assert!(school.opened().is_none(), "{}: a key left", scenario.name);
    before.or_else(|| machine.trouble().cloned())
}

fn scenarios() -> Vec<Scenario> {
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

#[test]
fn no_scenario_makes_a_key_leave() {
    let all = scenarios();
    let names: BTreeSet<&str> = all.iter().map(|scenario| scenario.name).collect();
    assert_eq!(names.len(), all.len(), "each has its own name");
    assert!(all.len() >= 40, "{} scenarios", all.len());
    for scenario in &all {
        let school = School::new();
        let phone = set_up(&school);
        let trouble = catch_unwind(AssertUnwindSafe(|| play(scenario, &school, &phone)));
        let Ok(trouble) = trouble else {
            panic!("{}: see above", scenario.name);
        };
        let words = trouble.unwrap_or_else(|| panic!("{}: nothing is said", scenario.name));
        let words = words.to_string();
        assert!(
            words.chars().count() > 12 && !words.chars().any(char::is_control),
            "{}: {words:?}",
            scenario.name
        );
        // The next honest request is answered as if nothing had been.
        school.end_pending();
        let honest = asks("honest", |_| {});
        let number = school.ask_with(phone.identity().profile.device, &BOTH, &honest.ask);
        let mut machine = ApproveUnlock::new(phone.identity());
        phone.driver().run(&mut machine, approve::Event::Look);
        let yes = approve::Event::Approve {
            number,
            pin: pin(),
            only: None,
        };
        phone.driver().run(&mut machine, yes);
        assert_eq!(
            machine.state(),
            &approve::State::Approved,
            "after {}: {:?}",
            scenario.name,
            machine.trouble()
        );
    }
}

#[test]
fn a_request_that_was_answered_is_never_put_again() {
    for refuse in [false, true] {
        let school = School::new();
        let phone = set_up(&school);
        let device = phone.identity().profile.device;
        let number = school.ask_with(device, &BOTH, |asked| asked.nonce = [5; 32]);
        let mut machine = ApproveUnlock::new(phone.identity());
        phone.driver().run(&mut machine, approve::Event::Look);
        let answer = if refuse {
            approve::Event::Refuse
        } else {
            approve::Event::Approve {
                number,
                pin: pin(),
                only: None,
            }
        };
        phone.driver().run(&mut machine, answer);
        assert_eq!(machine.trouble(), None);
        // The same nonce, for a session of somebody else.
        school.ask_with(device, &BOTH, |asked| asked.nonce = [5; 32]);
        let mut machine = ApproveUnlock::new(phone.identity());
        phone.driver().run(&mut machine, approve::Event::Look);
        assert_eq!(
            machine.trouble(),
            Some(&Trouble::Suspicious("the request was answered before"))
        );
    }
}

#[test]
fn a_device_that_was_narrowed_or_taken_off_is_asked_for_no_more_than_it_has() {
    let school = School::new();
    let first = set_up(&school);
    let (second, words) = enrol_device(&school, 2);
    grant_by_words(&first, words, rights(&[Compartment::PASTORAL]));
    // The server asks the second device for what only the first was given.
    let trouble = play(&asks("wider than granted", |_| {}), &school, &second);
    assert!(
        matches!(trouble, Some(Trouble::BadChallenge(_))),
        "{trouble:?}"
    );
}

#[test]
fn another_schools_roll_under_this_schools_name_is_not_believed() {
    let school = School::new();
    let phone = set_up(&school);
    let other = School::new();
    // Another first device, with keys of its own; the server's identity is even the same.
    let stranger = Phone::new(&other, 9);
    let mut machine = Setup::new("x", StoreKind::Memory);
    let run = stranger.driver();
    run.run(&mut machine, setup::Event::Link(other.link(Purpose::Setup)));
    run.run(&mut machine, setup::Event::Pin(pin()));
    let setup::State::Sheets { sheets, .. } = machine.state() else {
        panic!("{:?}", machine.trouble());
    };
    let ends = sheets.each_ref().map(|sheet| sheet.last_four().to_string());
    for (number, end) in (1..).zip(ends) {
        run.run(&mut machine, setup::Event::LastFour(number, end));
    }
    run.run(&mut machine, setup::Event::Finish);
    *school.entries.borrow_mut() = other.entries.borrow().clone();
    let trouble = play(&asks("swapped roll", |_| {}), &school, &phone);
    assert!(
        matches!(trouble, Some(Trouble::Suspicious(_))),
        "{trouble:?}"
    );
    let mut list = Devices::new(phone.identity());
    phone.driver().run(&mut list, devices::Event::Look);
    assert!(list.roll().is_none() && list.trouble().is_some());
}

/// What a first or further device is told, changed; whether anything was kept of it.
fn begin(purpose: Purpose, scenario: &Scenario) -> (Option<Trouble>, bool) {
    let school = School::new();
    if purpose != Purpose::Setup {
        drop(set_up(&school));
    }
    let phone = Phone::new(&school, 4);
    let line = Line {
        school: &school,
        twist: Some(&scenario.twist),
        sent: RefCell::default(),
    };
    let clock = FixedClock::at(Timestamp::from_seconds(common::NOW));
    let entropy = SeededEntropy::new([4; 32]);
    let driver = driver(&phone, &line, &clock, &entropy);
    let link = school.link(purpose);
    let trouble = if purpose == Purpose::Setup {
        let mut machine = Setup::new("x", StoreKind::Memory);
        driver.run(&mut machine, setup::Event::Link(link));
        driver.run(&mut machine, setup::Event::Pin(pin()));
        machine.trouble().cloned()
    } else {
        let mut machine = Enrol::new("x", StoreKind::Memory);
        driver.run(&mut machine, enrol::Event::Link(link));
        driver.run(&mut machine, enrol::Event::Pin(pin()));
        driver.run(&mut machine, enrol::Event::Look);
        machine.trouble().cloned()
    };
    let granted = authenticator::Identity::load(&phone.profile, &phone.keys)
        .unwrap_or_default()
        .is_some_and(|identity| identity.profile.granted || identity.payload().is_err());
    (trouble, granted)
}

#[test]
fn a_first_device_gives_its_keys_to_no_other_server() {
    let scenarios = [
        says("another server's identity", "/device/setup", |body| {
            body["server_public_key"] = json!(Bytes::from(
                SigningKey::from_seed(&[66; 32])
                    .unwrap()
                    .public()
                    .as_bytes()
            ));
        }),
        says("an identity of the wrong size", "/device/setup", |body| {
            body["server_public_key"] = json!("AAAA")
        }),
        says("another school", "/device/setup", |body| {
            body["school"] = json!(SchoolId::from_bytes([9; 16]))
        }),
        says(
            "a half of the kit that does not open",
            "/device/setup",
            |body| flip(&mut body["part_b"], 40),
        ),
        says("no half of the kit", "/device/setup", |body| {
            body["part_b"] = json!("")
        }),
        raw("a page", "/device/setup", |status, _| {
            (status, b"<html>".to_vec())
        }),
    ];
    for scenario in &scenarios {
        let (trouble, kept) = begin(Purpose::Setup, scenario);
        assert!(trouble.is_some() && !kept, "{}", scenario.name);
    }
}

#[test]
fn a_further_device_believes_nothing_that_it_cannot_check() {
    let scenarios = [
        says("another school", "/enrolment", |body| {
            body["school"] = json!(SchoolId::from_bytes([9; 16]))
        }),
        says("another member", "/enrolment", |body| {
            body["member"] = json!(member(9))
        }),
        says("a roll head of three bytes", "/enrolment", |body| {
            body["roll_head"] = json!("AAAA")
        }),
        says("a log head of no bytes", "/enrolment", |body| {
            body["log_head"] = json!("")
        }),
        raw("a page", "/enrolment", |status, _| {
            (status, b"<html>".to_vec())
        }),
    ];
    for scenario in &scenarios {
        let (trouble, kept) = begin(Purpose::Enrol(member(4)), scenario);
        assert!(trouble.is_some() && !kept, "{}", scenario.name);
    }
    // It was granted, the server says; the roll does not.
    let lie = Scenario {
        name: "a grant that is not in the roll",
        ask: Box::new(|_| {}),
        twist: Box::new(|call, outcome| match call.target.as_str() {
            "/v1/device" => Outcome::Answer {
                status: 200,
                body: br#"{"state":"granted"}"#.to_vec(),
            },
            _ => outcome,
        }),
    };
    let (trouble, granted) = begin(Purpose::Enrol(member(4)), &lie);
    assert!(
        matches!(trouble, Some(Trouble::Suspicious(_))),
        "{trouble:?}"
    );
    assert!(!granted);
}

#[test]
fn whatever_the_server_calls_things_is_short_and_plain_text() {
    let nasty = "\u{202e}\u{7}<script>alert(1)</script>\u{200b}\r\n".repeat(20);
    let safe = |text: &str| {
        assert!(text.chars().count() <= 64, "{text:?}");
        assert!(
            !text.chars().any(|letter| letter.is_control()
                || matches!(letter, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')),
            "{text:?}"
        );
    };
    let school = School::new();
    let phone = set_up(&school);
    let device = phone.identity().profile.device;
    let number = school.ask_with(device, &BOTH, |asked| {
        // Control characters make a challenge unreadable: see the scenarios.
        asked.browser = nasty.replace(char::is_control, "");
        asked.place.clone_from(&asked.browser);
    });
    let mut machine = ApproveUnlock::new(phone.identity());
    phone.driver().run(&mut machine, approve::Event::Look);
    let approve::State::Asking(question) = machine.state() else {
        panic!("{:?}", machine.trouble());
    };
    safe(&question.browser);
    safe(&question.place);
    let yes = approve::Event::Approve {
        number,
        pin: pin(),
        only: None,
    };
    phone.driver().run(&mut machine, yes);

    let mut list = Sessions::new(phone.identity());
    phone.driver().run(&mut list, sessions::Event::Look);
    safe(&list.open().unwrap()[0].browser);

    let text = nasty.clone();
    school.tamper.replace(Some(Box::new(move |call, mut body| {
        if call.target.ends_with("/devices") {
            for item in body["items"].as_array_mut().unwrap() {
                item["name"] = json!(text);
                item["member_name"] = json!(text);
            }
            body["years"] = json!([text]);
            body["categories"] = json!([{"id": CategoryId::from_bytes([1; 16]), "name": text}]);
        }
        body
    })));
    let mut list = Devices::new(phone.identity());
    phone.driver().run(&mut list, devices::Event::Look);
    let listed = list.listed();
    safe(&listed.items[0].name);
    safe(&listed.items[0].member_name);
    safe(&listed.years[0]);
    safe(&listed.categories[0].name);

    // A refusal's own words, too.
    school.tamper.replace(None);
    let text = nasty;
    let refusal = raw("refusal", "/device/unlocks", move |_, _| {
        (
            403,
            serde_json::to_vec(&json!({"type": "/problems/x", "title": text, "detail": text}))
                .unwrap(),
        )
    });
    let words = play(&refusal, &school, &phone).unwrap().to_string();
    assert!(!words.chars().any(char::is_control) && !words.contains('\u{202e}'));
    assert!(words.chars().count() <= 500, "{}", words.chars().count());
}
