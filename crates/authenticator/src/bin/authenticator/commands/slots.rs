use authenticator::{Slots, slots};
use protocol::compartments::Compartment;
use serde_json::json;

use super::{Here, check, unexpected};
use crate::ask;
use crate::options::Pin;
use crate::report::{Failure, Report};

/// `paper-codes`
pub(super) fn make(here: &Here, only: Option<&[String]>, pin: &Pin) -> Result<Report, Failure> {
    let only: Option<Vec<Compartment>> = only
        .map(|names| names.iter().map(|name| name.parse()).collect())
        .transpose()
        .map_err(|error: protocol::Error| Failure::usage(error.to_string()))?;
    let mut machine = Slots::new(here.identity()?);
    let event = slots::Event::Make {
        pin: ask::pin(pin, "Your PIN")?,
        only,
    };
    here.run(&mut machine, event);
    check(machine.trouble())?;
    let slots::State::Made(paper) = machine.state() else {
        return Err(unexpected());
    };
    let lines: Vec<String> = paper
        .codes
        .iter()
        .zip(1..)
        .map(|(code, number)| format!("{number:>2}  {}", code.as_str()))
        .collect();
    let codes: Vec<&str> = paper.codes.iter().map(|code| code.as_str()).collect();
    Ok(Report::new(
        format!(
            "{}\n\nEach opens your records once, at {}, in a browser that you have unlocked before. They are not \
             shown again. Keep the paper where you would keep a key; if it is lost, use `paper-codes --forget`.",
            lines.join("\n"),
            machine.identity().profile.origin,
        ),
        json!({"state": "made", "codes": codes}),
    ))
}

/// `paper-codes --left`
pub(super) fn left(here: &Here) -> Result<Report, Failure> {
    run(here, slots::Event::Look, "left")
}

/// `paper-codes --forget`
pub(super) fn forget(here: &Here) -> Result<Report, Failure> {
    run(here, slots::Event::Forget, "forgotten")
}

fn run(here: &Here, event: slots::Event, state: &str) -> Result<Report, Failure> {
    let mut machine = Slots::new(here.identity()?);
    here.run(&mut machine, event);
    check(machine.trouble())?;
    let slots::State::Left(left) = machine.state() else {
        return Err(unexpected());
    };
    Ok(Report::new(
        match left.left {
            0 => "No code on paper opens anything.".to_owned(),
            1 => "One code is left.".to_owned(),
            many => format!("{many} codes are left."),
        },
        json!({"state": state, "left": left.left, "made_at": left.made_at}),
    ))
}
