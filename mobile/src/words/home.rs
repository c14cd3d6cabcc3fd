//! A device with a key.

pub(crate) const TITLE: &str = "Your key is ready";
pub(crate) const LOOKED: &str =
    "Nothing waits. When you choose “Unlock” in a browser, the question appears here.";
pub(crate) const LEAD: &str =
    "To read the records, choose “Unlock” in the browser, then answer here.";
pub(crate) const MORE: &str = "More";
pub(crate) const LOOK: &str = "Look for a request";
