//! One running app for each data folder: whichever is started second hands its link to the first and ends.
//!
//! What arrives is a text of anybody's, as a link is: it is short, of the app's own scheme, and is judged where
//! it is opened. Only the folder's owner can reach the socket in it.

use std::fs;
use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, PermissionsExt as _};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use std::time::Duration;

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

/// The longest link that is taken: an id and an address.
const LONGEST: usize = 1024;
/// How long one side waits for the other. An app that does not answer is not there.
const PATIENCE: Duration = Duration::from_secs(3);
const TAKEN: &str = "taken";

/// What a program that was just started is.
#[derive(Debug)]
pub enum Started {
    /// The first: links of later ones arrive here. An empty one only wants the window to be seen.
    First(UnboundedReceiver<String>),
    /// A later one, whose link the first has taken.
    Handed,
    /// Alone, because the folder lets nobody listen in it.
    Alone,
}

/// Whether a text is a link for this app, and no longer than one can be.
pub fn is_link(text: &str) -> bool {
    text.starts_with("safehold:")
        && text.len() <= LONGEST
        && text.bytes().all(|byte| byte.is_ascii_graphic())
}

/// Finds out whether this app runs already on this folder, and hands it the link if it does.
pub fn start(folder: &Path, link: Option<&str>) -> Started {
    let socket = folder.join("app.socket");
    if hand_over(&socket, link.unwrap_or_default()).is_ok() {
        return Started::Handed;
    }
    match listen(folder, &socket) {
        Ok(links) => Started::First(links),
        Err(_) => Started::Alone,
    }
}

fn hand_over(socket: &Path, link: &str) -> io::Result<()> {
    let mut stream = UnixStream::connect(socket)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    writeln!(stream, "{link}")?;
    let mut answer = String::new();
    BufReader::new(stream).take(16).read_line(&mut answer)?;
    match answer.trim_end() {
        TAKEN => Ok(()),
        _ => Err(io::ErrorKind::InvalidData.into()),
    }
}

fn listen(folder: &Path, socket: &Path) -> io::Result<UnboundedReceiver<String>> {
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)?;
    // Nobody answered at it: it was left behind.
    if socket.exists() {
        fs::remove_file(socket)?;
    }
    let listener = UnixListener::bind(socket)?;
    fs::set_permissions(socket, fs::Permissions::from_mode(0o600))?;
    let (send, links) = unbounded_channel();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            // One that says nothing, or nonsense, is let go.
            if matches!(
                stream.and_then(|stream| take(stream, &send)),
                Ok(Heard::Nobody)
            ) {
                break;
            }
        }
    });
    Ok(links)
}

/// Whether the app is there still to hear of it.
enum Heard {
    Yes,
    Nobody,
}

fn take(mut stream: UnixStream, send: &UnboundedSender<String>) -> io::Result<Heard> {
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    let mut line = String::new();
    let most = u64::try_from(LONGEST + 1).unwrap_or(u64::MAX);
    BufReader::new(stream.try_clone()?)
        .take(most)
        .read_line(&mut line)?;
    let link = line.trim_end_matches('\n');
    if !link.is_empty() && !is_link(link) {
        return Ok(Heard::Yes);
    }
    if send.send(link.to_owned()).is_err() {
        return Ok(Heard::Nobody);
    }
    writeln!(stream, "{TAKEN}")?;
    Ok(Heard::Yes)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINK: &str = "safehold:unlock?u=unl_1&o=https://safehold.example";

    fn folder() -> tempfile::TempDir {
        tempfile::tempdir().unwrap_or_else(|error| panic!("no folder: {error}"))
    }

    #[test]
    fn the_second_hands_its_link_to_the_first() {
        let folder = folder();
        let room = folder.path().join("made");
        let Started::First(mut links) = start(&room, None) else {
            panic!("it is the first");
        };
        assert!(matches!(start(&room, Some(LINK)), Started::Handed));
        assert!(matches!(start(&room, None), Started::Handed));
        assert_eq!(links.blocking_recv().as_deref(), Some(LINK));
        assert_eq!(links.blocking_recv().as_deref(), Some(""));
        // Nobody else of this computer reaches it.
        let mode = |path: &Path| fs::metadata(path).map(|about| about.permissions().mode() & 0o777);
        assert_eq!(mode(&room).ok(), Some(0o700));
        assert_eq!(mode(&room.join("app.socket")).ok(), Some(0o600));
    }

    #[test]
    fn a_socket_that_was_left_behind_stops_nobody() {
        let folder = folder();
        drop(UnixListener::bind(folder.path().join("app.socket")));
        let Started::First(mut links) = start(folder.path(), Some(LINK)) else {
            panic!("nobody answered");
        };
        assert!(matches!(start(folder.path(), Some(LINK)), Started::Handed));
        assert_eq!(links.blocking_recv().as_deref(), Some(LINK));
    }

    #[test]
    fn what_is_no_link_is_not_taken() {
        let folder = folder();
        let Started::First(mut links) = start(folder.path(), None) else {
            panic!("it is the first");
        };
        let socket = folder.path().join("app.socket");
        let long = format!("safehold:{}", "a".repeat(LONGEST));
        for text in ["https://evil.example", "safehold:a b", "safehold:ä", &long] {
            assert!(hand_over(&socket, text).is_err(), "{text}");
        }
        assert!(hand_over(&socket, LINK).is_ok());
        assert_eq!(links.blocking_recv().as_deref(), Some(LINK));
    }
}
