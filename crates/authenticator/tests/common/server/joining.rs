//! How a device comes in: the first of the school, and those after it.

use authenticator::contract::{BeginKeySetup, Bytes, CompleteKeySetup, EnrolDevice};
use domain::{CategoryId, DeviceId};
use protocol::hpke::PublicKey;
use protocol::pin::PinTag;
use protocol::roll::{RollState, SignedEntry};
use protocol::signing::VerifyingKey;
use serde_json::{Value, json};

use super::{NOW, Registered, School, problem};

impl School {
    pub(super) fn begin_setup(&self, body: Value) -> (u16, Value) {
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

    pub(super) fn complete_setup(&self, device: DeviceId, body: Value) -> (u16, Value) {
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

    pub(super) fn enrol(&self, body: Value) -> (u16, Value) {
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

    pub(super) fn list_devices(&self) -> (u16, Value) {
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
}
