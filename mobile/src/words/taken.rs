//! A key was taken away.

pub(crate) const LEAD: &str = "It opens nothing from now on. Every key holder is told.";
pub(crate) const LEFT: &str = "What is left to do";
pub(crate) fn others(name: &str, count: usize) -> String {
    format!(
        "{name} holds {} on {} more. Take {} away too, if they leave.",
        if count == 1 { "a key" } else { "keys" },
        super::common::devices(count),
        if count == 1 { "it" } else { "them" },
    )
}
pub(crate) fn change(opened: &[String]) -> String {
    format!(
        "Change the keys that it opened: {}. Whoever copied one reads nothing new.",
        super::common::list(opened)
    )
}
pub(crate) const HAND_OVER: &str =
    "If they leave: in the browser, hand over the actions that were theirs.";
