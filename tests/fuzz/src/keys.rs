//! What devices, browsers and paper say to each other.

use std::sync::OnceLock;

use domain::{DeviceId, MemberId, SchoolId, SeededEntropy};
use protocol::approve::{Bundle, SealedBundle};
use protocol::challenge::Challenge;
use protocol::compartments::{Compartment, CompartmentSecret, HeldKey};
use protocol::device::{
    DeviceKeys, DevicePayload, DeviceRequest, DeviceSeed, RequestSignature, verify_request,
};
use protocol::encoding::{Writer, hash, normalise};
use protocol::hpke::{self, KeyPair, PublicKey};
use protocol::kit::{KitKeys, KitSeed, Sheet, combine, open_part_a, open_part_b};
use protocol::links::{Link, is_origin};
use protocol::log::{LogEntry, LogHead};
use protocol::roll::{
    Author, Body, Capability, Entry, Genesis, Grant, Rights, RollHead, RollState, SignedEntry,
    StoreKind,
};
use protocol::signing::SigningKey;
use protocol::suite::Suite;
use protocol::words::Words;

/// The school of every target.
pub const SCHOOL: SchoolId = SchoolId::from_bytes([0x51; 16]);

/// The keys of the device of this number.
pub fn device(number: u8) -> DeviceKeys {
    DeviceKeys::of(&DeviceSeed::from_bytes([number; 32])).unwrap()
}

/// What the third device says of itself while it waits for a key.
pub fn waiting() -> DevicePayload {
    DevicePayload {
        school: SCHOOL,
        member: MemberId::from_bytes([3; 16]),
        device: DeviceId::from_bytes([3; 16]),
        keys: device(3).public(),
        roll_length: 2,
        roll_head: [1; 32],
        log_length: 9,
        log_head: [2; 32],
    }
}

/// The recovery kit.
pub fn kit() -> KitKeys {
    KitSeed::from_bytes([1; 16]).keys().unwrap()
}

/// A challenge that is taken is exactly the bytes that were given.
pub fn challenge(data: &[u8]) {
    if let Ok(challenge) = Challenge::decode(data) {
        assert_eq!(challenge.encode(), data);
        assert!(Challenge::verify(data, &[0; 64], &device(1).public().sign).is_err());
    }
}

/// The first keys of the compartments, as the first device made them.
pub fn compartments() -> Vec<(HeldKey, PublicKey)> {
    let entropy = SeededEntropy::new([1; 32]);
    Compartment::ALL_COMMON
        .into_iter()
        .map(|compartment| {
            let (secret, public) = CompartmentSecret::new_pair(&entropy);
            let key = HeldKey {
                compartment,
                generation: 1,
                secret,
            };
            (key, public)
        })
        .collect()
}

/// A roll of two devices, to which the targets append.
pub fn roll() -> &'static (RollState, Vec<SignedEntry>) {
    static ROLL: OnceLock<(RollState, Vec<SignedEntry>)> = OnceLock::new();
    ROLL.get_or_init(|| {
        let id = |number| DeviceId::from_bytes([number; 16]);
        let genesis = Entry {
            school: SCHOOL,
            after: RollHead::EMPTY,
            body: Body::Genesis(Genesis {
                device: id(1),
                member: MemberId::from_bytes([1; 16]),
                keys: device(1).public(),
                store_kind: StoreKind::Protected,
                server: SigningKey::from_seed(&[99; 32]).unwrap().public(),
                kit: kit().public(),
                compartments: compartments()
                    .into_iter()
                    .map(|(key, public)| (key.compartment, public))
                    .collect(),
            }),
            author: Author::Device(id(1)),
            at: 1_000,
        };
        let genesis = genesis.sign(device(1).sign()).countersign(kit().sign());
        let mut state = RollState::replay(SCHOOL, [&genesis]).unwrap();
        let grant = state.next(
            Body::Grant(Grant {
                device: id(2),
                member: MemberId::from_bytes([2; 16]),
                keys: device(2).public(),
                store_kind: StoreKind::Desktop,
                rights: Rights {
                    compartments: [Compartment::PASTORAL].into(),
                    capabilities: [Capability::Grant].into(),
                    ..Rights::default()
                },
            }),
            Author::Device(id(1)),
            1_001,
        );
        let grant = grant.sign(device(1).sign());
        state.append(&grant).unwrap();
        (state, vec![genesis, grant])
    })
}

/// An entry that is read is exactly the bytes given; one that is refused changes nothing of the roll; and
/// nobody gets more by it than its author had.
pub fn roll_entry(data: &[u8]) {
    let Ok(entry) = Entry::decode(data) else {
        return;
    };
    assert_eq!(entry.encode(), data);
    let (before, entries) = roll();
    // As it stands, forged.
    let forged = SignedEntry {
        bytes: data.to_vec(),
        signature: [7; 64],
        second: None,
    };
    let mut state = before.clone();
    assert!(state.append(&forged).is_err());
    assert_eq!(state, *before);
    // What it does, by each who could really sign it.
    for author in [1, 2, 3] {
        let by = match author {
            3 => Author::Kit,
            number => Author::Device(DeviceId::from_bytes([number; 16])),
        };
        let next = before.next(entry.body.clone(), by, entry.at.max(before.last_at()));
        let kit = kit();
        let signed = match author {
            3 => next.sign(kit.sign()),
            number => next.sign(device(number).sign()),
        };
        let signed = match next.body {
            Body::Kit(_) => signed.countersign(kit.sign()),
            _ => signed,
        };
        let mut state = before.clone();
        match state.append(&signed) {
            Err(_) => assert_eq!(state, *before),
            Ok(()) => {
                assert_eq!(state.head().length, before.head().length + 1);
                assert_eq!(state.head().head, signed.head());
                let all: Vec<_> = entries.iter().chain([&signed]).collect();
                assert_eq!(RollState::replay(SCHOOL, all).as_ref(), Ok(&state));
                if author == 2 {
                    // The second device holds one compartment and may grant it: nobody gets another by it.
                    for holder in state.devices() {
                        let first = holder.grant.device == DeviceId::from_bytes([1; 16]);
                        assert!(
                            first
                                || holder
                                    .grant
                                    .rights
                                    .compartments
                                    .iter()
                                    .all(|name| *name == Compartment::PASTORAL)
                        );
                    }
                }
            }
        }
    }
}

/// A header that is taken is written the same way again, and verifies only for the request it was made of.
pub fn device_header(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    if let Ok(header) = RequestSignature::from_header(text) {
        assert_eq!(header.to_header(), text);
        let _timely = header.is_timely(u64::MAX) || header.is_timely(0);
        let request = DeviceRequest {
            method: "GET",
            target: "/v1/device/roll",
            body: b"",
        };
        let signed = request.sign(
            header.school,
            header.device,
            device(1).sign(),
            header.at,
            &SeededEntropy::new([3; 32]),
        );
        let taken = verify_request(&request, &signed, &device(1).public().sign);
        assert_eq!(taken, Ok(()));
        let other = DeviceRequest {
            method: "POST",
            ..request
        };
        assert!(verify_request(&other, &signed, &device(1).public().sign).is_err());
    }
}

/// A code that is scanned or pasted is written the same way again, and leads to an origin.
pub fn link(data: &[u8]) {
    if let Ok(link) = Link::decode(data) {
        assert_eq!(link.encode(), data);
        assert!(is_origin(&link.origin));
        assert_eq!(Link::from_url(&link.to_url()).as_ref(), Ok(&link));
    }
    let text = String::from_utf8_lossy(data);
    if let Ok(link) = Link::from_url(&text) {
        assert!(is_origin(&link.origin));
        assert_eq!(Link::from_url(&link.to_url()).as_ref(), Ok(&link));
    }
}

/// What a new phone shows is taken as the device in it signed it, and otherwise not.
pub fn device_payload(data: &[u8]) {
    assert!(DevicePayload::verify(data).is_err() || data.len() > 64);
    let mut signed = data.to_vec();
    signed.extend_from_slice(&device(3).sign().sign(data));
    if let Ok(payload) = DevicePayload::verify(&signed) {
        assert_eq!(payload.keys.sign, device(3).public().sign);
        assert_eq!(payload.sign(&device(3)), signed);
        let link = payload.to_link(&device(3));
        assert_eq!(DevicePayload::from_link(&link).as_ref(), Ok(&payload));
        let _words = payload.keys.words(payload.school).to_string();
    }
    let text = String::from_utf8_lossy(data);
    if let Ok(payload) = DevicePayload::from_link(&text) {
        assert!(text.trim().starts_with("safehold:"));
        let _words = payload.keys.words(payload.school).to_string();
    }
}

/// A sheet that is taken prints the same lines and code again, and is read back from either.
pub fn sheet(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    if let Ok(sheet) = Sheet::parse(SCHOOL, &text) {
        let lines: Vec<_> = sheet.lines().iter().map(|line| line.to_string()).collect();
        for written in [lines.join("\n"), sheet.code().to_string()] {
            let again = Sheet::parse(SCHOOL, &written).unwrap();
            assert_eq!(again.code(), sheet.code());
        }
        assert!(combine(&sheet, &sheet).is_err());
    }
}

/// Six words that are taken are the same when said again.
pub fn words(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    if let Ok(words) = text.parse::<Words>() {
        assert_eq!(words.to_string().parse::<Words>(), Ok(words));
    }
}

/// Whatever stands in a log's line, its hash is one of a kind for its place; no length runs over.
pub fn log_entry(data: &[u8]) {
    let Some((length, rest)) = data.split_first_chunk::<8>() else {
        return;
    };
    let text = String::from_utf8_lossy(rest);
    let mut parts = text.split('\n');
    let mut next = || parts.next().unwrap_or_default();
    let entry = LogEntry {
        at: u64::from_be_bytes(*length),
        actor: next(),
        action: next(),
        object: next(),
        outcome: next(),
        ciphertext: None,
        detail: None,
    };
    let head = LogHead {
        length: u64::from_be_bytes(*length),
        head: hash("any", &[rest]),
    };
    let after = head.extend(SCHOOL, &entry);
    assert_eq!(after, head.extend(SCHOOL, &entry));
    assert_ne!(after.head, head.head);
    // No two lines share a hash by what stands where.
    let moved = LogEntry {
        action: entry.actor,
        actor: entry.action,
        ..entry
    };
    assert_eq!(
        normalise(entry.actor) == normalise(entry.action),
        head.extend(SCHOOL, &moved) == after,
    );
}

/// What comes out of a sealing that was made by whoever had the public key: bundles, kit parts, wraps.
pub fn sealed_keys(data: &[u8]) {
    let entropy = SeededEntropy::new([5; 32]);
    let pair = KeyPair::derive(&[6; 32]);
    // As it came.
    assert!(open_part_a(SCHOOL, &pair, data).is_err());
    assert!(open_part_b(SCHOOL, &pair, data).is_err());
    // Sealed as a hostile server could: the content is anything.
    let seal = |label: &str| hpke::seal(&pair.public(), &info(label), &[], data, &entropy).unwrap();
    if let Ok(keys) = open_part_a(SCHOOL, &pair, &seal("kit-part-a")) {
        let held = keys.len();
        assert_eq!(Bundle::new(keys).keys().len(), held, "sorted, each once");
    }
    let _psks = open_part_b(SCHOOL, &pair, &seal("kit-part-b"));
    let challenge = [8; 32];
    let mut bytes = hpke::seal(
        &pair.public(),
        b"keyholder/v1/unlock-bundle",
        &challenge,
        data,
        &entropy,
    )
    .unwrap();
    let ciphertext = bytes.split_off(32);
    let sealed = SealedBundle {
        encapsulated: bytes.try_into().unwrap(),
        ciphertext,
    };
    if let Ok(bundle) = Bundle::open(&pair, &challenge, &sealed) {
        let again: Vec<HeldKey> = bundle.keys().to_vec();
        assert_eq!(Bundle::new(again), bundle);
    }
}

fn info(label: &str) -> Vec<u8> {
    Writer::new(label)
        .u8(Suite::CURRENT.byte())
        .id(SCHOOL)
        .finish()
}
