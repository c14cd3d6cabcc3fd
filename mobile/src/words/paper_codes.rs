//! Codes on paper.

pub(crate) const TITLE: &str = "Codes on paper";
pub(crate) const ASKING: &str = "Asking your school…";
pub(crate) const WRITE: &str = "Write these down now";
/// Before the address, and after it.
pub(crate) const WHERE: [&str; 2] = [
    "Each opens your records once, at ",
    ", in a browser that you have unlocked before. They are not shown again.",
];
pub(crate) const KEEP: &str = "Keep the paper where you would keep a key. If it is lost, come back here and destroy the codes.";
pub(crate) const WRITTEN: &str = "I have written them down";

pub(crate) fn left(left: usize) -> String {
    match left {
        0 => "There are none. Ten codes on paper open your records where this device has no connection, each once.".to_owned(),
        1 => "One code is left on your paper.".to_owned(),
        left => format!("{left} codes are left on your paper."),
    }
}
pub(crate) const PIN: &str = "Your PIN, to make ten new ones";
pub(crate) const BEFORE: &str = "The codes before them then open nothing.";
pub(crate) const MAKE: &str = "Make ten codes";
pub(crate) const MAKING: &str = "Making…";
pub(crate) const LOST: &str = "My paper is lost: destroy the codes";
