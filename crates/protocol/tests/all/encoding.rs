//! Each value has one encoding: what a reader takes is what a writer writes, and nothing else.
#![expect(clippy::unwrap_used, reason = "a test's helpers fail by panicking")]

use protocol::encoding::{Reader, Writer, encode, hash, join_names, normalise, sha256};

fn open(bytes: &[u8]) -> Reader<'_> {
    Reader::new(bytes, "any").unwrap()
}

#[test]
fn fields_are_read_in_their_order_and_to_the_end() {
    let bytes = Writer::new("any")
        .field(b"bytes")
        .text("Ysgol Tŷ Ddewi")
        .names(&["b", "a", "b"])
        .u8(7)
        .u8(1)
        .u32(0x0102_0304)
        .u64(0x0102_0304_0506_0708)
        .finish();
    let mut reader = open(&bytes);
    assert_eq!(reader.field().unwrap(), b"bytes");
    assert_eq!(reader.text().unwrap(), "Ysgol Tŷ Ddewi");
    assert_eq!(reader.names().unwrap(), ["a", "b"]);
    assert_eq!(reader.u8().unwrap(), 7);
    assert!(reader.flag().unwrap());
    assert_eq!(reader.u32().unwrap(), 0x0102_0304);
    assert!(!reader.is_empty());
    assert!(reader.clone().finish().is_err(), "a number is left");
    assert_eq!(reader.u64().unwrap(), 0x0102_0304_0506_0708);
    assert!(reader.is_empty());
    assert!(reader.clone().field().is_err());
    assert!(reader.finish().is_ok());
    // A label is the whole label.
    assert!(Reader::new(&bytes, "an").is_err());
    assert!(Reader::new(&bytes, "anyx").is_err());
    assert!(Reader::new(&bytes[1..], "any").is_err());
}

#[test]
fn a_field_that_is_cut_short_or_of_another_size_is_refused() {
    let bytes = Writer::new("any").field(b"bytes").finish();
    for end in bytes.len() - 8..bytes.len() {
        let mut reader = open(&bytes[..end]);
        assert!(reader.field().is_err(), "{end}");
    }
    assert!(open(&bytes).array::<4>().is_err());
    assert!(open(&bytes).array::<6>().is_err());
    assert_eq!(open(&bytes).array::<5>().unwrap(), *b"bytes");
    assert!(open(&bytes).u8().is_err());
    assert!(open(&bytes).u32().is_err());
    assert!(open(&bytes).u64().is_err());
}

#[test]
fn a_flag_is_nought_or_one() {
    let flag = |byte| open(&Writer::new("any").u8(byte).finish()).flag();
    assert!(!flag(0).unwrap());
    assert!(flag(1).unwrap());
    for other in [2, 3, 255] {
        assert!(flag(other).is_err(), "{other}");
    }
}

#[test]
fn text_is_composed_and_without_controls_and_written_so() {
    let text = |bytes: &[u8]| {
        let bytes = Writer::new("any").field(bytes).finish();
        open(&bytes).text().map(str::to_owned)
    };
    assert_eq!(text("Siân".as_bytes()).unwrap(), "Siân");
    let decomposed = "Sia\u{302}n";
    for wrong in [
        decomposed.as_bytes(),
        b"a\nb",
        b"a\0b",
        "a\u{85}b".as_bytes(),
        b"\xff",
    ] {
        assert!(text(wrong).is_err(), "{wrong:?}");
    }
    assert_eq!(normalise(decomposed), "Siân");
    let written = Writer::new("any").text(decomposed).finish();
    assert_eq!(written, Writer::new("any").text("Siân").finish());
    assert_eq!(open(&written).text().unwrap(), "Siân");
}

#[test]
fn names_are_in_order_each_once_with_one_space_between() {
    let names = |text: &str| {
        let bytes = Writer::new("any").field(text.as_bytes()).finish();
        open(&bytes)
            .names()
            .map(|names| names.into_iter().map(str::to_owned).collect::<Vec<_>>())
    };
    assert_eq!(names("").unwrap(), Vec::<String>::new());
    assert_eq!(names("a").unwrap(), ["a"]);
    assert_eq!(names("a b c").unwrap(), ["a", "b", "c"]);
    for wrong in ["b a", "a a", "a  b", " a", "a ", " ", "a b a"] {
        assert!(names(wrong).is_err(), "{wrong:?}");
    }
    assert_eq!(join_names(&["c", "a", "b", "a"]), "a b c");
    assert_eq!(join_names::<&str>(&[]), "");
}

#[test]
fn whatever_is_hashed_is_an_encoding() {
    let fields: [&[u8]; 2] = [b"one", b"two"];
    let bytes = encode("any", &fields);
    assert_eq!(bytes, b"keyholder/v1/any\0\0\0\0\x03one\0\0\0\x03two");
    assert_eq!(hash("any", &fields), sha256(&bytes));
    let writer = Writer::new("any").field(b"one").field(b"two");
    assert_eq!(writer.clone().hash(), sha256(&bytes));
    assert_eq!(*writer.clone().finish_secret(), bytes);
    assert_eq!(writer.finish(), bytes);
    // SHA-256 of nothing, as everybody has it.
    assert_eq!(sha256(b"")[..4], [0xe3, 0xb0, 0xc4, 0x42]);
}
