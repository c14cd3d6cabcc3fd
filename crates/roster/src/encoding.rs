use domain::Sensitive;
use encoding_rs::{Encoding, WINDOWS_1252};

/// The text of a file: by its byte order mark, else as UTF-8, else as Windows-1252, which is what
/// older school systems and spreadsheets write.
///
/// Every byte means something in Windows-1252, so there is no text that cannot be read; what was
/// damaged before shows up as a character that names do not hold.
pub(crate) fn decode(bytes: &[u8]) -> Sensitive<String> {
    let text = match Encoding::for_bom(bytes) {
        Some((encoding, mark)) => encoding
            .decode_without_bom_handling(&bytes[mark..])
            .0
            .into_owned(),
        None => match std::str::from_utf8(bytes) {
            Ok(text) => text.to_owned(),
            Err(_) => WINDOWS_1252
                .decode_without_bom_handling(bytes)
                .0
                .into_owned(),
        },
    };
    Sensitive::new(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utf_16(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(bytes).collect()
    }

    #[test]
    fn each_encoding_gives_the_same_name() {
        let marked = "\u{feff}Zoë Łuczak";
        for bytes in [
            marked.as_bytes().to_vec(),
            "Zoë Łuczak".as_bytes().to_vec(),
            utf_16(marked, u16::to_le_bytes),
            utf_16(marked, u16::to_be_bytes),
        ] {
            assert_eq!(decode(&bytes).expose(), "Zoë Łuczak");
        }
        assert_eq!(decode(b"Zo\xeb O\x92Neill").expose(), "Zoë O\u{2019}Neill");
    }

    #[test]
    fn half_a_unit_of_utf_16_is_read_to_its_end() {
        assert_eq!(decode(b"\xff\xfea\x00b").expose(), "a\u{fffd}");
        assert_eq!(decode(b"").expose(), "");
    }
}
