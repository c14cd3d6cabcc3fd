//! The line itself: what a server, a school's filter or a bad network can do to an answer.
#![expect(clippy::unwrap_used, reason = "a test's helpers fail by panicking")]

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use authenticator::{Call, Http, Method, Outcome, Transport as _, Trouble};
use domain::{DeviceId, SchoolId, SeededEntropy};
use protocol::device::DeviceRequest;
use protocol::signing::SigningKey;

const AT: u64 = 1_795_000_000;

/// A server on loopback that gives everybody this answer, counts who comes, and then stops.
struct Server {
    origin: String,
    visits: Arc<AtomicUsize>,
    thread: Option<JoinHandle<()>>,
    address: std::net::SocketAddr,
}

impl Server {
    fn answering(answer: impl Fn(&mut TcpStream) + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let visits = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&visits);
        let thread = std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let mut seen = [0; 8192];
                match stream.read(&mut seen) {
                    Ok(count) if seen[..count].starts_with(b"STOP") => return,
                    Ok(_) => {
                        counted.fetch_add(1, Ordering::SeqCst);
                        answer(&mut stream);
                    }
                    Err(_) => {}
                }
            }
        });
        Self {
            origin: format!("http://{address}"),
            visits,
            thread: Some(thread),
            address,
        }
    }

    fn saying(head: &str, body: &[u8]) -> Self {
        let whole = [
            format!(
                "HTTP/1.1 {head}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
                body.len()
            )
            .as_bytes(),
            body,
        ]
        .concat();
        Self::answering(move |stream| drop(stream.write_all(&whole)))
    }

    fn ask(&self) -> Outcome {
        Http::waiting(Duration::from_secs(5)).send(&self.call())
    }

    fn call(&self) -> Call {
        let entropy = SeededEntropy::new([1; 32]);
        let request = DeviceRequest {
            method: "GET",
            target: "/v1/device",
            body: &[],
        };
        let key = SigningKey::from_seed(&[2; 32]).unwrap();
        let authorization = request
            .sign(
                SchoolId::from_bytes([1; 16]),
                DeviceId::from_bytes([2; 16]),
                &key,
                AT,
                &entropy,
            )
            .to_header();
        Call {
            origin: self.origin.clone(),
            method: Method::Get,
            target: "/v1/device".to_owned(),
            body: Vec::new(),
            authorization,
        }
    }

    fn visits(&self) -> usize {
        self.visits.load(Ordering::SeqCst)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Ok(mut stream) = TcpStream::connect(self.address) {
            drop(stream.write_all(b"STOP"));
        }
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
    }
}

/// What a machine would make of it, where it wants to read something.
fn trouble(outcome: Outcome) -> Trouble {
    outcome.read::<serde_json::Value>().unwrap_err()
}

const JSON: &str = "200 OK\r\ncontent-type: application/json";

#[test]
fn an_honest_answer_arrives() {
    let server = Server::saying(JSON, br#"{"state":"granted"}"#);
    let read: serde_json::Value = server.ask().read().unwrap();
    assert_eq!(read["state"], "granted");
}

#[test]
fn no_redirect_is_followed() {
    let elsewhere = Server::saying(JSON, b"{}");
    for status in [
        "301 Moved",
        "302 Found",
        "303 See Other",
        "307 Temporary Redirect",
        "308 Permanent Redirect",
    ] {
        let head = format!("{status}\r\nlocation: {}/v1/device", elsewhere.origin);
        let server = Server::saying(&head, b"");
        drop(trouble(server.ask()));
        assert_eq!(server.visits(), 1);
    }
    assert_eq!(
        elsewhere.visits(),
        0,
        "what is signed for one goes to no other"
    );
}

#[test]
fn half_an_answer_is_none() {
    let server = Server::answering(|stream| {
        drop(stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 900\r\n\r\n{\"items\":["));
    });
    assert!(matches!(trouble(server.ask()), Trouble::Unreachable(_)));
}

#[test]
fn an_answer_without_end_is_not_read_to_its_end() {
    let server = Server::answering(|stream| {
        drop(stream.write_all(
            b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\n\r\n\"",
        ));
        let junk = [b'a'; 65_536];
        // The reader hangs up long before this is over.
        for _ in 0..1_000 {
            if stream.write_all(&junk).is_err() {
                return;
            }
        }
    });
    assert!(matches!(trouble(server.ask()), Trouble::Unreachable(_)));
}

#[test]
fn a_page_in_place_of_an_answer_is_not_read() {
    for kind in [
        "text/html",
        "text/plain",
        "application/octet-stream",
        "text/html; charset=application/json",
    ] {
        let head = format!("200 OK\r\ncontent-type: {kind}");
        let server = Server::saying(&head, br#"{"state":"granted"}"#);
        assert_eq!(trouble(server.ask()), Trouble::BadAnswer, "{kind}");
    }
    let server = Server::saying("200 OK", br#"{"state":"granted"}"#);
    assert_eq!(trouble(server.ask()), Trouble::BadAnswer, "no kind at all");
}

#[test]
fn a_server_that_never_answers_is_given_up() {
    let server = Server::answering(|stream| {
        // It waits until the other side has hung up.
        let mut rest = [0; 64];
        while stream.read(&mut rest).is_ok_and(|count| count > 0) {}
    });
    let outcome = Http::waiting(Duration::from_millis(200)).send(&server.call());
    assert!(matches!(trouble(outcome), Trouble::Unreachable(_)));
}

#[test]
fn nonsense_and_silence_are_no_answer() {
    let server = Server::answering(|_| {});
    assert!(matches!(trouble(server.ask()), Trouble::Unreachable(_)));
    let server = Server::answering(|stream| drop(stream.write_all(&[0xff; 512])));
    assert!(matches!(trouble(server.ask()), Trouble::Unreachable(_)));
    let server = Server::answering(|stream| {
        drop(stream.write_all(b"HTTP/1.1 200 OK\r\n"));
        for _ in 0..20_000 {
            if stream.write_all(b"x-more: and more\r\n").is_err() {
                return;
            }
        }
    });
    assert!(matches!(trouble(server.ask()), Trouble::Unreachable(_)));
}

#[test]
fn a_clock_that_is_years_off_is_said_to_be_that() {
    // The server's day is in 2029; the device signed in 2026.
    let refused = "401 Unauthorized\r\ncontent-type: application/problem+json\r\ndate: Sun, 18 Nov 2029 08:00:00 GMT";
    let body = br#"{"type":"/problems/device-refused","title":"no"}"#;
    let trouble_now = trouble(Server::saying(refused, body).ask());
    assert!(
        matches!(trouble_now, Trouble::WrongTime(_)),
        "{trouble_now:?}"
    );
    let words = trouble_now.to_string();
    assert!(
        words.contains("2 years behind") || words.contains("3 years behind"),
        "{words}"
    );
    // With both clocks the same it is the device that is refused.
    let date = "Wed, 18 Nov 2026 11:06:40 GMT";
    let refused = refused.replace("Sun, 18 Nov 2029 08:00:00 GMT", date);
    let other = trouble(Server::saying(&refused, body).ask());
    assert!(matches!(other, Trouble::Refused(_)), "{other:?}");
}

#[test]
fn only_an_origin_is_talked_to() {
    let server = Server::saying(JSON, b"{}");
    let evil = [
        "file:///etc/passwd",
        "http://192.0.2.1",
        "https://user@host.example",
        "https://a.example/path",
        "",
    ];
    for origin in evil {
        let call = Call {
            origin: origin.to_owned(),
            ..server.call()
        };
        let outcome = Http::waiting(Duration::from_secs(1)).send(&call);
        assert!(matches!(outcome, Outcome::Unreachable(_)), "{origin}");
    }
    assert_eq!(server.visits(), 0);
    assert!(matches!(server.ask(), Outcome::Answer { status: 200, .. }));
}
