//! Three sheets on their way to paper: the same at setup and for a new kit.

use domain::SchoolId;
use protocol::kit::{self, Sheet};

use crate::trouble::Trouble;

/// Ticks a sheet off, by its last four characters as they stand on the paper.
pub(super) fn check_sheet(
    sheets: &[Sheet; 3],
    checked: &mut [bool; 3],
    number: u8,
    typed: &str,
) -> Result<(), Trouble> {
    let at = usize::from(number).wrapping_sub(1);
    let (Some(sheet), Some(done)) = (sheets.get(at), checked.get_mut(at)) else {
        return Err(Trouble::WrongSheet(number));
    };
    let typed: String = typed
        .chars()
        .filter(|letter| letter.is_alphanumeric())
        .collect();
    if typed.eq_ignore_ascii_case(&sheet.last_four()) {
        *done = true;
        Ok(())
    } else {
        Err(Trouble::WrongSheet(number))
    }
}

/// That every sheet was ticked off; the first that was not is named.
pub(super) fn all_checked(checked: &[bool; 3]) -> Result<(), Trouble> {
    match (1..).zip(checked).find(|(_, done)| !**done) {
        Some((number, _)) => Err(Trouble::WrongSheet(number)),
        None => Ok(()),
    }
}

/// Opens both parts with the sheets as they will be printed, before anybody is asked to print them.
pub(super) fn try_out(
    school: SchoolId,
    sheets: &[Sheet; 3],
    part_a: &[u8],
    keys: usize,
    part_b: &[u8],
) -> Result<(), Trouble> {
    let [first, second, _] = sheets;
    let sheets = kit::combine(first, second)?.keys()?;
    if kit::open_part_a(school, sheets.kem(), part_a)?.len() != keys {
        return Err(Trouble::Keys);
    }
    kit::open_part_b(school, sheets.kem(), part_b)
        .ok()
        .filter(|psks| !psks.is_empty())
        .map(drop)
        .ok_or(Trouble::Suspicious(
            "the server's half does not open with the recovery sheets",
        ))
}
