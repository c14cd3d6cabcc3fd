//! A key for somebody else.

pub(crate) const WAY: &str = "Give a key to somebody";
pub(crate) const TITLE: &str = "Give a key";
pub(crate) const LEAD: &str =
    "Only to somebody you see or whose voice you know. Ask them for the six words on their screen.";
pub(crate) const WORDS: &str = "Their six words";
pub(crate) const WORDS_HINT: &str =
    "Four letters of each are enough. Or paste the code that they sent you.";

pub(crate) fn key_for(member: &str) -> String {
    format!("A key for {member}")
}
pub(crate) const OPENS: &str = "What it opens";
pub(crate) const YEARS: &str = "Only these years (none ticked: all of yours)";
pub(crate) const HAND_ON: &str = "May give keys to others, and take them away";
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

/// What a compartment is about; a school's own has its name only.
pub(crate) fn compartment(name: &str) -> String {
    match name {
        "pastoral" => "Pastoral: everyday welfare",
        "safeguarding" => "Safeguarding: the safety of a child",
        "staff" => "Staff: concerns about adults who work here",
        "head" => "Head: concerns about the head teacher",
        own => own,
    }
    .to_owned()
}
