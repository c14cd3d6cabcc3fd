//! A device is lost.

pub(crate) const WAY: &str = "I have lost a device";
pub(crate) const TITLE: &str = "Which one have you lost?";
pub(crate) const LEAD: &str =
    "Choose it to take its key away for ever. You give it another one if you find it.";
pub(crate) const NONE: &str = "This is the only device of yours that holds a key.";
pub(crate) const THIS: &str = "If you ever lose this one: sign in on any computer, open “Your devices”, and say so. It is shut out at once.";
