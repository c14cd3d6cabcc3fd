//! A recovery sheet as a page to print. Its letters are those of a printer's own fonts.

use chrono::NaiveDate;

use super::common;

pub(crate) const LINES: [&str; 7] = [
    "If every key of the school is lost, any two of its three recovery sheets restore",
    "the records. One sheet alone opens nothing.",
    "",
    "Keep the three sheets in three places, for example in the school's safe, with the",
    "chair of governors, and at the bank. Never photograph, scan or copy one.",
    "",
    "To use them: open the authenticator app on a new device, with two sheets at hand.",
];
pub(crate) const FOOT: &str =
    "Printed by the authenticator app. The file is deleted when you go on.";

pub(crate) fn title(number: u8) -> String {
    format!("Recovery sheet {number} of 3")
}
pub(crate) fn school(name: &str) -> String {
    format!("Safehold - {name}")
}
pub(crate) fn made(day: NaiveDate) -> String {
    format!(
        "Made on {}. Sheets that are made later take the place of this one.",
        common::day(day)
    )
}
/// What the file, and the document in it, is called.
pub(crate) fn file(number: u8) -> String {
    format!("Safehold recovery sheet {number} of 3")
}
