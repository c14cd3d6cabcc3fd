//! Recovery sheets: come back with two, try two out, make three.

pub(crate) const WAY: &str = "Recovery sheets";
pub(crate) const TITLE: &str = "Recovery sheets";
pub(crate) const LEAD: &str = "Three sheets of paper. Any two of them open the records if every key is lost; one alone opens nothing.";
pub(crate) const TEST: &str = "Test two sheets";
pub(crate) const TEST_HINT: &str = "Once a term: do they still open everything?";
pub(crate) const NEW: &str = "Make new sheets";
pub(crate) const NEW_HINT: &str = "When one is lost or was seen, or after a recovery";
pub(crate) const DRILL: &str = "Practise a restore";
pub(crate) const DRILL_HINT: &str = "Once a year: the sheets and a backup, on an empty machine";

pub(crate) const FIRST: &str = "Your first sheet";
pub(crate) const SECOND: &str = "Now another sheet";
pub(crate) const BOTH: &str = "Both sheets are here";
pub(crate) const FIELD: &str = "Its six lines";
pub(crate) const FIELD_HINT: &str =
    "Spaces and small letters do not matter. Or paste what the square on the sheet says.";
pub(crate) const FOR_RECOVERY: &str = "Any two of the three. What you type stays on this device.";
pub(crate) const FOR_TEST: &str =
    "Any two of the three. They are tried out here, and never leave this device.";
pub(crate) const KEPT: &str =
    "You need not type them again. Try again as soon as this device is online.";
pub(crate) const READING: &str = "Looking at it…";

pub(crate) fn step(number: usize) -> String {
    format!("Sheet {number} of 2")
}
pub(crate) fn have(number: u8) -> String {
    format!("Sheet {number} is right.")
}
pub(crate) fn slip(line: usize) -> String {
    format!("Line {line} has a wrong character. Compare it with the paper.")
}
pub(crate) fn sound(lines: usize) -> String {
    match lines {
        0 => String::new(),
        1 => "Line 1 is right.".to_owned(),
        6 => "All six lines are right.".to_owned(),
        lines => format!("Lines 1 to {lines} are right."),
    }
}

pub(crate) const WORK: &str = "The sheets work";
pub(crate) fn work(sheets: &[u8], day: &str) -> String {
    let numbers: Vec<String> = sheets.iter().map(u8::to_string).collect();
    format!(
        "Sheets {} open every key of the school. Noted for {day}. Put them back in their two places.",
        super::common::list(&numbers)
    )
}

pub(crate) const NEW_TITLE: &str = "Make new recovery sheets";
pub(crate) const NEW_STEPS: [&str; 3] = [
    "This device makes three new sheets, and you print or copy each.",
    "You type four characters of each, read from the paper.",
    "From then on the old sheets open nothing of the school. Until then they count.",
];
pub(crate) const NEW_LEAD: &str = "Have a printer or pen and paper at hand. It takes ten minutes.";
pub(crate) const NEW_BUTTON: &str = "Make the sheets";
pub(crate) const NEW_STOP: &str = "Stop: the old sheets go on counting";
pub(crate) const NEW_LAST: &str = "Let the new sheets count";
pub(crate) const MADE: &str = "The new sheets count";
pub(crate) const MADE_LEAD: &str = "The old ones open nothing of the school any more. Destroy them: they still open backups that are older than today.";
pub(crate) const MADE_PLACES: &str = "Put the three new ones in three places, for example the school’s safe, the chair of governors, and the bank.";

pub(crate) const DRILL_LEAD: &str =
    "It proves that a backup and two sheets are enough. The school’s own server is not touched.";
pub(crate) const DRILL_STEPS: [&str; 5] = [
    "Whoever runs Safehold puts last night’s backup on an empty machine and runs “server restore” there.",
    "You choose a password there by the link that it mails, and enrol a device.",
    "On a device that holds no key of this school, open this app and paste the link.",
    "Choose “Use two recovery sheets”, and say that the server was restored.",
    "Unlock, read one concern, and write the day down. Then everything on that machine is destroyed.",
];
pub(crate) const DRILL_WARNING: &str =
    "Do not use this device: its key of the school would be replaced by one of the drill.";

pub(crate) fn print_step(number: u8) -> String {
    format!("Recovery sheet {number} of 3")
}
pub(crate) const PRINT: &str = "Print this sheet, or write it down";
pub(crate) const WRITE: &str = "Write this sheet down";
pub(crate) const PRINT_LEAD: &str = "If every key is lost, any two of the three sheets restore the records. One alone opens nothing.";
pub(crate) fn heading(school: &str, number: u8) -> String {
    format!("Safehold · {school} · sheet {number} of 3")
}
pub(crate) const SQUARE: &str = "The same sheet as a square to scan";
pub(crate) const SAVE: &str = "Save it as a page to print";
pub(crate) fn saved(path: &str) -> String {
    format!("Saved as {path}. Print it now: the file is deleted when you go on.")
}
pub(crate) const LAST_FOUR: &str = "Its last four characters, read from the paper";
pub(crate) const CHECKING: &str = "Checking…";
pub(crate) const NEXT: &str = "Next sheet";
pub(crate) const OPEN_SCHOOL: &str = "Open the school";
