//! What lies sealed in the database, as whoever can write to it could leave it.

use api::outside;
use domain::ConcernId;
use protocol::encoding::{Writer, sha256};
use protocol::records::{
    DataKey, Part, RecordRef, open_attachment, open_part, padded_size, seal_attachment, seal_part,
};
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};

use crate::keys::SCHOOL;

const KEY: [u8; 32] = [4; 32];

fn record() -> RecordRef {
    RecordRef::new(SCHOOL, ConcernId::from_bytes([9; 16]), 1)
}

/// Opens whatever was sealed with the right key, as a reader of records does: padding, then layout.
pub fn sealed_body(data: &[u8]) {
    let key = DataKey::from_bytes(KEY);
    let mut buffer = Vec::new();
    // Not sealed at all.
    assert!(open_part(&key, &record(), Part::Body, data, &mut buffer).is_err());
    // Sealed with the key, but padded as nobody pads.
    let mut sealed = data.to_vec();
    let sealing = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, &KEY).unwrap());
    let aad = Writer::new("record")
        .id(SCHOOL)
        .field(&[9; 16])
        .u32(1)
        .finish();
    let nonce = [1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1];
    sealing
        .seal_in_place_append_tag(
            Nonce::assume_unique_for_key(nonce),
            Aad::from(aad),
            &mut sealed,
        )
        .unwrap();
    if let Ok(text) = open_part(&key, &record(), Part::Body, &sealed, &mut buffer) {
        assert_eq!(data.len(), padded_size(text.len() + 4));
        assert_eq!(&data[4..4 + text.len()], text);
    }
    // Sealed as it should be, with anything inside.
    let sealed = seal_part(&key, &record(), Part::Body, data).unwrap();
    let opened = open_part(&key, &record(), Part::Body, &sealed, &mut buffer).unwrap();
    assert_eq!(opened, data);
    outside::read_sealed(data);
}

/// A sealed file opens to the bytes it was made of and to nothing else.
pub fn attachment(data: &[u8]) {
    let key = DataKey::from_bytes(KEY);
    assert!(open_attachment(&key, &record(), data).is_err());
    let sealed = seal_attachment(&key, &record(), data).unwrap();
    let opened = open_attachment(&key, &record(), &sealed).unwrap();
    assert_eq!(*opened, data);
    // One bit of it wrong.
    let place = usize::from(sha256(data)[0]) * (sealed.len() - 1) / 255;
    let mut wrong = sealed;
    wrong[place] ^= 1;
    assert!(open_attachment(&key, &record(), &wrong).is_err());
}
