//! Which files are taken, and how they are sealed.

use protocol::records::{Part, RecordRef, open_part};
use store::Result;
use zeroize::Zeroizing;

use super::queries::AttachmentRow;
use super::sealed::{SealedRow, compartment, decode_texts};
use crate::keys::OpenKeys;

/// The most bytes that a file may have.
pub(super) const MAX_BYTES: usize = 25 * 1024 * 1024;
/// The most files that a concern may have.
pub(super) const MAX_FILES: i32 = 10;
/// The most characters of a file's name that are kept.
const MAX_NAME: usize = 120;

/// Why a file was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unfit {
    /// Nothing in it.
    Empty,
    /// Its content is of no kind that is taken.
    Kind,
    /// Its name says another kind than its content.
    Lies,
}

/// The kinds of file that are taken, each with the endings its name may have.
const KINDS: &[(&str, &[&str])] = &[
    ("application/pdf", &["pdf"]),
    ("image/png", &["png"]),
    ("image/jpeg", &["jpg", "jpeg"]),
    ("image/gif", &["gif"]),
    ("image/webp", &["webp"]),
    ("image/heif", &["heic", "heif"]),
    (
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        &["docx"],
    ),
    (
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        &["xlsx"],
    ),
    (
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        &["pptx"],
    ),
    ("application/msword", &["doc"]),
    ("audio/mpeg", &["mp3"]),
    ("audio/m4a", &["m4a"]),
    ("audio/x-wav", &["wav"]),
    ("video/mp4", &["mp4", "m4v"]),
    ("video/quicktime", &["mov"]),
    ("text/plain", &["txt", "eml", "csv"]),
];

/// The kind of a file by its content, if it is taken and its name does not say another.
pub(super) fn sniff(name: &str, content: &[u8]) -> std::result::Result<&'static str, Unfit> {
    if content.is_empty() {
        return Err(Unfit::Empty);
    }
    let found = match infer::get(content) {
        Some(kind) => kind.mime_type(),
        None if is_text(content) => "text/plain",
        None => return Err(Unfit::Kind),
    };
    let (kind, endings) = KINDS
        .iter()
        .find(|(kind, _)| *kind == found)
        .ok_or(Unfit::Kind)?;
    let ending = name
        .rsplit_once('.')
        .map(|(_, ending)| ending.to_ascii_lowercase());
    match ending {
        Some(ending) if endings.contains(&ending.as_str()) => Ok(kind),
        _ => Err(Unfit::Lies),
    }
}

fn is_text(content: &[u8]) -> bool {
    std::str::from_utf8(content).is_ok_and(|text| {
        !text
            .chars()
            .any(|letter| letter.is_control() && !matches!(letter, '\n' | '\r' | '\t'))
    })
}

/// A file's name without folders or characters that deceive, its ending kept.
pub(super) fn plain_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let clean: String = last
        .chars()
        .filter(|letter| {
            !letter.is_control()
                && !matches!(letter, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
                && !matches!(letter, '"' | '<' | '>' | '|' | ':' | '*' | '?')
        })
        .collect();
    let clean = clean
        .trim_end()
        .trim_start_matches(|letter: char| letter == '.' || letter.is_whitespace());
    match clean.rsplit_once('.') {
        Some((stem, ending)) if !stem.is_empty() => {
            format!("{}.{ending}", shortened(stem))
        }
        _ => shortened(clean).to_owned(),
    }
}

/// The beginning of a name, which ends where a letter does.
fn shortened(name: &str) -> &str {
    let end = name.char_indices().nth(MAX_NAME);
    end.map_or(name, |(end, _)| name[..end].trim_end())
}

/// Opens a file's name and kind.
///
/// # Errors
/// [`store::Error::Unreadable`] if the row was changed or moved.
pub(super) fn open_head(keys: &OpenKeys, row: &AttachmentRow) -> Result<(String, String)> {
    let key = SealedRow {
        compartment: &compartment(&row.compartment)?,
        generation: row.generation,
        filed: row.filed,
        key: &row.sealed_key,
    }
    .data_key(keys, row.id)?;
    let mut buffer = Zeroizing::new(Vec::new());
    let plain = open_part(
        &key,
        &RecordRef::new(keys.school(), row.id, 1),
        Part::Head,
        &row.head,
        &mut buffer,
    )
    .map_err(|_| store::Error::Unreadable("attachment.head"))?;
    let [name, kind] = decode_texts(plain, "file-head")?;
    Ok((name.to_owned(), kind.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_what_its_content_says() {
        assert_eq!(sniff("a.pdf", b"%PDF-1.7\n"), Ok("application/pdf"));
        assert_eq!(sniff("a.txt", "It was £5.".as_bytes()), Ok("text/plain"));
        assert_eq!(sniff("a.png", b"%PDF-1.7\n"), Err(Unfit::Lies));
        assert_eq!(sniff("a", b"%PDF-1.7\n"), Err(Unfit::Lies));
        assert_eq!(sniff("a.exe", b"MZ\x90\0\x03\0\0\0"), Err(Unfit::Kind));
        assert_eq!(sniff("a.txt", b"\0\0\0"), Err(Unfit::Kind));
        assert_eq!(sniff("a.html", b"<!doctype html><p>"), Err(Unfit::Kind));
        assert_eq!(sniff("a.pdf", b""), Err(Unfit::Empty));
    }

    #[test]
    fn a_name_deceives_nobody() {
        assert_eq!(plain_name("../../etc/passwd.txt"), "passwd.txt");
        assert_eq!(plain_name("C:\\photos\\a.png"), "a.png");
        assert_eq!(plain_name(". .\u{200a}.hidden.pdf "), "hidden.pdf");
        assert_eq!(plain_name("gpj\u{202e}.exe.png"), "gpj.exe.png");
        let cut_at_a_space = format!("{} {}", "x".repeat(119), "y".repeat(300));
        assert_eq!(plain_name(&cut_at_a_space), "x".repeat(119));
        assert_eq!(plain_name(&format!("{}.pdf", "x".repeat(300))).len(), 124);
    }
}
