//! One who records concerns, and does not take silence for an answer.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use domain::OutboxId;
use serde_json::Value;
use testkit::{Client, Response, Upload, fresh_key};
use ureq::http::Method;

use super::gate::Gate;
use crate::ledger::{Ledger, Line};

pub(super) struct Writer {
    pub(super) number: u64,
    pub(super) browser: Client,
    pub(super) form: Value,
    pub(super) ledger: Arc<Ledger>,
    pub(super) gate: Arc<Gate>,
    pub(super) tally: Arc<Tally>,
    pub(super) database_dies: bool,
}

/// What became of all requests.
#[derive(Debug, Default)]
pub(super) struct Tally {
    unanswered: AtomicU64,
    refused_for_a_moment: AtomicU64,
    unexpected: Mutex<Vec<String>>,
}

impl Tally {
    pub(super) fn figures(&self) -> [(&'static str, u64); 2] {
        [
            ("unanswered", self.unanswered.load(Ordering::Relaxed)),
            (
                "answered_503",
                self.refused_for_a_moment.load(Ordering::Relaxed),
            ),
        ]
    }

    pub(super) fn unexpected(&self) -> Vec<String> {
        self.unexpected.lock().unwrap().clone()
    }
}

/// What a narrative says: its own number, so that no two are alike.
pub(crate) fn words(number: u64) -> String {
    let mut text = format!("Account {number}. ");
    for sentence in 0..6 {
        text += &format!(
            "At {}:{:02} he came through the side gate and stood by the wall, {number}-{sentence}. ",
            8 + number % 8,
            number % 60
        );
    }
    text.trim_end().to_owned()
}

/// What a file holds, between three and 200 kilobytes.
pub(crate) fn content(number: u64) -> Vec<u8> {
    let line = format!("Note {number}: seen at the gate, then by the wall, then gone.\n");
    let length = 3_000 + (number * 7_919 % 197_000) as usize;
    line.into_bytes().into_iter().cycle().take(length).collect()
}

/// That as a file to send.
pub(crate) fn notes(bytes: &[u8]) -> Upload<'_> {
    Upload {
        name: "notes.txt",
        content_type: "text/plain",
        bytes,
    }
}

impl Writer {
    pub(super) fn run(&self) {
        let mut count = 0;
        while self.gate.pass() {
            count += 1;
            let number = count * 16 + self.number;
            let concern = self.record(number);
            // Whoever has an answer may lose the server before the file goes: that is what is tried here.
            if number.is_multiple_of(5) {
                self.attach(&concern, number);
            }
        }
    }

    /// Sends the same request until it is acknowledged.
    fn record(&self, number: u64) -> String {
        let key = fresh_key();
        let mut body = self.form.clone();
        body["narrative"] = words(number).into();
        loop {
            let sent = self
                .browser
                .request(Method::POST, "/v1/concerns")
                .idempotency_key(&key)
                .json(&body)
                .try_send();
            if let Some(receipt) = self.answer(sent.ok()) {
                let concern = receipt["id"].as_str().unwrap();
                let line = Line::Recorded {
                    key: as_id(&key),
                    concern: concern.parse().unwrap(),
                    words: number,
                };
                self.ledger.append(line);
                return concern.to_owned();
            }
            self.gate.pass();
        }
    }

    /// Sends the same file under the same key until it is acknowledged.
    fn attach(&self, concern: &str, number: u64) {
        let key = fresh_key();
        let bytes = content(number);
        let path = format!("/v1/concerns/{concern}/attachments");
        loop {
            let request = self.browser.uploading(&path, notes(&bytes), &[]);
            let sent = request.idempotency_key(&key).try_send();
            if let Some(attached) = self.answer(sent.ok()) {
                return self.ledger.append(Line::Attached {
                    concern: concern.parse().unwrap(),
                    attachment: attached["id"].as_str().unwrap().parse().unwrap(),
                    words: number,
                });
            }
            self.gate.pass();
        }
    }

    /// The answer, if it is an acknowledgement; anything else is counted.
    fn answer(&self, sent: Option<Response>) -> Option<Value> {
        let Some(response) = sent else {
            self.tally.unanswered.fetch_add(1, Ordering::Relaxed);
            std::thread::sleep(Duration::from_millis(2));
            return None;
        };
        match response.status {
            201 => return Some(response.json()),
            401 if response.problem() == "token-expired" => {
                let renewed = self.browser.request(Method::POST, "/v1/session/token");
                if let Ok(renewed) = renewed.try_send() {
                    self.browser.keep_token(&renewed);
                }
            }
            503 if self.database_dies && response.header("retry-after").is_some() => {
                self.tally
                    .refused_for_a_moment
                    .fetch_add(1, Ordering::Relaxed);
                // A client waits for a second or two; more often finds more.
                std::thread::sleep(Duration::from_millis(20));
            }
            _ => {
                let mut unexpected = self.tally.unexpected.lock().unwrap();
                if unexpected.len() < 20 {
                    unexpected.push(format!("a writer was answered {response}"));
                }
                std::thread::sleep(Duration::from_millis(20));
            }
        }
        None
    }
}

fn as_id(key: &str) -> OutboxId {
    let digits: String = key.chars().filter(|digit| *digit != '-').collect();
    format!("out_{digits}").parse().unwrap()
}
