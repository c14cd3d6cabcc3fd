use rest::Problem;

/// Why a setting was refused, where the client can act on the answer.
#[derive(Debug, thiserror::Error)]
pub(super) enum Error {
    /// There is no such broader category, or it is itself a narrower one.
    #[error("the parent is not a broader category of the school")]
    ParentUnknown,
    /// A narrower category's key is where its parent's is.
    #[error("the parent is in another compartment")]
    ParentElsewhere,
    /// A category beside it is called the same.
    #[error("the name is taken")]
    NameTaken,
    /// The rule would tell nobody.
    #[error("the rule has no recipient")]
    NoRecipient,
    /// There is no such category.
    #[error("category {0} is not the school's")]
    CategoryUnknown(usize),
    /// There is no such person, or they are not here any more.
    #[error("recipient {0} does not work here")]
    RecipientUnknown(usize),
    /// What the rules or the database say.
    #[error(transparent)]
    Store(#[from] store::Error),
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        match error {
            Error::ParentUnknown => {
                Self::field("/parent", "choose one of the school's broader categories")
            }
            Error::ParentElsewhere => {
                Self::field("/compartment", "this must be that of the broader category")
            }
            Error::NameTaken => Self::field("/name", "there is a category of this name already"),
            Error::NoRecipient => Self::new("alert-rule-without-recipient")
                .and_field("/recipients", "choose at least one person"),
            Error::CategoryUnknown(place) => Self::field(
                format!("/categories/{place}"),
                "choose one of the school's categories",
            ),
            Error::RecipientUnknown(place) => Self::field(
                format!("/recipients/{place}"),
                "choose somebody who works here now",
            ),
            Error::Store(error) => error.into(),
        }
    }
}
