use std::process::{Command, Stdio};

use crate::trouble::Trouble;

/// Opens a page in this computer's own browser. On a phone the app has to ask the system in its own way.
///
/// # Errors
/// [`Trouble::NoBrowser`] if nothing opens it.
pub fn browse(url: &str) -> Result<(), Trouble> {
    let (program, before): (&str, &[&str]) = if cfg!(target_os = "macos") {
        ("open", &[])
    } else if cfg!(windows) {
        ("rundll32", &["url.dll,FileProtocolHandler"])
    } else if cfg!(any(target_os = "android", target_os = "ios")) {
        return Err(Trouble::NoBrowser);
    } else {
        ("xdg-open", &[])
    };
    let status = Command::new(program)
        .args(before)
        .arg(url)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    match status {
        Ok(status) if status.success() => Ok(()),
        _ => Err(Trouble::NoBrowser),
    }
}
