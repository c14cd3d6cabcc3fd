//! A school's server in memory, speaking the contract's device operations, and a person's device.
//!
//! It is here so that the machines run with no network and so that it can be made hostile; against
//! the real server they run in the acceptance tests. The app's own tests use it too.

mod server;

use authenticator::{
    Call, Driver, Enrol, GrantKey, Identity, MemoryProfile, MemoryStore, Setup, enrol, grant, setup,
};
use domain::{FixedClock, MemberId, SeededEntropy};
use protocol::compartments::Compartment;
use protocol::links::Purpose;
use protocol::roll::{Rights, StoreKind};
use protocol::words::Words;
use serde_json::Value;
use zeroize::Zeroizing;

pub(crate) use self::server::School;

pub(crate) const ORIGIN: &str = "https://safehold.example";
pub(crate) const PIN: &str = "483920";
pub(crate) const NOW: i64 = 1_795_000_000;

/// Changes an answer on its way.
pub(crate) type Tamper = Box<dyn Fn(&Call, Value) -> Value + Send>;

pub(crate) fn member(number: u8) -> MemberId {
    MemberId::from_bytes([number; 16])
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
