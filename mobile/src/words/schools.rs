//! The schools on a device.

pub(crate) const WAY: &str = "Schools on this device";
pub(crate) const TITLE: &str = "Schools on this device";
pub(crate) const LEAD: &str =
    "Each school has a key and a PIN of its own. Choose the one to go on with.";
pub(crate) const IN_USE: &str = "In use";
pub(crate) const ADD: &str = "Add a school";
pub(crate) fn holds(member: &str, origin: &str) -> String {
    format!("{member} at {origin}")
}
pub(crate) fn waits(member: &str) -> String {
    format!("{member}: waits for a key")
}
