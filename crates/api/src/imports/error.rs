use rest::Problem;
use roster::{FileProblem, NotARoster};

/// Why an import was refused as a whole, where the client can act on the answer.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The zip or folder was not opened.
    #[error("the files were not opened")]
    Files(#[from] FileProblem),
    /// The files are of no known format.
    #[error("the files were opened and not understood")]
    Format(#[from] NotARoster),
    /// What the rules or the database say.
    #[error(transparent)]
    Store(#[from] store::Error),
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        let say = |words: String| {
            let mut letters = words.chars();
            let first = letters
                .next()
                .map(|letter| letter.to_uppercase().to_string());
            let sentence = format!("{}{}.", first.unwrap_or_default(), letters.as_str());
            Self::new("invalid-roster").detail(sentence)
        };
        match error {
            Error::Files(problem) => say(problem.to_string()),
            Error::Format(problem) => say(problem.to_string()),
            // Two imports at once: the second may try again, and finds little to do.
            Error::Store(store::Error::Exists(_)) => Self::new("busy").retry_after(2),
            Error::Store(error) => error.into(),
        }
    }
}
