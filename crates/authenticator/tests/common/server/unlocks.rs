//! A browser asks to be unlocked, and what the device answers.

use authenticator::contract::{ApproveUnlockBody, Bytes, ClaimUnlock};
use domain::{DeviceId, Entropy, MemberId, UnlockId};
use protocol::approve::{Approval, Bundle, SealedBundle, Witness};
use protocol::challenge::Challenge;
use protocol::compartments::Compartment;
use protocol::pin::PinTag;
use protocol::suite::Suite;
use protocol::unlock::UnlockSecret;
use serde_json::{Value, json};

use super::{School, problem};

pub(super) struct Unlock {
    id: UnlockId,
    member: MemberId,
    number: String,
    secret: UnlockSecret,
    challenge: Challenge,
    state: &'static str,
    answer: Option<SealedBundle>,
}

impl School {
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

    pub(super) fn pending(&self, device: DeviceId) -> (u16, Value) {
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

    pub(super) fn read_pending(&self, device: DeviceId, unlock: &str) -> (u16, Value) {
        let (status, listed) = self.pending(device);
        let items = listed["items"].as_array().unwrap().iter();
        match items.clone().find(|item| item["unlock"] == *unlock) {
            Some(item) => (status, item.clone()),
            None if self.has_unlock(unlock) => problem(409, "unlock-not-waiting"),
            None => problem(404, "not-found"),
        }
    }

    fn has_unlock(&self, unlock: &str) -> bool {
        let unlocks = self.unlocks.borrow();
        unlocks.iter().any(|known| known.id.to_string() == unlock)
    }

    fn with_unlock<T>(&self, unlock: &str, work: impl FnOnce(&mut Unlock) -> T) -> T {
        let mut unlocks = self.unlocks.borrow_mut();
        let unlock = unlocks
            .iter_mut()
            .find(|known| known.id.to_string() == unlock)
            .unwrap();
        work(unlock)
    }

    pub(super) fn claim(&self, device: DeviceId, unlock: &str, body: Value) -> (u16, Value) {
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

    pub(super) fn approve(&self, device: DeviceId, unlock: &str, body: Value) -> (u16, Value) {
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

    pub(super) fn end_unlock(&self, unlock: &str, state: &'static str) -> (u16, Value) {
        self.with_unlock(unlock, |unlock| unlock.state = state);
        (204, Value::Null)
    }

    pub(super) fn list_sessions(&self) -> (u16, Value) {
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
}
