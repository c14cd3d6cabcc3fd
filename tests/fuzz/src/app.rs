//! What the authenticator reads: its own files, what people type and tap, and whatever the server answers.

use std::cell::RefCell;

use authenticator::contract::Bytes;
use authenticator::machines::{approve, devices, restore, rotate, sessions, slots};
use authenticator::{
    AcceptRestore, ApproveUnlock, Call, Devices, Driver, Identity, MemoryProfile, MemoryStore,
    Outcome, Profile, ProfileStore as _, Rotate, Seen, Sessions, Slots, Transport, outside,
};
use domain::{DeviceId, FixedClock, MemberId, SeededEntropy, Timestamp};
use protocol::compartments::Compartment;
use protocol::device::DeviceSeed;
use protocol::hand_off::HandOff;
use protocol::kit::TypedLine;
use protocol::links::is_origin;
use protocol::signing::SigningKey;
use protocol::slots::SlotCode;

use crate::keys::{SCHOOL, roll};

pub(crate) const NOW: i64 = 1_795_000_000;

/// A file of profiles that is read is the same when it was written again, in the present form.
pub fn profile(data: &[u8]) {
    if let Ok(profiles) = outside::profiles(data) {
        let written = outside::profiles_file(profiles.clone()).unwrap();
        assert_eq!(outside::profiles(&written).unwrap(), profiles);
    }
}

/// A file of seeds is read or refused; it is never half read.
pub fn seeds_file(data: &[u8]) {
    if let Ok(seeds) = outside::seeds(data) {
        for (name, seed) in &seeds {
            assert!(seed.len() <= data.len() && name.len() <= data.len());
        }
    }
}

/// Sheets among titles and slips: those that are taken print what is taken again, alone and together.
pub fn typed_sheets(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let looks = authenticator::look_at_lines(&text);
    assert!(looks.len() <= 6);
    let Ok(sheets) = outside::sheets(SCHOOL, &text) else {
        return;
    };
    let mut printed = String::new();
    for sheet in &sheets {
        let lines: Vec<_> = sheet.lines().iter().map(|line| line.to_string()).collect();
        let lines = lines.join("\n");
        assert_eq!(authenticator::look_at_lines(&lines), [TypedLine::Sound; 6]);
        printed += &format!("Recovery sheet {} of 3\n\n{lines}\n\n", sheet.number());
    }
    let again = outside::sheets(SCHOOL, &printed).unwrap();
    let codes = |sheets: &[protocol::kit::Sheet]| -> Vec<String> {
        sheets
            .iter()
            .map(|sheet| sheet.code().to_string())
            .collect()
    };
    assert_eq!(codes(&again), codes(&sheets));
}

/// A code of the paper that is taken is the same as it would be printed.
pub fn slot_code(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    if let Ok(code) = SlotCode::parse(&text) {
        assert!(SlotCode::parse(&code.text()).as_ref() == Ok(&code));
        let letters = |text: &str| -> String {
            text.chars()
                .filter(|letter| !letter.is_ascii_whitespace() && *letter != '-')
                .map(|letter| match letter.to_ascii_uppercase() {
                    'O' => '0',
                    'I' | 'L' => '1',
                    other => other,
                })
                .collect()
        };
        assert_eq!(letters(&text), letters(&code.text()));
    }
}

/// A link that opens the app leads to an origin, and is the same link when it is written again.
pub fn hand_off(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    if let Ok(link) = HandOff::from_url(&text) {
        assert!(is_origin(&link.origin), "{link:?}");
        assert_eq!(HandOff::from_url(&link.to_url()).as_ref(), Ok(&link));
        assert_eq!(HandOff::from_url(&link.to_scheme()).as_ref(), Ok(&link));
    }
}

/// A server that answers whatever it likes: each line of the input is the next answer, 200 unless three
/// digits stand before it. After the last it is away.
struct Hostile<'a> {
    answers: RefCell<std::slice::Split<'a, u8, fn(&u8) -> bool>>,
    asked: RefCell<Vec<String>>,
}

impl Transport for Hostile<'_> {
    fn send(&self, call: &Call) -> Outcome {
        self.asked.borrow_mut().push(call.target.clone());
        match self.answers.borrow_mut().next() {
            Some(answer) => as_written(answer),
            None => Outcome::Unreachable("nothing more".to_owned()),
        }
    }
}

/// An answer in full, 200 unless three digits stand before it.
pub(crate) fn as_written(answer: &[u8]) -> Outcome {
    let status = answer
        .get(..3)
        .and_then(|digits| std::str::from_utf8(digits).ok()?.parse::<u16>().ok());
    match status {
        Some(status) => Outcome::Answer {
            status,
            body: answer[3..].to_vec(),
        },
        None => Outcome::Answer {
            status: 200,
            body: answer.to_vec(),
        },
    }
}

/// The first device of the roll, which holds everything and has seen nothing yet.
fn identity() -> Identity {
    Identity::new(first_profile(), DeviceSeed::from_bytes([1; 32])).unwrap()
}

/// What that device remembers.
pub(crate) fn first_profile() -> Profile {
    let server = SigningKey::from_seed(&[99; 32]).unwrap().public();
    Profile {
        version: 1,
        origin: "https://hollybank.example".to_owned(),
        school: SCHOOL,
        school_name: "Hollybank".to_owned(),
        member: MemberId::from_bytes([1; 16]),
        member_name: "Anwen".to_owned(),
        device: DeviceId::from_bytes([1; 16]),
        device_name: "Phone".to_owned(),
        store_kind: "memory".to_owned(),
        server_pin: Bytes::from(server.pin()),
        granted: true,
        roll: Seen {
            length: 0,
            head: Bytes::from([0; 32]),
        },
        log: Seen {
            length: 0,
            head: Bytes::from([0; 32]),
        },
        answered: Vec::new(),
        codes_count: false,
    }
}

/// Whatever the server answers, each of the app's machines comes to an end, shows nothing that was made to
/// mislead, and gives no key to a server that has not signed what it asks.
pub fn answers(data: &[u8]) {
    let Some((which, rest)) = data.split_first() else {
        return;
    };
    let is_end: fn(&u8) -> bool = |byte| *byte == b'\n';
    let server = Hostile {
        answers: RefCell::new(rest.split(is_end)),
        asked: RefCell::default(),
    };
    let (keys, profiles) = (MemoryStore::default(), MemoryProfile::default());
    let (clock, entropy) = (
        FixedClock::at(Timestamp::from_seconds(NOW)),
        SeededEntropy::new([4; 32]),
    );
    let driver = Driver {
        keys: &keys,
        profiles: &profiles,
        transport: &server,
        clock: &clock,
        entropy: &entropy,
    };
    let pin = || "483920".to_owned().into();
    match which % 6 {
        0 => {
            let mut machine = Devices::new(identity());
            driver.run(&mut machine, devices::Event::Look);
            for listed in &machine.listed().items {
                shown(&listed.member_name);
                shown(&listed.name);
                shown(&listed.store_kind);
            }
            machine.listed().years.iter().for_each(|year| shown(year));
            if let Some(read) = machine.roll() {
                let known = &roll().0;
                assert_eq!(read.server(), known.server(), "it is the pinned one");
            }
        }
        1 => {
            let mut machine = Sessions::new(identity());
            driver.run(&mut machine, sessions::Event::Look);
            let open = machine.open().unwrap_or_default().to_vec();
            for session in &open {
                shown(&session.browser);
            }
            if let Some(first) = open.first() {
                driver.run(&mut machine, sessions::Event::Lock(first.unlock));
            }
        }
        2 => {
            let mut machine = ApproveUnlock::new(identity());
            driver.run(&mut machine, approve::Event::Look);
            let approve = approve::Event::Approve {
                number: "42".to_owned(),
                pin: pin(),
                only: None,
            };
            driver.run(&mut machine, approve);
            // The seeds' challenge is signed by the pinned server, but no bundle can be sealed without wraps
            // that the device itself could have been given.
            assert_ne!(*machine.state(), approve::State::Approved);
        }
        3 => {
            let mut machine = Rotate::new(identity());
            driver.run(&mut machine, rotate::Event::Look);
            let begin = rotate::Event::Begin(Compartment::PASTORAL, pin());
            driver.run(&mut machine, begin);
        }
        4 => {
            let mut machine = Slots::new(identity());
            driver.run(&mut machine, slots::Event::Look);
            driver.run(
                &mut machine,
                slots::Event::Make {
                    pin: pin(),
                    only: None,
                },
            );
        }
        _ => {
            let mut machine = AcceptRestore::new(identity());
            driver.run(&mut machine, restore::Event::Look);
            driver.run(&mut machine, restore::Event::Accept(pin()));
        }
    }
    for target in server.asked.borrow().iter() {
        assert!(target.starts_with("/v1/device"), "{target}");
    }
    // Whatever it was led to write down, it reads again.
    if let Some(saved) = profiles.load().unwrap() {
        let written = outside::profiles_file(vec![saved.clone()]).unwrap();
        assert_eq!(
            outside::profiles(&written).unwrap(),
            std::slice::from_ref(&saved)
        );
        assert_eq!(saved.server_pin, identity().profile.server_pin);
    }
}

/// A label of somebody else's is short, and has nothing in it that cannot be seen.
pub(crate) fn shown(label: &str) {
    assert!(label.chars().count() <= 64, "{label:?}");
    assert!(
        !label
            .chars()
            .any(|letter| letter.is_control() || ('\u{202a}'..='\u{202e}').contains(&letter)),
        "{label:?}"
    );
}
