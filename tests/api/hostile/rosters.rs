//! Rosters through HTTP as somebody hostile, or some spreadsheet, would save them: what is taken is whole, what
//! is not is refused with file, line and column, and nothing is ever half imported.

use std::io::{Cursor, Write as _};

use serde_json::{Value, json};
use testkit::Response;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::strings::{naughty, ours};
use crate::office::{FOUR, Office, USERS, send, zip_of};

const ORGS: &str = "sourcedId,name,type,parentSourcedId\ns1,Hollybank Primary,school,\ns2,Hollybank High,school,\n";

fn zip_bytes(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        archive
            .start_file(*name, SimpleFileOptions::default())
            .unwrap();
        archive.write_all(bytes).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

fn names(office: &Office, letters: &str) -> Vec<String> {
    let found = office
        .admin
        .post("/v1/pupil-lookups", &json!({ "letters": letters }));
    let items = found.expect(200)["items"].clone();
    items
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["name"].as_str().unwrap().to_owned())
        .collect()
}

/// Refused as a whole, in words, and nobody was taken.
fn refused(office: &Office, answer: &Response, what: &str) {
    assert!((400..500).contains(&answer.status), "{what}: {answer}");
    assert!(!answer.problem().is_empty());
    assert_eq!(office.people().len(), 1, "{what} left somebody behind");
}

/// The reader's own form of a spreadsheet.
type Form = (&'static str, fn(&str) -> Vec<u8>);

const FORMS: [Form; 8] = [
    ("UTF-8 with a mark", |text| {
        format!("\u{feff}{text}").into_bytes()
    }),
    ("UTF-16, little end first", |text| {
        format!("\u{feff}{text}")
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect()
    }),
    ("UTF-16, big end first", |text| {
        format!("\u{feff}{text}")
            .encode_utf16()
            .flat_map(u16::to_be_bytes)
            .collect()
    }),
    ("windows-1252", |text| {
        text.chars().map(|letter| letter as u8).collect()
    }),
    ("lines that end in CR only", |text| {
        text.replace('\n', "\r").into_bytes()
    }),
    ("lines that end in CR LF", |text| {
        text.replace('\n', "\r\n").into_bytes()
    }),
    ("semicolons", |text| text.replace(',', ";").into_bytes()),
    ("tabs", |text| text.replace(',', "\t").into_bytes()),
];

#[test]
fn a_roster_is_the_same_in_whatever_form_a_spreadsheet_saves_it() {
    for (name, form) in FORMS {
        Office::on_both(|office| {
            let users = form(&format!("{USERS}{FOUR}"));
            let zip = zip_bytes(&[("orgs.csv", &form(ORGS)), ("users.csv", &users)]);
            let answer = office.import(&zip).expect(200);
            assert_eq!(answer["refused"], json!([]), "{name}");
            assert_eq!(answer["added"]["pupils"], 2, "{name}");
            assert_eq!(names(office, "zoe"), ["Zoë O'Neill"], "{name}");
        });
    }
}

#[test]
fn a_wrong_cell_is_named_by_file_line_and_column_in_every_form() {
    Office::on_both(|office| {
        for (name, form) in FORMS {
            let users = format!("{USERS}{FOUR}").replace("sian@home", "sian home");
            let zip = zip_bytes(&[("orgs.csv", &form(ORGS)), ("users.csv", &form(&users))]);
            let preview = send(&office.admin, "/v1/imports/previews", &zip, &[]).expect(200);
            let refused = &preview["refused"][0];
            assert_eq!(
                (&refused["file"], &refused["line"], &refused["column"]),
                (&json!("users.csv"), &json!(3), &json!("email")),
                "{name}"
            );
        }
    });
}

#[test]
fn every_hostile_string_in_a_roster_is_a_name_or_a_refused_cell() {
    Office::on_both(|office| {
        let strings: Vec<String> = naughty().iter().cloned().chain(ours()).collect();
        let mut users = USERS.to_owned();
        for (number, text) in strings.iter().enumerate() {
            let cell = format!("\"{}\"", text.replace('"', "\"\""));
            users += &format!("h{number},active,true,s1,student,Hostile,{cell},,,,,05,\n");
        }
        let zip = zip_of(&[("orgs.csv", ORGS), ("users.csv", &users)]);
        let answer = office.import(&zip).expect(200);
        let added = answer["added"]["pupils"].as_u64().unwrap() as usize;
        let refused = answer["refused"].as_array().unwrap();
        for row in refused {
            assert_eq!(row["file"], "users.csv");
            assert!(
                row["line"].as_u64().unwrap() >= 2 && row["column"].is_string(),
                "{row}"
            );
        }
        assert_eq!(
            added + refused.len(),
            strings.len(),
            "each is one or the other"
        );
        assert!(added > 450, "{added} taken; {refused:?}");
        // A name is kept as it was, and found; a formula is a name like any other.
        for (text, letters) in [
            ("=cmd|' /C calc'!A0", "hostile =cmd"),
            ("</script><img src=x onerror=alert(1)>", "hostile </sc"),
        ] {
            assert!(strings.iter().any(|string| string == text));
            assert!(names(office, letters).contains(&format!("Hostile {text}")));
        }
        // Again, and nothing is new: what was kept is what was sent.
        let again = office.import(&zip).expect(200);
        assert_eq!(again["unchanged"]["pupils"], added);
        assert_eq!(again["changed"]["pupils"], 0);
    });
}

fn deflated(name: &str, bytes: &[u8]) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    archive.start_file(name, options).unwrap();
    archive.write_all(bytes).unwrap();
    archive.finish().unwrap().into_inner()
}

#[test]
fn bombs_and_archives_that_are_none_are_refused() {
    Office::on_both(|office| {
        let zeros = vec![b'0'; 30 * 1024 * 1024];
        let nested = zip_bytes(&[("users.zip", &zip_of(&[("users.csv", USERS)]))]);
        let many: Vec<(String, &str)> = (0..300)
            .map(|number| (format!("f{number}.csv"), ""))
            .collect();
        let many: Vec<(&str, &str)> = many
            .iter()
            .map(|(name, text)| (name.as_str(), *text))
            .collect();
        let good = zip_of(&[("orgs.csv", ORGS), ("users.csv", USERS)]);
        let mut flipped = good.clone();
        // In the packed bytes of its first file, whose name is eight letters long.
        flipped[45] ^= 0xff;
        for (what, bytes) in [
            ("a bomb", deflated("users.csv", &zeros)),
            ("an archive in an archive", nested),
            ("three hundred files", zip_of(&many)),
            ("half an archive", good[..good.len() / 2].to_vec()),
            ("nothing", Vec::new()),
            ("a page", b"<!doctype html><html>".to_vec()),
            ("a gzip", vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3]),
            (
                "an end and nothing before it",
                [b"PK\x05\x06".as_slice(), &[0; 18]].concat(),
            ),
            ("an archive with a wrong bit", flipped),
        ] {
            for path in ["/v1/imports/previews", "/v1/imports"] {
                refused(office, &send(&office.admin, path, &bytes, &[]), what);
            }
        }
        office
            .import(&zip_of(&[
                ("orgs.csv", ORGS),
                ("users.csv", &format!("{USERS}{FOUR}")),
            ]))
            .expect(200);
    });
}

#[test]
fn paths_in_an_archive_lead_nowhere() {
    Office::on_both(|office| {
        for name in [
            "../users.csv",
            "/users.csv",
            "a/../../users.csv",
            "..\\users.csv",
            "C:\\users.csv",
            "C:users.csv",
            "a//users.csv",
            "./users.csv",
        ] {
            let zip = zip_bytes(&[
                ("orgs.csv", ORGS.as_bytes()),
                (name, format!("{USERS}{FOUR}").as_bytes()),
            ]);
            refused(office, &office.import(&zip), name);
        }
        let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
        archive
            .add_symlink("users.csv", "/etc/passwd", SimpleFileOptions::default())
            .unwrap();
        refused(
            office,
            &office.import(&archive.finish().unwrap().into_inner()),
            "a link",
        );
    });
}

#[test]
fn xml_and_its_entities_are_no_roster() {
    Office::on_both(|office| {
        let laughs = "<?xml version=\"1.0\"?><!DOCTYPE lolz [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;&a;\">\
                  <!ENTITY c SYSTEM \"file:///etc/passwd\">]><CTFfile>&b;&c;</CTFfile>";
        for name in ["users.csv", "users.xml", "orgs.csv"] {
            let zip = zip_of(&[(name, laughs)]);
            let answer = office.import(&zip);
            refused(office, &answer, name);
            assert!(!String::from_utf8_lossy(&answer.body).contains("root:"));
        }
        refused(
            office,
            &send(&office.admin, "/v1/imports", laughs.as_bytes(), &[]),
            "bare XML",
        );
    });
}

#[test]
fn a_form_that_is_none_is_refused() {
    Office::on_both(|office| {
        let good = zip_of(&[("orgs.csv", ORGS), ("users.csv", &format!("{USERS}{FOUR}"))]);
        for list in [
            "[",
            "{}",
            "[1]",
            "null",
            "\u{0}",
            "[\"s1\",\"s1\\u0000\"]",
            "[[[[[[\"s1\"]]]]]]",
        ] {
            let answer = send(
                &office.admin,
                "/v1/imports/previews",
                &good,
                &[("schools", list)],
            );
            assert!(matches!(answer.status, 200 | 422), "{list}: {answer}");
        }
        for (kind, body) in [
            ("multipart/form-data", &b"--x--"[..]),
            ("multipart/form-data; boundary=x", b""),
            ("multipart/form-data; boundary=x", b"--x\r\n\r\n"),
            (
                "multipart/form-data; boundary=x",
                b"--x\r\ncontent-disposition: form-data; name=\"file\"\r\n\r\nPK",
            ),
            (
                "multipart/form-data; boundary=x",
                b"--x\r\ncontent-disposition: form-data\r\n\r\nPK\r\n--x--\r\n",
            ),
            ("multipart/form-data; boundary=", b"--\r\n"),
            ("application/zip", b"PK\x03\x04"),
        ] {
            let answer = office
                .admin
                .request("POST".parse().unwrap(), "/v1/imports")
                .header("content-type", kind)
                .bytes(body.to_vec())
                .send();
            assert!((400..500).contains(&answer.status), "{kind}: {answer}");
            let problem: Value = answer.json();
            assert!(problem["type"].is_string(), "{problem}");
        }
    });
}
