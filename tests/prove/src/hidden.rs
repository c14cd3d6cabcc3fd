//! Whether the time of an answer tells what is hidden from what is not there.

use std::time::Instant;

use testkit::{Engine, TestApp};

use crate::{Outcome, progress};

/// Asks, as somebody from whom a concern is kept, for it and for one that never was, in turn and in this process.
///
/// # Panics
/// If the stage cannot be set.
pub fn run(samples: usize, engine: Engine) -> Outcome {
    let mut outcome = Outcome::of_engine("hidden", engine);
    let app = TestApp::start(engine);
    // Of a year group that the deputy's key does not reach.
    let concern = app.concern().about("Tomos Gale").raised_by("Aled").create();
    let deputy = app.unlocked("Dilys");
    let (mut hidden, mut absent) = (Vec::new(), Vec::new());
    let mut first: Option<String> = None;
    for number in 0..samples {
        let never = format!(
            "/v1/concerns/{}{number:012x}",
            &concern.id[..concern.id.len() - 12]
        );
        let mut pair = [(concern.path(), &mut hidden), (never, &mut absent)];
        // Which comes first changes, so that neither has the warmer machine.
        if number % 2 == 1 {
            pair.reverse();
        }
        for (path, times) in pair {
            let begun = Instant::now();
            let answer = deputy.get(&path);
            times.push(begun.elapsed().as_secs_f64() * 1_000.0);
            let shown = answer.fingerprint();
            let same = first.get_or_insert_with(|| shown.clone());
            outcome.hold(answer.status == 404 && *same == shown, || {
                format!("{path} was answered {shown}, and another {same}")
            });
        }
        progress("hidden", number + 1, samples, String::new);
    }
    outcome.apart(("hidden", hidden), ("absent", absent));
    outcome.ended()
}
