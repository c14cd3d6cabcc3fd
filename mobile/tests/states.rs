//! Every state as it is drawn: one picture in HTML for each variant of `View`.

mod drawn;

use drawn::{draw, draw_with, question, states};
use mobile::{Asks, Place, View, head};

#[test]
fn every_state_is_drawn() {
    let mut texts: Vec<String> = Vec::new();
    for (name, view) in states() {
        let is_stop = matches!(view, View::Stopped { .. });
        // One element a line, so that a difference can be read.
        let html = draw(view, None).replace("><", ">\n<");
        let headings = html.matches("<h1").count();
        let says = html.contains("role=\"status\"");
        assert!(
            headings == 1 || (headings == 0 && says),
            "{name}: one heading, or a status"
        );
        if is_stop {
            assert!(html.contains("id=\"retry\"") && html.contains("id=\"next\""));
            let page = html.split("<section").nth(1).unwrap_or_default();
            assert!(
                !texts.iter().any(|other| other == page),
                "{name}: its own words"
            );
            texts.push(page.to_owned());
        }
        insta::assert_snapshot!(name, html);
    }
}

#[test]
fn a_school_has_its_name_and_colour_over_every_page() {
    let place = Place {
        name: "Ysgol Gŵyr".to_owned(),
        colour: 3,
    };
    let html = draw(View::Ready, Some(place));
    assert!(html.contains("school-3") && html.contains("Ysgol Gŵyr"));
}

#[test]
fn what_a_link_asks_meanwhile_is_said_above_the_screen() {
    for (asks, said) in [
        (Asks::ToUnlock, "A page in your browser asks"),
        (Asks::ForAKey, "device asks for a key"),
    ] {
        let html = draw_with(View::OtherWords { trouble: None }, None, Some(asks));
        let notice = html.find(said).unwrap_or(html.len());
        assert!(notice < html.find("<h1").unwrap_or_default(), "{html}");
    }
}

#[test]
fn markup_in_a_label_is_text() {
    let mut asked = question(true);
    asked.browser = "<img src=x onerror=alert(1)>".to_owned();
    let html = draw(
        View::Asking {
            question: asked,
            trouble: None,
        },
        None,
    );
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
    let index = head::index();
    assert!(index.contains(&head) && index.contains("lang=\"en-GB\""));
    assert!(!index.contains("user-scalable") && !index.contains("maximum-scale"));
}
