use std::fmt;

use serde::{Deserialize, Serialize};
use unicode_normalization::char::is_combining_mark;
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

use crate::Sensitive;

/// Why a text was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidText {
    /// Nothing but white space.
    #[error("write something here")]
    Empty,
    /// More characters than the field holds.
    #[error("this is {count} characters long; at most {max} fit")]
    TooLong {
        /// How many there are.
        count: usize,
        /// How many fit.
        max: usize,
    },
    /// A control character that no keyboard types.
    #[error("this holds a character that cannot be shown")]
    Unprintable,
    /// Not of the form of an e-mail address.
    #[error("this does not look like an e-mail address")]
    NotAnAddress,
}

fn bounded(text: &str, max: usize, lines: bool) -> Result<String, InvalidText> {
    let text = text.trim();
    // Nearly every text is normal as it was typed, and is not put together anew letter by letter.
    let text = match text.is_ascii() || is_nfc_quick(text.chars()) == IsNormalized::Yes {
        true => text.to_owned(),
        false => text.nfc().collect(),
    };
    if text
        .chars()
        .any(|letter| letter.is_control() && !(lines && matches!(letter, '\n' | '\r' | '\t')))
    {
        return Err(InvalidText::Unprintable);
    }
    match text.chars().count() {
        0 => Err(InvalidText::Empty),
        count if count > max => Err(InvalidText::TooLong { count, max }),
        _ => Ok(text),
    }
}

macro_rules! texts {
    ($($(#[$doc:meta])* $name:ident, max $max:literal, lines $lines:literal;)*) => {$(
        $(#[$doc])*
        ///
        /// Trimmed, NFC, without control characters. `Debug` shows nothing of it, and it is wiped
        /// when dropped.
        #[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
        #[serde(try_from = "String")]
        pub struct $name(Sensitive<String>);

        impl $name {
            /// The most characters it holds.
            pub const MAX_CHARS: usize = $max;

            /// The text itself; see [`Sensitive::expose`].
            pub fn expose(&self) -> &str {
                self.0.expose()
            }
        }

        impl TryFrom<String> for $name {
            type Error = InvalidText;

            fn try_from(text: String) -> Result<Self, InvalidText> {
                let text = Sensitive::new(text);
                bounded(text.expose(), $max, $lines).map(|text| Self(Sensitive::new(text)))
            }
        }

        #[cfg(feature = "openapi")]
        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                use utoipa::openapi::schema::{ObjectBuilder, Type};
                ObjectBuilder::new()
                    .schema_type(Type::String)
                    .min_length(Some(1))
                    .max_length(Some($max))
                    .into()
            }
        }

        #[cfg(feature = "openapi")]
        impl utoipa::ToSchema for $name {
            fn name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }
        }
    )*};
}

texts! {
    /// What a member of staff saw or heard, in their own words.
    Narrative, max 20_000, lines true;
    /// What the child said, verbatim.
    ChildWords, max 5_000, lines true;
    /// A paragraph or two: an action, a reply, the reasons of a decision.
    Detail, max 5_000, lines true;
    /// One line, such as a place.
    ShortText, max 500, lines false;
    /// A person's name as it is written and said.
    PersonName, max 200, lines false;
}

/// An e-mail address, kept as written and compared by its folded [`key`](Self::key).
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EmailAddress(String);

impl EmailAddress {
    /// The address as written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What makes two addresses the same: lower case.
    pub fn key(&self) -> String {
        self.0.to_lowercase()
    }
}

impl TryFrom<String> for EmailAddress {
    type Error = InvalidText;

    fn try_from(text: String) -> Result<Self, InvalidText> {
        let text = bounded(&text, 254, false)?;
        let well_formed = text.split_once('@').is_some_and(|(local, host)| {
            !local.is_empty()
                && local.len() <= 64
                && host.len() >= 3
                && !host.contains('@')
                && !host.starts_with('.')
                && !host.ends_with('.')
                && (host.contains('.') || host == "localhost")
        }) && !text
            .chars()
            .any(|letter| letter.is_whitespace() || matches!(letter, '<' | '>' | '"' | ',' | ';'));
        well_formed
            .then_some(Self(text))
            .ok_or(InvalidText::NotAnAddress)
    }
}

impl From<EmailAddress> for String {
    fn from(address: EmailAddress) -> Self {
        address.0
    }
}

impl fmt::Debug for EmailAddress {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("[e-mail address]")
    }
}

#[cfg(feature = "openapi")]
impl utoipa::PartialSchema for EmailAddress {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        use utoipa::openapi::schema::{ObjectBuilder, Type};
        ObjectBuilder::new()
            .schema_type(Type::String)
            .max_length(Some(254))
            .examples(["carys@larkspur.example"])
            .into()
    }
}

#[cfg(feature = "openapi")]
impl utoipa::ToSchema for EmailAddress {
    fn name() -> std::borrow::Cow<'static, str> {
        "EmailAddress".into()
    }
}

/// How a name is looked up: lower case, without accents, so that `Zoë` answers to `zoe`.
pub fn fold_name(name: &str) -> String {
    name.nfkd()
        .filter(|letter| !is_combining_mark(*letter))
        .flat_map(char::to_lowercase)
        .map(|letter| match letter {
            '\u{2019}' | '\u{2bc}' => '\'',
            '\u{2010}'..='\u{2014}' => '-',
            other => other,
        })
        .collect::<String>()
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_answers_without_its_accents() {
        assert_eq!(fold_name("  Zoë  O’Néill "), "zoe o'neill");
        assert_eq!(fold_name("ŁUKASZ"), "łukasz");
    }

    #[test]
    fn a_narrative_keeps_its_lines_and_refuses_what_cannot_be_shown() {
        let text = Narrative::try_from("He said:\n\"no\" ".to_owned()).unwrap();
        assert_eq!(text.expose(), "He said:\n\"no\"");
        assert_eq!(
            Narrative::try_from("a\u{0}b".to_owned()),
            Err(InvalidText::Unprintable)
        );
        assert_eq!(
            Narrative::try_from(" \n".to_owned()),
            Err(InvalidText::Empty)
        );
        assert_eq!(
            Narrative::try_from("x".repeat(20_001)),
            Err(InvalidText::TooLong {
                count: 20_001,
                max: 20_000
            })
        );
    }

    #[test]
    fn an_address_needs_a_name_and_a_host() {
        assert!(EmailAddress::try_from("carys@larkspur.example".to_owned()).is_ok());
        for wrong in [
            "carys",
            "@larkspur.example",
            "a b@c.example",
            "a@b@c.example",
            "a@.example",
        ] {
            assert!(EmailAddress::try_from(wrong.to_owned()).is_err(), "{wrong}");
        }
    }
}
