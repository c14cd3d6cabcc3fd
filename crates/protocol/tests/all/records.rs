//! A record's parts and files have one form each: what is sealed otherwise is not read, even by who has the key.
#![expect(clippy::unwrap_used, reason = "a test's helpers fail by panicking")]

use domain::SchoolId;
use proptest::prelude::*;
use protocol::Error;
use protocol::encoding::encode;
use protocol::records::{
    CHUNK_SIZE, DataKey, MIN_PADDED, OpenedKey, Part, RecordRef, open_attachment, open_part,
    padded_size, seal_attachment, seal_chunk,
};
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};

const KEY: [u8; 32] = [9; 32];
const RECORD: RecordRef = RecordRef {
    school: SchoolId::from_bytes([1; 16]),
    record: [2; 16],
    version: 1,
};

/// Seals any bytes as the part, chunk and end that are said: what the crate itself would not seal.
fn sealed(part: u8, index: u64, last: bool, content: &[u8]) -> Vec<u8> {
    let mut nonce = [0; 12];
    nonce[0] = part;
    nonce[1..9].copy_from_slice(&index.to_be_bytes());
    nonce[11] = u8::from(last);
    let aad = encode(
        "record",
        &[
            RECORD.school.as_bytes(),
            &RECORD.record,
            &RECORD.version.to_be_bytes(),
        ],
    );
    let mut bytes = content.to_vec();
    LessSafeKey::new(UnboundKey::new(&AES_256_GCM, &KEY).unwrap())
        .seal_in_place_append_tag(
            Nonce::assume_unique_for_key(nonce),
            Aad::from(aad),
            &mut bytes,
        )
        .unwrap();
    bytes
}

/// What opens as the body.
fn body(padded: &[u8]) -> Result<Vec<u8>, Error> {
    let mut buffer = Vec::new();
    let key = DataKey::from_bytes(KEY);
    open_part(
        &key,
        &RECORD,
        Part::Body,
        &sealed(1, 0, true, padded),
        &mut buffer,
    )
    .map(<[u8]>::to_vec)
}

fn padded(text: &[u8]) -> Vec<u8> {
    let mut bytes = u32::try_from(text.len()).unwrap().to_be_bytes().to_vec();
    bytes.extend_from_slice(text);
    bytes.resize(padded_size(bytes.len()), 0);
    bytes
}

proptest! {
    #[test]
    fn a_text_is_read_in_its_own_padding_only(
        text in proptest::collection::vec(any::<u8>(), 0..2_000),
        at in any::<prop::sample::Index>(),
        more in 1usize..600,
    ) {
        let right = padded(&text);
        prop_assert_eq!(body(&right), Ok(text.clone()));
        let zeros = right.len() - text.len() - 4;
        if zeros > 0 {
            let mut marked = right.clone();
            marked[4 + text.len() + at.index(zeros)] = 1;
            prop_assert!(body(&marked).is_err());
        }
        let mut longer = right.clone();
        longer.resize(right.len() + more, 0);
        prop_assert!(body(&longer).is_err());
        prop_assert!(body(&right[..right.len() - 1]).is_err());
        // A length that says more than is there, and no length at all.
        let mut claims = right.clone();
        claims[..4].copy_from_slice(&u32::try_from(right.len() - 3).unwrap().to_be_bytes());
        prop_assert!(body(&claims).is_err());
        prop_assert!(body(&right[..3]).is_err());
    }

    #[test]
    fn a_padded_size_holds_its_content_and_gives_little_of_its_length_away(length in 0usize..3_000_000) {
        let size = padded_size(length);
        prop_assert!(size >= length.max(MIN_PADDED));
        prop_assert!(size <= MIN_PADDED.max(length + length / 8));
        prop_assert_eq!(padded_size(size), size);
        prop_assert!(padded_size(length + 1) >= size);
    }
}

#[test]
fn padded_sizes_are_those_of_the_paper() {
    let sizes = [
        (0, 512),
        (512, 512),
        (513, 544),
        (544, 544),
        (545, 576),
        (1_024, 1_024),
        (1_025, 1_088),
        (65_535, 65_536),
        (65_537, 67_584),
        (1_000_000, 1_015_808),
    ];
    for (length, size) in sizes {
        assert_eq!(padded_size(length), size, "{length}");
    }
}

#[test]
fn every_chunk_but_the_last_is_whole_and_the_last_never_is() {
    let key = OpenedKey::new(&DataKey::from_bytes(KEY)).unwrap();
    assert_eq!(CHUNK_SIZE, 65_536);
    let content = vec![3; CHUNK_SIZE + 1];
    let whole =
        |last, length: usize| seal_chunk(&key, &RECORD, 0, last, &content[..length]).is_ok();
    for length in [0, 1, CHUNK_SIZE - 1] {
        assert!(whole(true, length) && !whole(false, length), "{length}");
    }
    assert!(whole(false, CHUNK_SIZE) && !whole(true, CHUNK_SIZE));
    assert!(!whole(false, CHUNK_SIZE + 1) && !whole(true, CHUNK_SIZE + 1));
    let chunk = seal_chunk(&key, &RECORD, 5, false, &content[..CHUNK_SIZE]).unwrap();
    assert_eq!(chunk, sealed(2, 5, false, &content[..CHUNK_SIZE]));
}

#[test]
fn a_file_whose_last_chunk_is_whole_is_not_opened() {
    let key = DataKey::from_bytes(KEY);
    let content = vec![3; CHUNK_SIZE];
    let right = seal_attachment(&key, &RECORD, &content).unwrap();
    let by_hand = [sealed(2, 0, false, &content), sealed(2, 1, true, &[])].concat();
    assert_eq!(right, by_hand);
    assert_eq!(
        open_attachment(&key, &RECORD, &right).unwrap().as_slice(),
        content
    );
    let whole = sealed(2, 0, true, &content);
    assert!(open_attachment(&key, &RECORD, &whole).is_err());
    assert!(open_attachment(&key, &RECORD, &[]).is_err());
}
