//! A person walks through the app: every step that they take, with no window and no network.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::expect_used,
    reason = "a test's helpers fail by panicking"
)]

mod common;
#[expect(dead_code, reason = "each test file uses its own part")]
#[path = "../../crates/authenticator/tests/common/mod.rs"]
mod school;

use std::sync::{Arc, Mutex};

use authenticator::{Call, MemoryProfile, MemoryStore, Outcome, ProfileStore as _, Transport};
use common::Window;
use dioxus::prelude::*;
use dioxus_core::VirtualDom;
use domain::{DeviceId, FixedClock, SeededEntropy, Timestamp};
use mobile::{App, Device};
use protocol::compartments::Compartment;
use protocol::links::Purpose;
use school::{NOW, PIN, School, grant_by_words, member, rights, set_up};

/// The school, reachable from a device that might work on another thread.
struct Line(Mutex<School>);

impl Transport for Line {
    fn send(&self, call: &Call) -> Outcome {
        self.0.lock().unwrap().send(call)
    }
}

struct Phone {
    line: Arc<Line>,
    profile: Arc<MemoryProfile>,
    device: Device,
}

impl Phone {
    fn new(school: School) -> Self {
        let line = Arc::new(Line(Mutex::new(school)));
        let profile = Arc::new(MemoryProfile::default());
        let device = Device::of_parts(
            Arc::new(MemoryStore::default()),
            profile.clone(),
            line.clone(),
            Arc::new(FixedClock::at(Timestamp::from_seconds(NOW))),
            Arc::new(SeededEntropy::new([42; 32])),
        );
        Self {
            line,
            profile,
            device,
        }
    }

    /// The app, opened: at first, or again after it was closed.
    fn open(&self) -> Window {
        let device = self.device.clone();
        Window::open(VirtualDom::new(root).with_root_context(device))
    }

    fn school(&self) -> std::sync::MutexGuard<'_, School> {
        self.line.0.lock().unwrap()
    }

    fn id(&self) -> DeviceId {
        self.profile.load().unwrap().unwrap().device
    }
}

#[component]
fn root() -> Element {
    let device = use_context::<Device>();
    rsx! { App { device } }
}

fn choose_pin(window: &mut Window) {
    window.fill("pin", PIN);
    window.fill("pin-again", PIN);
    window.press("make-key");
}

fn words_on(window: &Window) -> String {
    let html = window.html();
    html.split("class=\"word\">")
        .skip(1)
        .map(|rest| rest.split('<').next().unwrap())
        .collect::<Vec<_>>()
        .join(" ")
}

#[test]
fn a_wrong_link_is_said_to_be_wrong() {
    let phone = Phone::new(School::new());
    let mut window = phone.open();
    assert!(window.says("Make this device your key"));
    assert!(!window.is_enabled("continue"));
    window.fill("link", "hello");
    window.press("continue");
    assert!(window.says("not a code from Safehold"));
    assert!(phone.school().calls.borrow().is_empty());
}

#[test]
fn a_second_device_is_enrolled_granted_and_unlocks_a_browser() {
    let school = School::new();
    let (head_keys, head_profile) = {
        let head = set_up(&school);
        (head.keys, head.profile)
    };
    let link = school.link(Purpose::Enrol(member(2)));
    let phone = Phone::new(school);
    let mut window = phone.open();
    window.fill("link", &link);
    window.press("continue");
    assert!(window.says("Choose a PIN"));

    window.fill("pin", PIN);
    window.fill("pin-again", "111222");
    window.press("make-key");
    assert!(window.says("two different PINs"));
    window.fill("pin", "123456");
    window.fill("pin-again", "123456");
    window.press("make-key");
    assert!(window.says("too easy to guess"));
    choose_pin(&mut window);
    assert!(window.says("Your key is made"), "{}", window.html());
    assert_eq!(words_on(&window).split(' ').count(), 6);
    window.press("look");
    assert!(window.says("Your key is made"));

    // Closed and opened again it still waits, with the same words.
    let words = words_on(&window);
    let mut window = phone.open();
    assert_eq!(words_on(&window), words);

    {
        // The head grants it on her own device.
        let school = phone.school();
        let mut head = school::Phone::new(&school, 9);
        head.keys = head_keys;
        head.profile = head_profile;
        let granted = grant_by_words(
            &head,
            words.parse().unwrap(),
            rights(&[Compartment::PASTORAL]),
        );
        assert_eq!(granted.trouble(), None);
    }
    window.press("look");
    assert!(window.says("Your key is ready"), "{}", window.html());
    window.press("look");
    assert!(window.says("Nothing waits"));

    let number = phone.school().ask(phone.id(), &[Compartment::PASTORAL]);
    window.press("look");
    assert!(window.says("Is this you?") && window.says("Chrome on Windows"));
    assert!(!window.is_enabled("approve"));
    window.fill("number", &number);
    window.fill("pin", "739182");
    window.press("approve");
    assert!(window.says("That was not your PIN. 4 tries are left."));
    window.fill("pin", PIN);
    window.press("approve");
    assert!(window.says("Unlocked"), "{}", window.html());
    assert!(phone.school().opened().is_some());

    phone.school().ask(phone.id(), &[Compartment::PASTORAL]);
    window.press("look");
    window.press("refuse");
    assert!(window.says("Refused"));
    assert_eq!(phone.school().last_unlock_state(), "refused");
}

#[test]
fn a_school_is_set_up_sheet_by_sheet() {
    let school = School::new();
    let link = school.link(Purpose::Setup);
    let phone = Phone::new(school);
    let mut window = phone.open();
    window.fill("link", &link);
    window.press("continue");
    choose_pin(&mut window);
    for number in 1..=3 {
        assert!(
            window.says(&format!("sheet {number} of 3")),
            "{}",
            window.html()
        );
        let html = window.html();
        let sheet = html.split("class=\"sheet\"").nth(1).unwrap();
        let last = sheet.split("</ol>").next().unwrap();
        let last = last.rsplit("<li>").next().unwrap();
        let four = last.trim_end_matches("</li>").to_lowercase();
        window.fill("last-four", "0000");
        window.press("next-sheet");
        assert!(window.says("not the last four characters"));
        if number == 3 {
            phone.school().away.set(true);
        }
        window.fill("last-four", &four);
        window.press("next-sheet");
    }
    assert!(window.says("Not finished yet"), "{}", window.html());
    phone.school().away.set(false);
    window.press("retry");
    assert!(window.says("Your key is ready"), "{}", window.html());
    assert_eq!(phone.school().roll().head().length, 1);
}

#[test]
fn an_unknown_browser_is_warned_of() {
    let phone = Phone::new(School::new());
    set_up_in_app(&phone);
    let mut window = phone.open();
    phone
        .school()
        .ask_with(phone.id(), &[Compartment::PASTORAL], |asked| {
            asked.known_browser = false;
            asked.digits = 6;
        });
    window.press("look");
    assert!(window.says("not used this browser before") && window.says("6 digits"));
}

#[test]
fn a_head_gives_a_key_from_her_app() {
    let phone = Phone::new(School::new());
    set_up_in_app(&phone);
    let words = {
        let school = phone.school();
        let (_, words) = school::enrol(&school, 2);
        words.to_string()
    };
    let mut window = phone.open();
    window.press("start-grant");
    window.fill("other-words", "zoo zoo zoo zoo zoo zoo");
    window.press("find");
    assert!(window.says("No waiting device has those words"));
    window.fill("other-words", &words);
    window.press("find");
    assert!(window.says("A key for Ben Ali"), "{}", window.html());
    window.tick("opens-safeguarding", false);
    window.tick("year-8", true);
    window.fill("pin", "739182");
    window.press("give");
    assert!(window.says("That was not your PIN"));
    window.fill("pin", PIN);
    window.press("give");
    assert!(window.says("Ben Ali has a key"), "{}", window.html());
    let roll = phone.school().roll();
    let given = roll
        .devices()
        .find(|holder| holder.grant.member == member(2))
        .unwrap();
    assert_eq!(
        given.grant.rights.compartments,
        [Compartment::PASTORAL].into()
    );
    assert_eq!(given.grant.rights.years, Some(["8".to_owned()].into()));
    assert!(given.grant.rights.capabilities.is_empty());
    window.press("back");
    assert!(window.says("Your key is ready"));
}

fn set_up_in_app(phone: &Phone) {
    let link = phone.school().link(Purpose::Setup);
    let mut window = phone.open();
    window.fill("link", &link);
    window.press("continue");
    choose_pin(&mut window);
    for _ in 0..3 {
        let html = window.html();
        let last = html
            .split("</ol>")
            .next()
            .unwrap()
            .rsplit("<li>")
            .next()
            .unwrap();
        let four = last.trim_end_matches("</li>").to_owned();
        window.fill("last-four", &four);
        window.press("next-sheet");
    }
    assert!(window.says("Your key is ready"), "{}", window.html());
}
