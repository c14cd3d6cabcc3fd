//! That a page's link opens this app, on Linux: a desktop file with the scheme, at its owner's wish.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::words::links as words;

const SCHEME: &str = "x-scheme-handler/safehold";
const FILE: &str = "safehold-authenticator.desktop";

/// Where this person's own desktop files are.
fn folder() -> io::Result<PathBuf> {
    let own = std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".local/share"));
    let base = std::env::var_os("XDG_DATA_HOME").map(PathBuf::from).or(own);
    Ok(base.ok_or(io::ErrorKind::NotFound)?.join("applications"))
}

/// Whether a page's link opens this very program.
pub fn are_on() -> bool {
    let written = folder().and_then(|folder| fs::read_to_string(folder.join(FILE)));
    let (Ok(written), Ok(program)) = (written, std::env::current_exe()) else {
        return false;
    };
    let default = Command::new("xdg-mime")
        .args(["query", "default", SCHEME])
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output();
    written == desktop_file(&program)
        && default.is_ok_and(|output| String::from_utf8_lossy(&output.stdout).trim() == FILE)
}

/// Lets a page's link open this program, or no longer.
///
/// # Errors
/// If a file cannot be written, or the system's own program for it is missing or refuses.
pub fn turn(on: bool) -> io::Result<()> {
    let folder = folder()?;
    let file = folder.join(FILE);
    if !on {
        return match fs::remove_file(file) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        };
    }
    fs::create_dir_all(&folder)?;
    fs::write(file, desktop_file(&std::env::current_exe()?))?;
    let set = Command::new("xdg-mime")
        .args(["default", FILE, SCHEME])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()?;
    match set.success() {
        true => Ok(()),
        false => Err(io::ErrorKind::Other.into()),
    }
}

fn desktop_file(program: &Path) -> String {
    format!(
        "[Desktop Entry]\nType=Application\nName={}\nComment={}\nExec={} %u\nTerminal=false\n\
         Categories=Utility;Security;\nMimeType={SCHEME};\n",
        words::NAME,
        words::COMMENT,
        quoted(&program.to_string_lossy()),
    )
}

/// As the specification of desktop files quotes an argument: within quotes four characters are escaped, each
/// backslash of that once more because it stands in a text; and a percent sign is two. One that needs no quotes
/// has none, for `xdg-open` by itself understands no others.
fn quoted(argument: &str) -> String {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "/._+-".contains(letter);
    if argument.chars().all(is_plain) {
        return argument.to_owned();
    }
    let mut text = String::from("\"");
    for letter in argument.chars() {
        match letter {
            '"' | '`' | '$' => text.extend(["\\\\", &letter.to_string()]),
            '\\' => text.push_str("\\\\\\\\"),
            '%' => text.push_str("%%"),
            letter => text.push(letter),
        }
    }
    text.push('"');
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_names_the_scheme_and_the_program_with_whatever_is_in_its_path() {
        let file = desktop_file(Path::new("/opt/our school/safe$hold 100%/app"));
        assert!(file.contains("\nMimeType=x-scheme-handler/safehold;\n"));
        assert!(
            file.contains("\nExec=\"/opt/our school/safe\\\\$hold 100%%/app\" %u\n"),
            "{file}"
        );
        assert_eq!(quoted("/opt/safehold/app"), "/opt/safehold/app");
        assert_eq!(quoted("a\\b\"c`"), "\"a\\\\\\\\b\\\\\"c\\\\`\"");
    }
}
