//! Every state as it is drawn: one picture in HTML for each variant of `View`.

mod drawn;

use drawn::draw::{Around, draw, draw_with};
use drawn::{question, states};
use mobile::{Asks, PinWait, Place, View, head};

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
        let html = draw_with(
            View::OtherWords { trouble: None },
            None,
            Around {
                link: Some(asks),
                ..Around::default()
            },
        );
        let notice = html.find(said).unwrap_or(html.len());
        assert!(notice < html.find("<h1").unwrap_or_default(), "{html}");
    }
}

#[test]
fn the_seconds_of_a_wait_are_seen_and_only_its_length_and_end_are_read_out() {
    let drawn = |left| {
        let view = View::NewKit {
            trouble: Some("That was not your PIN. 2 tries are left.".to_owned()),
        };
        let wait = Some(PinWait { whole: 15, left });
        draw_with(
            view,
            None,
            Around {
                wait,
                ..Around::default()
            },
        )
    };
    let status = |html: &str| {
        let said = html.split("id=\"pin-wait-said\"").nth(1).unwrap();
        assert!(said.split('>').next().unwrap().contains("role=\"status\""));
        said.split(['>', '<']).nth(1).unwrap().to_owned()
    };
    let seen = |html: &str| {
        let seen = html.split("id=\"pin-wait\"").nth(1).unwrap();
        assert!(
            seen.split('>')
                .next()
                .unwrap()
                .contains("aria-hidden=\"true\"")
        );
        seen.split(['>', '<']).nth(1).unwrap().to_owned()
    };
    let wait = "Wait 15 seconds before you try again.";
    for (left, counted, said) in [
        (15, "You can try again in 15 seconds.", wait),
        (2, "You can try again in 2 seconds.", wait),
        (1, "You can try again in 1 second.", wait),
        (0, "You can try again now.", "You can try again now."),
    ] {
        let html = drawn(left);
        assert_eq!(
            (seen(&html).as_str(), status(&html).as_str()),
            (counted, said)
        );
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
