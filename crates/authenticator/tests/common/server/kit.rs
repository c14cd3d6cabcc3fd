//! The recovery kit, as the school's server keeps it.

use authenticator::contract::{BeginKit, Bytes, CompleteKit, ProveKit, RecoverDevice, WrapFor};
use domain::DeviceId;
use protocol::hpke::PublicKey;
use protocol::kit::{self, KitProof};
use protocol::records::ServerPsk;
use protocol::roll::SignedEntry;
use serde_json::{Value, json};

use super::{School, problem};

impl School {
    /// What the kit opens, for whoever proves to have it; or that it was tested.
    pub(super) fn kit_parts(&self, device: DeviceId, body: Value, test: bool) -> (u16, Value) {
        let body: ProveKit = serde_json::from_value(body).unwrap();
        let proof = KitProof {
            school: self.id,
            device,
            at: body.at,
        };
        if proof.verify(&body.proof.0, self.roll().kit()).is_err() {
            return problem(403, "kit-refused");
        }
        if test {
            return (200, json!({"tested_on": "2026-11-18"}));
        }
        let (part_a, part_b) = self.kit.borrow().clone();
        let devices = self.devices.borrow();
        let owner = devices[&device].member;
        let others: Vec<Value> = devices
            .iter()
            .filter(|(id, row)| row.member == owner && **id != device)
            .map(|(id, row)| {
                let lost = self.lost.borrow().contains(id);
                let state = if lost { "suspended" } else { "granted" };
                json!({"id": id, "name": row.name, "state": state})
            })
            .collect();
        (
            200,
            json!({
                "part_a": part_a,
                "part_b": part_b,
                "server_public_key": Bytes::from(self.key.public().as_bytes()),
                "devices": others,
            }),
        )
    }

    pub(super) fn begin_kit(&self, device: DeviceId, body: Value) -> (u16, Value) {
        let body: BeginKit = serde_json::from_value(body).unwrap();
        if let Err(problem) = self.check_pin(device, &body.pin_tag) {
            return problem;
        }
        let part_b = self.part_b(&body.kit_kem_public_key);
        self.next_kit.replace((body.part_a, part_b.clone()));
        (200, json!({"part_b": part_b}))
    }

    pub(super) fn complete_kit(&self, device: DeviceId, body: Value) -> (u16, Value) {
        let body: CompleteKit = serde_json::from_value(body).unwrap();
        if let Err(problem) = self.check_pin(device, &body.pin_tag) {
            return problem;
        }
        let entry = SignedEntry {
            bytes: body.entry.0,
            signature: body.signature.array().unwrap(),
            second: body.kit_signature.array(),
        };
        let answer = self.extend(vec![entry], Vec::new());
        if answer.0 == 201 {
            self.kit.replace(self.next_kit.take());
        }
        answer
    }

    pub(super) fn recover(&self, device: DeviceId, body: Value) -> (u16, Value) {
        let body: RecoverDevice = serde_json::from_value(body).unwrap();
        if let Err(problem) = self.check_pin(device, &body.pin_tag) {
            return problem;
        }
        let entries = body.entries.into_iter().map(|entry| SignedEntry {
            bytes: entry.entry.0,
            signature: entry.signature.array().unwrap(),
            second: None,
        });
        let wraps = body.wraps.into_iter().map(|wrap| WrapFor {
            device,
            compartment: wrap.compartment,
            generation: wrap.generation,
            wrap: wrap.wrap,
        });
        let (status, mut answer) = self.extend(entries.collect(), wraps.collect());
        answer["new_kit_by"] = json!("2026-11-25T08:40:00Z");
        (status, answer)
    }

    /// The server's half, for a kit.
    pub(super) fn part_b(&self, kit: &Bytes) -> Bytes {
        let kit = PublicKey::from_bytes(kit.array().unwrap());
        let psk = ServerPsk::derive(&[1; 32], self.id, 1);
        Bytes(kit::seal_part_b(self.id, &kit, &[(1, psk)], &self.entropy).unwrap())
    }
}
