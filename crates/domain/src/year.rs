use std::fmt;

use serde::{Deserialize, Serialize};

/// A year group as the school writes it, such as `7`, `R` or `KG`: letters, digits, at most eight.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct YearGroup(String);

/// The text cannot name a year group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a year group is one to eight letters or digits")]
pub struct InvalidYearGroup;

impl YearGroup {
    /// The year group as written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for YearGroup {
    type Error = InvalidYearGroup;

    fn try_from(text: String) -> Result<Self, InvalidYearGroup> {
        // In capitals first: they can be more letters than they were written with.
        let text = text.trim().to_uppercase();
        let fits = (1..=8).contains(&text.chars().count())
            && text
                .chars()
                .all(|letter| letter.is_alphanumeric() || letter == '-');
        // A leading zero is the roster's padding, not the school's word for the year.
        let plain = match text.trim_start_matches('0') {
            "" => "0",
            rest if rest.chars().all(|letter| letter.is_ascii_digit()) => rest,
            _ => text.as_str(),
        };
        fits.then(|| Self(plain.to_owned())).ok_or(InvalidYearGroup)
    }
}

impl From<YearGroup> for String {
    fn from(year: YearGroup) -> Self {
        year.0
    }
}

impl fmt::Display for YearGroup {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_year_group_is_the_same_when_it_is_written_again() {
        for text in ["7", "07", "r", "KG", "\u{df}\u{df}\u{df}\u{df}", "0"] {
            let year = YearGroup::try_from(text.to_owned()).unwrap();
            assert_eq!(YearGroup::try_from(year.to_string()).as_ref(), Ok(&year));
        }
        // Eight letters, and nine in capitals.
        assert!(YearGroup::try_from("zon\u{149}neil".to_owned()).is_err());
    }
}
