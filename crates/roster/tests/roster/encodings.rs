//! The same roster in every form in which a spreadsheet may save it.

use roster::{Files, Limits, Roster};

use crate::{ORGS, USERS, refusals};

fn in_form(form: impl Fn(&str) -> Vec<u8>) -> Roster {
    let files = [("orgs.csv", form(ORGS)), ("users.csv", form(USERS))];
    roster::read(&Files::from_memory(files, Limits::default()).unwrap()).unwrap()
}

#[track_caller]
fn same(form: impl Fn(&str) -> Vec<u8>) {
    let roster = in_form(form);
    assert_eq!(refusals(&roster), [] as [&str; 0]);
    assert_eq!(roster.pupils[1].name.in_full().expose(), "Zoë O'Neill");
    assert_eq!(
        [
            roster.pupils.len(),
            roster.staff.len(),
            roster.contacts.len()
        ],
        [2, 2, 2]
    );
}

#[test]
fn utf_8_with_and_without_mark() {
    same(|text| text.as_bytes().to_vec());
    same(|text| format!("\u{feff}{text}").into_bytes());
}

#[test]
fn utf_16_with_mark() {
    let units = |text: &str| {
        format!("\u{feff}{text}")
            .encode_utf16()
            .collect::<Vec<u16>>()
    };
    same(|text| units(text).into_iter().flat_map(u16::to_le_bytes).collect());
    same(|text| units(text).into_iter().flat_map(u16::to_be_bytes).collect());
}

#[test]
fn windows_1252() {
    same(|text| {
        text.chars()
            .map(|letter| u8::try_from(u32::from(letter)).unwrap())
            .collect()
    });
}

#[test]
fn letters_in_parts_become_whole() {
    same(|text| text.replace('ë', "e\u{308}").into_bytes());
}

#[test]
fn every_end_of_line() {
    same(|text| text.replace('\n', "\r\n").into_bytes());
    same(|text| text.replace('\n', "\r").into_bytes());
    same(|text| format!("\n\n{}\n\n", text.replace('\n', "\n\n")).into_bytes());
}

#[test]
fn semicolons_and_tabs() {
    let with = |delimiter: &'static str| {
        move |text: &str| {
            let mut quoted = false;
            let swapped = text.chars().map(|letter| {
                quoted ^= letter == '"';
                if letter == ',' && !quoted {
                    delimiter.to_owned()
                } else {
                    letter.to_string()
                }
            });
            swapped.collect::<String>().into_bytes()
        }
    };
    same(with(";"));
    same(with("\t"));
    same(move |text| [b"sep=;\r\n".to_vec(), with(";")(text)].concat());
}

#[test]
fn a_spreadsheets_empty_rows_are_no_rows() {
    same(|text| {
        let commas = text.lines().next().unwrap().matches(',').count();
        format!("{text}{}\n{}\n", ",".repeat(commas), ",".repeat(40)).into_bytes()
    });
}
