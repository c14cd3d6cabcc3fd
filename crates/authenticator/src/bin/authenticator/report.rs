use std::io::Write as _;
use std::process::ExitCode;

use authenticator::Trouble;
use serde_json::{Value, json};

/// What a command has to say: to a person and to a script.
pub(crate) struct Report {
    text: String,
    data: Value,
}

impl Report {
    pub(crate) fn new(text: impl Into<String>, data: Value) -> Self {
        Self {
            text: text.into(),
            data,
        }
    }

    pub(crate) fn show(&self, json: bool) -> ExitCode {
        let text = if json {
            self.data.to_string()
        } else {
            self.text.clone()
        };
        match writeln!(std::io::stdout(), "{text}") {
            Ok(()) => ExitCode::SUCCESS,
            Err(_) => ExitCode::FAILURE,
        }
    }
}

/// Why a command did not do what it was asked.
pub(crate) enum Failure {
    /// The authenticator's own.
    Trouble(Trouble),
    /// Something with files, arguments or the terminal.
    Usage(String),
}

impl Failure {
    pub(crate) fn usage(text: impl Into<String>) -> Self {
        Self::Usage(text.into())
    }

    pub(crate) fn show(&self, json: bool) -> ExitCode {
        let (text, slug) = match self {
            Self::Trouble(Trouble::Refused(problem)) => (
                Trouble::Refused(problem.clone()).to_string(),
                Some(problem.slug().to_owned()),
            ),
            Self::Trouble(trouble) => (trouble.to_string(), None),
            Self::Usage(text) => (text.clone(), None),
        };
        // The app counts it down; here it is said once.
        let wait = match self {
            Self::Trouble(trouble) => trouble.pin_wait(),
            Self::Usage(_) => None,
        };
        let text = match wait {
            Some(1) => format!("{text} Wait 1 second before you try again."),
            Some(seconds) => format!("{text} Wait {seconds} seconds before you try again."),
            None => text,
        };
        let shown = if json {
            writeln!(
                std::io::stdout(),
                "{}",
                json!({"trouble": text, "problem": slug, "wait_seconds": wait})
            )
        } else {
            writeln!(std::io::stderr(), "{text}")
        };
        // The exit code says the same even if nobody reads the text.
        drop(shown);
        ExitCode::FAILURE
    }
}

impl From<Trouble> for Failure {
    fn from(trouble: Trouble) -> Self {
        Self::Trouble(trouble)
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self::Usage(error.to_string())
    }
}
