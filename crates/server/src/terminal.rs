//! What a person at the terminal is told.

use std::error::Error;
use std::io::Write;

/// What a command returns.
pub(crate) type Outcome = Result<(), Box<dyn Error>>;

/// Prints one line for the person who ran the command, or for a script that reads it.
///
/// # Errors
/// If standard output is closed.
pub(crate) fn say(line: impl AsRef<str>) -> std::io::Result<()> {
    let mut output = std::io::stdout().lock();
    writeln!(output, "{}", line.as_ref())?;
    output.flush()
}

/// Prints why a command failed, with what caused it.
pub(crate) fn complain(fault: &dyn Error) {
    let mut line = fault.to_string();
    let mut source = fault.source();
    while let Some(cause) = source {
        line.push_str(": ");
        line.push_str(&cause.to_string());
        source = cause.source();
    }
    // Nothing is left to be done if standard error is closed too.
    let _closed = writeln!(std::io::stderr(), "{line}");
}
