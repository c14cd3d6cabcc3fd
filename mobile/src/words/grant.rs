//! A key for somebody else.

pub(crate) const WAY: &str = "Give a key to somebody";
pub(crate) const TITLE: &str = "Give a key";
pub(crate) const LEAD: &str =
    "Only to somebody you see or whose voice you know. Ask them for the six words on their screen.";
pub(crate) const WORDS: &str = "Their six words";
pub(crate) const WORDS_HINT: &str =
    "Four letters of each are enough. Or paste the link that they sent you.";

pub(crate) fn key_for(member: &str) -> String {
    format!("A key for {member}")
}
pub(crate) const COMPARE: &str =
    "Only to somebody you see or whose voice you know. Their screen must show these six words.";
pub(crate) const GIVE: &str = "Give this key";
pub(crate) const GIVING: &str = "Giving…";

pub(crate) fn given(member: &str) -> String {
    format!("{member} has a key")
}
pub(crate) const BY_ITSELF: &str = "Their screen changes by itself.";
pub(crate) fn waits(names: &[String]) -> String {
    format!(
        "Another key holder must confirm: {}. The rest opens now.",
        names.join(", ")
    )
}
