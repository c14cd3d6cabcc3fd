//! Everything visible comes from the catalogue: no screen, no control and no view has words of its own.
//!
//! It reads the source. A string in it is the machine's if it stands where the page shows nobody anything
//! (`id:`, `class:`, `role:`…), if it is made of class names, or if it has no letter at all.
#![expect(clippy::unwrap_used, reason = "a test's helpers fail by panicking")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// What an element has that nobody sees or hears.
const UNSEEN: [&str; 26] = [
    "id",
    "class",
    "role",
    "r#type",
    "r#for",
    "key",
    "name",
    "d",
    "fill",
    "stroke",
    "stroke_linecap",
    "shape_rendering",
    "inputmode",
    "accept",
    "autocomplete",
    "autocapitalize",
    "spellcheck",
    "aria_busy",
    "aria_current",
    "aria_describedby",
    "aria_hidden",
    "aria_invalid",
    "aria_live",
    "aria-hidden",
    "initial_value",
    "tabindex",
];

/// What a program says to another: values of attributes, the server's and the protocol's own names.
const MACHINE: [&str; 24] = [
    "true",
    "false",
    "password",
    "numeric",
    "text",
    "suspended",
    "device-suspended",
    "device-refused",
    "number-refused",
    "unlock-not-waiting",
    "delete",
    "Device()",
    "Focus",
    "Working",
    "Left()",
    "Made( codes)",
    "Test phone",
    "Links",
    "Pictures",
    "Raise",
    "File",
    "Copied( bytes)",
    "M hv1h-z",
    "%Y-%m-%d",
];

/// A string of the source, and what stands before it.
struct Literal {
    text: String,
    before: String,
    line: usize,
}

/// The strings of a source file, without comments, attributes and tests.
fn literals(source: &str) -> Vec<Literal> {
    let source = source.split("#[cfg(test)]").next().unwrap();
    let mut found = Vec::new();
    let mut before = String::new();
    let mut letters = source.chars().peekable();
    let mut line = 1;
    while let Some(letter) = letters.next() {
        match letter {
            '/' if letters.peek() == Some(&'/') => {
                for letter in letters.by_ref() {
                    if letter == '\n' {
                        break;
                    }
                }
                line += 1;
            }
            '"' => {
                let at = line;
                let mut text = String::new();
                while let Some(letter) = letters.next() {
                    match letter {
                        '"' => break,
                        '\\' => text.extend(letters.next()),
                        letter => text.push(letter),
                    }
                    line += usize::from(letter == '\n');
                }
                found.push(Literal {
                    text,
                    before: before.clone(),
                    line: at,
                });
                before.push_str("\"\"");
            }
            letter => {
                line += usize::from(letter == '\n');
                before.push(letter);
            }
        }
    }
    found
}

/// What is left of a string without what is put into it.
fn shown(text: &str) -> String {
    let mut depth = 0;
    text.chars()
        .filter(|letter| {
            match letter {
                '{' => depth += 1,
                '}' => {
                    depth -= 1;
                    return false;
                }
                _ => {}
            }
            depth == 0
        })
        .collect()
}

/// Whether what stands before a string says that nobody is shown it: `id:`, or `class: if … {`.
fn is_unseen(before: &str) -> bool {
    let before = before.trim_end();
    let head = match before.rsplit_once("else {").or(before.rsplit_once("{")) {
        // The one or the other value of the same attribute.
        Some((head, "")) => head.rsplit_once(": if ").map_or(before, |(head, _)| head),
        _ => before.strip_suffix(':').unwrap_or(""),
    };
    let name = head
        .trim_end_matches('"')
        .rsplit(|letter: char| !(letter.is_alphanumeric() || "_#-".contains(letter)))
        .next()
        .unwrap_or_default();
    // `expect(lint, reason = "…")` and `cfg!(target_os = "…")` are for whoever reads the source.
    UNSEEN.contains(&name)
        || ["reason =", "target_os =", "feature ="]
            .iter()
            .any(|end| before.ends_with(end))
}

fn is_word(text: &str) -> bool {
    text.chars().any(char::is_alphabetic)
}

/// Literal words of a source file, by line.
fn words_of(source: &str, classes: &BTreeSet<String>) -> Vec<(usize, String)> {
    literals(source)
        .into_iter()
        .filter(|literal| {
            let shown = shown(&literal.text);
            let is_id = shown.contains('-')
                && shown
                    .chars()
                    .all(|one| one.is_ascii_lowercase() || one == '-');
            let is_class = shown.split_whitespace().all(|one| classes.contains(one));
            is_word(&shown)
                && !is_unseen(&literal.before)
                && !MACHINE.contains(&shown.as_str())
                && !is_id
                && !is_class
        })
        .map(|literal| (literal.line, literal.text))
        .collect()
}

fn classes() -> BTreeSet<String> {
    let style = fs::read_to_string(source("../assets/app.css")).unwrap();
    style
        .split('.')
        .skip(1)
        .map(|rest| {
            let end = rest.find(|letter: char| !(letter.is_alphanumeric() || letter == '-'));
            rest[..end.unwrap_or(rest.len())].to_owned()
        })
        .filter(|name| is_word(name))
        .collect()
}

fn source(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(path)
}

/// Every source file that says what is drawn.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && path.file_name().unwrap() != "words" {
            found.extend(files(&path));
        } else if path.extension().is_some_and(|end| end == "rs") {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// These write no screen: a page's head, a printed page's own language, the window, the catalogue, and what the
/// desktop and another start of the app are told.
const OTHERS: [&str; 7] = [
    "head.rs",
    "paper.rs",
    "main.rs",
    "words.rs",
    "desk.rs",
    "desk/instance.rs",
    "desk/links.rs",
];

#[test]
fn nothing_visible_is_written_outside_the_catalogue() {
    let classes = classes();
    let mut found = Vec::new();
    let mut looked = 0;
    for path in files(&source("")) {
        if OTHERS.iter().any(|other| path.ends_with(other)) {
            continue;
        }
        looked += 1;
        for (line, text) in words_of(&fs::read_to_string(&path).unwrap(), &classes) {
            found.push(format!("{}:{line}: “{text}”", path.display()));
        }
    }
    assert!(looked > 40, "only {looked} files were looked at");
    assert!(
        found.is_empty(),
        "move to mobile/src/words:\n{}",
        found.join("\n")
    );
}

#[test]
fn the_look_at_the_source_sees_words_and_labels_and_passes_what_is_the_machines() {
    let classes = classes();
    let seen = |source: &str| words_of(source, &classes).len();
    assert_eq!(seen(r#"h1 { id: "title", "Your key" }"#), 1);
    assert_eq!(seen(r#"Field { id: "pin", label: "Your PIN" }"#), 1);
    assert_eq!(seen(r#"nav { aria_label: "More" }"#), 1);
    assert_eq!(
        seen(r#"p { if busy { "Looking…" } else { "{words::LOOK}" } }"#),
        1
    );
    assert_eq!(seen(r#"format!("{count} digits")"#), 1);
    assert_eq!(
        seen(r#"p { class: "lead", role: "status", "{words::LEAD}" } // "Text""#),
        0
    );
    assert_eq!(
        seen(r#"div { class: if back { "foot two" } else { "foot" } }"#),
        0
    );
    assert_eq!(
        seen(r#"Check { id: "opens-{name}", label: words::sure(is_this) }"#),
        0
    );
}
