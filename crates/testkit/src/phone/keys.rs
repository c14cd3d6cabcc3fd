//! The life of keys after the first grant, as a key holder leads it on their phone.

use authenticator::{
    AcceptRestore, Amend, ApproveUnlock, Rotate, Sessions, Slots, Trouble, amend, approve, restore,
    rotate, sessions, slots,
};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
use protocol::compartments::Compartment;
use protocol::roll::{Author, Body, Rights, RollState, SignedEntry};
use serde_json::{Value, json};
use ureq::http::Method;

use super::{PIN, Phone};
use crate::Response;

impl Phone {
    /// Adds an entry to the roll, and gives back how that ended.
    pub fn amend(&self, event: amend::Event) -> Amend {
        let mut machine = Amend::new(self.identity());
        self.driver().run(&mut machine, event);
        machine
    }

    #[track_caller]
    fn amends(&self, event: amend::Event) {
        let machine = self.amend(event);
        assert!(
            matches!(machine.state(), amend::State::Done),
            "not taken: {:?}",
            machine.trouble()
        );
    }

    /// Narrows what another phone may open and do.
    #[track_caller]
    pub fn restrict(&self, other: &Self, rights: Rights) {
        let device = other.profile().device;
        self.amends(amend::Event::Restrict(
            device,
            Box::new(rights),
            PIN.to_owned().into(),
        ));
    }

    /// Confirms what was granted to another phone and waits for a second holder.
    #[track_caller]
    pub fn endorse(&self, other: &Self) {
        let device = other.profile().device;
        self.amends(amend::Event::Endorse(device, PIN.to_owned().into()));
    }

    /// Makes a compartment a new key; its generation.
    #[track_caller]
    pub fn rotate(&self, compartment: Compartment) -> u32 {
        self.try_rotate(compartment)
            .unwrap_or_else(|trouble| panic!("not rotated: {trouble:?}"))
    }

    /// The same, where it may be broken off.
    ///
    /// # Errors
    /// What the app says of it.
    pub fn try_rotate(&self, compartment: Compartment) -> Result<u32, Option<Trouble>> {
        let mut machine = Rotate::new(self.identity());
        let event = rotate::Event::Begin(compartment, PIN.to_owned().into());
        self.driver().run(&mut machine, event);
        match machine.state() {
            rotate::State::Rotated { generation, .. } => Ok(*generation),
            _ => Err(machine.trouble().cloned()),
        }
    }

    /// How many records are still sealed to each old key, and how many its compartment has.
    #[track_caller]
    pub fn rotations(&self) -> Vec<(String, u32, i64, i64)> {
        let mut machine = Rotate::new(self.identity());
        self.driver().run(&mut machine, rotate::Event::Look);
        let rotate::State::Listed(items) = machine.state() else {
            panic!("no list: {:?}", machine.trouble());
        };
        items
            .iter()
            .map(|old| {
                (
                    old.compartment.clone(),
                    old.generation,
                    old.records_left,
                    old.records,
                )
            })
            .collect()
    }

    /// Says that nothing needs an old key any more, and gives back how that ended.
    pub fn retire(&self, compartment: Compartment, generation: u32) -> Amend {
        self.amend(amend::Event::Retire(
            compartment,
            generation,
            PIN.to_owned().into(),
        ))
    }

    /// Says that the browser of a short look is its owner's.
    #[track_caller]
    pub fn keep(&self, unlock: &str) {
        let mut machine = Sessions::new(self.identity());
        let unlock = unlock.parse().expect("an unlock");
        let event = sessions::Event::Keep(unlock, PIN.to_owned().into());
        self.driver().run(&mut machine, event);
        assert_eq!(machine.trouble(), None, "not kept");
    }

    /// Lets its offline codes count.
    #[track_caller]
    pub fn enable_codes(&self) {
        let mut machine = Sessions::new(self.identity());
        let event = sessions::Event::DepositCodes(PIN.to_owned().into());
        self.driver().run(&mut machine, event);
        assert_eq!(machine.trouble(), None, "not deposited");
    }

    /// The offline code that it shows now.
    pub fn code(&self) -> String {
        let now = u64::try_from(self.clock.now().seconds()).unwrap_or_default();
        self.identity().code(now)
    }

    /// Answers a page on the same device that has opened the app by this link; gives back how that ended.
    pub fn open_link(&self, link: &str) -> ApproveUnlock {
        let driver = self.driver();
        let mut machine = ApproveUnlock::new(self.identity());
        driver.run(&mut machine, approve::Event::Link(link.to_owned()));
        if matches!(machine.state(), approve::State::Asking(_)) {
            let event = approve::Event::Approve {
                number: String::new(),
                pin: PIN.to_owned().into(),
                only: None,
            };
            driver.run(&mut machine, event);
        }
        machine
    }

    /// Says "not me" to a page that has opened the app by this link.
    #[track_caller]
    pub fn refuse_link(&self, link: &str) {
        self.refuse_what(approve::Event::Link(link.to_owned()));
    }

    /// Makes ten codes on paper, and gives back what is written on it.
    #[track_caller]
    pub fn paper_codes(&self) -> Vec<String> {
        let machine = self.make_paper_codes(PIN, None);
        let slots::State::Made(paper) = machine.state() else {
            panic!("no codes: {:?}", machine.trouble());
        };
        paper.codes.iter().map(|code| code.to_string()).collect()
    }

    /// Makes ten codes on paper with this PIN, and gives back how that ended.
    pub fn make_paper_codes(&self, pin: &str, only: Option<Vec<Compartment>>) -> Slots {
        let mut machine = Slots::new(self.identity());
        let pin = pin.to_owned().into();
        self.driver()
            .run(&mut machine, slots::Event::Make { pin, only });
        machine
    }

    /// How many of its codes on paper are left.
    #[track_caller]
    pub fn paper_codes_left(&self) -> usize {
        let mut machine = Slots::new(self.identity());
        self.driver().run(&mut machine, slots::Event::Look);
        match machine.state() {
            slots::State::Left(left) => left.left,
            state => panic!("not told: {state:?} {:?}", machine.trouble()),
        }
    }

    /// Destroys what its codes on paper would open.
    #[track_caller]
    pub fn forget_paper_codes(&self) {
        let mut machine = Slots::new(self.identity());
        self.driver().run(&mut machine, slots::Event::Forget);
        assert_eq!(machine.trouble(), None, "not forgotten");
    }

    /// Looks which browser waits, and gives back what the phone makes of it.
    pub fn judge(&self) -> ApproveUnlock {
        let mut machine = ApproveUnlock::new(self.identity());
        self.driver().run(&mut machine, approve::Event::Look);
        machine
    }

    /// Looks what is gone, and accepts that it was a restore; gives back how that ended and what was gone.
    pub fn accept_restore(&self) -> (AcceptRestore, Option<restore::Gone>) {
        let driver = self.driver();
        let mut machine = AcceptRestore::new(self.identity());
        driver.run(&mut machine, restore::Event::Look);
        let gone = match machine.state() {
            restore::State::Found(gone) => Some(gone.clone()),
            _ => None,
        };
        if gone.is_some() {
            driver.run(&mut machine, restore::Event::Accept(PIN.to_owned().into()));
        }
        (machine, gone)
    }

    /// Signs and sends an entry without asking what this device would think of it.
    #[track_caller]
    pub fn append_to_roll(&self, body: Body) -> Response {
        let identity = self.identity();
        let page = self.ask(Method::GET, "/v1/device/roll", None).expect(200);
        let bytes = |value: &Value| -> Vec<u8> {
            let text = value.as_str().expect("bytes");
            BASE64.decode(text).expect("base64url")
        };
        let entries: Vec<SignedEntry> = page["items"]
            .as_array()
            .expect("a list")
            .iter()
            .map(|item| SignedEntry {
                bytes: bytes(&item["entry"]),
                signature: bytes(&item["signature"]).try_into().expect("a signature"),
                second: item["endorsement"].is_string().then(|| {
                    let second = bytes(&item["endorsement"]);
                    second.try_into().expect("a signature")
                }),
            })
            .collect();
        let roll = RollState::replay(identity.profile.school, &entries).expect("a sound roll");
        let now = u64::try_from(self.clock.now().seconds()).unwrap_or_default();
        let author = Author::Device(identity.profile.device);
        let entry = roll.next(body, author, now).sign(identity.keys().sign());
        let request = json!({
            "entry": BASE64.encode(&entry.bytes),
            "signature": BASE64.encode(entry.signature),
            "pin_tag": self.pin_tag(),
            "wraps": [],
        });
        self.ask(Method::POST, "/v1/device/roll", Some(&request))
    }

    /// Sets a rule of the school, and gives back how that ended.
    pub fn set_policy(&self, name: &str, value: &str) -> Amend {
        self.amend(amend::Event::Policy(
            name.to_owned(),
            value.to_owned(),
            PIN.to_owned().into(),
        ))
    }

    /// Asks for its own wraps, with the PIN proved.
    pub fn wraps(&self) -> Response {
        self.ask(
            Method::POST,
            "/v1/device/wraps",
            Some(&json!({ "pin_tag": self.pin_tag() })),
        )
    }

    /// The proof of the PIN, as it stands in a request.
    pub fn pin_tag(&self) -> Value {
        let identity = self.identity();
        serde_json::to_value(identity.pin_proof(PIN)).unwrap_or_default()
    }
}
