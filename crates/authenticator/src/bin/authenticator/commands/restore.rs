use authenticator::{AcceptRestore, restore};
use serde_json::json;

use super::{Here, check, unexpected};
use crate::ask;
use crate::options::Pin;
use crate::report::{Failure, Report};

/// `accept-restore`
pub(super) fn accept(here: &Here, pin: &Pin) -> Result<Report, Failure> {
    let mut machine = AcceptRestore::new(here.identity()?);
    here.run(&mut machine, restore::Event::Look);
    check(machine.trouble())?;
    let gone = match machine.state() {
        restore::State::Nothing => {
            return Ok(Report::new(
                "Everything that this device saw is there: there is nothing to accept.",
                json!({"state": "nothing"}),
            ));
        }
        restore::State::Found(gone) => gone.clone(),
        _ => return Err(unexpected()),
    };
    let mut said = format!(
        "What was done was written down to line {} when this device last looked. It ends with line {} now, and is not the same.",
        gone.log.0, gone.log.1
    );
    if let Some((before, now)) = gone.roll {
        said.push_str(&format!(
            "\nThe list of key holders was put back too: it had {before} entries and has {now}. Grants and revocations made since then are GONE: somebody who was taken off may be on it again.\nIts six words are now: {}. Compare them with another key holder.",
            gone.roll_words
        ));
    }
    said.push_str(
        "\nGo on only if you know that the records were restored from a backup. Otherwise stop, and tell whoever looks after Safehold at your school.",
    );
    ask::say(&said)?;
    let event = restore::Event::Accept(ask::pin(pin, "Your PIN, if it was a restore")?);
    here.run(&mut machine, event);
    check(machine.trouble())?;
    match machine.state() {
        restore::State::Accepted => Ok(Report::new(
            "Accepted. This device goes on from what is there now; the other key holders are told.",
            json!({
                "state": "accepted",
                "log": {"before": gone.log.0, "now": gone.log.1},
                "roll": gone.roll.map(|(before, now)| json!({"before": before, "now": now})),
                "for_everybody": gone.for_everybody,
            }),
        )),
        _ => Err(unexpected()),
    }
}
