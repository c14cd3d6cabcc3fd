//! Looks for words where they must not be: in files, in any of the encodings that a careless program
//! would have written them in.

use std::collections::HashMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};

/// Where a word was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    /// The word.
    pub word: String,
    /// How it was written.
    pub encoding: &'static str,
    /// The file.
    pub path: PathBuf,
    /// The byte at which it begins.
    pub offset: usize,
}

/// Words to look for, in every encoding at once.
#[derive(Debug)]
pub struct Scanner {
    needles: Vec<Needle>,
    /// Which needles begin with which four bytes, folded.
    beginnings: HashMap<[u8; 4], Vec<usize>>,
    /// Whether any begins with these two bytes, folded: most places in a file begin none, and a whole
    /// database is looked through by a program that nobody has optimised.
    pairs: Vec<bool>,
}

#[derive(Debug)]
struct Needle {
    word: String,
    encoding: &'static str,
    bytes: Vec<u8>,
}

impl Scanner {
    /// A scanner for these words, each of at least eight ASCII letters or digits, so that a find is
    /// no accident.
    pub fn new<'a>(words: impl IntoIterator<Item = &'a str>) -> Self {
        let needles: Vec<_> = words.into_iter().flat_map(encodings).collect();
        assert!(!needles.is_empty(), "a scan for nothing finds nothing");
        let mut beginnings: HashMap<_, Vec<usize>> = HashMap::new();
        let mut pairs = vec![false; 1 << 16];
        for (number, needle) in needles.iter().enumerate() {
            let four = beginning(&needle.bytes);
            beginnings.entry(four).or_default().push(number);
            for first in [four[0], four[0].to_ascii_uppercase()] {
                for second in [four[1], four[1].to_ascii_uppercase()] {
                    pairs[pair(first, second)] = true;
                }
            }
        }
        Self {
            needles,
            beginnings,
            pairs,
        }
    }

    /// Every hit in a file, or in every file below a folder. One that goes away meanwhile is none: a database
    /// that runs tidies up.
    ///
    /// # Panics
    /// If a file cannot be read.
    pub fn scan(&self, path: &Path) -> Vec<Hit> {
        let Some(kind) = unless_gone(path, fs::metadata(path)) else {
            return Vec::new();
        };
        if kind.is_dir() {
            let entries = unless_gone(path, fs::read_dir(path));
            return entries
                .into_iter()
                .flatten()
                .flat_map(|entry| self.scan(&entry.expect("an entry").path()))
                .collect();
        }
        // A socket has nothing in it to be read.
        if !kind.is_file() {
            return Vec::new();
        }
        self.scan_bytes(path, &unless_gone(path, fs::read(path)).unwrap_or_default())
    }

    /// Every hit in these bytes; `path` is only what the hits will say.
    pub fn scan_bytes(&self, path: &Path, bytes: &[u8]) -> Vec<Hit> {
        let mut hits = Vec::new();
        for (offset, here) in bytes.windows(4).enumerate() {
            if !self.pairs[pair(here[0], here[1])] {
                continue;
            }
            let begun = self.beginnings.get(&beginning(here));
            for needle in begun
                .into_iter()
                .flatten()
                .map(|number| &self.needles[*number])
            {
                let end = offset + needle.bytes.len();
                if bytes
                    .get(offset..end)
                    .is_some_and(|found| same(found, needle))
                {
                    hits.push(Hit {
                        word: needle.word.clone(),
                        encoding: needle.encoding,
                        path: path.to_owned(),
                        offset,
                    });
                }
            }
        }
        hits
    }
}

fn unless_gone<T>(path: &Path, read: io::Result<T>) -> Option<T> {
    match read {
        Ok(read) => Some(read),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => panic!("{}: {error}", path.display()),
    }
}

/// Letters are folded, but not in base64, where their case means something.
fn same(found: &[u8], needle: &Needle) -> bool {
    if needle.encoding.starts_with("base64") {
        found == needle.bytes
    } else {
        found.eq_ignore_ascii_case(&needle.bytes)
    }
}

const fn pair(first: u8, second: u8) -> usize {
    ((first as usize) << 8) | second as usize
}

fn beginning(bytes: &[u8]) -> [u8; 4] {
    let mut beginning = [bytes[0], bytes[1], bytes[2], bytes[3]];
    beginning.make_ascii_lowercase();
    beginning
}

fn encodings(word: &str) -> Vec<Needle> {
    assert!(
        word.len() >= 8 && word.bytes().all(|byte| byte.is_ascii_alphanumeric()),
        "{word} is too short or too plain to be looked for"
    );
    let needle = |encoding, bytes| Needle {
        word: word.to_owned(),
        encoding,
        bytes,
    };
    let utf16 = |to_bytes: fn(u16) -> [u8; 2]| word.encode_utf16().flat_map(to_bytes).collect();
    let hex: String = word.bytes().map(|byte| format!("{byte:02x}")).collect();
    let numbers = |between| {
        let numbers: Vec<_> = word.bytes().map(|byte| byte.to_string()).collect();
        numbers.join(between).into_bytes()
    };
    let mut needles = vec![
        needle("utf-8", word.as_bytes().to_vec()),
        needle("utf-16 little-endian", utf16(u16::to_le_bytes)),
        needle("utf-16 big-endian", utf16(u16::to_be_bytes)),
        needle("hexadecimal", hex.into_bytes()),
        // As a list of bytes is written by `{:?}`, and in JSON.
        needle("numbers", numbers(", ")),
        needle("numbers", numbers(",")),
        needle("reversed", word.bytes().rev().collect()),
    ];
    // What base64 makes of a word depends on where in a group of three bytes it begins: leave out the
    // letters that its neighbours would share.
    for alignment in 0..3 {
        let padded = [&vec![0; alignment], word.as_bytes()].concat();
        let first = (alignment * 8).div_ceil(6);
        let last = padded.len() * 8 / 6;
        for (name, engine) in [
            ("base64", &STANDARD_NO_PAD),
            ("base64url", &URL_SAFE_NO_PAD),
        ] {
            let text = engine.encode(&padded).into_bytes();
            needles.push(needle(name, text[first..last].to_vec()));
        }
    }
    needles
}

#[cfg(test)]
mod tests {
    use super::*;

    const WORD: &str = "Quillonfen42";

    fn found(bytes: &[u8]) -> Vec<&'static str> {
        let hits = Scanner::new([WORD]).scan_bytes(Path::new("here"), bytes);
        hits.iter().map(|hit| hit.encoding).collect()
    }

    #[test]
    fn every_encoding_is_found_wherever_it_begins() {
        let hidden = |text: &[u8]| [b"before \x01", text, b"\xffafter"].concat();
        assert_eq!(found(&hidden(b"QUILLONFEN42")), ["utf-8"]);
        let utf16: Vec<u8> = WORD.encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(found(&hidden(&utf16)), ["utf-16 little-endian"]);
        assert_eq!(found(&hidden(b"5175696c6C6f6e66656e3432")), ["hexadecimal"]);
        let shown = format!("{:?}", WORD.as_bytes());
        assert_eq!(found(&hidden(shown.as_bytes())), ["numbers"]);
        for around in ["", "a", "ab", "abc", "abcd"] {
            let text = STANDARD_NO_PAD.encode(format!("{around}{WORD}{around}"));
            assert!(
                found(&hidden(text.as_bytes())).contains(&"base64"),
                "{around}"
            );
        }
    }

    #[test]
    fn what_is_not_there_is_not_found() {
        assert_eq!(found(b"Quillonfen41 quillon fen42"), [""; 0]);
        assert_eq!(found(&[0; 3]), [""; 0]);
    }
}
