//! What can stand in a log by accident: enough to tell two public things apart, and nothing of a secret.

use domain::{SchoolId, SeededEntropy};
use protocol::compartments::{Compartment, CompartmentSecret};
use protocol::device::{DeviceKeys, DeviceSeed};
use protocol::hpke::{KeyPair, PublicKey};
use protocol::kit::KitSeed;
use protocol::records::{DataKey, FileKey, InboxContext, OpenedKey, ServerPsk};
use protocol::signing::{SigningKey, VerifyingKey};
use protocol::suite::Suite;

#[test]
fn a_public_key_is_shown_by_its_first_bytes() {
    let mut bytes = [0xab; 32];
    bytes[..5].copy_from_slice(&[1, 0x2f, 3, 4, 5]);
    assert_eq!(
        format!("{:?}", PublicKey::from_bytes(bytes)),
        "PublicKey(012f0304…)"
    );
    assert_eq!(
        format!("{:?}", VerifyingKey::from_bytes(bytes)),
        "VerifyingKey(012f0304…)"
    );
}

#[test]
fn a_pair_shows_its_public_half_only() {
    let pair = KeyPair::derive(&[7; 32]);
    let shown = format!("{pair:?}");
    assert!(shown.starts_with("KeyPair { public: PublicKey("), "{shown}");
    assert!(shown.ends_with(", .. }"), "{shown}");
    let key = SigningKey::from_seed(&[7; 32]).unwrap();
    assert_eq!(
        format!("{key:?}"),
        format!("SigningKey({:?})", key.public())
    );
    let keys = DeviceKeys::of(&DeviceSeed::from_bytes([7; 32])).unwrap();
    assert!(!format!("{keys:?}").contains("0707"));
}

#[test]
fn a_secret_shows_its_kind_only() {
    assert_eq!(
        format!("{:?}", DeviceSeed::from_bytes([1; 32])),
        "DeviceSeed([secret])"
    );
    assert_eq!(
        format!("{:?}", DataKey::from_bytes([1; 32])),
        "DataKey([secret])"
    );
    assert_eq!(
        format!("{:?}", CompartmentSecret::from_bytes([1; 32])),
        "CompartmentSecret([secret])"
    );
    let key = DataKey::from_bytes([1; 32]);
    assert_eq!(
        format!("{:?}", OpenedKey::new(&key).unwrap()),
        "OpenedKey([secret])"
    );
    let context = InboxContext {
        school: SchoolId::from_bytes([5; 16]),
        compartment: Compartment::PASTORAL,
        generation: 1,
        psk_generation: 1,
    };
    let half = CompartmentSecret::from_bytes([1; 32]);
    let filing = FileKey::derive(&context, &half, &ServerPsk::from_bytes([1; 32])).unwrap();
    assert_eq!(format!("{filing:?}"), "FileKey([secret])");
    let school = SchoolId::from_bytes([5; 16]);
    let sheets = KitSeed::from_bytes([1; 16]).split(school, &SeededEntropy::new([6; 32]));
    for (sheet, number) in sheets.iter().zip(1..) {
        assert_eq!(format!("{sheet:?}"), format!("Sheet({number}, [secret])"));
    }
}

#[test]
fn words_and_names_are_shown_as_they_are_said() {
    let keys = DeviceKeys::of(&DeviceSeed::from_bytes([7; 32])).unwrap();
    let words = keys.public().words(SchoolId::from_bytes([5; 16]));
    assert_eq!(words.to_string(), words.list().join(" "));
    assert_eq!(format!("{words:?}"), words.to_string());
    assert_eq!(words.to_string().split(' ').count(), 6);
    for name in ["pastoral", "our-own-2"] {
        let compartment: Compartment = name.parse().unwrap();
        assert_eq!(compartment.to_string(), name);
        assert_eq!(format!("{compartment:?}"), name);
        assert_eq!(compartment.as_ref(), name);
    }
}

#[test]
fn a_suite_is_one_byte_and_no_other_is_taken() {
    assert_eq!(Suite::CURRENT.byte(), 1);
    assert_eq!(Suite::try_from(1).unwrap(), Suite::CURRENT);
    for other in [0, 2, 255] {
        assert!(Suite::try_from(other).is_err(), "{other}");
    }
}
