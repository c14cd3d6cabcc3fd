//! Archives as they should be, and as nobody's school system writes them.

use std::io::{Cursor, Write};

use roster::{FileProblem, Files, Limits};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use crate::{ORGS, USERS};

fn deflated() -> SimpleFileOptions {
    SimpleFileOptions::default().compression_method(CompressionMethod::Deflated)
}

fn zip_of(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in entries {
        writer.start_file(*name, deflated()).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn open(zip: Vec<u8>) -> Result<Files, FileProblem> {
    Files::from_zip(Cursor::new(zip), Limits::default())
}

#[track_caller]
fn refused(zip: Vec<u8>, words: &str) {
    assert_eq!(open(zip).unwrap_err().to_string(), words);
}

#[test]
fn a_roster_in_a_folder_of_the_zip() {
    let zip = zip_of(&[
        ("export/orgs.csv", ORGS.as_bytes()),
        ("export/Users.CSV", USERS.as_bytes()),
        ("export/readme.txt", b"hello"),
        ("__MACOSX/export/._orgs.csv", b"\0\0"),
    ]);
    let roster = roster::read(&open(zip).unwrap()).unwrap();
    assert_eq!(roster.summary().pupils, 2);
    assert_eq!(roster.summary().refused, []);
}

#[test]
fn what_is_no_roster() {
    let files = open(zip_of(&[("letter.csv", b"a,b\n1,2\n")])).unwrap();
    assert_eq!(roster::read(&files).unwrap_err(), roster::NotARoster);
}

#[test]
fn a_bomb_stops_at_the_limits() {
    let zeros = vec![b'0'; 10 * 1024 * 1024];
    let bomb = zip_of(&[("users.csv", &zeros)]);
    assert!(bomb.len() < 20_000);
    refused(
        bomb,
        "a file in this is packed more densely than any school's export is",
    );

    let rows: Vec<u8> = (0..60_000)
        .flat_map(|count| format!("{count},{}\n", count * 7).into_bytes())
        .collect();
    let small = Limits {
        bytes: 1024 * 1024,
        ..Limits::default()
    };
    let two = zip_of(&[("users.csv", &rows), ("orgs.csv", &rows)]);
    assert!(matches!(
        Files::from_zip(Cursor::new(two), small),
        Err(FileProblem::TooLarge(_))
    ));
}

#[test]
fn the_sizes_in_the_directory_are_not_believed() {
    let zeros = vec![b'0'; 1024 * 1024];
    let mut bomb = zip_of(&[("users.csv", &zeros)]);
    // Claims ten bytes, in both headers.
    let size = (zeros.len() as u32).to_le_bytes();
    let places: Vec<usize> = (0..bomb.len() - 4)
        .filter(|place| bomb[*place..place + 4] == size)
        .collect();
    assert_eq!(places.len(), 2);
    for place in places {
        bomb[place..place + 4].copy_from_slice(&10u32.to_le_bytes());
    }
    assert!(open(bomb).is_err());
}

#[test]
fn too_many_entries() {
    let names: Vec<String> = (0..201).map(|count| format!("{count}.txt")).collect();
    let entries: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), &b""[..])).collect();
    refused(zip_of(&entries), "this holds more than 200 files");
    assert!(open(zip_of(&entries[..200])).is_ok());
}

#[test]
fn names_that_lead_elsewhere() {
    for name in [
        "../users.csv",
        "/etc/users.csv",
        "a/../users.csv",
        "..\\users.csv",
        "C:users.csv",
        "a//users.csv",
        "./users.csv",
        "users\n.csv",
    ] {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        writer
            .start_file("#".repeat(name.len()), deflated())
            .unwrap();
        writer.write_all(b"a,b\n").unwrap();
        let mut bytes = writer.finish().unwrap().into_inner();
        let hashes = "#".repeat(name.len()).into_bytes();
        let places: Vec<usize> = (0..=bytes.len() - name.len())
            .filter(|place| bytes[*place..].starts_with(&hashes))
            .collect();
        for place in places {
            bytes[place..place + name.len()].copy_from_slice(name.as_bytes());
        }
        assert_eq!(
            open(bytes).unwrap_err().to_string(),
            "a file in this has a name that is not allowed",
            "{name}"
        );
    }
}

#[test]
fn links_archives_and_locks() {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    writer
        .add_symlink("users.csv", "/etc/passwd", deflated())
        .unwrap();
    refused(
        writer.finish().unwrap().into_inner(),
        "this holds a link, and only files are read",
    );

    let words = "this holds another archive; pack the CSV files themselves";
    let inner = zip_of(&[("users.csv", b"a")]);
    refused(zip_of(&[("roster.zip", &inner)]), words);
    refused(zip_of(&[("users.csv", &inner)]), words);

    let mut locked = zip_of(&[("users.csv", USERS.as_bytes())]);
    // The bit that says so, in the local header and in the directory.
    locked[6] |= 1;
    let directory = locked
        .windows(4)
        .rposition(|bytes| bytes == b"PK\x01\x02")
        .unwrap();
    locked[directory + 8] |= 1;
    refused(locked, "a file in this is locked with a password");
}

#[test]
fn the_same_file_twice() {
    refused(
        zip_of(&[("a/users.csv", b"x"), ("b/Users.csv", b"y")]),
        "Users.csv stands in this more than once",
    );
    // Two entries of one name, of which the reader would see one.
    let mut zip = zip_of(&[("users.csv", b"x"), ("userz.csv", b"y")]);
    let places: Vec<usize> = (0..zip.len() - 9)
        .filter(|place| &zip[*place..place + 9] == b"userz.csv")
        .collect();
    for place in places {
        zip[place + 4] = b's';
    }
    refused(zip, "a file in this has a name that is not allowed");
}

#[test]
fn what_is_cut_off_or_damaged() {
    let zip = zip_of(&[("users.csv", USERS.as_bytes())]);
    refused(
        zip[..zip.len() / 2].to_vec(),
        "this is not a zip file, or only a part of one",
    );
    refused(
        b"sourcedId,name\n".to_vec(),
        "this is not a zip file, or only a part of one",
    );
    refused(Vec::new(), "this is not a zip file, or only a part of one");
    let mut damaged = zip;
    damaged[60] ^= 0xff;
    refused(damaged, "users.csv is damaged and cannot be unpacked");
}
