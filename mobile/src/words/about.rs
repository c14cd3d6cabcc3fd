//! What this device is, and what it saw.

use protocol::roll::StoreKind;

use super::common::number;

pub(crate) const WAY: &str = "About this key";
pub(crate) const TITLE: &str = "About this key";
pub(crate) const SCHOOL: &str = "School";
pub(crate) const WHOSE: &str = "Whose key";
pub(crate) const DEVICE: &str = "Device";
pub(crate) const SERVER: &str = "Server";
pub(crate) const COMPARE: &str = "To compare";
pub(crate) const OWN_WORDS: &str = "This device’s six words";
pub(crate) const ROLL: &str = "The list of key holders";
pub(crate) const LOG: &str = "What this device vouched for";
pub(crate) const NO_LOG: &str =
    "Nothing yet. The first unlock vouches for the record of what was done.";
pub(crate) const FINGERPRINT: &str = "The server’s fingerprint";

pub(crate) fn device(name: &str, store: &str) -> String {
    format!("{name}, key {store}")
}
pub(crate) fn roll(entries: u64) -> String {
    match entries {
        1 => "1 entry. The same on every device of your school.".to_owned(),
        entries => format!(
            "{} entries. The same on every device of your school.",
            number(entries)
        ),
    }
}
pub(crate) fn log(lines: u64) -> String {
    let lines = match lines {
        1 => "1 entry".to_owned(),
        lines => format!("{} entries", number(lines)),
    };
    format!("{lines} of the record of what was done. It can never get shorter unseen.")
}

/// Where a key lives: `key in a file`.
pub(crate) const fn store(kind: Option<StoreKind>) -> &'static str {
    match kind {
        Some(StoreKind::Protected) => "in a phone’s keychain",
        Some(StoreKind::Desktop) => "in a computer’s keychain",
        Some(StoreKind::File) => "in a file",
        Some(StoreKind::Memory) => "in memory only",
        None => "in an unknown place",
    }
}
