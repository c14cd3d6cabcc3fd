use domain::{Sensitive, fold_name};
use serde::Deserialize;

/// The beginning of a name, folded: part of a forename, of a surname, or of both in either order.
///
/// At least two letters, so that nobody can leaf through the school.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct Letters(Sensitive<String>);

/// Why letters are not looked up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum InvalidLetters {
    /// Fewer than two.
    #[error("type at least two letters of the name")]
    TooFew,
    /// Longer than any name.
    #[error("this is longer than any name")]
    TooMany,
    /// A control character: no name has one, and PostgreSQL takes no NUL.
    #[error("this holds a character that cannot be shown")]
    Unprintable,
}

impl Letters {
    const FEWEST: usize = 2;
    const MOST: usize = 100;

    /// What a forename and what a surname may begin with, each as a pattern of `LIKE` with `\` as its
    /// escape; `None` for any. A name matches if it fits one pair.
    pub(super) fn patterns(&self) -> Vec<(Option<String>, Option<String>)> {
        // EXPOSE: into the query.
        let whole = self.0.expose().as_str();
        let mut patterns = vec![(Some(prefix(whole)), None), (None, Some(prefix(whole)))];
        for (place, _) in whole.match_indices(' ').take(4) {
            let (first, second) = (prefix(&whole[..place]), prefix(&whole[place + 1..]));
            patterns.push((Some(first.clone()), Some(second.clone())));
            patterns.push((Some(second), Some(first)));
        }
        patterns
    }
}

fn prefix(letters: &str) -> String {
    let mut pattern = String::with_capacity(letters.len() + 1);
    for letter in letters.chars() {
        if matches!(letter, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(letter);
    }
    pattern.push('%');
    pattern
}

impl TryFrom<String> for Letters {
    type Error = InvalidLetters;

    fn try_from(text: String) -> Result<Self, InvalidLetters> {
        let text = Sensitive::new(text);
        // EXPOSE: into another wrapper.
        let folded = Sensitive::new(fold_name(text.expose()));
        if folded.expose().chars().any(char::is_control) {
            return Err(InvalidLetters::Unprintable);
        }
        let letters = folded
            .expose()
            .chars()
            .filter(|letter| letter.is_alphanumeric());
        if letters.count() < Self::FEWEST {
            return Err(InvalidLetters::TooFew);
        }
        if folded.expose().chars().count() > Self::MOST {
            return Err(InvalidLetters::TooMany);
        }
        Ok(Self(folded))
    }
}

impl utoipa::PartialSchema for Letters {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        use utoipa::openapi::schema::{ObjectBuilder, Type};
        ObjectBuilder::new()
            .schema_type(Type::String)
            .description(Some(
                "The beginning of a forename, of a surname, or of both in either order. Accents and capitals do \
                 not matter.",
            ))
            .min_length(Some(Self::FEWEST))
            .max_length(Some(Self::MOST))
            .examples(["zo one"])
            .into()
    }
}

impl utoipa::ToSchema for Letters {
    fn name() -> std::borrow::Cow<'static, str> {
        "Letters".into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn patterns(text: &str) -> Vec<(Option<String>, Option<String>)> {
        Letters::try_from(text.to_owned()).unwrap().patterns()
    }

    #[test]
    fn two_letters_at_least_and_no_wildcards() {
        for few in ["", "z", " z ", "%", "%%", "__", "-'", "\u{301}\u{301}"] {
            let refused = Letters::try_from(few.to_owned());
            assert_eq!(refused.unwrap_err(), InvalidLetters::TooFew, "{few:?}");
        }
        assert!(Letters::try_from("x".repeat(101)).is_err());
        let nul = Letters::try_from("an\0na".to_owned());
        assert_eq!(nul.unwrap_err(), InvalidLetters::Unprintable);
        assert_eq!(patterns("Zoë")[0].0.as_deref(), Some("zoe%"));
        assert_eq!(patterns("a_b%")[0].0.as_deref(), Some("a\\_b\\%%"));
    }

    #[test]
    fn two_words_are_forename_and_surname_in_either_order() {
        let some = |text: &str| Some(text.to_owned());
        let patterns = patterns("anna O’N");
        assert!(patterns.contains(&(some("anna%"), some("o'n%"))));
        assert!(patterns.contains(&(some("o'n%"), some("anna%"))));
        assert!(patterns.contains(&(some("anna o'n%"), None)));
    }
}
