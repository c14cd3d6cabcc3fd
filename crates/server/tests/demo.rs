//! What `scripts/run` ends in: a school to look at, which opens as its words say.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on must say so and end"
)]

use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::json;
use testkit::Client;

/// A demonstration that is running; it is killed when it is dropped.
struct Demo {
    process: Child,
    browser: Client,
    /// All that it told whoever started it.
    said: String,
}

impl Demo {
    fn start(folder: &Path, address: &str) -> Self {
        let mut process = Command::new(env!("CARGO_BIN_EXE_server"))
            .arg("demo")
            .arg("--data-dir")
            .arg(folder)
            .args(["--listen", address])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut said = String::new();
        for line in BufReader::new(process.stdout.take().unwrap()).lines() {
            let line = line.unwrap();
            said += &format!("{line}\n");
            if line.trim_end().ends_with(" keep") {
                break;
            }
        }
        let port = address.rsplit(':').next().unwrap();
        assert!(
            said.contains(&format!("http://localhost:{port} ")),
            "{said}"
        );
        Self {
            process,
            browser: Client::new(&format!("http://{address}")),
            said,
        }
    }

    /// What stands behind these words, to the end of the line.
    fn told(&self, words: &str) -> &str {
        let (_, rest) = self.said.split_once(words).unwrap();
        rest.lines().next().unwrap().trim()
    }

    /// The address of whoever does this.
    fn who(&self, does: &str) -> &str {
        let line = self.said.lines().find(|line| line.contains(does)).unwrap();
        line.split_whitespace().next().unwrap()
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

fn free_address() -> String {
    let free = TcpListener::bind("127.0.0.1:0").unwrap();
    free.local_addr().unwrap().to_string()
}

#[test]
fn a_demonstration_is_not_gone_on_with_where_its_key_would_not_answer() {
    let folder = tempfile::tempdir().unwrap();
    let began = free_address();
    drop(Demo::start(folder.path(), &began));
    let elsewhere = Command::new(env!("CARGO_BIN_EXE_server"))
        .arg("demo")
        .arg("--data-dir")
        .arg(folder.path())
        .args(["--listen", &free_address()])
        .output()
        .unwrap();
    assert!(!elsewhere.status.success());
    let complaint = String::from_utf8_lossy(&elsewhere.stderr).into_owned();
    let port = began.rsplit(':').next().unwrap();
    let told = format!("was begun at http://localhost:{port}, and its key answers nowhere else");
    assert!(complaint.contains(&told), "{complaint}");
}

#[test]
fn a_demonstration_opens_as_it_says_and_is_kept_until_the_next() {
    let folder = tempfile::tempdir().unwrap();
    let address = free_address();
    drop(Demo::start(folder.path(), &address));

    let demo = Demo::start(folder.path(), &address);
    let password = demo.told("password of everybody:");
    let browser = &demo.browser;
    browser
        .sign_in(demo.who("records concerns, reads none"), password)
        .expect(200);
    assert_eq!(browser.get("/v1/concerns").status, 404);

    browser
        .sign_in(demo.who("holds its key"), password)
        .expect(200);
    let started = browser.post("/v1/unlocks", &json!({})).expect(201);
    let line = demo
        .said
        .lines()
        .find(|line| line.contains(" approve "))
        .unwrap();
    let mut words = line.split_whitespace();
    let pin = folder.path().join("typed");
    std::fs::write(
        &pin,
        demo.told("for the PIN, which is").trim_end_matches('.'),
    )
    .unwrap();
    let approved = Command::new(words.next().unwrap())
        .args(words)
        .args([
            "--number",
            started["number"].as_str().unwrap(),
            "--pin-file",
        ])
        .arg(pin)
        .output()
        .unwrap();
    assert!(
        approved.status.success(),
        "{}",
        String::from_utf8_lossy(&approved.stderr)
    );
    let unlock = format!("/v1/unlocks/{}", started["id"].as_str().unwrap());
    assert_eq!(browser.get(&unlock).expect(200)["state"], "open");
    browser.refresh().expect(200);
    let listed = browser.get("/v1/concerns").expect(200);
    assert_eq!(listed["items"].as_array().unwrap().len(), 5);
}
