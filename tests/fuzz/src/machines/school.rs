//! A school that answers as the contract says, to a device that asks as it says: each request is read, and none
//! that is not properly signed, or not for this school, gets past it.

use std::cell::{Cell, RefCell};
use std::sync::OnceLock;

use authenticator::contract::{
    AppendRollEntry, BeginKeySetup, BeginKit, Bytes, CompleteKeySetup, CompleteKit, ProveKit,
    RecoverDevice, ReleaseWraps,
};
use authenticator::{Call, Method};
use domain::{CategoryId, DeviceId, MemberId, SeededEntropy};
use protocol::compartments::{Compartment, CompartmentSecret, HeldKey};
use protocol::device::{DevicePublicKeys, DeviceRequest, RequestSignature, verify_request};
use protocol::hpke::PublicKey;
use protocol::kit::{KitProof, add_part_a, seal_part_a, seal_part_b};
use protocol::records::ServerPsk;
use protocol::roll::{
    Author, Body, Entry, Grant, Rights, RollHead, RollState, SignedEntry, StoreKind,
};
use protocol::signing::{SigningKey, VerifyingKey};
use protocol::wrap;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::app::first_profile;
use crate::keys::{SCHOOL, compartments, device, kit, roll};

/// A status and a body.
pub(super) type Answer = (u16, Value);

pub(super) fn id(number: u8) -> DeviceId {
    DeviceId::from_bytes([number; 16])
}

pub(super) fn member(number: u8) -> MemberId {
    MemberId::from_bytes([number; 16])
}

/// What has happened in the school before any target begins: the two devices of [`roll`] are there, pastoral has
/// a second key, device 5 holds everything, and device 6 waits for a second holder's word.
pub(super) struct Stage {
    pub(super) roll: RollState,
    entries: Vec<SignedEntry>,
    /// Every key that there is.
    pub(super) keys: Vec<HeldKey>,
    wraps: Value,
    part_a: Vec<u8>,
    part_b: Vec<u8>,
}

pub(super) fn stage() -> &'static Stage {
    static STAGE: OnceLock<Stage> = OnceLock::new();
    STAGE.get_or_init(|| {
        let entropy = SeededEntropy::new([2; 32]);
        let (secret, public) = CompartmentSecret::new_pair(&entropy);
        let mut keys: Vec<HeldKey> = compartments().into_iter().map(|(key, _)| key).collect();
        keys.push(HeldKey {
            compartment: Compartment::PASTORAL,
            generation: 2,
            secret,
        });
        let staff = Rights {
            compartments: [Compartment::PASTORAL, Compartment::STAFF].into(),
            ..Rights::default()
        };
        let (mut roll, mut entries) = roll().clone();
        for (author, body) in [
            (1, Body::Rotate(Compartment::PASTORAL, 2, public)),
            (1, Body::Grant(grant(5, everything()))),
            (5, Body::Grant(grant(6, staff))),
        ] {
            let next = roll.next(body, Author::Device(id(author)), 2_000);
            let entry = next.sign(device(author).sign());
            roll.append(&entry).unwrap();
            entries.push(entry);
        }
        let wraps: Vec<Value> = keys
            .iter()
            .map(|key| {
                let public = device(1).public().kem;
                let wrap = wrap::seal(SCHOOL, id(1), &public, key, &entropy).unwrap();
                let (name, generation) = (key.compartment.name(), key.generation);
                json!({"compartment": name, "generation": generation, "wrap": Bytes(wrap)})
            })
            .collect();
        let kit = kit().public().kem;
        Stage {
            roll,
            entries,
            wraps: json!({ "wraps": wraps }),
            part_a: seal_part_a(SCHOOL, &kit, keys.clone(), &entropy).unwrap(),
            part_b: part_b(&kit, 1),
            keys,
        }
    })
}

/// What gives the device of this number these rights.
pub(super) fn grant(number: u8, rights: Rights) -> Grant {
    Grant {
        device: id(number),
        member: member(number),
        keys: device(number).public(),
        store_kind: StoreKind::Protected,
        rights,
    }
}

pub(super) fn everything() -> Rights {
    Rights::unlimited(Compartment::ALL_COMMON.into())
}

/// The server's half of so many generations, for a kit.
fn part_b(kit: &PublicKey, generations: u32) -> Vec<u8> {
    let psks: Vec<_> = (1..=generations)
        .map(|number| (number, ServerPsk::derive(&[1; 32], SCHOOL, number)))
        .collect();
    seal_part_b(SCHOOL, kit, &psks, &SeededEntropy::new([3; 32])).unwrap()
}

/// What a device says of itself when it comes to a school.
#[derive(Deserialize)]
struct Newcomer {
    device: DeviceId,
    sign_public_key: Bytes,
    kem_public_key: Bytes,
}

/// The school while a target runs.
pub(super) struct School {
    key: SigningKey,
    wants_psks: bool,
    /// The device that asks.
    speaker: Cell<(DeviceId, DevicePublicKeys)>,
    pub(super) roll: RefCell<RollState>,
    entries: RefCell<Vec<SignedEntry>>,
    /// Every head that the roll has had, or would have had with what was sent.
    heads: RefCell<Vec<RollHead>>,
    /// The kit that was made last.
    kit: Cell<PublicKey>,
}

impl School {
    /// With a server of this number, the 99th being the one that the roll names, as the device of that number
    /// knows it.
    pub(super) fn new(server: u8, speaker: u8) -> Self {
        let stage = stage();
        let heads = (1..).zip(&stage.entries).map(|(length, entry)| RollHead {
            length,
            head: entry.head(),
        });
        Self {
            key: SigningKey::from_seed(&[server; 32]).unwrap(),
            wants_psks: server != 99,
            speaker: Cell::new((id(speaker), device(speaker).public())),
            roll: RefCell::new(stage.roll.clone()),
            entries: RefCell::new(stage.entries.clone()),
            heads: RefCell::new(heads.collect()),
            kit: Cell::new(kit().public().kem),
        }
    }

    pub(super) fn server(&self) -> VerifyingKey {
        self.key.public()
    }

    pub(super) fn knows(&self, head: RollHead) -> bool {
        self.heads.borrow().contains(&head)
    }

    /// Whether the roll says that the device that asks, with its very keys, holds anything.
    pub(super) fn holds(&self) -> bool {
        let (device, keys) = self.speaker.get();
        let roll = self.roll.borrow();
        roll.active(device, 3_000)
            .is_some_and(|grant| grant.keys == keys)
    }

    /// A holder grants the device that asks.
    pub(super) fn grant(&self) {
        let (device, keys) = self.speaker.get();
        let body = Body::Grant(Grant {
            device,
            keys,
            ..grant(3, everything())
        });
        let next = self.roll.borrow().next(body, Author::Device(id(1)), 2_000);
        self.append([next.sign(crate::keys::device(1).sign())]);
    }

    /// What an honest school answers. A request that no school would take breaks the target.
    pub(super) fn answer(&self, call: &Call) -> Answer {
        self.check(call);
        let path = call.target.strip_prefix("/v1/device").unwrap();
        match (call.method, path.split_once('=').unwrap_or((path, ""))) {
            (Method::Get, ("", "")) => {
                let state = if self.holds() { "granted" } else { "ungranted" };
                (200, json!({ "state": state }))
            }
            (Method::Get, ("/roll?after", after)) => self.page(after.parse().unwrap()),
            (Method::Get, ("/devices", "")) => (200, devices()),
            (Method::Post, ("/setup", "")) => {
                let body: BeginKeySetup = read(call);
                self.kit.set(public(&body.kit_kem_public_key));
                self.welcome(member(1))
            }
            (Method::Post, ("/setup/complete", "")) => {
                let genesis = read::<CompleteKeySetup>(call).genesis;
                let second = genesis.kit_signature.array();
                let entry = signed(genesis.entry, &genesis.signature, second);
                let begun = RollState::replay(SCHOOL, [&entry]).unwrap();
                self.heads.borrow_mut().push(begun.head());
                extended(begun.head())
            }
            (Method::Post, ("/enrolment", "")) => self.welcome(member(3)),
            (Method::Post, ("/wraps", "")) => {
                let _: ReleaseWraps = read(call);
                (200, stage().wraps.clone())
            }
            (Method::Post, ("/roll", "")) => {
                let body: AppendRollEntry = read(call);
                self.append([signed(body.entry, &body.signature, None)])
            }
            (Method::Post, ("/kit", "")) => {
                let body: BeginKit = read(call);
                self.kit.set(public(&body.kit_kem_public_key));
                self.welcome(member(1))
            }
            (Method::Post, ("/kit/complete", "")) => {
                let body: CompleteKit = read(call);
                let second = body.kit_signature.array();
                self.append([signed(body.entry, &body.signature, second)])
            }
            (Method::Post, ("/kit/parts", "")) => {
                self.check_proof(&read(call));
                (200, self.parts())
            }
            (Method::Post, ("/kit/tests", "")) => {
                self.check_proof(&read(call));
                (200, json!({"tested_on": "2026-11-18"}))
            }
            (Method::Post, ("/recovery", "")) => {
                let body: RecoverDevice = read(call);
                let entries = body.entries.into_iter();
                let (status, mut answer) =
                    self.append(entries.map(|sent| signed(sent.entry, &sent.signature, None)));
                answer["new_kit_by"] = json!("2026-11-25T08:40:00Z");
                (status, answer)
            }
            other => panic!("nobody asks for {other:?}"),
        }
    }

    /// That a request goes to the pinned address, for this school, signed by the device and for just this.
    fn check(&self, call: &Call) {
        assert_eq!(call.origin, first_profile().origin);
        if let Ok(new) = serde_json::from_slice::<Newcomer>(&call.body) {
            let keys = DevicePublicKeys {
                sign: VerifyingKey::from_bytes(new.sign_public_key.array().unwrap()),
                kem: public(&new.kem_public_key),
            };
            self.speaker.set((new.device, keys));
        }
        let (device, keys) = self.speaker.get();
        let signature = RequestSignature::from_header(&call.authorization).unwrap();
        assert_eq!((signature.school, signature.device), (SCHOOL, device));
        let request = DeviceRequest {
            method: call.method.name(),
            target: &call.target,
            body: &call.body,
        };
        verify_request(&request, &signature, &keys.sign).unwrap();
    }

    fn check_proof(&self, sent: &ProveKit) {
        let proof = KitProof {
            school: SCHOOL,
            device: self.speaker.get().0,
            at: sent.at,
        };
        proof.verify(&sent.proof.0, &kit().public()).unwrap();
    }

    /// Two entries of the roll at most.
    fn page(&self, after: usize) -> Answer {
        let entries = self.entries.borrow();
        let items: Vec<Value> = (1..)
            .zip(&*entries)
            .skip(after)
            .take(2)
            .map(|(seq, entry): (u64, _)| {
                json!({
                    "seq": seq, "entry": Bytes::from(&entry.bytes), "signature": Bytes::from(entry.signature),
                    "endorsement": entry.second.map(Bytes::from),
                })
            })
            .collect();
        (200, json!({ "items": items }))
    }

    /// All that is said to a first device, to a further one, and to whoever makes a kit.
    fn welcome(&self, owner: MemberId) -> Answer {
        let RollHead { length, head } = self.roll.borrow().head();
        let body = json!({
            "school": SCHOOL, "school_name": "Hollybank", "member": owner, "member_name": "Anwen",
            "server_public_key": Bytes::from(self.server().as_bytes()),
            "part_b": Bytes(part_b(&self.kit.get(), 1)),
            "roll_length": length, "roll_head": Bytes::from(head),
            "log_length": 1, "log_head": Bytes::from([3; 32]),
        });
        (201, body)
    }

    fn parts(&self) -> Value {
        let stage = stage();
        json!({
            "part_a": Bytes::from(&stage.part_a), "part_b": Bytes::from(&stage.part_b),
            "server_public_key": Bytes::from(self.server().as_bytes()), "wants_psks": self.wants_psks,
            "devices": [{"id": id(1), "name": "Phone", "state": "granted"}],
        })
    }

    /// Puts entries on the roll, all or none; each goes on from what the roll was at some time.
    fn append(&self, entries: impl IntoIterator<Item = SignedEntry>) -> Answer {
        let mut roll = self.roll.borrow().clone();
        let mut taken = Vec::new();
        for signed in entries {
            let entry = Entry::decode(&signed.bytes).unwrap();
            assert_eq!(entry.school, SCHOOL);
            assert!(self.knows(entry.after), "a roll that never was: {entry:?}");
            let (length, head) = (entry.seq(), signed.head());
            self.heads.borrow_mut().push(RollHead { length, head });
            if roll.append(&signed).is_err() {
                return problem(409, "roll-entry-refused");
            }
            taken.push(signed);
        }
        self.entries.borrow_mut().extend(taken);
        self.roll.replace(roll);
        extended(self.roll.borrow().head())
    }

    /// What a server can seal by itself: to the kit, and to the first device, whose keys everybody knows.
    pub(super) fn sealed(&self, number: u8) -> Vec<u8> {
        let (stage, kit) = (stage(), self.kit.get());
        let entropy = SeededEntropy::new([number; 32]);
        let strange = HeldKey {
            compartment: Compartment::PASTORAL,
            generation: 1,
            secret: CompartmentSecret::from_bytes([number; 32]),
        };
        let part_a = |keys: &[HeldKey]| seal_part_a(SCHOOL, &kit, keys.to_vec(), &entropy).unwrap();
        match number % 8 {
            0 => wrap::seal(SCHOOL, id(1), &device(1).public().kem, &strange, &entropy).unwrap(),
            1 => part_a(&[]),
            2 => part_a(&[strange]),
            // As it was before the rotation.
            3 => part_a(&stage.keys[..4]),
            4 => add_part_a(&stage.part_a, &part_a(&[strange])),
            5 => add_part_a(&part_a(&stage.keys[..1]), &part_a(&stage.keys[1..])),
            6 => part_b(&kit, 0),
            _ => part_b(&kit, u32::from(number)),
        }
    }
}

pub(super) fn problem(status: u16, slug: &str) -> Answer {
    let kind = format!("/problems/{slug}");
    let body = json!({"type": kind, "title": slug, "status": status, "left": 2});
    (status, body)
}

fn extended(head: RollHead) -> Answer {
    let body = json!({"roll_length": head.length, "roll_head": Bytes::from(head.head)});
    (201, body)
}

pub(super) fn read<T: DeserializeOwned>(call: &Call) -> T {
    serde_json::from_slice(&call.body).unwrap()
}

fn public(bytes: &Bytes) -> PublicKey {
    PublicKey::from_bytes(bytes.array().unwrap())
}

fn signed(entry: Bytes, signature: &Bytes, second: Option<[u8; 64]>) -> SignedEntry {
    SignedEntry {
        bytes: entry.0,
        signature: signature.array().unwrap(),
        second,
    }
}

/// One device that holds keys, and one that waits.
fn devices() -> Value {
    let items: Vec<Value> = [(2, "granted"), (3, "ungranted")]
        .into_iter()
        .map(|(number, state)| {
            let keys = device(number).public();
            json!({
                "device": id(number), "member": member(number), "member_name": "Bashir", "name": "Tablet",
                "store_kind": "protected", "state": state,
                "sign_public_key": Bytes::from(keys.sign.as_bytes()),
                "kem_public_key": Bytes::from(keys.kem.as_bytes()),
            })
        })
        .collect();
    let categories = json!([{"id": CategoryId::from_bytes([1; 16]), "name": "Attendance"}]);
    json!({"items": items, "categories": categories, "years": ["9", "10"]})
}
