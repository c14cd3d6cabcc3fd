//! A key holder's phone: the real authenticator's machines, with memory for a keychain.

mod keys;
mod kit;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use authenticator::{
    Amend, ApproveUnlock, Call, Driver, Enrol, GrantKey, Http, Identity, KeyStore, Outcome,
    Profile, ProfileStore, Sessions, Setup, StoreError, Transport, amend, approve, enrol, grant,
    sessions, setup,
};
use domain::{Clock, Entropy};
use protocol::compartments::Compartment;
use protocol::device::DeviceRequest;
use protocol::roll::{Capability, Rights, StoreKind};
use serde_json::{Value, json};
use ureq::http::Method;

use crate::{Client, Response};

/// The PIN that everyone in the tests has chosen.
pub const PIN: &str = "402913";

/// A phone, and where in the world it is. A copy is the same phone at an earlier moment.
#[derive(Debug)]
pub struct Phone {
    pocket: Pocket,
    transport: Rerouted,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
}

/// What is written in the phone: its seed and its profile.
#[derive(Debug, Default)]
struct Pocket {
    seeds: Mutex<BTreeMap<String, Vec<u8>>>,
    profile: Mutex<Option<Profile>>,
    /// The recovery sheets as they were printed: in three drawers, and not in the phone.
    sheets: Mutex<Vec<String>>,
}

/// The school's address is the same in every test; the app under test listens somewhere else each time.
#[derive(Debug)]
struct Rerouted {
    actual: String,
    http: Http,
}

impl Transport for Rerouted {
    fn send(&self, call: &Call) -> Outcome {
        self.http.send(&Call {
            origin: self.actual.clone(),
            ..call.clone()
        })
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl KeyStore for Pocket {
    fn put(&self, name: &str, secret: &[u8]) -> Result<(), StoreError> {
        lock(&self.seeds).insert(name.to_owned(), secret.to_vec());
        Ok(())
    }

    fn get(&self, name: &str) -> Result<Option<zeroize::Zeroizing<Vec<u8>>>, StoreError> {
        Ok(lock(&self.seeds)
            .get(name)
            .cloned()
            .map(zeroize::Zeroizing::new))
    }

    fn forget(&self, name: &str) -> Result<(), StoreError> {
        lock(&self.seeds).remove(name);
        Ok(())
    }

    fn kind(&self) -> StoreKind {
        StoreKind::Memory
    }
}

impl ProfileStore for Pocket {
    fn save(&self, profile: &Profile) -> Result<(), String> {
        *lock(&self.profile) = Some(profile.clone());
        Ok(())
    }

    fn load(&self) -> Result<Option<Profile>, String> {
        Ok(lock(&self.profile).clone())
    }
}

impl Phone {
    /// A new phone whose calls go to the app at `actual`.
    pub fn new(actual: &str, clock: Arc<dyn Clock>, entropy: Arc<dyn Entropy>) -> Self {
        Self {
            pocket: Pocket::default(),
            transport: Rerouted {
                actual: actual.to_owned(),
                http: Http::new(),
            },
            clock,
            entropy,
        }
    }

    /// The same phone, where the school is the app at `actual`.
    #[must_use]
    pub fn copy_to(&self, actual: &str, clock: Arc<dyn Clock>, entropy: Arc<dyn Entropy>) -> Self {
        let copy = Self::new(actual, clock, entropy);
        lock(&copy.pocket.seeds).clone_from(&lock(&self.pocket.seeds));
        lock(&copy.pocket.profile).clone_from(&lock(&self.pocket.profile));
        lock(&copy.pocket.sheets).clone_from(&lock(&self.pocket.sheets));
        copy
    }

    /// Sets a school's keys up from the link on its setup page: makes them, checks the three recovery
    /// sheets, and opens the school.
    #[track_caller]
    pub fn set_up(&self, link: &str) {
        let driver = self.driver();
        let mut machine = Setup::new("A phone", StoreKind::Memory);
        driver.run(&mut machine, setup::Event::Link(link.to_owned()));
        driver.run(&mut machine, setup::Event::Pin(PIN.to_owned().into()));
        let setup::State::Sheets { sheets, .. } = machine.state() else {
            panic!("no sheets: {:?}", machine.trouble());
        };
        self.print(sheets);
        let ends: Vec<_> = sheets
            .iter()
            .map(|sheet| (sheet.number(), sheet.last_four().to_string()))
            .collect();
        for (number, last_four) in ends {
            driver.run(&mut machine, setup::Event::LastFour(number, last_four));
        }
        driver.run(&mut machine, setup::Event::Finish);
        assert!(
            matches!(machine.state(), setup::State::Ready(_)),
            "the keys were not set up: {:?}",
            machine.trouble()
        );
    }

    /// Enrols by an enrolment link; the phone then waits for a grant.
    #[track_caller]
    pub fn enrol(&self, link: &str) {
        let driver = self.driver();
        let mut machine = Enrol::new("A phone", StoreKind::Memory);
        driver.run(&mut machine, enrol::Event::Link(link.to_owned()));
        driver.run(&mut machine, enrol::Event::Pin(PIN.to_owned().into()));
        assert!(
            matches!(machine.state(), enrol::State::Waiting { .. }),
            "not enrolled: {:?}",
            machine.trouble()
        );
    }

    /// Grants another phone these rights, by what that phone shows on its screen.
    #[track_caller]
    pub fn grant(&self, other: &Self, rights: Rights) {
        let driver = self.driver();
        let shown = other.identity().link().expect("a link to show");
        let mut machine = GrantKey::new(self.identity());
        driver.run(&mut machine, grant::Event::Start);
        driver.run(&mut machine, grant::Event::Link(shown));
        driver.run(
            &mut machine,
            grant::Event::Decide(Box::new(rights), PIN.to_owned().into()),
        );
        assert!(
            matches!(machine.state(), grant::State::Granted { .. }),
            "not granted: {:?} {:?}",
            machine.state(),
            machine.trouble()
        );
        other.look();
    }

    /// Looks whether it has been granted, and reads the roll if so.
    fn look(&self) {
        let mut machine = Enrol::waiting(self.identity()).expect("an enrolled phone");
        self.driver().run(&mut machine, enrol::Event::Look);
        assert!(
            matches!(machine.state(), enrol::State::Ready { .. }),
            "not granted yet: {:?}",
            machine.trouble()
        );
    }

    /// Approves the unlock that waits, by the number that the browser shows.
    #[track_caller]
    pub fn approve(&self, number: &str) {
        let machine = self.answer(number, PIN, None);
        assert!(
            matches!(machine.state(), approve::State::Approved),
            "not approved: {:?} {:?}",
            machine.state(),
            machine.trouble()
        );
    }

    /// Opens the records in a browser of its owner's.
    #[track_caller]
    pub fn unlock(&self, browser: &Client) {
        let opened = self.look_in(browser);
        if opened["unlock"]["probation"] == json!(true) {
            // What its owner does in a new browser: says that it is theirs, and unlocks again.
            self.keep(opened["unlock"]["id"].as_str().expect("an id"));
            let opened = self.look_in(browser);
            assert_eq!(opened["unlock"]["probation"], json!(false));
        }
    }

    /// Opens what this browser may have: the records if it is known, a short look if it is not. Gives the
    /// session.
    #[track_caller]
    pub fn look_in(&self, browser: &Client) -> Value {
        let started = browser.post("/v1/unlocks", &json!({})).expect(201);
        self.approve(started["number"].as_str().expect("a number"));
        let id = started["id"].as_str().expect("an id");
        let state = browser.get(&format!("/v1/unlocks/{id}")).expect(200);
        assert_eq!(state["state"], "open");
        browser.refresh().expect(200)
    }

    /// Types a number and a PIN and gives back how that ended, well or ill.
    #[track_caller]
    pub fn answer(&self, number: &str, pin: &str, only: Option<Vec<Compartment>>) -> ApproveUnlock {
        let driver = self.driver();
        let mut machine = ApproveUnlock::new(self.identity());
        driver.run(&mut machine, approve::Event::Look);
        driver.run(
            &mut machine,
            approve::Event::Approve {
                number: number.to_owned(),
                pin: pin.to_owned().into(),
                only,
            },
        );
        machine
    }

    /// Says "not me" to the unlock that waits.
    #[track_caller]
    pub fn refuse(&self) {
        self.refuse_what(approve::Event::Look);
    }

    /// Says "not me" to what this event brings.
    #[track_caller]
    fn refuse_what(&self, event: approve::Event) {
        let driver = self.driver();
        let mut machine = ApproveUnlock::new(self.identity());
        driver.run(&mut machine, event);
        driver.run(&mut machine, approve::Event::Refuse);
        assert!(
            matches!(machine.state(), approve::State::Refused),
            "not refused: {:?}",
            machine.trouble()
        );
    }

    /// Takes another phone off the roll.
    #[track_caller]
    pub fn revoke(&self, other: &Self) {
        let mut machine = Amend::new(self.identity());
        let event = amend::Event::Revoke(other.profile().device, PIN.to_owned().into());
        self.driver().run(&mut machine, event);
        assert!(
            matches!(machine.state(), amend::State::Done),
            "not revoked: {:?}",
            machine.trouble()
        );
    }

    /// Locks every browser that this person has open.
    #[track_caller]
    pub fn lock_all(&self) {
        let driver = self.driver();
        let mut machine = Sessions::new(self.identity());
        driver.run(&mut machine, sessions::Event::Look);
        let open: Vec<_> = machine
            .open()
            .unwrap_or_else(|| panic!("no list: {:?}", machine.trouble()))
            .iter()
            .map(|session| session.unlock)
            .collect();
        for unlock in open {
            driver.run(&mut machine, sessions::Event::Lock(unlock));
        }
    }

    /// Asks the server something as this device, signed, and gives back the answer as it came.
    pub fn ask(&self, method: Method, target: &str, body: Option<&Value>) -> Response {
        let identity = self.identity();
        let body = body.map_or_else(Vec::new, |body| {
            serde_json::to_vec(body).unwrap_or_default()
        });
        let now = u64::try_from(self.clock.now().seconds()).unwrap_or_default();
        let authorization = DeviceRequest {
            method: method.as_str(),
            target,
            body: &body,
        }
        .sign(
            identity.profile.school,
            identity.profile.device,
            identity.keys().sign(),
            now,
            &*self.entropy,
        )
        .to_header();
        let client = Client::new(&self.transport.actual);
        let mut outgoing = client
            .request(method, target)
            .header("authorization", &authorization);
        if !body.is_empty() {
            outgoing = outgoing
                .header("content-type", "application/json")
                .bytes(body);
        }
        outgoing.send()
    }

    /// What it remembers that is not secret.
    pub fn profile(&self) -> Profile {
        self.identity().profile
    }

    /// The device as the authenticator knows it.
    pub fn identity(&self) -> Identity {
        Identity::load(&self.pocket, &self.pocket)
            .expect("the pocket opens")
            .expect("a phone that was set up or enrolled")
    }

    fn driver(&self) -> Driver<'_> {
        Driver {
            keys: &self.pocket,
            profiles: &self.pocket,
            transport: &self.transport,
            clock: &*self.clock,
            entropy: &*self.entropy,
        }
    }
}

/// The rights of a deputy: the two common compartments, limited to some year groups.
pub fn limited_to(years: &[&str]) -> Rights {
    Rights {
        compartments: [Compartment::PASTORAL, Compartment::SAFEGUARDING].into(),
        years: Some(
            years
                .iter()
                .map(|year| (*year).to_owned())
                .collect::<BTreeSet<_>>(),
        ),
        ..Rights::default()
    }
}

/// The rights of a second lead: everything common, and granting.
pub fn full() -> Rights {
    Rights {
        capabilities: [Capability::Grant, Capability::Revoke].into(),
        years: None,
        ..limited_to(&[])
    }
}
