use rest::Problem;

/// Why an operation on a person was refused, where the client can act on the answer.
#[derive(Debug, thiserror::Error)]
pub(super) enum Error {
    /// Somebody with this address has a place in the school, perhaps as one who has left.
    #[error("there is a person with this e-mail address already")]
    AddressTaken,
    /// Without this person nobody could administer the school.
    #[error("the school would be left without an administrator")]
    LastAdministrator,
    /// The person has a password already, or has left.
    #[error("there is no invitation to send again")]
    NotInvited,
    /// There is nowhere to send an invitation to.
    #[error("the person has no e-mail address")]
    NoAddress,
    /// What the rules or the database say.
    #[error(transparent)]
    Store(#[from] store::Error),
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        match error {
            // Two invitations at once: the second finds the first's row.
            Error::AddressTaken | Error::Store(store::Error::Exists(_)) => {
                Self::new("member-exists")
            }
            Error::LastAdministrator => Self::field(
                "/roles",
                "the school needs an administrator who can sign in: make somebody else one first",
            ),
            Error::NotInvited => Self::new("already-done")
                .detail("Only somebody who has no password yet can be invited again."),
            Error::NoAddress => Self::new("invalid-input")
                .detail("This person has no e-mail address to send an invitation to."),
            Error::Store(error) => error.into(),
        }
    }
}
