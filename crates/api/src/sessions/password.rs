use domain::Sensitive;
use serde::Deserialize;
use unicode_normalization::UnicodeNormalization;

/// A password as it was typed, in NFC, so that the same keys on two systems give the same bytes.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct Password(Sensitive<String>);

/// Why a password cannot be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum InvalidPassword {
    /// Longer than anybody types.
    #[error("at most {} characters fit", Password::MAX_CHARS)]
    TooLong,
    /// Too short to be chosen.
    #[error("use {} characters or more", Password::MIN_CHARS)]
    TooShort,
}

impl Password {
    /// The fewest characters of one that is chosen (NIST SP 800-63B asks for eight beside a second factor).
    pub(crate) const MIN_CHARS: usize = 12;
    /// The most characters.
    pub(crate) const MAX_CHARS: usize = 256;

    /// Whether it may be chosen.
    ///
    /// # Errors
    /// [`InvalidPassword::TooShort`].
    pub(crate) fn check_strength(&self) -> Result<(), InvalidPassword> {
        // EXPOSE: only counted.
        if self.0.expose().chars().count() < Self::MIN_CHARS {
            return Err(InvalidPassword::TooShort);
        }
        Ok(())
    }

    pub(super) const fn as_sensitive(&self) -> &Sensitive<String> {
        &self.0
    }
}

impl TryFrom<String> for Password {
    type Error = InvalidPassword;

    fn try_from(text: String) -> Result<Self, InvalidPassword> {
        let text = Sensitive::new(text);
        // EXPOSE: normalised into another wrapper.
        let normal = Sensitive::new(text.expose().nfc().collect::<String>());
        match normal.expose().chars().count() > Self::MAX_CHARS {
            true => Err(InvalidPassword::TooLong),
            false => Ok(Self(normal)),
        }
    }
}

impl utoipa::PartialSchema for Password {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, SchemaFormat, Type};
        ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::Password)))
            .max_length(Some(Self::MAX_CHARS))
            .into()
    }
}

impl utoipa::ToSchema for Password {
    fn name() -> std::borrow::Cow<'static, str> {
        "Password".into()
    }
}
