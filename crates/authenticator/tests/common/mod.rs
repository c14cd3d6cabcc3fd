//! A school's server in memory, speaking the contract's device operations, and a person's device.
//!
//! It is here so that the machines run with no network and so that it can be made hostile; against
//! the real server they run in the acceptance tests. The app's own tests use it too.

mod kit;

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

use authenticator::contract::{
    AppendRollEntry, ApproveUnlockBody, BeginKeySetup, Bytes, ClaimUnlock, CompleteKeySetup,
    DepositCodeSecret, EnrolDevice, ReleaseWraps, WrapFor,
};
use authenticator::{
    Call, Driver, Enrol, GrantKey, Identity, MemoryProfile, MemoryStore, Method, Outcome, Setup,
    Transport, enrol, grant, setup,
};
use domain::{
    CategoryId, Clock as _, DeviceId, Entropy, FixedClock, MemberId, SchoolId, SeededEntropy,
    Timestamp, UnlockId,
};
use protocol::approve::{Approval, Bundle, SealedBundle, Witness};
use protocol::challenge::Challenge;
use protocol::compartments::Compartment;
use protocol::device::{DeviceRequest, RequestSignature, verify_request};
use protocol::hpke::PublicKey;
use protocol::links::{Link, LinkToken, Purpose};
use protocol::log::LogHead;
use protocol::pin::PinTag;
use protocol::roll::{Rights, RollState, SignedEntry, StoreKind};
use protocol::signing::{SigningKey, VerifyingKey};
use protocol::suite::Suite;
use protocol::unlock::UnlockSecret;
use protocol::words::Words;
use serde_json::{Value, json};
use zeroize::Zeroizing;

pub(crate) const ORIGIN: &str = "https://safehold.example";
pub(crate) const PIN: &str = "483920";
pub(crate) const NOW: i64 = 1_795_000_000;

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

struct Unlock {
    id: UnlockId,
    member: MemberId,
    number: String,
    secret: UnlockSecret,
    challenge: Challenge,
    state: &'static str,
    answer: Option<SealedBundle>,
}

/// Changes an answer on its way.
pub(crate) type Tamper = Box<dyn Fn(&Call, Value) -> Value + Send>;

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

pub(crate) fn member(number: u8) -> MemberId {
    MemberId::from_bytes([number; 16])
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

    /// A browser asks to be unlocked; gives the number that its page shows.
    pub(crate) fn ask(&self, device: DeviceId, compartments: &[Compartment]) -> String {
        self.ask_with(device, compartments, |_| {})
    }

    pub(crate) fn ask_with(
        &self,
        device: DeviceId,
        compartments: &[Compartment],
        change: impl FnOnce(&mut Challenge),
    ) -> String {
        let member = self.devices.borrow()[&device].member;
        let secret = UnlockSecret::generate(&self.entropy);
        let entropy: &dyn Entropy = &self.entropy;
        let id = UnlockId::from_bytes(entropy.bytes());
        let mut challenge = Challenge {
            suite: Suite::CURRENT,
            school: self.id,
            device,
            member,
            unlock: id,
            nonce: entropy.bytes(),
            session_key: secret.pair().public(),
            origin: self.origin.clone(),
            digits: 2,
            known_browser: true,
            browser: "Chrome on Windows".to_owned(),
            place: "Head's office".to_owned(),
            scopes: vec!["concerns:read".to_owned()],
            compartments: compartments.to_vec(),
            session_seconds: 14_400,
            issued: 1,
            expires: 121,
            log: self.log.get(),
            roll: self.roll().head(),
        };
        change(&mut challenge);
        let number = match challenge.digits {
            0 => "",
            2 => "47",
            _ => "471199",
        };
        self.unlocks.borrow_mut().push(Unlock {
            id,
            member,
            number: number.to_owned(),
            secret,
            challenge,
            state: "pending",
            answer: None,
        });
        number.to_owned()
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

    /// What the browser of the last unlock can open, if it was approved.
    pub(crate) fn opened(&self) -> Option<Bundle> {
        let unlocks = self.unlocks.borrow();
        let unlock = unlocks.last()?;
        let answer = unlock.answer.as_ref()?;
        Some(
            unlock
                .secret
                .open_bundle(&unlock.challenge.hash(), answer)
                .unwrap(),
        )
    }

    pub(crate) fn last_unlock_state(&self) -> &'static str {
        self.unlocks.borrow().last().unwrap().state
    }

    /// The time runs out on whatever waits.
    pub(crate) fn end_pending(&self) {
        for unlock in self.unlocks.borrow_mut().iter_mut() {
            if unlock.state == "pending" {
                unlock.state = "expired";
            }
        }
    }

    fn has_unlock(&self, unlock: &str) -> bool {
        let unlocks = self.unlocks.borrow();
        unlocks.iter().any(|known| known.id.to_string() == unlock)
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
            (Method::Post, ["device", "kit", what @ ("parts" | "tests")]) => {
                self.kit_parts(device, body, *what == "tests")
            }
            (Method::Post, ["device", "kit"]) => self.begin_kit(device, body),
            (Method::Post, ["device", "kit", "complete"]) => self.complete_kit(device, body),
            (Method::Post, ["device", "recovery"]) => self.recover(device, body),
            (Method::Post, ["device", "code-secret"]) => {
                let body: DepositCodeSecret = serde_json::from_value(body).unwrap();
                match self.check_pin(device, &body.pin_tag) {
                    Ok(()) => {
                        self.codes.borrow_mut().push(device);
                        (204, Value::Null)
                    }
                    Err(problem) => problem,
                }
            }
            (Method::Post, ["device", "enrolment"]) => self.enrol(body),
            (Method::Get, ["device"]) => {
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
            (Method::Get, ["device", "roll", after]) => {
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
            (Method::Get, ["device", "devices"]) => self.list_devices(),
            (Method::Get, ["device", "log", after]) => {
                let after: usize = after.strip_prefix("after=").unwrap().parse().unwrap();
                let lines = self.lines.borrow();
                let items: Vec<Bytes> = lines.iter().skip(after).take(2).map(Bytes::from).collect();
                (200, json!({"items": items}))
            }
            (Method::Get, ["device", "rotations"]) => {
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
            (Method::Post, ["device", "wraps"]) => {
                let body: ReleaseWraps = serde_json::from_value(body).unwrap();
                match self.check_pin(device, &body.pin_tag) {
                    Ok(()) => (200, self.own_wraps(device)),
                    Err(problem) => problem,
                }
            }
            (Method::Post, ["device", "slots"]) => {
                let form: authenticator::contract::DepositSlots =
                    serde_json::from_value(body).unwrap();
                match self.check_pin(device, &form.pin_tag) {
                    Ok(()) => {
                        self.slots.set(form.slots.len());
                        (204, Value::Null)
                    }
                    Err(problem) => problem,
                }
            }
            (Method::Get, ["device", "slots"]) => {
                (200, json!({"left": self.slots.get(), "made_at": null}))
            }
            (Method::Delete, ["device", "slots"]) => {
                self.slots.set(0);
                (204, Value::Null)
            }
            (Method::Post, ["device", "roll"]) => self.append(device, body),
            (Method::Get, ["device", "unlocks"]) => self.pending(device),
            (Method::Get, ["device", "unlocks", unlock]) => {
                let (status, listed) = self.pending(device);
                let items = listed["items"].as_array().unwrap().iter();
                match items.clone().find(|item| item["unlock"] == *unlock) {
                    Some(item) => (status, item.clone()),
                    None if self.has_unlock(unlock) => problem(409, "unlock-not-waiting"),
                    None => problem(404, "not-found"),
                }
            }
            (Method::Post, ["device", "unlocks", unlock, "claim"]) => {
                self.claim(device, unlock, body)
            }
            (Method::Post, ["device", "unlocks", unlock, "approve"]) => {
                self.approve(device, unlock, body)
            }
            (Method::Post, ["device", "unlocks", unlock, "refuse"]) => {
                self.with_unlock(unlock, |unlock| unlock.state = "refused");
                (204, Value::Null)
            }
            (Method::Get, ["device", "sessions"]) => {
                let items: Vec<Value> = self
                    .unlocks
                    .borrow()
                    .iter()
                    .filter(|unlock| unlock.state == "open")
                    .map(|unlock| {
                        json!({
                            "unlock": unlock.id,
                            "browser": unlock.challenge.browser,
                            "opened_at": "2026-11-23T08:40:00Z",
                            "ends_at": "2026-11-23T12:40:00Z",
                        })
                    })
                    .collect();
                (200, json!({"items": items}))
            }
            (Method::Delete, ["device", "sessions", unlock]) => {
                self.with_unlock(unlock, |unlock| unlock.state = "locked");
                (204, Value::Null)
            }
            _ => problem(404, "not-found"),
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

    fn begin_setup(&self, body: Value) -> (u16, Value) {
        let body: BeginKeySetup = serde_json::from_value(body).unwrap();
        let Some(owner) = self.token_owner(&body.token, false) else {
            return problem(410, "link-expired");
        };
        let part_b = self.part_b(&body.kit_kem_public_key);
        self.kit.replace((body.part_a, part_b.clone()));
        let answer = json!({
            "school": self.id,
            "school_name": "Hill School",
            "member": owner,
            "member_name": "Ada Okafor",
            "server_public_key": Bytes::from(self.key.public().as_bytes()),
            "part_b": part_b,
        });
        self.register(
            body.device,
            Registered {
                member: owner,
                name: body.name,
                store_kind: body.store_kind,
                sign: VerifyingKey::from_bytes(body.sign_public_key.array().unwrap()),
                kem: PublicKey::from_bytes(body.kem_public_key.array().unwrap()),
                pin: [0; 32],
                tries: 0,
                waits_until: 0,
            },
        );
        (200, answer)
    }

    fn complete_setup(&self, device: DeviceId, body: Value) -> (u16, Value) {
        let body: CompleteKeySetup = serde_json::from_value(body).unwrap();
        if self.token_owner(&body.token, true).is_none() {
            return problem(410, "link-expired");
        }
        let entry = SignedEntry {
            bytes: body.genesis.entry.0,
            signature: body.genesis.signature.array().unwrap(),
            second: body.genesis.kit_signature.array(),
        };
        let head = RollState::replay(self.id, [&entry]).unwrap().head();
        self.entries.borrow_mut().push(entry);
        let tag = PinTag::try_from(body.pin_tag.0.as_slice()).unwrap();
        self.devices.borrow_mut().get_mut(&device).unwrap().pin = tag.reference(device);
        for wrap in body.wraps {
            self.wraps
                .borrow_mut()
                .insert((device, wrap.compartment, wrap.generation), wrap.wrap);
        }
        (
            201,
            json!({"roll_length": head.length, "roll_head": Bytes::from(head.head)}),
        )
    }

    fn enrol(&self, body: Value) -> (u16, Value) {
        let body: EnrolDevice = serde_json::from_value(body).unwrap();
        let Some(owner) = self.token_owner(&body.token, true) else {
            return problem(410, "link-expired");
        };
        let tag = PinTag::try_from(body.pin_tag.0.as_slice()).unwrap();
        self.register(
            body.device,
            Registered {
                member: owner,
                name: body.name,
                store_kind: body.store_kind,
                sign: VerifyingKey::from_bytes(body.sign_public_key.array().unwrap()),
                kem: PublicKey::from_bytes(body.kem_public_key.array().unwrap()),
                pin: tag.reference(body.device),
                tries: 0,
                waits_until: 0,
            },
        );
        let roll = self.roll().head();
        let log = self.log.get();
        let answer = json!({
            "school": self.id,
            "school_name": "Hill School",
            "member": owner,
            "member_name": "Ben Ali",
            "roll_length": roll.length,
            "roll_head": Bytes::from(roll.head),
            "log_length": log.length,
            "log_head": Bytes::from(log.head),
        });
        (201, answer)
    }

    fn list_devices(&self) -> (u16, Value) {
        let roll = self.roll();
        let items: Vec<Value> = self
            .devices
            .borrow()
            .iter()
            .map(|(id, row)| {
                let granted = roll.active(*id, NOW as u64).is_some();
                json!({
                    "device": id,
                    "member": row.member,
                    "member_name": "Ben Ali",
                    "name": row.name,
                    "store_kind": row.store_kind,
                    "sign_public_key": Bytes::from(row.sign.as_bytes()),
                    "kem_public_key": Bytes::from(row.kem.as_bytes()),
                    "state": if granted { "granted" } else { "ungranted" },
                })
            })
            .collect();
        (
            200,
            json!({
                "items": items,
                "categories": [
                    {"id": CategoryId::from_bytes([1; 16]), "name": "Bullying"},
                    {"id": CategoryId::from_bytes([2; 16]), "name": "Neglect"},
                ],
                "years": ["7", "8"],
            }),
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

    fn pending(&self, device: DeviceId) -> (u16, Value) {
        let owner = self.devices.borrow()[&device].member;
        let items: Vec<Value> = self
            .unlocks
            .borrow()
            .iter()
            .filter(|unlock| unlock.state == "pending" && unlock.member == owner)
            .map(|unlock| {
                json!({
                    "unlock": unlock.id,
                    "challenge": Bytes::from(unlock.challenge.encode()),
                    "signature": Bytes::from(unlock.challenge.sign(&self.key)),
                })
            })
            .collect();
        (200, json!({"items": items}))
    }

    fn with_unlock<T>(&self, unlock: &str, work: impl FnOnce(&mut Unlock) -> T) -> T {
        let mut unlocks = self.unlocks.borrow_mut();
        let unlock = unlocks
            .iter_mut()
            .find(|known| known.id.to_string() == unlock)
            .unwrap();
        work(unlock)
    }

    fn claim(&self, device: DeviceId, unlock: &str, body: Value) -> (u16, Value) {
        let body: ClaimUnlock = serde_json::from_value(body).unwrap();
        let key = self.devices.borrow()[&device].sign;
        let tag = PinTag::try_from(body.pin_tag.0.as_slice()).unwrap();
        let right = self.with_unlock(unlock, |unlock| {
            let hash = unlock.challenge.hash();
            protocol::claim::verify(&hash, &body.number, &tag, &body.signature.0, &key).unwrap();
            let right = unlock.number == body.number;
            if !right {
                unlock.state = "failed";
            }
            right
        });
        if !right {
            return problem(403, "number-refused");
        }
        if let Err(problem) = self.check_pin(device, &body.pin_tag) {
            return problem;
        }
        self.with_unlock(unlock, |unlock| unlock.state = "claimed");
        (200, self.own_wraps(device))
    }

    fn approve(&self, device: DeviceId, unlock: &str, body: Value) -> (u16, Value) {
        let body: ApproveUnlockBody = serde_json::from_value(body).unwrap();
        let key = self.devices.borrow()[&device].sign;
        let roll = self.roll().head();
        self.with_unlock(unlock, |unlock| {
            assert_eq!(unlock.state, "claimed");
            let approval = Approval {
                challenge: unlock.challenge.hash(),
                bundle: SealedBundle {
                    encapsulated: body.enc.array().unwrap(),
                    ciphertext: body.ciphertext.0.clone(),
                },
                scopes: body.scopes.clone(),
                compartments: body
                    .compartments
                    .iter()
                    .map(|name| name.parse().unwrap())
                    .collect(),
                session_seconds: body.session_seconds,
            };
            approval
                .verify(&unlock.challenge, &body.signature.0, &key)
                .unwrap();
            let witness = Witness {
                school: self.id,
                device,
                log: unlock.challenge.log,
                roll,
            };
            witness.verify(&body.witness.0, &key).unwrap();
            unlock.state = "open";
            unlock.answer = Some(approval.bundle);
        });
        (204, Value::Null)
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

/// A person's device: its own key store, its own memory.
pub(crate) struct Phone<'s> {
    pub(crate) school: &'s School,
    pub(crate) keys: MemoryStore,
    pub(crate) profile: MemoryProfile,
    clock: FixedClock,
    entropy: SeededEntropy,
}

impl<'s> Phone<'s> {
    pub(crate) fn new(school: &'s School, number: u8) -> Self {
        Self {
            school,
            keys: MemoryStore::default(),
            profile: MemoryProfile::default(),
            clock: school.clock.clone(),
            entropy: SeededEntropy::new([number; 32]),
        }
    }

    pub(crate) fn driver(&self) -> Driver<'_> {
        Driver {
            keys: &self.keys,
            profiles: &self.profile,
            transport: self.school,
            clock: &self.clock,
            entropy: &self.entropy,
        }
    }

    /// The device as it would be after a restart: from what was kept.
    pub(crate) fn identity(&self) -> Identity {
        Identity::load(&self.profile, &self.keys).unwrap().unwrap()
    }
}

pub(crate) fn pin() -> Zeroizing<String> {
    Zeroizing::new(PIN.to_owned())
}

/// Plays the whole setup and gives the first device.
pub(crate) fn set_up<'s>(school: &'s School) -> Phone<'s> {
    let phone = Phone::new(school, 1);
    let mut machine = Setup::new("Ada's phone", StoreKind::Memory);
    let driver = phone.driver();
    driver.run(
        &mut machine,
        setup::Event::Link(school.link(Purpose::Setup)),
    );
    driver.run(&mut machine, setup::Event::Pin(pin()));
    let setup::State::Sheets { sheets, .. } = machine.state() else {
        panic!("{:?} {:?}", machine.state(), machine.trouble());
    };
    let ends: Vec<String> = sheets
        .iter()
        .map(|sheet| sheet.last_four().to_string())
        .collect();
    for (number, end) in (1..).zip(ends) {
        driver.run(&mut machine, setup::Event::LastFour(number, end));
    }
    driver.run(&mut machine, setup::Event::Finish);
    assert!(
        matches!(machine.state(), setup::State::Ready(_)),
        "{:?}",
        machine.trouble()
    );
    phone
}

/// Enrols a further device of this member, which then waits; gives its words.
pub(crate) fn enrol<'s>(school: &'s School, number: u8) -> (Phone<'s>, Words) {
    enrol_as(school, number, member(number))
}

/// The same, of whomever it is.
pub(crate) fn enrol_as<'s>(school: &'s School, number: u8, owner: MemberId) -> (Phone<'s>, Words) {
    let phone = Phone::new(school, number);
    let mut machine = Enrol::new("Second phone", StoreKind::Memory);
    let link = school.link(Purpose::Enrol(owner));
    phone.driver().run(&mut machine, enrol::Event::Link(link));
    phone.driver().run(&mut machine, enrol::Event::Pin(pin()));
    let enrol::State::Waiting { words, .. } = machine.state() else {
        panic!("{:?} {:?}", machine.state(), machine.trouble());
    };
    let words = *words;
    (phone, words)
}

pub(crate) fn rights(compartments: &[Compartment]) -> Rights {
    Rights {
        compartments: compartments.iter().cloned().collect(),
        ..Rights::default()
    }
}

/// Grants the device with these words.
pub(crate) fn grant_by_words(granter: &Phone<'_>, words: Words, rights: Rights) -> GrantKey {
    let mut machine = GrantKey::new(granter.identity());
    let driver = granter.driver();
    driver.run(&mut machine, grant::Event::Start);
    driver.run(&mut machine, grant::Event::Words(words.to_string()));
    driver.run(&mut machine, grant::Event::Decide(Box::new(rights), pin()));
    machine
}
