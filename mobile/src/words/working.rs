//! What is under way.

pub(crate) const OPENING: &str = "Opening your keychain…";
pub(crate) const LOOKING: &str = "Looking…";
pub(crate) const UNLOCKING: &str = "Unlocking…";
pub(crate) const REFUSING: &str = "Saying no…";
pub(crate) const GIVING: &str = "Giving the key…";
pub(crate) const MAKING_KEY: &str = "Making your key…";
pub(crate) const MAKING_KEYS: &str = "Making your school’s keys…";
pub(crate) const MAKING_SHEETS: &str = "Making the new sheets…";
pub(crate) const READING_ROLL: &str = "Reading the list of key holders…";
pub(crate) const OPENING_SHEETS: &str = "Opening what the sheets open…";
pub(crate) const TAKING_KEYS: &str = "Taking the keys…";
pub(crate) const TRYING_SHEETS: &str = "Trying the sheets…";
pub(crate) const COMPARING: &str = "Comparing with what this device saw…";
pub(crate) const ACCEPTING: &str = "Accepting the restore…";
