//! The compartments' keys.

use super::common::number;

pub(crate) const WAY: &str = "Change keys";
pub(crate) const TITLE: &str = "Change keys";
pub(crate) const LEAD: &str = "When somebody leaves or a device is lost: what they may have copied opens nothing that is written after.";
pub(crate) const CHOOSE: &str = "Choose a key to change it";
pub(crate) const OLD: &str = "Still under way";
pub(crate) const OLD_HINT: &str = "Records move while somebody has them unlocked in a browser. You can close this app: it goes on by itself.";
pub(crate) const MAY_NOT: &str = "Your own key does not let you change this one";
pub(crate) const DESTROY: &str = "Destroy the old key";

pub(crate) fn held_by(holders: usize) -> String {
    format!("Held by {}", super::common::devices(holders))
}
/// Where the server does not say how many there are, only what is left is said.
pub(crate) fn moving(left: u64, all: u64) -> String {
    let of_all = match all {
        all if all < left => String::new(),
        all => format!(" of {}", number(all)),
    };
    let (records, have) = match (left, all) {
        (1, 0 | 1) => ("record", "has"),
        (1, _) => ("records", "has"),
        _ => ("records", "have"),
    };
    format!(
        "{}{of_all} {records} {have} still to move to the new key",
        number(left)
    )
}
pub(crate) fn moved(name: &str) -> String {
    format!("{name}: how far the records have moved")
}
pub(crate) fn settling(time: &str) -> String {
    format!("Every record has moved. The old key can be destroyed in {time}.")
}
pub(crate) const UNUSED: &str = "Every record has moved. Nothing needs the old key.";
pub(crate) fn old_name(compartment: &str, generation: u32) -> String {
    format!("{}, key {generation}", super::common::capital(compartment))
}

pub(crate) fn change(compartment: &str) -> String {
    format!("A new key for {compartment}")
}
pub(crate) fn change_steps(holders: usize) -> [String; 3] {
    [
        format!(
            "{} the new key at once, and so do the recovery sheets.",
            match holders {
                1 => "The 1 device that holds it gets".to_owned(),
                holders => format!("All {holders} devices that hold it get"),
            }
        ),
        "Browsers that have it open are locked. Whoever was reading unlocks again.".to_owned(),
        "The records move to the new key bit by bit. Everything can be read meanwhile.".to_owned(),
    ]
}
pub(crate) const CHANGE_BUTTON: &str = "Change this key";
pub(crate) const CHANGING: &str = "Changing…";
pub(crate) fn changed(compartment: &str) -> String {
    format!("{} has a new key", super::common::capital(compartment))
}
pub(crate) fn changed_lead(holders: usize) -> String {
    format!(
        "It is on {}. Unlock in a browser now: the records move to it while you work.",
        super::common::devices(holders)
    )
}
pub(crate) const SEE: &str = "See how far it is";

pub(crate) fn destroy(compartment: &str) -> String {
    format!("Destroy the old key of {compartment}")
}
pub(crate) const DESTROY_LEAD: &str =
    "No record needs it any more. What is destroyed does not come back.";
pub(crate) const DESTROY_BUTTON: &str = "Destroy it";
pub(crate) const DESTROYED: &str = "The old key is destroyed";
pub(crate) fn destroyed(compartment: &str) -> String {
    format!("Whoever kept a copy of it opens nothing of {compartment} any more.")
}
