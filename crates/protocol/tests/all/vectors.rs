//! The bytes of version 1, frozen. If one of these fails, phones in schools no longer agree with the
//! server: make a new version instead.
#![expect(clippy::unwrap_used, reason = "a test's helpers fail by panicking")]

use std::collections::BTreeMap;

use domain::{ConcernId, DeviceId, MemberId, SchoolId, UnlockId};
use protocol::approve::{Approval, Bundle};
use protocol::challenge::Challenge;
use protocol::compartments::{Compartment, CompartmentSecret, HeldKey};
use protocol::device::{DeviceKeys, DeviceSeed};
use protocol::hpke::KeyPair;
use protocol::kit::{KitSeed, Sheet, combine};
use protocol::log::LogHead;
use protocol::pin::PinTag;
use protocol::records::{
    DataKey, InboxContext, Part, RecordRef, ServerPsk, open_inbox, seal_inbox,
};
use protocol::roll::RollHead;
use protocol::signing::SigningKey;
use protocol::slots::{Slot, SlotCode, Terms};
use protocol::suite::Suite;
use protocol::unlock::UnlockSecret;
use protocol::{claim, encoding, records, wrap};

const SCHOOL: SchoolId = SchoolId::from_bytes([0x51; 16]);
const RECORD: ConcernId = ConcernId::from_bytes([0xc0; 16]);
const DEVICE: DeviceId = DeviceId::from_bytes([0xd1; 16]);
const UNLOCK: UnlockId = UnlockId::from_bytes([0x0b; 16]);
const MEMBER: MemberId = MemberId::from_bytes([0xa5; 16]);

/// Gives the bytes that it was made with, once, in order.
#[derive(Debug)]
struct Script(std::sync::Mutex<Vec<u8>>);

impl Script {
    fn of(bytes: &[&[u8]]) -> Self {
        Self(std::sync::Mutex::new(bytes.concat()))
    }
}

impl domain::Entropy for Script {
    fn fill(&self, buffer: &mut [u8]) {
        let mut left = self.0.lock().unwrap();
        buffer.copy_from_slice(&left[..buffer.len()]);
        left.drain(..buffer.len());
    }
}

fn frozen() -> BTreeMap<&'static str, &'static str> {
    include_str!("vectors/unlock.txt")
        .lines()
        .filter(|line| !line.starts_with('#'))
        .map(|line| line.split_once(" = ").unwrap())
        .collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(text: &str) -> Vec<u8> {
    (0..text.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap())
        .collect()
}

fn child() -> Compartment {
    "child".parse().unwrap()
}

fn context() -> InboxContext {
    InboxContext {
        school: SCHOOL,
        compartment: child(),
        generation: 1,
        psk_generation: 1,
    }
}

fn challenge(session: &KeyPair) -> Challenge {
    Challenge {
        suite: Suite::CURRENT,
        school: SCHOOL,
        device: DEVICE,
        member: MEMBER,
        unlock: UNLOCK,
        nonce: [0xee; 32],
        session_key: session.public(),
        origin: "https://sg.example".to_owned(),
        digits: 2,
        known_browser: true,
        browser: "Chrome on Windows".to_owned(),
        place: "Head's office PC, 81.2.x.x".to_owned(),
        scopes: vec!["record:read".to_owned(), "record:write".to_owned()],
        compartments: vec![child()],
        session_seconds: 900,
        issued: 1_795_000_000,
        expires: 1_795_000_120,
        log: LogHead {
            length: 4812,
            head: [0x10; 32],
        },
        roll: RollHead {
            length: 9,
            head: [0x20; 32],
        },
    }
}

#[test]
fn a_whole_unlock_has_the_bytes_of_version_1() {
    let frozen = frozen();
    let psk = ServerPsk::derive(&[1; 32], SCHOOL, 1);
    assert_eq!(hex(psk.expose()), frozen["psk_g1"]);

    let compartment = KeyPair::derive(&[2; 32]);
    assert_eq!(hex(compartment.public().as_bytes()), frozen["comp pk"]);
    let secret = CompartmentSecret::from_bytes(*compartment.expose_private());

    let device = DeviceKeys::of(&DeviceSeed::from_bytes([3; 32])).unwrap();
    let public = device.public();
    assert_eq!(hex(public.sign.as_bytes()), frozen["device sign pk"]);
    assert_eq!(hex(public.kem.as_bytes()), frozen["device kem pk"]);
    assert_eq!(
        hex(&public.fingerprint(SCHOOL)[..9]),
        frozen["device fingerprint"]
    );

    let session = UnlockSecret::from_bytes([7; 32]);
    let pair = session.pair();
    assert_eq!(hex(pair.public().as_bytes()), frozen["epk_S"]);
    assert_eq!(hex(&session.reference()), frozen["H(S) stored"]);

    let server = SigningKey::from_seed(&[8; 32]).unwrap();
    let challenge = challenge(&pair);
    let bytes = challenge.encode();
    assert_eq!(bytes.len().to_string(), frozen["challenge len"]);
    assert_eq!(hex(&challenge.hash()), frozen["H(C)"]);
    assert_eq!(hex(&challenge.sign(&server)), frozen["sig_S"]);
    assert_eq!(
        Challenge::verify(&bytes, &challenge.sign(&server), &server.public()),
        Ok(challenge.clone())
    );

    let tag = PinTag::from_bytes([0; 32]);
    let signature = claim::sign(&challenge.hash(), "47", &tag, device.sign());
    assert_eq!(hex(&signature), frozen["claim sig"]);

    let key = HeldKey {
        compartment: child(),
        generation: 1,
        secret: secret.clone(),
    };
    let entropy = domain::SeededEntropy::new([5; 32]);
    let wrapped = wrap::seal(SCHOOL, DEVICE, &public.kem, &key, &entropy).unwrap();
    assert_eq!(wrapped.len().to_string(), frozen["wrap bytes"]);

    let bundle = Bundle::new(vec![key]);
    let approval = Approval {
        challenge: challenge.hash(),
        bundle: bundle
            .seal(&pair.public(), &challenge.hash(), &entropy)
            .unwrap(),
        scopes: challenge.scopes.clone(),
        compartments: challenge.compartments.clone(),
        session_seconds: 900,
    };
    let signed = approval.sign(device.sign());
    assert_eq!(approval.verify(&challenge, &signed, &public.sign), Ok(()));
    // ENC(approve, ..) of these fields is as long as the reference's.
    let length = encoding::encode(
        "approve",
        &[
            &approval.challenge,
            &approval.bundle.encapsulated,
            &approval.bundle.ciphertext,
            b"record:read record:write",
            b"child",
            &900u32.to_be_bytes(),
        ],
    )
    .len();
    assert_eq!(length.to_string(), frozen["approve len"]);
    assert_eq!(
        session.open_bundle(&challenge.hash(), &approval.bundle),
        Ok(bundle)
    );
}

#[test]
fn the_file_key_has_the_bytes_of_version_1() {
    // FileKey does not give its bytes away: what it wraps must open under the frozen key.
    let psk = ServerPsk::derive(&[1; 32], SCHOOL, 1);
    let secret = CompartmentSecret::from_bytes(*KeyPair::derive(&[2; 32]).expose_private());
    let file_key = records::FileKey::derive(&context(), &secret, &psk).unwrap();
    let record = RecordRef::new(SCHOOL, RECORD, 1);
    let filed = file_key
        .wrap(
            &record,
            &DataKey::from_bytes([9; 32]),
            &Script::of(&[&[0xab; 12]]),
        )
        .unwrap();

    let key = unhex(frozen()["file key"]);
    let key = ring::aead::LessSafeKey::new(
        ring::aead::UnboundKey::new(&ring::aead::AES_256_GCM, &key).unwrap(),
    );
    let mut wrapped = filed[12..].to_vec();
    let opened = key
        .open_in_place(
            ring::aead::Nonce::assume_unique_for_key([0xab; 12]),
            ring::aead::Aad::from(encoding::encode(
                "filed",
                &[SCHOOL.as_bytes(), RECORD.as_bytes(), &1u32.to_be_bytes()],
            )),
            &mut wrapped,
        )
        .unwrap();
    assert_eq!(opened, [9; 32]);
}

#[test]
fn the_sheets_have_the_characters_of_version_1() {
    let frozen = frozen();
    let seed = KitSeed::from_bytes([0x4b; 16]);
    assert_eq!(
        hex(seed.keys().unwrap().public().kem.as_bytes()),
        frozen["kit kem pk"]
    );
    let sheets = seed.split(SCHOOL, &Script::of(&[&[0x11; 16], &[0x22; 16]]));
    for (number, sheet) in sheets.iter().enumerate() {
        let name = ["sheet 1", "sheet 2", "sheet 3"][number];
        assert_eq!(sheet.code().as_str(), frozen[name]);
        let parsed = Sheet::parse(SCHOOL, frozen[name]).unwrap();
        assert_eq!(usize::from(parsed.number()), number + 1);
    }
    // As they are printed: each line with the character that checks it.
    let printed = [
        "040J 48H2 48H9/248H 248H 248H/H248 H24Y 3RF1/1W7G Y3RF 1W7D/GY3R F1W7 GY37/E20R",
        "0411 248H 248Q/H248 H248 H24R/8H24 8H2Y 3RFW/1W7G Y3RF 1W7D/GY3R F1W7 GY13/X0W1",
        "041H 248H 248S/H248 H248 H24R/8H24 8H28 H24B/8H24 8H24 8H26/48H2 48H2 48PW/ZNWF",
    ];
    for (sheet, lines) in sheets.iter().zip(printed) {
        let ours: Vec<String> = sheet.lines().iter().map(|line| line.to_string()).collect();
        assert_eq!(ours.join("/"), lines);
    }
    assert_eq!(combine(&sheets[0], &sheets[2]), Ok(seed));
}

#[test]
fn the_log_has_the_hashes_of_version_1() {
    let frozen = frozen();
    let mut head = LogHead::genesis(SCHOOL);
    assert_eq!(hex(&head.head), frozen["log genesis"]);
    for index in 1..=3u64 {
        head = head.extend_hashed(encoding::hash(
            "log-entry",
            &[
                SCHOOL.as_bytes(),
                &index.to_be_bytes(),
                b"concern.create",
                RECORD.as_bytes(),
            ],
        ));
    }
    assert_eq!(hex(&head.head), frozen["log head (3)"]);
}

#[test]
fn a_record_sealed_by_version_1_still_opens() {
    let psk = ServerPsk::derive(&[1; 32], SCHOOL, 1);
    let pair = KeyPair::derive(&[2; 32]);
    let record = RecordRef::new(SCHOOL, RECORD, 1);
    let key = DataKey::from_bytes([9; 32]);
    let sealed = seal_inbox(
        &context(),
        &pair.public(),
        &psk,
        &record,
        &key,
        &Script::of(&[&[0x77; 32]]),
    )
    .unwrap();
    let body = records::seal_part(&key, &record, Part::Body, b"narrative").unwrap();
    let frozen: BTreeMap<_, _> = include_str!("vectors/records.txt")
        .lines()
        .filter(|line| !line.starts_with('#'))
        .map(|line| line.split_once(" = ").unwrap())
        .collect();
    assert_eq!(hex(&sealed), frozen["inbox"]);
    assert_eq!(hex(&encoding::sha256(&body)), frozen["body sha256"]);
    let opened = open_inbox(&context(), &pair, &psk, &record, &unhex(frozen["inbox"])).unwrap();
    let mut buffer = Vec::new();
    assert_eq!(
        records::open_part(&opened, &record, Part::Body, &body, &mut buffer),
        Ok(b"narrative".as_slice())
    );
}

#[test]
fn a_slot_code_has_the_bytes_of_version_1() {
    let frozen: BTreeMap<_, _> = include_str!("vectors/slots.txt")
        .lines()
        .filter_map(|line| line.split_once(" = "))
        .collect();
    let bytes: Vec<u8> = (0x90..0xa0).collect();
    let code = SlotCode::generate(&Script::of(&[&bytes]));
    assert_eq!(code.text().as_str(), frozen["code"]);
    assert_eq!(SlotCode::parse(frozen["code"]), Ok(code.clone()));
    assert_eq!(hex(&code.reference(SCHOOL, MEMBER)), frozen["reference"]);
    let slot = Slot {
        school: SCHOOL,
        member: MEMBER,
        device: DEVICE,
        number: 7,
    };
    let secret = code.secret(&slot);
    assert_eq!(hex(&secret.reference()), frozen["secret reference"]);
    assert_eq!(
        hex(secret.pair().public().as_bytes()),
        frozen["session key"]
    );
    let terms = Terms {
        slot,
        compartments: vec![Compartment::SAFEGUARDING, Compartment::PASTORAL],
        session_seconds: 4 * 60 * 60,
    };
    assert_eq!(hex(&terms.hash()), frozen["terms"]);
}
