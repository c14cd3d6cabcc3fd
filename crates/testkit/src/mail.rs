//! A real mail server (aiosmtpd) for as long as a test lasts.

use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, mpsc};

use actix_web::rt;
use serde_json::Value;

use crate::Served;

/// The school's mail server. What it is sent, it keeps.
#[derive(Debug)]
pub struct MailServer {
    process: Child,
    said: mpsc::Receiver<String>,
    port: u16,
}

/// A mail as it was sent.
#[derive(Clone, Debug)]
pub struct Mail {
    /// To whom.
    pub to: String,
    /// Headers and body as they went over the wire.
    pub raw: String,
}

impl MailServer {
    /// Starts one on a port of its own.
    ///
    /// # Panics
    /// If `scripts/setup` has not made the Python environment that it runs in.
    pub fn start() -> Self {
        // Between looking for a port and taking it, another test may have taken it.
        (0..5)
            .find_map(|_| Self::on_a_free_port())
            .expect("the mail server did not start")
    }

    fn on_a_free_port() -> Option<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = listener.local_addr().expect("its address").port();
        drop(listener);
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/browser/mail.py");
        let mut process = Command::new(python())
            .arg(script)
            .arg(port.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{}: {error}: run scripts/setup", python().display()));
        // Read as it comes: a server whose pipe is full takes no more mail, and the app would wait for it.
        let lines = BufReader::new(process.stdout.take().expect("piped")).lines();
        let (tell, said) = mpsc::channel();
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                if tell.send(line).is_err() {
                    break;
                }
            }
        });
        if said.recv().is_ok_and(|ready| ready.contains("port")) {
            return Some(Self {
                process,
                said,
                port,
            });
        }
        let _ended = process.wait();
        None
    }

    /// Has the app send what waits in its outbox, and gives back what arrived.
    ///
    /// # Panics
    /// If the outbox cannot be read.
    pub fn deliver(&mut self, served: &Served) -> Vec<Mail> {
        let settings = api::mail::Settings {
            smtp_url: format!("smtp://127.0.0.1:{}", self.port),
            from: "Safehold <safehold@safehold.example>".to_owned(),
        };
        let app = Arc::clone(&served.app);
        let sent = rt::System::new().block_on(async move {
            let worker = api::mail::Worker::new(app, &settings).expect("settings that are right");
            let mut sent = 0;
            loop {
                match worker.pass().await.expect("the outbox") {
                    0 => return sent,
                    more => sent += more,
                }
            }
        });
        (0..sent)
            .map(|_| {
                let line = self.said.recv().expect("a mail a line");
                let mail: Value = serde_json::from_str(&line).expect("a mail as JSON");
                Mail {
                    to: mail["to"][0].as_str().unwrap_or_default().to_owned(),
                    raw: mail["raw"].as_str().unwrap_or_default().to_owned(),
                }
            })
            .collect()
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        // It ends with its standard input; the wait leaves nothing behind.
        drop(self.process.stdin.take());
        if self.process.wait().is_err() {
            drop(self.process.kill());
        }
    }
}

/// The Python that has aiosmtpd, as `scripts/setup` made it.
fn python() -> PathBuf {
    if let Some(python) = std::env::var_os("SAFEHOLD_PYTHON") {
        return python.into();
    }
    let cache = std::env::var_os("XDG_CACHE_HOME")
        .map(PathBuf::from)
        .or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".cache")));
    cache.unwrap_or_default().join("safehold/venv/bin/python")
}
