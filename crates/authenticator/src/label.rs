//! Text that somebody else chose, made safe to show.
//!
//! The server, or whoever could make it say something, picks these words. They are drawn as text and
//! never as markup; here they also lose what a person cannot see: control characters, and characters
//! that turn the direction of writing or have no width, with which one name can look like another.

use serde::{Deserialize, Deserializer};

/// The longest label that is shown.
const LABEL: usize = 64;

/// The longest sentence that is shown: why the server refused.
const SENTENCE: usize = 240;

/// A label as it may be shown.
pub(crate) fn clean(text: &str) -> String {
    visible(text, LABEL)
}

fn visible(text: &str, longest: usize) -> String {
    text.chars()
        .filter(|letter| !letter.is_control() && !is_unseen(*letter))
        .take(longest)
        .collect()
}

/// Characters without a shape of their own: soft hyphen, zero widths, marks, overrides and isolates
/// of direction, invisible operators, variation selectors, language tags, interlinear marks.
const fn is_unseen(letter: char) -> bool {
    matches!(
        letter,
        '\u{ad}'
            | '\u{34f}'
            | '\u{61c}'
            | '\u{115f}'..='\u{1160}'
            | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}'
            | '\u{ffa0}'
            | '\u{fff0}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e0fff}'
    )
}

pub(crate) fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    String::deserialize(deserializer).map(|text| clean(&text))
}

pub(crate) fn read_all<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Vec<String>, D::Error> {
    let all = Vec::<String>::deserialize(deserializer)?;
    Ok(all.iter().map(|text| clean(text)).collect())
}

pub(crate) fn read_sentence<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<String, D::Error> {
    String::deserialize(deserializer).map(|text| visible(&text, SENTENCE))
}

pub(crate) fn read_optional_sentence<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<String>, D::Error> {
    let text = Option::<String>::deserialize(deserializer)?;
    Ok(text.map(|text| visible(&text, SENTENCE)))
}
