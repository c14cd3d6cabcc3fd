//! What must hold whatever the bytes: right keys open, anything else does not.

use domain::{DeviceId, MemberId, SchoolId, SeededEntropy};
use proptest::prelude::*;
use protocol::Error;
use protocol::approve::Bundle;
use protocol::compartments::{Compartment, CompartmentSecret, HeldKey};
use protocol::device::{
    DeviceKeys, DevicePayload, DeviceRequest, DeviceSeed, RequestSignature, verify_request,
};
use protocol::hpke::KeyPair;
use protocol::kit::{self, KitSeed, MistypedSheet, Sheet, TypedLine, combine, look_at_line};
use protocol::links::{Link, LinkToken, Purpose, is_origin};
use protocol::log::{LogEntry, LogHead};
use protocol::records::{
    CHUNK_SIZE, DataKey, FileKey, InboxContext, Part, RecordRef, ServerPsk, open_attachment,
    open_inbox, open_part, padded_size, seal_attachment, seal_inbox, seal_part,
};
use protocol::unlock::UnlockSecret;
use protocol::wrap::{self, WrapContext};

pub(super) fn entropy(seed: u8) -> SeededEntropy {
    SeededEntropy::new([seed; 32])
}

pub(super) fn flip(bytes: &[u8], bit: usize) -> Vec<u8> {
    let mut flipped = bytes.to_vec();
    let bit = bit % (bytes.len() * 8);
    flipped[bit / 8] ^= 1 << (bit % 8);
    flipped
}

pub(super) fn school(byte: u8) -> SchoolId {
    SchoolId::from_bytes([byte; 16])
}

fn inbox_context() -> InboxContext {
    InboxContext {
        school: school(1),
        compartment: Compartment::SAFEGUARDING,
        generation: 2,
        psk_generation: 3,
    }
}

/// Every context that differs in one thing.
fn other_contexts(right: &InboxContext) -> Vec<InboxContext> {
    vec![
        InboxContext {
            school: school(9),
            ..right.clone()
        },
        InboxContext {
            compartment: Compartment::PASTORAL,
            ..right.clone()
        },
        InboxContext {
            generation: right.generation + 1,
            ..right.clone()
        },
        InboxContext {
            psk_generation: right.psk_generation + 1,
            ..right.clone()
        },
    ]
}

fn other_records(right: RecordRef) -> [RecordRef; 3] {
    let mut record = right.record;
    record[15] ^= 1;
    [
        RecordRef { record, ..right },
        RecordRef {
            version: right.version + 1,
            ..right
        },
        RecordRef {
            school: school(9),
            ..right
        },
    ]
}

proptest! {
    #[test]
    fn a_part_opens_as_what_it_is_and_as_nothing_else(
        text in proptest::collection::vec(any::<u8>(), 0..3000),
        record in any::<[u8; 16]>(),
        version in 1u32..9,
        key in any::<[u8; 32]>(),
        bit in any::<usize>(),
    ) {
        let record = RecordRef { school: school(1), record, version };
        let key = DataKey::from_bytes(key);
        let sealed = seal_part(&key, &record, Part::Body, &text).unwrap();
        prop_assert_eq!(sealed.len(), padded_size(text.len() + 4) + 16);
        let mut buffer = Vec::new();
        prop_assert_eq!(open_part(&key, &record, Part::Body, &sealed, &mut buffer), Ok(text.as_slice()));
        prop_assert_eq!(open_part(&key, &record, Part::Head, &sealed, &mut buffer), Err(Error::DoesNotOpen));
        prop_assert_eq!(open_part(&key, &record, Part::File, &sealed, &mut buffer), Err(Error::DoesNotOpen));
        for other in other_records(record) {
            prop_assert!(open_part(&key, &other, Part::Body, &sealed, &mut buffer).is_err());
        }
        prop_assert!(open_part(&key, &record, Part::Body, &flip(&sealed, bit), &mut buffer).is_err());
    }

    #[test]
    fn an_attachment_opens_as_what_it_is_and_as_nothing_else(
        size in prop_oneof![0usize..200, CHUNK_SIZE - 2..CHUNK_SIZE + 200],
        record in any::<[u8; 16]>(),
        version in 1u32..9,
        key in any::<[u8; 32]>(),
        bit in any::<usize>(),
    ) {
        let content: Vec<u8> = (0..size).map(|at| at as u8).collect();
        let record = RecordRef { school: school(1), record, version };
        let key = DataKey::from_bytes(key);
        let sealed = seal_attachment(&key, &record, &content).unwrap();
        let opened = open_attachment(&key, &record, &sealed).unwrap();
        prop_assert_eq!(&*opened, &content);
        for other in other_records(record) {
            prop_assert!(open_attachment(&key, &other, &sealed).is_err());
        }
        prop_assert!(open_attachment(&key, &record, &flip(&sealed, bit)).is_err());
        prop_assert!(open_attachment(&DataKey::generate(&entropy(1)), &record, &sealed).is_err());
        // Neither is a part of the record taken for a file of it, nor the other way about.
        let mut buffer = Vec::new();
        prop_assert!(open_part(&key, &record, Part::Body, &sealed, &mut buffer).is_err());
        let part = seal_part(&key, &record, Part::Body, &content[..size.min(200)]).unwrap();
        prop_assert!(open_attachment(&key, &record, &part).is_err());
    }

    #[test]
    fn a_received_key_opens_in_its_own_context_only(seed in any::<u8>(), bit in any::<usize>()) {
        let entropy = entropy(seed);
        let (secret, public) = CompartmentSecret::new_pair(&entropy);
        let pair = secret.key_pair().unwrap();
        let context = inbox_context();
        let record = RecordRef { school: school(1), record: [7; 16], version: 1 };
        let psk = ServerPsk::generate(&entropy);
        let key = DataKey::generate(&entropy);
        let sealed = seal_inbox(&context, &public, &psk, &record, &key, &entropy).unwrap();
        prop_assert_eq!(open_inbox(&context, &pair, &psk, &record, &sealed), Ok(key.clone()));

        for other in other_contexts(&context) {
            prop_assert!(open_inbox(&other, &pair, &psk, &record, &sealed).is_err());
        }
        for other in other_records(record) {
            prop_assert!(open_inbox(&context, &pair, &psk, &other, &sealed).is_err());
        }
        // A rogue holder has the private key and the ciphertext, but not the server's half.
        let other_psk = ServerPsk::generate(&entropy);
        prop_assert!(open_inbox(&context, &pair, &other_psk, &record, &sealed).is_err());
        let other_pair = KeyPair::generate(&entropy);
        prop_assert!(open_inbox(&context, &other_pair, &psk, &record, &sealed).is_err());
        prop_assert!(open_inbox(&context, &pair, &psk, &record, &flip(&sealed, bit)).is_err());

        let file_key = FileKey::derive(&context, &secret, &psk).unwrap();
        let filed = file_key.wrap(&record, &key, &entropy).unwrap();
        prop_assert_eq!(file_key.unwrap(&record, &filed), Ok(key));
        prop_assert!(file_key.unwrap(&record, &flip(&filed, bit)).is_err());
        for other in other_records(record) {
            prop_assert!(file_key.unwrap(&other, &filed).is_err());
        }
        for other in other_contexts(&context) {
            let other_key = FileKey::derive(&other, &secret, &psk).unwrap();
            prop_assert!(other_key.unwrap(&record, &filed).is_err());
        }
        prop_assert!(FileKey::derive(&context, &secret, &other_psk).unwrap().unwrap(&record, &filed).is_err());
    }

    #[test]
    fn a_wrap_opens_on_its_device_only(seed in any::<u8>(), bit in any::<usize>()) {
        let entropy = entropy(seed);
        let device = KeyPair::generate(&entropy);
        let key = HeldKey {
            compartment: Compartment::STAFF,
            generation: 4,
            secret: CompartmentSecret::generate(&entropy),
        };
        let id = DeviceId::from_bytes([3; 16]);
        let context = WrapContext { school: school(1), compartment: Compartment::STAFF, generation: 4, device: id };
        let wrapped = wrap::seal(school(1), id, &device.public(), &key, &entropy).unwrap();
        prop_assert_eq!(wrapped.len(), wrap::SIZE);
        prop_assert_eq!(wrap::open(&context, &device, &wrapped), Ok(key));
        let others = [
            WrapContext { school: school(2), ..context.clone() },
            WrapContext { compartment: Compartment::HEAD, ..context.clone() },
            WrapContext { generation: 5, ..context.clone() },
            WrapContext { device: DeviceId::from_bytes([4; 16]), ..context.clone() },
        ];
        for other in others {
            prop_assert!(wrap::open(&other, &device, &wrapped).is_err());
        }
        prop_assert!(wrap::open(&context, &KeyPair::generate(&entropy), &wrapped).is_err());
        prop_assert!(wrap::open(&context, &device, &flip(&wrapped, bit)).is_err());
    }

    #[test]
    fn any_two_sheets_give_the_seed_and_one_says_nothing(
        seed in any::<[u8; 16]>(),
        other in any::<[u8; 16]>(),
        chance in any::<u8>(),
        pair in prop_oneof![Just((0usize, 1usize)), Just((0, 2)), Just((1, 2))],
    ) {
        let sheets = KitSeed::from_bytes(seed).split(school(1), &entropy(chance));
        let printed = |at: usize| -> String {
            sheets[at].lines().iter().map(|line| format!("{}\n", line.as_str())).collect()
        };
        let read = |at: usize| Sheet::parse(school(1), &printed(at)).unwrap();
        prop_assert_eq!(combine(&read(pair.0), &read(pair.1)), Ok(KitSeed::from_bytes(seed)));
        prop_assert_eq!(combine(&read(pair.1), &read(pair.0)), Ok(KitSeed::from_bytes(seed)));
        prop_assert!(combine(&read(pair.0), &read(pair.0)).is_err());
        prop_assert_eq!(sheets[pair.0].last_four().len(), 4);

        // Sheet 3 holds the two pieces that are chance alone: it is the same for any other seed.
        let others = KitSeed::from_bytes(other).split(school(1), &entropy(chance));
        prop_assert_eq!(sheets[2].code(), others[2].code());
    }

    #[test]
    fn a_slip_on_a_sheet_is_found_in_its_line(
        seed in any::<[u8; 16]>(),
        chance in any::<u8>(),
        place in 0usize..64,
        swap in any::<bool>(),
        letter in 0usize..32,
    ) {
        let sheet = &KitSeed::from_bytes(seed).split(school(1), &entropy(chance))[1];
        let printed: Vec<u8> = sheet.lines().iter().flat_map(|line| line.replace(' ', "").into_bytes()).collect();
        let mut typed = printed.clone();
        if swap {
            let next = if place % 12 == 11 || place == 63 { place - 1 } else { place + 1 };
            typed.swap(place, next);
        } else {
            typed[place] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ"[letter];
        }
        let read = Sheet::parse(school(1), std::str::from_utf8(&typed).unwrap());
        let slipped = place / 12 + 1;
        if typed == printed {
            prop_assert!(read.is_ok());
        } else {
            prop_assert_eq!(read.unwrap_err(), MistypedSheet::Line(slipped));
        }
        // And already while it is typed: in its own line, in no other, and not before the line is whole.
        for (line, characters) in (1..).zip(typed.chunks(12)) {
            let text = std::str::from_utf8(characters).unwrap();
            let looks = match line == slipped && typed != printed {
                true => TypedLine::Slip,
                false => TypedLine::Sound,
            };
            prop_assert_eq!(look_at_line(line, text), looks);
            prop_assert_eq!(look_at_line(line, &text[1..]), TypedLine::Unfinished);
            prop_assert_eq!(look_at_line(line, &format!("{text}0")), TypedLine::Slip);
        }
        prop_assert_eq!(look_at_line(0, "0000"), TypedLine::Slip);
        prop_assert_eq!(look_at_line(7, "0000"), TypedLine::Slip);
    }

    #[test]
    fn the_kit_opens_both_parts(seed in any::<[u8; 16]>(), bit in any::<usize>()) {
        let entropy = entropy(1);
        let keys = KitSeed::from_bytes(seed).keys().unwrap();
        let held: Vec<HeldKey> = Compartment::ALL_COMMON.into_iter().map(|compartment| HeldKey {
            compartment,
            generation: 1,
            secret: CompartmentSecret::generate(&entropy),
        }).collect();
        let psks = vec![(1, ServerPsk::generate(&entropy)), (2, ServerPsk::generate(&entropy))];
        let kem = keys.public().kem;
        let part_a = kit::seal_part_a(school(1), &kem, held.clone(), &entropy).unwrap();
        let part_b = kit::seal_part_b(school(1), &kem, &psks, &entropy).unwrap();
        prop_assert_eq!(kit::open_part_a(school(1), keys.kem(), &part_a), Ok(held));
        prop_assert_eq!(kit::open_part_b(school(1), keys.kem(), &part_b), Ok(psks));
        prop_assert!(kit::open_part_a(school(2), keys.kem(), &part_a).is_err());
        prop_assert!(kit::open_part_b(school(2), keys.kem(), &part_b).is_err());
        prop_assert!(kit::open_part_a(school(1), keys.kem(), &part_b).is_err());
        prop_assert!(kit::open_part_a(school(1), keys.kem(), &flip(&part_a, bit)).is_err());
        prop_assert!(kit::open_part_b(school(1), keys.kem(), &flip(&part_b, bit)).is_err());
    }

    #[test]
    fn a_device_request_is_that_request_and_no_other(
        body in proptest::collection::vec(any::<u8>(), 0..64),
        at in 1_700_000_000u64..1_900_000_000,
        bit in any::<usize>(),
    ) {
        let keys = DeviceKeys::of(&DeviceSeed::from_bytes([6; 32])).unwrap();
        let key = keys.public().sign;
        let request = DeviceRequest { method: "POST", target: "/v1/device/roll?after=3", body: &body };
        let signature = request.sign(school(1), DeviceId::from_bytes([8; 16]), keys.sign(), at, &entropy(2));
        let header = signature.to_header();
        let read = RequestSignature::from_header(&header).unwrap();
        prop_assert_eq!(read, signature);
        prop_assert_eq!(verify_request(&request, &read, &key), Ok(()));
        let flipped = flip(header.as_bytes(), bit);
        if let Some(read) = std::str::from_utf8(&flipped).ok().and_then(|text| RequestSignature::from_header(text).ok()) {
            prop_assert!(verify_request(&request, &read, &key).is_err());
        }
        let mut longer = body.clone();
        longer.push(0);
        let others = [
            DeviceRequest { method: "GET", ..request },
            DeviceRequest { target: "/v1/device/roll?after=4", ..request },
            DeviceRequest { body: &longer, ..request },
        ];
        for other in others {
            prop_assert!(verify_request(&other, &read, &key).is_err());
        }
        for other in [RequestSignature { school: school(2), ..read }, RequestSignature { device: DeviceId::from_bytes([9; 16]), ..read }] {
            prop_assert!(verify_request(&request, &other, &key).is_err());
        }
        prop_assert!(read.is_timely(at + 120) && read.is_timely(at - 120));
        prop_assert!(!read.is_timely(at + 121) && !read.is_timely(at - 121));
    }

    #[test]
    fn a_device_payload_is_its_own(bit in any::<usize>()) {
        let keys = DeviceKeys::of(&DeviceSeed::from_bytes([6; 32])).unwrap();
        let payload = DevicePayload {
            school: school(1),
            member: MemberId::from_bytes([2; 16]),
            device: DeviceId::from_bytes([3; 16]),
            keys: keys.public(),
            roll_length: 4,
            roll_head: [5; 32],
            log_length: 6,
            log_head: [7; 32],
        };
        let signed = payload.sign(&keys);
        prop_assert_eq!(DevicePayload::verify(&signed), Ok(payload.clone()));
        prop_assert!(DevicePayload::verify(&flip(&signed, bit)).is_err());

        let link = payload.to_link(&keys);
        let slashes = link.replace("safehold:grant?", "safehold://grant/?");
        for text in [link.clone(), slashes, format!("  {link}\n")] {
            prop_assert_eq!(DevicePayload::from_link(&text), Ok(payload.clone()));
        }
        // Longer than another app would pass on it is not, and every letter of it counts.
        prop_assert!(link.len() < 450 && link.bytes().all(|letter| letter.is_ascii_graphic()));
        prop_assert!(DevicePayload::from_link(&link[..link.len() - 1 - bit % link.len()]).is_err());
    }

    #[test]
    fn a_bundle_opens_in_its_own_unlock_only(seed in any::<u8>(), bit in any::<usize>()) {
        let entropy = entropy(seed);
        let secret = UnlockSecret::generate(&entropy);
        let bundle = Bundle::new(vec![
            HeldKey { compartment: Compartment::SAFEGUARDING, generation: 2, secret: CompartmentSecret::generate(&entropy) },
            HeldKey { compartment: Compartment::PASTORAL, generation: 1, secret: CompartmentSecret::generate(&entropy) },
        ]);
        prop_assert!(bundle.key(&Compartment::PASTORAL, 1).is_some() && bundle.key(&Compartment::PASTORAL, 2).is_none());
        let hash = [seed; 32];
        let sealed = bundle.seal(&secret.pair().public(), &hash, &entropy).unwrap();
        prop_assert_eq!(secret.open_bundle(&hash, &sealed), Ok(bundle.clone()));
        prop_assert!(UnlockSecret::generate(&entropy).open_bundle(&hash, &sealed).is_err());
        prop_assert!(secret.open_bundle(&[seed ^ 1; 32], &sealed).is_err());
        let mut damaged = sealed.clone();
        damaged.ciphertext = flip(&damaged.ciphertext, bit);
        prop_assert!(secret.open_bundle(&hash, &damaged).is_err());

        let kept = secret.keep_bundle(&hash, &bundle, &entropy).unwrap();
        prop_assert_ne!(&kept, &secret.keep_bundle(&hash, &bundle, &entropy).unwrap());
        prop_assert_eq!(secret.open_kept(&hash, &kept), Ok(bundle));
        prop_assert!(UnlockSecret::generate(&entropy).open_kept(&hash, &kept).is_err());
        prop_assert!(secret.open_kept(&[seed ^ 1; 32], &kept).is_err());
        prop_assert!(secret.open_kept(&hash, &flip(&kept, bit)).is_err());
        prop_assert!(secret.open_kept(&hash, &kept[..bit % kept.len()]).is_err());
    }

    #[test]
    fn any_change_breaks_the_log(changed in 0usize..5, what in 0usize..6) {
        let entry = |at| LogEntry { at, actor: "mem_1", action: "read_concern", object: "con_1", outcome: "allowed", ciphertext: Some([1; 32]), detail: None };
        let entries: Vec<LogEntry<'_>> = (0..5).map(|at| entry(1_795_000_000 + at)).collect();
        let head = |entries: &[LogEntry<'_>]| entries.iter().fold(LogHead::genesis(school(1)), |head, entry| head.extend(school(1), entry));
        let mut other = entries.clone();
        let one = &mut other[changed];
        match what {
            0 => one.at += 1,
            1 => one.actor = "mem_2",
            2 => one.outcome = "hidden",
            3 => one.ciphertext = None,
            4 => one.detail = Some([0; 32]),
            _ => { other.remove(changed); }
        }
        prop_assert_ne!(head(&entries), head(&other));
        prop_assert_eq!(head(&entries).length, 5);
    }

    #[test]
    fn a_link_reads_back(token in any::<[u8; 16]>(), enrol in any::<bool>()) {
        let link = Link {
            purpose: if enrol { Purpose::Enrol(MemberId::from_bytes([2; 16])) } else { Purpose::Setup },
            origin: "https://safehold.example:8443".to_owned(),
            school: school(1),
            server_pin: [4; 32],
            token: LinkToken::from_bytes(token),
        };
        let url = link.to_url();
        prop_assert!(url.starts_with("https://safehold.example:8443/app#"));
        prop_assert_eq!(Link::from_url(&url), Ok(link.clone()));
        prop_assert_eq!(Link::from_url(url.split_once('#').unwrap().1), Ok(link.clone()));
        let moved = url.replace("safehold.example", "safehold.example.evil");
        prop_assert!(Link::from_url(&moved).is_err());
    }
}

#[test]
fn an_attachment_opens_whole_or_not_at_all() {
    let key = DataKey::from_bytes([1; 32]);
    let record = RecordRef {
        school: school(1),
        record: [2; 16],
        version: 1,
    };
    for size in [
        0,
        1,
        CHUNK_SIZE - 1,
        CHUNK_SIZE,
        CHUNK_SIZE + 1,
        3 * CHUNK_SIZE + 5,
    ] {
        let content: Vec<u8> = (0..size).map(|at| at as u8).collect();
        let sealed = seal_attachment(&key, &record, &content).unwrap();
        let opened = open_attachment(&key, &record, &sealed).unwrap();
        assert_eq!(*opened, content, "{size}");
    }
    let content = vec![3; 2 * CHUNK_SIZE + 100];
    let sealed = seal_attachment(&key, &record, &content).unwrap();
    let chunk = CHUNK_SIZE + 16;
    let swapped = [
        &sealed[chunk..2 * chunk],
        &sealed[..chunk],
        &sealed[2 * chunk..],
    ]
    .concat();
    let cut = &sealed[..2 * chunk];
    let shortened = &sealed[..chunk];
    let without_first = &sealed[chunk..];
    for broken in [swapped.as_slice(), cut, shortened, without_first, &[]] {
        assert!(open_attachment(&key, &record, broken).is_err());
    }
}

#[test]
fn only_real_origins_are_talked_to() {
    for good in [
        "https://safehold.example",
        "https://safehold.example:8443",
        "http://localhost:8080",
        "http://127.0.0.1:51234",
        "http://localhost",
    ] {
        assert!(is_origin(good), "{good}");
    }
    for bad in [
        "http://safehold.example",
        "https://",
        "https://safehold.example/",
        "https://user@safehold.example",
        "https://safehold.example:0",
        "https://safehold.example:99999",
        "https://safehold.example:+80",
        "http://localhost.evil.example",
        "http://127.0.0.1.evil.example:80",
        "ftp://localhost",
        "https://SAFEHOLD.example",
    ] {
        assert!(!is_origin(bad), "{bad}");
    }
}
