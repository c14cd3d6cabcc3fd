//! Opens what was acknowledged, as a lead does: with a phone.

use std::collections::HashMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use domain::{AttachmentId, ConcernId};
use testkit::{Client, Person};

use super::writer::{content, words};
use crate::ledger::Line;
use crate::{Outcome, progress};

/// Requests between two access tokens; a token lives five minutes.
const FRESH: usize = 200;
/// Readers at once.
const READERS: usize = 4;

/// Unlocks, opens the concerns of the ledger and compares their words and files; how many that were.
pub(super) fn open_all(lead: &Person, lines: &[Line], most: usize, outcome: &mut Outcome) -> usize {
    lead.browser.refresh().expect(200);
    lead.phone().unlock(&lead.browser);

    let mut files: HashMap<ConcernId, Vec<(AttachmentId, u64)>> = HashMap::new();
    let mut concerns = Vec::new();
    for line in lines {
        match *line {
            Line::Recorded { concern, words, .. } => concerns.push((concern, words)),
            Line::Attached {
                concern,
                attachment,
                words,
            } => files.entry(concern).or_default().push((attachment, words)),
        }
    }
    let step = concerns.len().div_ceil(most.max(1)).max(1);
    let chosen: Vec<_> = concerns.iter().step_by(step).copied().collect();
    let (wrong, opened) = (Mutex::new(Vec::new()), AtomicUsize::new(0));
    let share = chosen.len().div_ceil(READERS).max(1);
    std::thread::scope(|scope| {
        for share in chosen.chunks(share) {
            let (browser, wrong, files) = (lead.browser.copy(), &wrong, &files);
            let (opened, chosen) = (&opened, &chosen);
            scope.spawn(move || {
                for (place, (concern, number)) in share.iter().enumerate() {
                    if place % FRESH == FRESH - 1 {
                        browser.refresh().expect(200);
                    }
                    let files = files.get(concern).map_or(&[][..], Vec::as_slice);
                    if let Err(what) = compare(&browser, *concern, *number, files) {
                        wrong.lock().unwrap().push(what);
                    }
                    let opened = opened.fetch_add(1, Ordering::Relaxed) + 1;
                    progress("opening", opened, chosen.len(), String::new);
                }
            });
        }
    });
    for what in wrong.into_inner().unwrap() {
        outcome.violation(what);
    }
    chosen.len()
}

/// Whether a concern shows the words and files of these numbers.
pub(crate) fn compare(
    browser: &Client,
    concern: ConcernId,
    number: u64,
    files: &[(AttachmentId, u64)],
) -> Result<(), String> {
    let answer = browser.get(&format!("/v1/concerns/{concern}"));
    if answer.status != 200 {
        return Err(format!("{concern} does not open: {answer}"));
    }
    if answer.json()["narrative"] != words(number) {
        return Err(format!("{concern} shows other words than account {number}"));
    }
    for (attachment, number) in files {
        let file = browser.get(&format!("/v1/concerns/{concern}/attachments/{attachment}"));
        if file.status != 200 || file.body != content(*number) {
            return Err(format!(
                "{attachment} of {concern} is not the file that was sent"
            ));
        }
    }
    Ok(())
}
