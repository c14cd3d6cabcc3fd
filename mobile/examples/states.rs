//! Writes every state as a page of its own, as the webview shows it, for `scripts/app-states` to look
//! at. Takes the folder to write to.

#![expect(
    clippy::panic,
    clippy::expect_used,
    reason = "the tests' helpers fail by panicking"
)]

#[expect(dead_code, reason = "only some of the window is used")]
#[path = "../tests/common/mod.rs"]
mod common;
#[path = "../tests/drawn/mod.rs"]
mod drawn;

use std::path::PathBuf;

use common::Window;
use domain::{SchoolId, SeededEntropy};
use drawn::draw::{Around, dom, draw, draw_with};
use drawn::{question, states};
use mobile::{Asks, PinWait, Place, SheetsFor, View, head};
use protocol::kit::KitSeed;

/// Four lines of a sheet, with a slip in the third.
fn typed() -> String {
    let entropy = SeededEntropy::new([5; 32]);
    let [sheet, ..] = KitSeed::generate(&entropy).split(SchoolId::from_bytes([1; 16]), &entropy);
    let mut lines: Vec<String> = sheet.lines().iter().map(|line| line.to_string()).collect();
    lines.truncate(4);
    if let Some(third) = lines.get_mut(2) {
        let wrong = if third.starts_with('7') { "8" } else { "7" };
        third.replace_range(..1, wrong);
    }
    if let Some(last) = lines.last_mut() {
        last.truncate(6);
    }
    lines.join("\n")
}

const WRONG: &str = "That was not your PIN. 2 tries are left.";

fn main() -> std::io::Result<()> {
    let folder = std::env::args().nth(1).map(PathBuf::from);
    let folder = folder.ok_or_else(|| std::io::Error::other("name the folder to write to"))?;
    std::fs::create_dir_all(&folder)?;
    let place = Place {
        name: "Hill School".to_owned(),
        colour: 1,
    };
    let mut bodies: Vec<(&str, String)> = states()
        .into_iter()
        .map(|(name, view)| (name, draw(view, Some(place.clone()))))
        .collect();
    // A link that came while somebody was at something.
    for (name, asks) in [
        ("page-waits", Asks::ToUnlock),
        ("device-waits", Asks::ForAKey),
    ] {
        let view = View::OtherWords { trouble: None };
        let around = Around {
            link: Some(asks),
            ..Around::default()
        };
        bodies.push((name, draw_with(view, Some(place.clone()), around)));
    }
    // The wait after a wrong PIN, and its end.
    let waits = |left| Around {
        wait: Some(PinWait { whole: 15, left }),
        ..Around::default()
    };
    for (name, left) in [("pin-waits", 12), ("pin-waited", 0)] {
        let view = View::NewKit {
            trouble: Some(WRONG.to_owned()),
        };
        bodies.push((name, draw_with(view, Some(place.clone()), waits(left))));
    }
    // The steps of an answer are the screen's own.
    let view = View::Asking {
        question: question(false),
        trouble: None,
    };
    let recovering = place.clone();
    let mut window = Window::open(dom(view, Some(place.clone()), Around::default()));
    window.press("me");
    window.type_digits("48");
    bodies.push(("asking-number", window.html()));
    window.type_digits("2019");
    window.type_digits("7311");
    bodies.push(("asking-pin", window.html()));
    let view = View::Asking {
        question: question(true),
        trouble: Some(WRONG.to_owned()),
    };
    let mut window = Window::open(dom(view, Some(place), waits(12)));
    window.press("me");
    window.type_digits("48739182");
    bodies.push(("asking-pin-waits", window.html()));
    // So are the marks beside a sheet that is being typed.
    let view = View::GiveSheets {
        purpose: SheetsFor::Recovery,
        read: Vec::new(),
        trouble: None,
    };
    let mut window = Window::open(dom(view, Some(recovering), Around::default()));
    window.fill("sheet", &typed());
    bodies.push(("recover-typing", window.html()));
    for (name, body) in bodies {
        let page = format!(
            "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">{}</head><body><div id=\"main\">{body}</div></body></html>",
            head::head()
        );
        std::fs::write(folder.join(format!("{name}.html")), page)?;
    }
    Ok(())
}
