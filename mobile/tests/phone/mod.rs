//! A phone with the app on it, and a school that it can reach.

use std::sync::{Arc, Mutex};

use authenticator::{Call, MemoryProfile, MemoryStore, Outcome, ProfileStore as _, Transport};
use dioxus::prelude::*;
use dioxus_core::VirtualDom;
use domain::{DeviceId, SeededEntropy};
use mobile::{App, Device};
use protocol::compartments::Compartment;
use protocol::links::Purpose;
use tokio::sync::Notify;

use crate::common::Window;

#[path = "../../../crates/authenticator/tests/common/mod.rs"]
pub(crate) mod school;
pub(crate) mod schools;

use school::{PIN, School};

/// The school, reachable from a device that might work on another thread.
pub(crate) struct Line(pub(crate) Mutex<School>);

impl Transport for Line {
    fn send(&self, call: &Call) -> Outcome {
        self.0.lock().unwrap().send(call)
    }
}

pub(crate) struct Phone {
    pub(crate) line: Arc<Line>,
    pub(crate) keys: Arc<MemoryStore>,
    pub(crate) profile: Arc<MemoryProfile>,
    pub(crate) device: Device,
    pub(crate) seconds: Arc<Notify>,
}

impl Phone {
    pub(crate) fn new(school: School) -> Self {
        Self::on(Arc::new(Line(Mutex::new(school))), 42)
    }

    /// Another phone, on which nothing is yet.
    pub(crate) fn another(&self) -> Self {
        Self::on(Arc::clone(&self.line), 43)
    }

    fn on(line: Arc<Line>, chance: u8) -> Self {
        let profile = Arc::new(MemoryProfile::default());
        let keys = Arc::new(MemoryStore::default());
        let clock = line.0.lock().unwrap().clock.clone();
        let device = Device::of_parts(
            keys.clone(),
            profile.clone(),
            line.clone(),
            Arc::new(clock),
            Arc::new(SeededEntropy::new([chance; 32])),
        );
        let seconds = Arc::new(Notify::new());
        let device = device.with_seconds({
            let seconds = Arc::clone(&seconds);
            move || Arc::clone(&seconds).notified_owned()
        });
        Self {
            line,
            keys,
            profile,
            device,
            seconds,
        }
    }

    /// The app, opened: at first, or again after it was closed.
    pub(crate) fn open(&self) -> Window {
        open(&self.device)
    }

    /// So many seconds pass, for the server and for the open app.
    pub(crate) fn pass(&self, window: &mut Window, seconds: i64) {
        self.school().clock.advance_seconds(seconds);
        self.seconds.notify_waiters();
        window.settle();
    }

    pub(crate) fn school(&self) -> std::sync::MutexGuard<'_, School> {
        self.line.0.lock().unwrap()
    }

    pub(crate) fn id(&self) -> DeviceId {
        self.profile.load().unwrap().unwrap().device
    }
}

/// The app on this device, opened.
pub(crate) fn open(device: &Device) -> Window {
    Window::open(VirtualDom::new(root).with_root_context(device.clone()))
}

#[component]
fn root() -> Element {
    let device = use_context::<Device>();
    rsx! { App { device } }
}

pub(crate) fn choose_pin(window: &mut Window) {
    window.fill("pin", PIN);
    window.fill("pin-again", PIN);
    window.press("make-key");
}

/// Enrols the phone with a link for this person, until it waits.
pub(crate) fn enrol_in_app(phone: &Phone, purpose: Purpose) -> Window {
    let link = phone.school().link(purpose);
    let mut window = phone.open();
    window.fill("link", &link);
    window.press("continue");
    choose_pin(&mut window);
    assert!(window.says("Your key is made"), "{}", window.html());
    window
}

/// Sets the school up, and gives the three sheets as they were printed.
pub(crate) fn set_up_in_app(phone: &Phone) -> [String; 3] {
    let link = phone.school().link(Purpose::Setup);
    let mut window = phone.open();
    window.fill("link", &link);
    window.press("continue");
    choose_pin(&mut window);
    let sheets = print_sheets(&mut window);
    assert!(window.says("Your key is ready"), "{}", window.html());
    sheets
}

/// A school with its first phone, on which the app is.
pub(crate) fn school_and_phone() -> Phone {
    let phone = Phone::new(School::new());
    set_up_in_app(&phone);
    phone
}

/// A page asks to be unlocked on the same device, and this is the link that it opens the app with.
pub(crate) fn page_asks(phone: &Phone) -> String {
    let mut unlock = String::new();
    phone
        .school()
        .ask_with(phone.id(), &[Compartment::SAFEGUARDING], |challenge| {
            challenge.digits = 0;
            unlock = challenge.unlock.to_string();
        });
    let origin = phone.profile.load().unwrap().unwrap().origin;
    format!("safehold:unlock?u={unlock}&o={origin}")
}

/// Gives the second person's device, which is shown, a key; it sees that it has one.
pub(crate) fn give_what_is_shown(window: &mut Window, waiting: &mut Window) {
    window.fill("pin", PIN);
    window.press("give");
    assert!(window.says("Ben Ali has a key"), "{}", window.html());
    waiting.press("look");
    assert!(waiting.says("Your key is ready"), "{}", waiting.html());
}

/// Enrols a second person's device, and finds it by its six words in the app of one who may give it a key.
pub(crate) fn find_waiting(phone: &Phone) -> Window {
    let words = school::enrol(&phone.school(), 2).1.to_string();
    let mut window = phone.open();
    window.press("go-grant");
    window.fill("other-words", &words);
    window.press("find");
    window
}

/// Copies the three sheets from the screen, and types the last four characters of each.
pub(crate) fn print_sheets(window: &mut Window) -> [String; 3] {
    [1, 2, 3].map(|number| {
        assert!(
            window.says(&format!("sheet {number} of 3")),
            "{}",
            window.html()
        );
        let sheet = sheet_on(window);
        window.fill("last-four", &last_four(window));
        window.press("next-sheet");
        sheet
    })
}

/// The sheet on the screen, line by line.
pub(crate) fn sheet_on(window: &Window) -> String {
    let html = window.html();
    let sheet = html.split("class=\"sheet\"").nth(1).unwrap();
    let lines: Vec<&str> = sheet
        .split("</ol>")
        .next()
        .unwrap()
        .split("<li>")
        .skip(1)
        .map(|line| line.split('<').next().unwrap())
        .collect();
    assert_eq!(lines.len(), 6);
    lines.join("\n")
}

/// The six words on the screen.
pub(crate) fn words_on(window: &Window) -> String {
    let html = window.html();
    html.split("class=\"word\">")
        .skip(1)
        .map(|rest| rest.split('<').next().unwrap())
        .collect::<Vec<_>>()
        .join(" ")
}

/// The link that a device that waits shows, as text and as a square.
pub(crate) fn link_on(window: &Window) -> String {
    let html = window.html();
    let shown = html.split("class=\"payload\">").nth(1).unwrap();
    shown.split('<').next().unwrap().to_owned()
}

pub(crate) fn last_four(window: &Window) -> String {
    sheet_on(window).lines().last().unwrap().to_owned()
}

/// A browser asks, and its owner answers in the app.
pub(crate) fn unlock(phone: &Phone, window: &mut Window) {
    let number = phone.school().ask(phone.id(), &[Compartment::PASTORAL]);
    window.press("look");
    window.press("me");
    window.type_digits(&number);
    window.type_digits(PIN);
    window.press("approve");
    assert!(window.says("Unlocked"), "{}", window.html());
    window.press("look");
}
