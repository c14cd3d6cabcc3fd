//! A line on which the school's answers are changed. Each line of the input is what becomes of the next answer:
//! nothing, if it is empty; all of it, if it begins with `=`; otherwise three bytes a change, of which the first
//! says where, the second how, and the third how much. After the last line the school answers as it would.

use std::cell::RefCell;
use std::slice::Split;

use authenticator::contract::Bytes;
use authenticator::{Call, Outcome, Transport};
use serde_json::{Value, json};

use super::school::{Answer, School, id, member, problem, read};
use crate::app::as_written;
use crate::keys::SCHOOL;

/// More calls than any machine makes before it comes to rest, if nobody leads it astray.
const CALLS: usize = 64;

pub(super) struct Line<'a> {
    pub(super) school: School,
    lines: RefCell<Split<'a, u8, fn(&u8) -> bool>>,
    /// How many calls there may be.
    most: usize,
    pub(super) sent: RefCell<Vec<Call>>,
    /// What was answered, for the same places.
    answered: RefCell<Vec<Outcome>>,
}

impl<'a> Line<'a> {
    pub(super) fn new(school: School, data: &'a [u8]) -> Self {
        let is_end: fn(&u8) -> bool = |byte| *byte == b'\n';
        Self {
            school,
            lines: RefCell::new(data.split(is_end)),
            most: CALLS + data.len(),
            sent: RefCell::default(),
            answered: RefCell::default(),
        }
    }

    /// What was answered last.
    pub(super) fn last(&self) -> Option<Outcome> {
        self.answered.borrow().last().cloned()
    }

    /// What was sent to this place.
    pub(super) fn sent_to<T: serde::de::DeserializeOwned>(&self, target: &str) -> Vec<T> {
        let sent = self.sent.borrow();
        let there = sent
            .iter()
            .filter(|call| call.target == target && !call.body.is_empty());
        there.map(read).collect()
    }

    /// What was answered there, where it can be read.
    pub(super) fn answered_at<T: serde::de::DeserializeOwned>(&self, target: &str) -> Vec<T> {
        let (sent, answered) = (self.sent.borrow(), self.answered.borrow());
        sent.iter()
            .zip(&*answered)
            .filter(|(call, _)| call.target == target)
            .filter_map(|(_, outcome)| outcome.clone().read().ok())
            .collect()
    }

    /// How long the roll was that had been read when anything was last sent to this place.
    pub(super) fn read_before(&self, target: &str) -> u64 {
        let sent = self.sent.borrow();
        let until = sent.iter().rposition(|call| call.target == target);
        let before = sent[..until.unwrap_or_default()].iter();
        let roll = |call: &Call| {
            let length = call.target.strip_prefix("/v1/device/roll?after=")?;
            Some(length.parse().unwrap())
        };
        before.rev().find_map(roll).unwrap_or_default()
    }

    fn change(&self, (status, mut body): Answer, line: &[u8]) -> Outcome {
        let mut status = status;
        for change in line.chunks_exact(3) {
            let places = places(&body);
            let place = &places[usize::from(change[0]) % places.len()];
            let much = change[2];
            match change[1] % 12 {
                0 => on_bytes(&mut body, place, |bytes| {
                    let at = usize::from(much) % bytes.len().max(1);
                    if let Some(byte) = bytes.get_mut(at) {
                        *byte ^= 1 << (much % 8);
                    }
                }),
                1 => on_bytes(&mut body, place, |bytes| bytes.truncate(much.into())),
                2 => on_bytes(&mut body, place, |bytes| bytes.push(much)),
                3 => on_bytes(&mut body, place, |bytes| {
                    *bytes = self.school.sealed(much);
                }),
                4 => repeat(&mut body, place, much),
                5 => remove(&mut body, place),
                6 => put(&mut body, place, number(much)),
                7 => put(&mut body, place, text(much)),
                8 => {
                    let other = &places[usize::from(much) % places.len()];
                    let other = body.pointer(other).cloned();
                    put(&mut body, place, other.unwrap_or_default());
                }
                9 => {
                    let earlier = self.earlier(much.into(), place);
                    put(&mut body, place, earlier.unwrap_or_default());
                }
                10 => (status, body) = refusal(much),
                _ => return lost(much),
            }
        }
        let body = serde_json::to_vec(&body).unwrap();
        Outcome::Answer { status, body }
    }

    /// What stood at this place in an earlier answer.
    fn earlier(&self, which: usize, place: &str) -> Option<Value> {
        let answered = self.answered.borrow();
        let outcome = answered.get(which % answered.len().max(1))?;
        let value: Value = outcome.clone().read().ok()?;
        value.pointer(place).cloned()
    }
}

impl Transport for Line<'_> {
    fn send(&self, call: &Call) -> Outcome {
        self.sent.borrow_mut().push(call.clone());
        assert!(self.sent.borrow().len() <= self.most, "without end");
        let honest = self.school.answer(call);
        let line = self.lines.borrow_mut().next().unwrap_or_default();
        let outcome = match line.split_first() {
            Some((b'=', whole)) => as_written(whole),
            _ => self.change(honest, line),
        };
        self.answered.borrow_mut().push(outcome.clone());
        outcome
    }
}

/// Every place of an answer as a pointer, the answer itself first.
fn places(answer: &Value) -> Vec<String> {
    let mut all = vec![(String::new(), answer)];
    let mut at = 0;
    while let Some((here, value)) = all.get(at).cloned() {
        match value {
            Value::Array(items) => {
                all.extend(
                    (0..)
                        .zip(items)
                        .map(|(n, item): (usize, _)| (format!("{here}/{n}"), item)),
                );
            }
            Value::Object(fields) => {
                all.extend(
                    fields
                        .iter()
                        .map(|(name, field)| (format!("{here}/{name}"), field)),
                );
            }
            _ => {}
        }
        at += 1;
    }
    all.into_iter().map(|(place, _)| place).collect()
}

fn put(body: &mut Value, place: &str, value: Value) {
    if let Some(found) = body.pointer_mut(place) {
        *found = value;
    }
}

fn on_bytes(body: &mut Value, place: &str, change: impl FnOnce(&mut Vec<u8>)) {
    let found = body.pointer(place).cloned().unwrap_or_default();
    let Ok(Bytes(mut bytes)) = serde_json::from_value(found) else {
        return put(body, place, Value::Null);
    };
    change(&mut bytes);
    put(body, place, json!(Bytes(bytes)));
}

fn repeat(body: &mut Value, place: &str, much: u8) {
    if let Some(Value::Array(items)) = body.pointer_mut(place)
        && !items.is_empty()
    {
        let again = items[usize::from(much) % items.len()].clone();
        items.extend(vec![again; usize::from(much) % 8 + 1]);
    }
}

fn remove(body: &mut Value, place: &str) {
    let Some((parent, name)) = place.rsplit_once('/') else {
        return;
    };
    match body.pointer_mut(parent) {
        Some(Value::Array(items)) => drop(items.remove(name.parse().unwrap())),
        Some(Value::Object(fields)) => drop(fields.remove(name)),
        _ => {}
    }
}

fn number(much: u8) -> Value {
    match much {
        0 => json!(-1),
        1 => json!(u32::MAX),
        2 => json!(u64::MAX),
        3 => json!(0.5),
        4 => json!(true),
        5 => json!(false),
        _ => json!(much - 6),
    }
}

fn text(much: u8) -> Value {
    match much {
        0 => json!("granted"),
        1 => json!("revoked"),
        2 => json!("pastoral"),
        3 => json!("staff"),
        4 => json!("\u{202e}\u{7}<b>Anwen</b>\u{200b}\r\n".repeat(20)),
        5 => json!(SCHOOL),
        6..16 => json!(id(much - 6)),
        16..26 => json!(member(much - 16)),
        _ => json!(""),
    }
}

fn refusal(much: u8) -> Answer {
    let slugs = [
        "pin-refused",
        "kit-refused",
        "link-expired",
        "device-refused",
    ];
    problem(
        400 + u16::from(much),
        slugs[usize::from(much) % slugs.len()],
    )
}

fn lost(much: u8) -> Outcome {
    match much % 2 {
        0 => Outcome::Unreachable("no route".to_owned()),
        _ => Outcome::WrongTime(i64::from(much) - 128),
    }
}
