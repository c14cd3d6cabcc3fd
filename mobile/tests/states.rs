//! Every state as it is drawn: one picture in HTML for each variant of `View`.

use authenticator::approve::Question;
use dioxus::prelude::*;
use dioxus_core::{NoOpMutations, VirtualDom};
use mobile::{Screen, View, head};
use protocol::compartments::Compartment;

fn question(known_browser: bool) -> Box<Question> {
    Box::new(Question {
        browser: "Chrome on Windows".to_owned(),
        place: "Head’s office".to_owned(),
        origin: "https://safehold.example".to_owned(),
        known_browser,
        digits: if known_browser { 2 } else { 6 },
        compartments: vec![Compartment::PASTORAL, Compartment::SAFEGUARDING],
        scopes: vec!["concerns:read".to_owned()],
        session_seconds: 14_400,
    })
}

fn draw(view: View) -> String {
    let mut dom = VirtualDom::new_with_props(
        |view: View| rsx! { Screen { view, busy: false, on_input: |_| {} } },
        view,
    );
    dom.rebuild(&mut NoOpMutations);
    // One element a line, so that a difference can be read.
    dioxus_ssr::render(&dom).replace("><", ">\n<")
}

#[test]
fn every_state_is_drawn() {
    let trouble = || Some("That did not work.".to_owned());
    let states = [
        ("opening", View::Opening),
        ("welcome", View::Welcome { trouble: None }),
        ("welcome-trouble", View::Welcome { trouble: trouble() }),
        (
            "choose-pin",
            View::ChoosePin {
                origin: "https://safehold.example".to_owned(),
                trouble: None,
            },
        ),
        (
            "working",
            View::Working {
                what: "Making your key…",
            },
        ),
        (
            "sheet",
            View::Sheet {
                school_name: "Hill School".to_owned(),
                number: 2,
                lines: vec!["0411 248H 248Z".to_owned(), "1X0W".to_owned()],
                trouble: None,
            },
        ),
        (
            "interrupted",
            View::SetupInterrupted {
                trouble: "The server could not be reached.".to_owned(),
            },
        ),
        (
            "waiting",
            View::Waiting {
                school_name: "Hill School".to_owned(),
                words: ["amber", "boat", "cedar", "drum", "elbow", "fern"]
                    .map(str::to_owned)
                    .to_vec(),
                payload: "a2V5".to_owned(),
                trouble: None,
            },
        ),
        ("ready", View::Ready),
        ("nothing", View::Nothing),
        (
            "asking",
            View::Asking {
                question: question(true),
                trouble: None,
            },
        ),
        (
            "asking-unknown-browser",
            View::Asking {
                question: question(false),
                trouble: trouble(),
            },
        ),
        ("approved", View::Approved),
        ("refused", View::Refused),
        (
            "failed",
            View::Failed {
                trouble: "That was not the number.".to_owned(),
            },
        ),
        ("other-words", View::OtherWords { trouble: None }),
        (
            "deciding",
            View::Deciding {
                member_name: "Ben Ali".to_owned(),
                words: "amber boat cedar drum elbow fern".to_owned(),
                compartments: Compartment::ALL_COMMON.to_vec(),
                years: ["7", "8", "9", "10", "11"].map(str::to_owned).to_vec(),
                can_hand_on: true,
                trouble: None,
            },
        ),
        (
            "granted",
            View::Granted {
                member_name: "Ben Ali".to_owned(),
                waiting: vec!["staff".to_owned()],
            },
        ),
        (
            "stopped",
            View::Stopped {
                trouble: "The keychain is locked.".to_owned(),
            },
        ),
    ];
    for (name, view) in states {
        let html = draw(view);
        let headings = html.matches("<h1").count();
        let says = html.contains("role=\"status\"");
        assert!(
            headings == 1 || (headings == 0 && says),
            "{name}: one heading, or a status"
        );
        insta::assert_snapshot!(name, html);
    }
}

#[test]
fn markup_in_a_label_is_text() {
    let mut asked = question(true);
    asked.browser = "<img src=x onerror=alert(1)>".to_owned();
    let html = draw(View::Asking {
        question: asked,
        trouble: None,
    });
    assert!(!html.contains("<img") && html.contains("&#60;img"));
}

#[test]
fn the_policy_lets_the_page_talk_to_dioxus_and_to_nothing_else() {
    // A wider connect-src lets a script read files; a narrower one lets no event through.
    let expected = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; \
        connect-src ws://127.0.0.1:* dioxus://index.html//__events; \
        script-src dioxus: 'unsafe-inline'; base-uri 'none'; form-action 'none'";
    if cfg!(target_os = "linux") {
        assert_eq!(head::policy(), expected);
    }
    let head = head::head();
    assert!(head.contains(&head::policy()) && head.contains("<title>Safehold</title>"));
    assert!(!head.contains("http://") && !head.contains("https://"));
}
