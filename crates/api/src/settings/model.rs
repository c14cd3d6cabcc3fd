use std::fmt;

use domain::{CategoryId, InvalidText, MemberId, ShortText, YearGroup};
use protocol::compartments::Compartment;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Where the key of a category's concerns is. It is chosen once: what was recorded is sealed to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum CategoryCompartment {
    /// Everyday welfare and behaviour.
    Pastoral,
    /// The safety of a child.
    Safeguarding,
}

impl CategoryCompartment {
    /// Its name in the row.
    pub(super) fn name(self) -> String {
        match self {
            Self::Pastoral => Compartment::PASTORAL,
            Self::Safeguarding => Compartment::SAFEGUARDING,
        }
        .name()
        .to_owned()
    }
}

/// A colour as `#rrggbb`.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct Colour(String);

/// The text is not a colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("write a colour as # and six hexadecimal digits")]
pub(super) struct InvalidColour;

impl Colour {
    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Colour {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl TryFrom<String> for Colour {
    type Error = InvalidColour;

    fn try_from(text: String) -> Result<Self, InvalidColour> {
        let digits = text.strip_prefix('#').ok_or(InvalidColour)?;
        let fits = digits.len() == 6 && digits.bytes().all(|digit| digit.is_ascii_hexdigit());
        fits.then(|| Self(text.to_lowercase())).ok_or(InvalidColour)
    }
}

impl utoipa::PartialSchema for Colour {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        use utoipa::openapi::schema::{ObjectBuilder, Type};
        ObjectBuilder::new()
            .schema_type(Type::String)
            .pattern(Some("^#[0-9A-Fa-f]{6}$"))
            .examples(["#175cd3"])
            .into()
    }
}

impl ToSchema for Colour {
    fn name() -> std::borrow::Cow<'static, str> {
        "Colour".into()
    }
}

/// What stands beside a category to help people choose; it may be empty.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct Help(Option<ShortText>);

impl Help {
    pub(super) fn as_str(&self) -> &str {
        // EXPOSE: the school's own words about a kind of concern, shown to every member of staff.
        self.0.as_ref().map_or("", ShortText::expose)
    }
}

impl TryFrom<String> for Help {
    type Error = InvalidText;

    fn try_from(text: String) -> Result<Self, InvalidText> {
        match ShortText::try_from(text) {
            Ok(text) => Ok(Self(Some(text))),
            Err(InvalidText::Empty) => Ok(Self(None)),
            Err(error) => Err(error),
        }
    }
}

impl utoipa::PartialSchema for Help {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        use utoipa::openapi::schema::{ObjectBuilder, Type};
        ObjectBuilder::new()
            .schema_type(Type::String)
            .max_length(Some(ShortText::MAX_CHARS))
            .into()
    }
}

impl ToSchema for Help {
    fn name() -> std::borrow::Cow<'static, str> {
        "Help".into()
    }
}

/// Which concerns a rule is about, and who is told of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Matching {
    pub(super) categories: Vec<CategoryId>,
    pub(super) years: Vec<YearGroup>,
    pub(super) recipients: Vec<MemberId>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_colour_is_six_digits() {
        assert_eq!(
            Colour::try_from("#175CD3".to_owned()).unwrap().as_str(),
            "#175cd3"
        );
        for wrong in ["", "175cd3", "#175cd", "#175cd3ff", "#17 cd3", "red"] {
            assert!(Colour::try_from(wrong.to_owned()).is_err(), "{wrong}");
        }
    }

    #[test]
    fn help_may_be_left_out() {
        assert_eq!(Help::try_from("  ".to_owned()).unwrap().as_str(), "");
        assert!(Help::try_from("x".repeat(501)).is_err());
    }
}
