//! Asking a person, where there is one.

use std::io::{BufRead as _, IsTerminal as _, Read as _, Write as _};
use std::path::Path;

use zeroize::Zeroizing;

use crate::options::Pin;
use crate::report::Failure;

/// Says something to the person, not to the script.
pub(crate) fn say(text: &str) -> Result<(), Failure> {
    writeln!(std::io::stderr(), "{text}").map_err(Failure::from)
}

/// Whether somebody is there to answer.
pub(crate) fn is_person() -> bool {
    std::io::stdin().is_terminal()
}

/// One line from the person.
pub(crate) fn line(prompt: &str) -> Result<String, Failure> {
    if !is_person() {
        return Err(Failure::usage(format!(
            "{prompt}: nobody is there to ask, so give it as an option (see --help)"
        )));
    }
    write!(std::io::stderr(), "{prompt}: ")?;
    let mut text = String::new();
    std::io::stdin().lock().read_line(&mut text)?;
    Ok(text.trim().to_owned())
}

/// The PIN: from its file, or from the person without showing it.
pub(crate) fn pin(pin: &Pin, prompt: &str) -> Result<Zeroizing<String>, Failure> {
    match &pin.file {
        Some(path) => first_line(path),
        None if is_person() => rpassword::prompt_password(format!("{prompt}: "))
            .map(Zeroizing::new)
            .map_err(Failure::from),
        None => Err(Failure::usage(
            "Nobody is there to ask for the PIN: give --pin-file PATH, or - for standard input.",
        )),
    }
}

/// A PIN to be chosen: a person types it twice.
pub(crate) fn new_pin(source: &Pin) -> Result<Zeroizing<String>, Failure> {
    let chosen = pin(source, "Choose a PIN of six digits or more")?;
    if source.file.is_none() && *chosen != *pin(source, "The same PIN again")? {
        return Err(Failure::usage(
            "Those were two different PINs. Start again.",
        ));
    }
    Ok(chosen)
}

/// The first line of a file, or of standard input for `-`.
pub(crate) fn first_line(path: &Path) -> Result<Zeroizing<String>, Failure> {
    let mut text = Zeroizing::new(String::new());
    if path.as_os_str() == "-" {
        std::io::stdin().lock().read_line(&mut text)?;
    } else {
        text = whole(path)?;
    }
    let line = text.lines().next().unwrap_or_default().trim();
    Ok(Zeroizing::new(line.to_owned()))
}

/// A whole file, or all of standard input for `-`.
pub(crate) fn whole(path: &Path) -> Result<Zeroizing<String>, Failure> {
    let mut text = Zeroizing::new(String::new());
    if path.as_os_str() == "-" {
        std::io::stdin().lock().read_to_string(&mut text)?;
    } else {
        std::fs::File::open(path)
            .and_then(|mut file| file.read_to_string(&mut text))
            .map_err(|error| Failure::usage(format!("{}: {error}", path.display())))?;
    }
    Ok(text)
}
