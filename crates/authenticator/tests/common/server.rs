//! The server: what it keeps, and which operation is answered by what.

mod joining;
mod kit;
mod unlocks;

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

use authenticator::contract::{
    AppendRollEntry, Bytes, DepositCodeSecret, DepositSlots, ReleaseWraps, WrapFor,
};
use authenticator::{Call, Method, Outcome, Transport};
use domain::{Clock as _, DeviceId, FixedClock, MemberId, SchoolId, SeededEntropy, Timestamp};
use protocol::device::{DeviceRequest, RequestSignature, verify_request};
use protocol::hpke::PublicKey;
use protocol::links::{Link, LinkToken, Purpose};
use protocol::log::LogHead;
use protocol::pin::PinTag;
use protocol::roll::{RollState, SignedEntry};
use protocol::signing::{SigningKey, VerifyingKey};
use serde_json::{Value, json};

use self::unlocks::Unlock;
use super::{NOW, ORIGIN, Tamper, member};

/// A device as the server keeps it.
struct Registered {
    member: MemberId,
    name: String,
    store_kind: String,
    sign: VerifyingKey,
    kem: PublicKey,
    pin: [u8; 32],
    tries: u32,
    /// Until when no PIN is looked at.
    waits_until: i64,
}

pub(crate) struct School {
    pub(crate) id: SchoolId,
    pub(crate) origin: String,
    pub(crate) key: SigningKey,
    pub(crate) entropy: SeededEntropy,
    /// The server's, and its devices'.
    pub(crate) clock: FixedClock,
    devices: RefCell<BTreeMap<DeviceId, Registered>>,
    wraps: RefCell<BTreeMap<(DeviceId, String, u32), Bytes>>,
    pub(crate) entries: RefCell<Vec<SignedEntry>>,
    unlocks: RefCell<Vec<Unlock>>,
    tokens: RefCell<Vec<(Vec<u8>, MemberId)>>,
    pub(crate) log: Cell<LogHead>,
    /// The hashes of the log's lines.
    pub(crate) lines: RefCell<Vec<[u8; 32]>>,
    pub(crate) away: Cell<bool>,
    pub(crate) tamper: RefCell<Option<Tamper>>,
    pub(crate) calls: RefCell<Vec<String>>,
    kit: RefCell<(Bytes, Bytes)>,
    /// Of a kit that was begun and does not count yet.
    next_kit: RefCell<(Bytes, Bytes)>,
    /// How many records are sealed to each old key still.
    pub(crate) records_left: Cell<i64>,
    /// And how many there are.
    pub(crate) records: Cell<i64>,
    /// Devices whose offline codes count.
    pub(crate) codes: RefCell<Vec<DeviceId>>,
    /// Devices that were reported lost.
    pub(crate) lost: RefCell<Vec<DeviceId>>,
    /// How many codes on paper are left.
    slots: Cell<usize>,
}

fn problem(status: u16, slug: &str) -> (u16, Value) {
    let kind = format!("/problems/{slug}");
    (
        status,
        json!({"type": kind, "title": slug, "status": status}),
    )
}

impl School {
    pub(crate) fn new() -> Self {
        Self::at(ORIGIN)
    }

    pub(crate) fn at(origin: &str) -> Self {
        let id = SchoolId::from_bytes([0x51; 16]);
        Self {
            id,
            origin: origin.to_owned(),
            key: SigningKey::from_seed(&[8; 32]).unwrap(),
            entropy: SeededEntropy::new([77; 32]),
            clock: FixedClock::at(Timestamp::from_seconds(NOW)),
            devices: RefCell::default(),
            wraps: RefCell::default(),
            entries: RefCell::default(),
            unlocks: RefCell::default(),
            tokens: RefCell::default(),
            log: Cell::new(LogHead::genesis(id).extend_hashed([1; 32])),
            lines: RefCell::new(vec![[1; 32]]),
            away: Cell::new(false),
            tamper: RefCell::new(None),
            calls: RefCell::default(),
            kit: RefCell::default(),
            next_kit: RefCell::default(),
            records_left: Cell::new(0),
            records: Cell::new(0),
            codes: RefCell::default(),
            lost: RefCell::default(),
            slots: Cell::new(0),
        }
    }

    /// A link such as a page shows it.
    pub(crate) fn link(&self, purpose: Purpose) -> String {
        let owner = match purpose {
            Purpose::Setup => member(1),
            Purpose::Enrol(member) => member,
        };
        let token = LinkToken::generate(&self.entropy);
        self.tokens
            .borrow_mut()
            .push((token.expose().to_vec(), owner));
        Link {
            purpose,
            origin: self.origin.clone(),
            school: self.id,
            server_pin: self.key.public().pin(),
            token,
        }
        .to_url()
    }

    pub(crate) fn roll(&self) -> RollState {
        RollState::replay(self.id, self.entries.borrow().iter()).unwrap()
    }

    /// Something is done, which the log gets a line of.
    pub(crate) fn write_line(&self, hash: u8) {
        self.lines.borrow_mut().push([hash; 32]);
        self.log.set(self.log.get().extend_hashed([hash; 32]));
    }

    /// The database is put back to where the log had so many lines.
    pub(crate) fn put_log_back(&self, length: usize) {
        self.lines.borrow_mut().truncate(length);
        let lines = self.lines.borrow();
        let start = LogHead::genesis(self.id);
        self.log.set(
            lines
                .iter()
                .fold(start, |head, line| head.extend_hashed(*line)),
        );
    }

    /// The time runs out on every link.
    pub(crate) fn end_links(&self) {
        self.tokens.borrow_mut().clear();
    }

    fn token_owner(&self, token: &Bytes, spend: bool) -> Option<MemberId> {
        let mut tokens = self.tokens.borrow_mut();
        let at = tokens.iter().position(|(known, _)| *known == token.0)?;
        let owner = tokens[at].1;
        if spend {
            tokens.remove(at);
        }
        Some(owner)
    }

    fn check_pin(&self, device: DeviceId, tag: &Bytes) -> Result<(), (u16, Value)> {
        let mut devices = self.devices.borrow_mut();
        let row = devices.get_mut(&device).unwrap();
        if row.tries >= 5 {
            return Err(problem(403, "device-suspended"));
        }
        let refusal = |(status, mut body): (u16, Value), tries: u32, wait: i64| {
            body["left"] = json!(5 - tries);
            if wait > 0 {
                body["wait_seconds"] = json!(wait);
            }
            (status, body)
        };
        let left = row.waits_until - self.clock.now().seconds();
        if left > 0 {
            return Err(refusal(problem(429, "pin-too-soon"), row.tries, left));
        }
        let tag = PinTag::try_from(tag.0.as_slice()).unwrap();
        if tag.matches(device, &row.pin).is_err() {
            row.tries += 1;
            let wait = [0, 0, 5, 15, 45, 0][row.tries as usize];
            row.waits_until = self.clock.now().seconds() + wait;
            return Err(refusal(problem(403, "pin-refused"), row.tries, wait));
        }
        row.tries = 0;
        Ok(())
    }

    fn own_wraps(&self, device: DeviceId) -> Value {
        let roll = self.roll();
        let granted = roll.active(device, NOW as u64).unwrap();
        let wraps: Vec<Value> = self
            .wraps
            .borrow()
            .iter()
            .filter(|((owner, name, _), _)| {
                *owner == device
                    && granted
                        .rights
                        .compartments
                        .iter()
                        .any(|held| held.name() == name)
            })
            .map(|((_, compartment, generation), wrap)| {
                json!({"compartment": compartment, "generation": generation, "wrap": wrap})
            })
            .collect();
        json!({"wraps": wraps})
    }

    fn register(&self, device: DeviceId, row: Registered) {
        self.devices.borrow_mut().insert(device, row);
    }

    fn answer(&self, call: &Call) -> (u16, Value) {
        assert_eq!(call.origin, self.origin, "the pinned origin and no other");
        let signature = RequestSignature::from_header(&call.authorization).unwrap();
        assert_eq!(signature.school, self.id);
        let device = signature.device;
        let body: Value = match call.body.as_slice() {
            [] => Value::Null,
            bytes => serde_json::from_slice(bytes).unwrap(),
        };
        let known = self.devices.borrow().get(&device).map(|row| row.sign);
        let key = known.unwrap_or_else(|| {
            let key: Bytes = serde_json::from_value(body["sign_public_key"].clone()).unwrap();
            VerifyingKey::from_bytes(key.array().unwrap())
        });
        let request = DeviceRequest {
            method: call.method.name(),
            target: &call.target,
            body: &call.body,
        };
        verify_request(&request, &signature, &key).unwrap();
        let parts: Vec<&str> = call.target.split(['/', '?']).skip(2).collect();
        match (call.method, parts.as_slice()) {
            (Method::Post, ["device", "setup"]) => self.begin_setup(body),
            (Method::Post, ["device", "setup", "complete"]) => self.complete_setup(device, body),
            (Method::Post, ["device", "enrolment"]) => self.enrol(body),
            (Method::Get, ["device"]) => self.read_device(device),
            (Method::Get, ["device", "devices"]) => self.list_devices(),
            (Method::Post, ["device", "kit", what @ ("parts" | "tests")]) => {
                self.kit_parts(device, body, *what == "tests")
            }
            (Method::Post, ["device", "kit"]) => self.begin_kit(device, body),
            (Method::Post, ["device", "kit", "complete"]) => self.complete_kit(device, body),
            (Method::Post, ["device", "recovery"]) => self.recover(device, body),
            (Method::Get, ["device", "roll", after]) => self.read_roll(after),
            (Method::Post, ["device", "roll"]) => self.append(device, body),
            (Method::Get, ["device", "log", after]) => self.read_log(after),
            (Method::Get, ["device", "rotations"]) => self.list_rotations(),
            (Method::Post, ["device", "wraps"]) => self.release_wraps(device, body),
            (Method::Post, ["device", "code-secret"]) => self.deposit_code_secret(device, body),
            (Method::Get, ["device", "slots"]) => {
                (200, json!({"left": self.slots.get(), "made_at": null}))
            }
            (Method::Post, ["device", "slots"]) => self.deposit_slots(device, body),
            (Method::Delete, ["device", "slots"]) => {
                self.slots.set(0);
                (204, Value::Null)
            }
            (Method::Get, ["device", "unlocks"]) => self.pending(device),
            (Method::Get, ["device", "unlocks", unlock]) => self.read_pending(device, unlock),
            (Method::Post, ["device", "unlocks", unlock, "claim"]) => {
                self.claim(device, unlock, body)
            }
            (Method::Post, ["device", "unlocks", unlock, "approve"]) => {
                self.approve(device, unlock, body)
            }
            (Method::Post, ["device", "unlocks", unlock, "refuse"]) => {
                self.end_unlock(unlock, "refused")
            }
            (Method::Get, ["device", "sessions"]) => self.list_sessions(),
            (Method::Delete, ["device", "sessions", unlock]) => self.end_unlock(unlock, "locked"),
            _ => problem(404, "not-found"),
        }
    }

    fn read_device(&self, device: DeviceId) -> (u16, Value) {
        let granted = self.roll().active(device, NOW as u64).is_some();
        let state = if granted { "granted" } else { "ungranted" };
        let log = self.log.get();
        (
            200,
            json!({
                "state": state,
                "school_name": "Hill School",
                "log_length": log.length,
                "log_head": Bytes::from(log.head),
            }),
        )
    }

    fn read_roll(&self, after: &str) -> (u16, Value) {
        let after: usize = after.strip_prefix("after=").unwrap().parse().unwrap();
        let items: Vec<Value> = self
            .entries
            .borrow()
            .iter()
            .enumerate()
            .skip(after)
            .take(2)
            .map(|(at, entry)| {
                json!({
                    "seq": at + 1,
                    "entry": Bytes::from(&entry.bytes),
                    "signature": Bytes::from(entry.signature),
                    "endorsement": entry.second.map(Bytes::from),
                })
            })
            .collect();
        (200, json!({"items": items}))
    }

    fn read_log(&self, after: &str) -> (u16, Value) {
        let after: usize = after.strip_prefix("after=").unwrap().parse().unwrap();
        let lines = self.lines.borrow();
        let items: Vec<Bytes> = lines.iter().skip(after).take(2).map(Bytes::from).collect();
        (200, json!({"items": items}))
    }

    fn list_rotations(&self) -> (u16, Value) {
        let roll = self.roll();
        let old = roll.compartments().iter().flat_map(|(name, keys)| {
            let old = keys.generations.keys().filter(|generation| {
                **generation < keys.generation && !keys.retired.contains(generation)
            });
            old.map(move |generation| {
                json!({
                    "compartment": name.name(), "generation": generation,
                    "records_left": self.records_left.get(),
                    "records": self.records.get(),
                    "may_retire_at": "2026-11-18T08:40:00Z",
                })
            })
        });
        (200, json!({"items": old.collect::<Vec<_>>()}))
    }

    fn release_wraps(&self, device: DeviceId, body: Value) -> (u16, Value) {
        let body: ReleaseWraps = serde_json::from_value(body).unwrap();
        match self.check_pin(device, &body.pin_tag) {
            Ok(()) => (200, self.own_wraps(device)),
            Err(problem) => problem,
        }
    }

    fn deposit_code_secret(&self, device: DeviceId, body: Value) -> (u16, Value) {
        let body: DepositCodeSecret = serde_json::from_value(body).unwrap();
        match self.check_pin(device, &body.pin_tag) {
            Ok(()) => {
                self.codes.borrow_mut().push(device);
                (204, Value::Null)
            }
            Err(problem) => problem,
        }
    }

    fn deposit_slots(&self, device: DeviceId, body: Value) -> (u16, Value) {
        let form: DepositSlots = serde_json::from_value(body).unwrap();
        match self.check_pin(device, &form.pin_tag) {
            Ok(()) => {
                self.slots.set(form.slots.len());
                (204, Value::Null)
            }
            Err(problem) => problem,
        }
    }

    /// Puts entries on the roll, all or none, and keeps the wraps that come with them.
    fn extend(&self, entries: Vec<SignedEntry>, wraps: Vec<WrapFor>) -> (u16, Value) {
        let mut roll = self.roll();
        if entries.iter().any(|entry| roll.append(entry).is_err()) {
            return problem(409, "roll-entry-refused");
        }
        self.entries.borrow_mut().extend(entries);
        for wrap in wraps {
            self.wraps
                .borrow_mut()
                .insert((wrap.device, wrap.compartment, wrap.generation), wrap.wrap);
        }
        let head = roll.head();
        (
            201,
            json!({"roll_length": head.length, "roll_head": Bytes::from(head.head)}),
        )
    }

    fn append(&self, device: DeviceId, body: Value) -> (u16, Value) {
        let kit_part: Option<Bytes> = serde_json::from_value(body["kit_part"].clone()).unwrap();
        let body: AppendRollEntry = serde_json::from_value(body).unwrap();
        if let Err(problem) = self.check_pin(device, &body.pin_tag) {
            return problem;
        }
        let entry = SignedEntry {
            bytes: body.entry.0,
            signature: body.signature.array().unwrap(),
            second: None,
        };
        let answer = self.extend(vec![entry], body.wraps);
        if let (201, Some(part)) = (answer.0, kit_part) {
            let parts = &mut self.kit.borrow_mut().0;
            *parts = Bytes(protocol::kit::add_part_a(&parts.0, &part.0));
        }
        answer
    }
}

impl Transport for School {
    fn send(&self, call: &Call) -> Outcome {
        self.calls
            .borrow_mut()
            .push(format!("{} {}", call.method.name(), call.target));
        if self.away.get() {
            return Outcome::Unreachable("no route".to_owned());
        }
        let (status, mut body) = self.answer(call);
        if let Some(tamper) = &*self.tamper.borrow() {
            body = tamper(call, body);
        }
        Outcome::Answer {
            status,
            body: if body.is_null() {
                Vec::new()
            } else {
                serde_json::to_vec(&body).unwrap()
            },
        }
    }
}
